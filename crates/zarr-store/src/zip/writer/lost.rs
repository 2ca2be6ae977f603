//! Reports that an archive could not be finished when its last handle was dropped, where no caller can get the error.

use crate::StoreError;

/// Reports that an archive could not be finished, so that what was written to it is lost: by an event if a subscriber
/// takes it, else by a line on standard error.
pub(super) fn tell(archive: &str, error: &StoreError) {
    if !event_sent(archive, error) {
        eprintln!(
            "zarr: what was written to {archive} is lost, the archive is the old one: {error}"
        );
    }
}

/// Sends an event, and tells whether a subscriber takes it.
#[cfg(feature = "tracing")]
fn event_sent(archive: &str, error: &StoreError) -> bool {
    tracing::error!(target: "zarr_store", store = archive, %error, "an archive could not be finished: what was written to it is lost");
    tracing::event_enabled!(target: "zarr_store", tracing::Level::ERROR)
}

#[cfg(not(feature = "tracing"))]
fn event_sent(_: &str, _: &StoreError) -> bool {
    false
}
