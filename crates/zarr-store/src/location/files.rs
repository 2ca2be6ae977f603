//! Paths become local stores; a file that is a zip archive becomes what is in it.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

use super::{address::refused, layer::open_zip};
use crate::{BlockingStore, Key, LocalStore, Result, Store};

pub(super) fn open_path(address: &str, path: &[u8]) -> Result<Arc<dyn Store>> {
    if path.contains(&0) {
        return Err(refused(address, "a path with a NUL character"));
    }
    let path = Path::new(OsStr::from_bytes(path));
    match archive(path) {
        Some((directory, name)) => open_zip(
            address,
            LocalStore::new(directory).into_store(),
            Key::new(name)?,
        ),
        None => Ok(LocalStore::new(path).into_store()),
    }
}

/// The directory and name of a zip archive, if that is what the path says. A directory of such a name
/// is a directory.
fn archive(path: &Path) -> Option<(&Path, &str)> {
    let name = path.file_name()?.to_str()?;
    if !name.ends_with(".zip") || path.is_dir() {
        return None;
    }
    let directory = match path.parent()? {
        here if here.as_os_str().is_empty() => Path::new("."),
        directory => directory,
    };
    Some((directory, name))
}
