//! Values and files become zip archives.

use std::sync::Arc;

use crate::{Key, Result, Store, ZipStore};

/// The archive that is the value `archive` of `store`.
pub(super) async fn open(_: &str, store: Arc<dyn Store>, archive: Key) -> Result<Arc<dyn Store>> {
    Ok(Arc::new(ZipStore::open(store, archive).await?))
}

/// The archive at `path`: to be read if it is there, else to be written.
#[cfg(all(feature = "local", unix))]
pub(super) async fn open_file(_: &str, path: &std::path::Path) -> Result<Arc<dyn Store>> {
    use crate::BlockingStore;

    match path.exists() {
        true => Ok(Arc::new(ZipStore::open_file(path).await?)),
        false => Ok(ZipStore::create(path)?.into_store()),
    }
}
