//! Zip archives are refused.

use std::sync::Arc;

use super::address::refused;
use crate::{Key, Result, Store, StoreError};

/// Whether a name is that of an archive.
pub(super) fn is_named(name: &[u8]) -> bool {
    name.ends_with(b".zip")
}

fn none(address: &str) -> StoreError {
    refused(address, "zip archives: this build has none (feature `zip`)")
}

pub(super) async fn open(address: &str, _: Arc<dyn Store>, _: Key) -> Result<Arc<dyn Store>> {
    Err(none(address))
}

pub(super) async fn find(_: Arc<dyn Store>, _: Key) -> Result<Option<Arc<dyn Store>>> {
    Ok(None)
}

#[cfg(all(feature = "local", unix))]
pub(super) fn is_archive(_: &std::path::Path) -> bool {
    false
}

#[cfg(all(feature = "local", unix))]
pub(super) async fn open_file(
    address: &str,
    _: &std::path::Path,
    _: super::finish::Finish,
) -> Result<Arc<dyn Store>> {
    Err(none(address))
}
