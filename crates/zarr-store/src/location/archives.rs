//! Which names and which bytes are those of a zip archive, and how one is opened.

use std::sync::Arc;

use crate::{
    ByteRange, Key, Result, Store, StoreError, StoreErrorKind, ZipStore,
    zip::{SIGNATURES, ZipError},
};

#[cfg(all(feature = "local", any(unix, windows)))]
mod files;

#[cfg(all(feature = "local", any(unix, windows)))]
pub(super) use files::{is_archive, open_file};

/// How the names of archives end: `.ozx` is what OME-Zarr calls one (RFC 9).
const ENDINGS: [&str; 2] = [".zip", ".ozx"];

/// Whether a name is that of an archive.
pub(super) fn is_named(name: &[u8]) -> bool {
    ENDINGS.iter().any(|ending| {
        let at = name.len().checked_sub(ending.len());
        let end = at.and_then(|at| name.get(at..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
    })
}

/// The archive that is the value `archive` of `store`.
pub(super) async fn open(_: &str, store: Arc<dyn Store>, archive: Key) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(ZipStore::open(store, archive).await?))
}

/// The same, unless there is no such value, or it is something else than an archive: web servers answer with a page
/// where a directory has the name.
pub(super) async fn find(store: Arc<dyn Store>, name: Key) -> Result<Option<Arc<dyn Store>>> {
    let error = match ZipStore::open(Arc::clone(&store), name.clone()).await {
        Ok(archive) => return Ok(Some(Arc::new(archive))),
        Err(error) => error,
    };
    match why(&error) {
        Some(ZipError::Absent) => Ok(None),
        Some(ZipError::NoEnd) => {
            let begin = match store.get(&name, ByteRange::Bounded(0..4), None).await {
                Err(e) if matches!(e.kind, StoreErrorKind::OutOfRange { .. }) => None,
                found => found?,
            };
            // An archive that was cut off is no directory.
            match begin.is_some_and(|begin| SIGNATURES.contains(&&begin.data[..])) {
                true => Err(error),
                false => Ok(None),
            }
        }
        _ => Err(error),
    }
}

fn why(error: &StoreError) -> Option<&ZipError> {
    match &error.kind {
        StoreErrorKind::Archive(why) => Some(why),
        _ => None,
    }
}
