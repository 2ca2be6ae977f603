//! Events go to `tracing`.

use crate::StoreError;

/// Sends an event, if somebody takes them.
pub(super) fn sent(archive: &str, error: &StoreError) -> bool {
    tracing::error!(target: "zarr_store", store = archive, %error, "an archive could not be finished: what was written to it is lost");
    tracing::event_enabled!(target: "zarr_store", tracing::Level::ERROR)
}
