//! The last word of a store whose last handle went, where nobody is left to be given an error.

use crate::StoreError;

#[cfg_attr(feature = "tracing", path = "last/event.rs")]
#[cfg_attr(not(feature = "tracing"), path = "last/no_event.rs")]
mod event;

/// Says that an archive could not be finished: what was written to it is lost. An event if the program takes them,
/// else a line on standard error.
pub(super) fn tell(archive: &str, error: &StoreError) {
    if !event::sent(archive, error) {
        eprintln!(
            "zarr: what was written to {archive} is lost, the archive is the old one: {error}"
        );
    }
}
