//! Paths become local stores; a file that is a zip archive becomes what is in it.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

use super::{address::refused, archives};
use crate::{BlockingStore, LocalStore, Result, Store};

pub(super) async fn open_path(address: &str, path: &[u8]) -> Result<Arc<dyn Store>> {
    if path.contains(&0) {
        return Err(refused(address, "a path with a NUL character"));
    }
    let path = Path::new(OsStr::from_bytes(path));
    // A directory of such a name is a directory.
    let is_archive = path.extension() == Some(OsStr::new("zip")) && !path.is_dir();
    match is_archive {
        true => archives::open_file(address, path).await,
        false => Ok(LocalStore::new(path).into_store()),
    }
}
