//! Names that differ in case only. Windows takes `Temp` for `temp`, and a key must not lead to another key's value. So
//! the directories of a key are asked how they are spelled, once each as long as this process remembers it.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use crate::local::root::{Root, parents};

/// Enough for all directories of a large hierarchy; then it begins again.
const MOST: usize = 1 << 16;

/// Directories that are spelled as they are named.
static KNOWN: Mutex<Option<HashSet<PathBuf>>> = Mutex::new(None);

/// `NotFound` if a directory of the name is there under a name that differs from it in case.
pub(super) fn check(root: &Root, name: &str) -> io::Result<()> {
    // The innermost that is known answers for those above.
    for dir in parents(name).filter(|dir| !dir.is_empty()) {
        let path = root.path(dir);
        if is_known(&path) {
            return Ok(());
        }
        if let Some(spelled) = spelled(&path) {
            if Some(&*spelled) != path.file_name() {
                return Err(io::ErrorKind::NotFound.into());
            }
            know(path);
        }
    }
    Ok(())
}

/// How the last part of a path is spelled on disk; `None` if nothing is there, or a link leads elsewhere.
pub(super) fn spelled(path: &Path) -> Option<Box<OsStr>> {
    let real = fs::canonicalize(path).ok()?;
    let (name, asked) = (real.file_name()?, path.file_name()?);
    // The name of what a link leads to says nothing of the link's own.
    let same = name.to_string_lossy().to_lowercase() == asked.to_string_lossy().to_lowercase();
    same.then(|| name.into())
}

/// Forgets all, since a directory is removed.
pub(super) fn forget() {
    *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

fn is_known(path: &Path) -> bool {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.as_ref().is_some_and(|known| known.contains(path))
}

fn know(path: PathBuf) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(path);
}
