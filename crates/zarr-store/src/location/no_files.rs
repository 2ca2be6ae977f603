//! Paths are refused.

use std::sync::Arc;

use super::{address::refused, finish::Finish};
use crate::{Result, Store};

pub(super) async fn open_path(
    address: &str,
    _: &[u8],
    _: &[(&str, &str)],
    _: Finish,
) -> Result<Arc<dyn Store>> {
    let why = "paths: this build has no local files (feature `local`)";
    Err(refused(address, why))
}

pub(super) async fn open_archive(
    address: &str,
    path: &[u8],
    options: &[(&str, &str)],
    finish: Finish,
) -> Result<Arc<dyn Store>> {
    open_path(address, path, options, finish).await
}
