//! The last word of a store whose last handle went, where nobody is left to be given an error.

use crate::StoreError;

/// Says that an archive could not be finished: what was written to it is lost. An event if the program takes them,
/// else a line on standard error.
pub(super) fn tell(archive: &str, error: &StoreError) {
    if !event_sent(archive, error) {
        eprintln!(
            "zarr: what was written to {archive} is lost, the archive is the old one: {error}"
        );
    }
}

/// Sends an event, and says whether somebody takes events.
#[cfg(feature = "tracing")]
fn event_sent(archive: &str, error: &StoreError) -> bool {
    tracing::error!(target: "zarr_store", store = archive, %error, "an archive could not be finished: what was written to it is lost");
    tracing::event_enabled!(target: "zarr_store", tracing::Level::ERROR)
}

#[cfg(not(feature = "tracing"))]
fn event_sent(_: &str, _: &StoreError) -> bool {
    false
}
