//! Zip archives are refused.

use std::sync::Arc;

use super::address::refused;
use crate::{Key, Result, Store, StoreError};

fn none(address: &str) -> StoreError {
    refused(address, "zip archives: this build has none (feature `zip`)")
}

pub(super) async fn open(address: &str, _: Arc<dyn Store>, _: Key) -> Result<Arc<dyn Store>> {
    Err(none(address))
}

#[cfg(all(feature = "local", unix))]
pub(super) async fn open_file(address: &str, _: &std::path::Path) -> Result<Arc<dyn Store>> {
    Err(none(address))
}
