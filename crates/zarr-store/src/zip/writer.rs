//! `ZipWriter`: writes a zip archive in a file. Entries go into a draft beside the archive
//! and are read from there; `finish` completes the draft and renames it over the archive, so that a
//! crash at any instant leaves the old archive or the new one.
//!
//! **What it costs.** Each put appends; values that are replaced or deleted stay in the file as unused
//! bytes that no reader sees. The first write after `append` or `finish` copies the
//! archive, and shares blocks where the file system can. Several threads can write entries at the same
//! time; only `finish` waits for all of them and makes others wait.

mod draft;
mod lock;
mod lost;
mod pack;
mod place;
mod records;
mod store;

use std::{
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;

use self::{
    draft::{ArchiveFile, Draft},
    lock::WriterLock,
    place::FileIdentity,
};
use super::{
    directory::{Index, Opening},
    end::TAIL,
    limits::ZipLimits,
    refusal::refused,
};
use crate::{
    Identity, IoHints, Object, Op, Result, StoreError, ZipError, local::system, value::next_stamp,
};

/// Writes a zip archive in a file. [`ZipStore::create`](crate::ZipStore::create) and
/// [`ZipStore::append`](crate::ZipStore::append) make one.
///
/// This handle reads back at once what was put; others see it after [`finish`](Self::finish), for which
/// [`sync`](crate::BlockingStore::sync) is another name. A writer that is dropped before it finishes leaves the old
/// archive. A *store* ([`into_store`](crate::BlockingStore::into_store)) can have several handles, and finishes when
/// the last of them is dropped. A failure is then reported only by an event (feature `tracing`), or by a line on
/// standard error if no subscriber takes events, so call `sync` before to get the error.
///
/// Values are stored as they are, since chunks are compressed already. Keys can be overwritten and
/// deleted, also conditionally; the archive has one entry for each key. The bytes of overwritten and
/// deleted values stay in the file, unseen: copy the values into a new archive to get rid of them.
/// An archive that another program wrote keeps its values and its comment, but not times, comments of entries and
/// empty directories.
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
    /// The archive's comment, which is kept.
    comment: Bytes,
    /// How many entries with data have no valid key. If there are any, the archive is not changed.
    hidden: usize,
    /// Whether the archive is finished when the last handle is dropped.
    finishes: AtomicBool,
    /// Locked before `index` where both are locked: an entry and the file it is in belong together.
    spool: RwLock<Spool>,
    index: RwLock<Index>,
    /// The lock of a writer that was opened for writing. It is the last field, so that it is released last.
    lock: Option<WriterLock>,
}

/// The file whose entries the index lists.
enum Spool {
    /// There is no archive at the path, and nothing was written.
    Nothing,
    /// The archive at the path, its identity when it was opened, and where its data ends.
    Finished(Arc<ArchiveFile>, FileIdentity, u64),
    /// The archive that is to replace `instead`.
    Writing {
        draft: Draft,
        instead: FileIdentity,
        /// The lock, if the writer holds none in its own field.
        _lock: Option<WriterLock>,
    },
}

impl Spool {
    fn file(&self) -> Option<&Arc<ArchiveFile>> {
        match self {
            Spool::Nothing => None,
            Spool::Finished(file, ..) => Some(file),
            Spool::Writing { draft, .. } => Some(draft.file()),
        }
    }
}

impl ZipWriter {
    pub(super) fn create(path: &Path) -> Result<ZipWriter> {
        let (path, lock) = locked(path)?;
        let mut writer = ZipWriter::new(path, ZipLimits::default(), Some(lock));
        writer.begin(FileIdentity::Anything)?;
        Ok(writer)
    }

    pub(super) fn append(path: &Path, limits: &ZipLimits) -> Result<ZipWriter> {
        let (path, lock) = locked(path)?;
        let mut writer = ZipWriter::new(path, *limits, Some(lock));
        if !writer.read()? {
            writer.begin(FileIdentity::Nothing)?;
        }
        Ok(writer)
    }

    /// The archive at a path from [`resolved`], which may only be read: the first write takes the lock and makes the
    /// draft.
    pub(crate) fn at(path: PathBuf) -> Result<ZipWriter> {
        let mut writer = ZipWriter::new(path, ZipLimits::default(), None);
        writer.read()?;
        Ok(writer)
    }

    fn new(path: PathBuf, limits: ZipLimits, lock: Option<WriterLock>) -> ZipWriter {
        ZipWriter {
            name: Arc::from(path.to_string_lossy()),
            hints: IoHints {
                held_back: true,
                ..IoHints::local(Identity::named(("zip-writer", &path)))
            },
            path,
            level: None,
            limits,
            comment: Bytes::new(),
            hidden: 0,
            finishes: AtomicBool::new(false),
            spool: RwLock::new(Spool::Nothing),
            index: RwLock::default(),
            lock,
        }
    }

    /// Begins an empty archive.
    fn begin(&mut self, instead: FileIdentity) -> Result<()> {
        let draft = Draft::new(&self.path, Arc::clone(&self.name));
        let draft = draft.map_err(|e| failed(&self.name, e))?;
        self.spool = RwLock::new(Spool::Writing {
            draft,
            instead,
            _lock: None,
        });
        Ok(())
    }

    /// Reads the archive that is there; `false` if there is none.
    fn read(&mut self) -> Result<bool> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(failed(&self.name, e)),
        };
        // Before its bytes are read, so that a later change is noticed.
        let standing = FileIdentity::of(&file).map_err(|e| failed(&self.name, e))?;
        let file = ArchiveFile::new(file, Arc::clone(&self.name));
        let (opening, index, hidden) = read_index(&file, &self.name, &self.limits)?;
        self.comment = opening.comment();
        self.hidden = hidden;
        self.hints.whole_values = index.values().any(|entry| !entry.is_stored());
        let finished = Spool::Finished(Arc::new(file), standing, opening.data_end());
        self.spool = RwLock::new(finished);
        self.index = RwLock::new(index);
        Ok(true)
    }

    /// Whether the archive at the path is still the one that was read.
    pub(crate) fn is_current(&self) -> bool {
        match &*read(&self.spool) {
            Spool::Nothing => FileIdentity::Nothing.is_at(&self.path),
            Spool::Finished(_, standing, _) => standing.is_at(&self.path),
            // A writer holds the lock.
            Spool::Writing { .. } => Ok(true),
        }
        .unwrap_or(false)
    }

    /// From now on, dropping the last handle finishes the archive.
    pub(crate) fn finishes(&self) {
        self.finishes.store(true, Ordering::Relaxed);
    }

    /// Compresses values that are put from now on, where that makes them shorter. `level` is 1 (fast) to
    /// 12 (small).
    #[must_use]
    pub fn deflate(mut self, level: u8) -> Self {
        self.level = Some(level.clamp(1, 12).into());
        self.hints.whole_values = true;
        self
    }

    /// Completes the archive and puts it in its place, durably. The writer can still be used; what it
    /// writes then needs another `finish`.
    ///
    /// # Errors
    /// Why the archive could not be written, or that another program has changed it meanwhile. The old archive is then
    /// still in its place, and `finish` can be tried again. Only if the last step fails, syncing the directory, is the
    /// new archive in its place.
    pub fn finish(&self) -> Result<()> {
        let fail = |e| self.error(Op::Sync, "", e);
        let mut spool = write(&self.spool);
        let Spool::Writing { draft, instead, .. } = &*spool else {
            return Ok(());
        };
        if !instead.is_at(&self.path).map_err(fail)? {
            return Err(refused(Op::Sync, &self.name, ZipError::Changed.into()));
        }
        let end = draft.end();
        let directory = records::directory(&read(&self.index), end, &self.comment);
        let standing = draft.place(&self.path, &directory).map_err(fail)?;
        *spool = Spool::Finished(Arc::clone(draft.file()), standing, end);
        drop(spool);
        let directory = self.path.parent().unwrap_or(Path::new("/"));
        system::sync_names(directory).map_err(fail)
    }

    /// The archive's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves a hole before the next entry.
    #[cfg(test)]
    pub(super) fn skip(&self, bytes: u64) {
        if let Spool::Writing { draft, .. } = &*read(&self.spool) {
            draft.skip(bytes);
        }
    }

    fn error(&self, op: Op, key: impl AsRef<str>, e: io::Error) -> StoreError {
        StoreError::new(op, self, key, e.into())
    }

    /// Calls `write_it` with the draft, which is begun if there is none. The draft is not finished meanwhile.
    fn with_draft<T>(
        &self,
        op: Op,
        name: &str,
        write_it: impl FnOnce(&Draft) -> Result<T>,
    ) -> Result<T> {
        loop {
            if let Spool::Writing { draft, .. } = &*read(&self.spool) {
                return write_it(draft);
            }
            let mut spool = write(&self.spool);
            if !matches!(*spool, Spool::Writing { .. }) {
                *spool = self.changing(&spool).map_err(|mut e| {
                    (e.op, e.key) = (op, Some(name.to_owned()));
                    e
                })?;
            }
        }
    }

    /// A draft that begins as a copy of the archive at the path, if there is one.
    fn changing(&self, spool: &Spool) -> Result<Spool> {
        let fail = |e| failed(&self.name, e);
        if self.hidden > 0 {
            let why = ZipError::Hidden(self.hidden);
            return Err(refused(Op::Put, &self.name, why.into()));
        }
        let lock = match self.lock {
            Some(_) => None,
            None => Some(locked(&self.path)?.1),
        };
        let instead = match spool {
            Spool::Finished(_, standing, _) => standing.clone(),
            _ => FileIdentity::Nothing,
        };
        if !instead.is_at(&self.path).map_err(fail)? {
            return Err(refused(Op::Put, &self.name, ZipError::Changed.into()));
        }
        let draft = match spool {
            Spool::Finished(file, _, end) => Draft::copy(&self.path, file, *end),
            _ => Draft::new(&self.path, Arc::clone(&self.name)),
        };
        Ok(Spool::Writing {
            draft: draft.map_err(fail)?,
            instead,
            _lock: lock,
        })
    }
}

/// A drop cannot return an error, so `lost` reports that the archive could not be finished.
impl Drop for ZipWriter {
    fn drop(&mut self) {
        // A writer that wrote nothing must not make an empty archive, let alone replace one.
        let wrote = matches!(&*read(&self.spool), Spool::Writing { draft, .. } if draft.end() > 0);
        if wrote
            && *self.finishes.get_mut()
            && let Err(error) = self.finish()
        {
            lost::tell(&self.name, &error);
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

/// Reads the directory of an open archive.
fn read_index(
    file: &ArchiveFile,
    name: &str,
    limits: &ZipLimits,
) -> Result<(Opening, Index, usize)> {
    let refuse = |refusal| refused(Op::OpenStore, name, refusal);
    let size = file.size()?;
    let tail = file.read(size.saturating_sub(TAIL)..size)?;
    let opening = Opening::new(tail, size, limits.directory_bytes).map_err(|e| refuse(e.into()))?;
    let missing = match opening.missing() {
        Some(range) => file.read(range)?,
        None => Bytes::new(),
    };
    let (index, hidden) = opening.index(missing, next_stamp()).map_err(refuse)?;
    Ok((opening, index, hidden))
}

fn failed(name: &str, e: io::Error) -> StoreError {
    let mut error = StoreError::new(Op::OpenStore, name, "", e.into());
    error.key = None;
    error
}

/// The resolved path of an archive, and the lock for writing it. Makes the directory if it is missing.
fn locked(path: &Path) -> Result<(PathBuf, WriterLock)> {
    let name = path.to_string_lossy();
    let fail = |e| failed(&name, e);
    if let Some(directory) = resolved(path).map_err(fail)?.parent() {
        fs::create_dir_all(directory).map_err(fail)?;
    }
    let path = resolved(path).map_err(fail)?;
    let lock = WriterLock::acquire(&path).map_err(fail)?;
    let lock = lock.ok_or_else(|| refused(Op::OpenStore, &name, ZipError::Locked.into()))?;
    Ok((path, lock))
}

/// The path with symbolic links resolved, as far as it exists.
pub(crate) fn resolved(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        // A directory may be named `x.zip`, and an archive cannot replace it.
        return match real.is_dir() {
            true => Err(io::ErrorKind::IsADirectory.into()),
            false => Ok(real),
        };
    }
    let path = std::path::absolute(path)?;
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::IsADirectory.into());
    };
    Ok(match directory.canonicalize() {
        Ok(directory) => directory.join(name),
        Err(_) => path,
    })
}

// Nothing panics while a lock is held, and what they hold is consistent after each statement.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
