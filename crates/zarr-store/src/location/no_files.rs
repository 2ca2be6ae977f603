//! Paths are refused.

use std::sync::Arc;

use super::address::refused;
use crate::{Result, Store};

pub(super) async fn open_path(
    address: &str,
    _: &[u8],
    _: &[(&str, &str)],
) -> Result<Arc<dyn Store>> {
    let why = "paths: this build has no local files (feature `local`)";
    Err(refused(address, why))
}
