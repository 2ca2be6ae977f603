//! `ZipWriter`: a zip archive in a file, being written. Entries go into a draft beside the archive
//! and are read from there; `finish` closes the draft and renames it over the archive, so that a
//! crash at any instant leaves the old archive or the new one.
//!
//! **What it costs.** Each put appends; what it replaces stays in the file as dead bytes, as do
//! deleted values, and no reader sees them. The first write after `append` or `finish` copies the
//! archive, by sharing blocks where the file system can. Entries are written at the same time by
//! several threads; only `finish` waits for all of them and lets nobody in.

mod draft;
mod lock;
mod pack;
mod records;
mod store;

use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;

use self::{
    draft::{ArchiveFile, Draft},
    lock::WriterLock,
};
use super::{
    ZipError, ZipLimits,
    directory::{Index, Opening},
    end::TAIL,
    next_stamp, refused,
};
use crate::{Identity, IoHints, Object, Op, Result, StoreError};

/// A zip archive in a file, being written: from [`ZipStore::create`](crate::ZipStore::create) or
/// [`ZipStore::append`](crate::ZipStore::append).
///
/// What was put is read back at once through this handle; others see it after
/// [`finish`](Self::finish), which [`sync`](crate::BlockingStore::sync) is another name of. Dropped without
/// it, all that was written since is gone and the archive is the old one.
///
/// Values are stored as they are, since chunks are compressed already. Keys can be overwritten and
/// deleted, also conditionally; the archive has one entry for each. The bytes of what was overwritten
/// or deleted stay in the file, unseen: copy the values into a new archive to be rid of them.
/// Archives of other programs keep their values, not their comments, times and empty directories.
///
/// ```
/// use zarr_store::{BlockingStore, ByteRange, Key, PutMode, ZipStore};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("data.zip");
/// let archive = ZipStore::append(&path)?.deflate(6);
/// let key = Key::new("notes.txt")?;
/// archive.put(&key, &"one".to_owned().into(), PutMode::Overwrite)?;
/// archive.put(&key, &"two".to_owned().into(), PutMode::Overwrite)?;
/// assert_eq!(archive.get(&key, ByteRange::All, None)?.ok_or("just put")?.data, "two");
/// archive.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ZipWriter {
    path: PathBuf,
    name: Arc<str>,
    level: Option<i32>,
    limits: ZipLimits,
    hints: IoHints,
    /// Taken before `index` where both are: an entry and the file it is in belong together.
    spool: RwLock<Spool>,
    index: RwLock<Index>,
    /// Last, so that it is given back last.
    _lock: WriterLock,
}

/// The file that the index is about.
enum Spool {
    /// What stands in its place, and where its data ends.
    Finished(Arc<ArchiveFile>, u64),
    /// What shall stand there.
    Writing(Draft),
}

impl Spool {
    fn file(&self) -> &Arc<ArchiveFile> {
        match self {
            Spool::Finished(file, _) => file,
            Spool::Writing(draft) => draft.file(),
        }
    }
}

impl ZipWriter {
    pub(super) fn create(path: &Path) -> Result<ZipWriter> {
        ZipWriter::locked(path, &ZipLimits::default(), |path, name| {
            let draft = Draft::new(path, Arc::clone(name)).map_err(|e| failed(name, e))?;
            Ok((Spool::Writing(draft), Index::new()))
        })
    }

    pub(super) fn append(path: &Path, limits: &ZipLimits) -> Result<ZipWriter> {
        ZipWriter::locked(path, limits, |path, name| match File::open(path) {
            Ok(file) => {
                let file = ArchiveFile::new(file, Arc::clone(name));
                let (index, end) = read_index(&file, name, limits)?;
                Ok((Spool::Finished(Arc::new(file), end), index))
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let draft = Draft::new(path, Arc::clone(name)).map_err(|e| failed(name, e))?;
                Ok((Spool::Writing(draft), Index::new()))
            }
            Err(e) => Err(failed(name, e)),
        })
    }

    fn locked(
        path: &Path,
        limits: &ZipLimits,
        begin: impl FnOnce(&Path, &Arc<str>) -> Result<(Spool, Index)>,
    ) -> Result<ZipWriter> {
        let name = path.to_string_lossy();
        let path = resolved(path).map_err(|e| failed(&name, e))?;
        let lock = WriterLock::acquire(&path).map_err(|e| failed(&name, e))?;
        let lock = lock.ok_or_else(|| refused(Op::OpenStore, &name, ZipError::Locked.into()))?;
        let name = Arc::from(path.to_string_lossy());
        let (spool, index) = begin(&path, &name)?;
        Ok(ZipWriter {
            hints: IoHints {
                held_back: true,
                ..IoHints::local(Identity::named(("zip-writer", &path)))
            },
            path,
            name,
            level: None,
            limits: *limits,
            spool: RwLock::new(spool),
            index: RwLock::new(index),
            _lock: lock,
        })
    }

    /// Values put from now on are compressed, where that makes them shorter. `level` is 1 (fast) to
    /// 12 (small).
    #[must_use]
    pub fn deflate(mut self, level: u8) -> Self {
        self.level = Some(level.clamp(1, 12).into());
        self
    }

    /// Puts the archive in its place, complete and on disk. The writer can be used on: what is
    /// written then is another change, to be finished again.
    ///
    /// # Errors
    /// Why it could not be written; the old archive is still in its place then, and finishing can be
    /// tried again. Only when the directory cannot be synced, the last step, is it the new one.
    pub fn finish(&self) -> Result<()> {
        let fail = |e| self.error(Op::Sync, "", e);
        let mut spool = write(&self.spool);
        let Spool::Writing(draft) = &*spool else {
            return Ok(());
        };
        let end = draft.end();
        let directory = records::directory(&read(&self.index), end);
        draft.place(&self.path, &directory).map_err(fail)?;
        *spool = Spool::Finished(Arc::clone(draft.file()), end);
        drop(spool);
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        File::open(directory)
            .and_then(|d| d.sync_all())
            .map_err(fail)
    }

    /// The archive's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves a hole before the next entry.
    #[cfg(test)]
    pub(super) fn skip(&self, bytes: u64) {
        if let Spool::Writing(draft) = &*read(&self.spool) {
            draft.skip(bytes);
        }
    }

    fn error(&self, op: Op, key: impl AsRef<str>, e: io::Error) -> StoreError {
        StoreError::new(op, self, key, e.into())
    }

    /// Calls `write` with the draft, which is begun if there is none. It is not finished meanwhile.
    fn with_draft<T>(
        &self,
        op: Op,
        name: &str,
        write_it: impl FnOnce(&Draft) -> Result<T>,
    ) -> Result<T> {
        loop {
            if let Spool::Writing(draft) = &*read(&self.spool) {
                return write_it(draft);
            }
            let mut spool = write(&self.spool);
            if let Spool::Finished(file, end) = &*spool {
                let draft = Draft::copy(&self.path, file, *end);
                *spool = Spool::Writing(draft.map_err(|e| self.error(op, name, e))?);
            }
        }
    }
}

impl fmt::Display for ZipWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for ZipWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = read(&self.index).len();
        write!(f, "ZipWriter({}, {values} values)", self.name)
    }
}

/// The values of an archive that is open, and where their data ends.
fn read_index(file: &ArchiveFile, name: &str, limits: &ZipLimits) -> Result<(Index, u64)> {
    let refuse = |refusal| refused(Op::OpenStore, name, refusal);
    let size = file.size()?;
    let tail = file.read(size.saturating_sub(TAIL)..size)?;
    let opening = Opening::new(tail, size, limits).map_err(|e| refuse(e.into()))?;
    let missing = match opening.missing() {
        Some(range) => file.read(range)?,
        None => Bytes::new(),
    };
    let index = opening.index(missing, next_stamp()).map_err(refuse)?;
    Ok((index, opening.data_end()))
}

fn failed(name: &str, e: io::Error) -> StoreError {
    let mut error = StoreError::new(Op::OpenStore, name, "", e.into());
    error.key = None;
    error
}

/// The archive's own path, links followed; its directory is made where it is missing.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        // A directory can be called `x.zip`, and cannot be replaced by an archive.
        return match real.is_dir() {
            true => Err(io::ErrorKind::IsADirectory.into()),
            false => Ok(real),
        };
    }
    let path = std::path::absolute(path)?;
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    fs::create_dir_all(directory)?;
    Ok(directory.canonicalize()?.join(name))
}

// Nothing panics while a lock is held, and what they hold is consistent after each statement.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
