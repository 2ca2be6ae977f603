//! `ZipWriter` as a `BlockingStore`: which entries are in the archive, and when one may replace another.

use std::sync::{Arc, OnceLock};

use super::{ZipWriter, draft::ArchiveFile, pack::pack, read, write};
use crate::{
    Blocking, BlockingStore, Entry, IoHints, Key, Listing, Object, Op, Payload, Prefix, PutMode,
    RealPath, Result, Store, StoreError, StoreErrorKind, Version, ZipStore, key_map,
    local::real_path_of_file,
    store::kind_of,
    zip::{
        directory::{Index, size},
        object::ZipObject,
    },
};

impl ZipWriter {
    /// Whether the mode lets a value be put.
    fn check(&self, index: &Index, key: &Key, mode: &PutMode) -> Result<()> {
        let there = index.get(key).map(|entry| entry.version());
        mode.check(there.as_ref())
            .map_err(|kind| StoreError::new(Op::Put, self, key, kind))
    }
}

impl BlockingStore for ZipWriter {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let spool = read(&self.spool);
        let Some(entry) = read(&self.index).get(key).cloned() else {
            return Ok(None);
        };
        let Some(archive) = spool.file() else {
            return Ok(None);
        };
        let archive: Arc<ArchiveFile> = Arc::clone(archive);
        Ok(Some(Arc::new(ZipObject {
            archive,
            entry,
            key: key.clone(),
            name: Arc::clone(&self.name),
            entry_bytes: self.limits.entry_bytes,
            decoded: OnceLock::new(),
        })))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        // Checked before anything is written, and again after that, when it decides.
        self.check(&read(&self.index), key, &mode)?;
        let (header, packed) = pack(key, value, self.level);
        self.with_draft(Op::Put, key.as_str(), |draft| {
            let entry = draft
                .write(key, header, &packed)
                .map_err(|e| self.error(Op::Put, key, e))?;
            let version = entry.version();
            let mut index = write(&self.index);
            self.check(&index, key, &mode)?;
            index.insert(key.clone(), Arc::new(entry));
            Ok(Some(version))
        })
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let check = |index: &Index| match (index.get(key), same) {
            (Some(entry), Some(same)) if entry.version() == *same => Ok(true),
            (_, Some(_)) => {
                let kind = StoreErrorKind::Conflict;
                Err(StoreError::new(Op::Delete, self, key, kind))
            }
            (there, None) => Ok(there.is_some()),
        };
        if !check(&read(&self.index))? {
            return Ok(());
        }
        // A draft is needed, since a delete alone changes the archive.
        self.with_draft(Op::Delete, key.as_str(), |_| {
            let mut index = write(&self.index);
            check(&index)?;
            index.remove(key);
            Ok(())
        })
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        if key_map::list(&read(&self.index), prefix, size).is_empty() {
            return Ok(());
        }
        self.with_draft(Op::DeletePrefix, prefix.as_str(), |_| {
            key_map::remove_below(&mut write(&self.index), prefix);
            Ok(())
        })
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        Ok(key_map::list_dir(&read(&self.index), prefix, size))
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        Ok(key_map::list(&read(&self.index), prefix, size))
    }

    fn hints(&self) -> IoHints {
        self.hints
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        real_path_of_file(&self.path).join(prefix)
    }

    fn sync(&self) -> Result<()> {
        self.finish()
    }

    /// The same as of an archive that is read.
    fn kind(&self) -> &'static str {
        kind_of::<ZipStore>()
    }

    fn into_store(self) -> Arc<dyn Store> {
        self.finishes();
        Arc::new(Blocking::new(self))
    }
}
