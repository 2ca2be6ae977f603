//! `LocalStore`: values as files. A value is replaced by renaming a complete file over it, so
//! readers and crashes see the old one or the new one, never a mixture.
//!
//! **What it costs.** A read is `openat`, `pread`, `close`; size and version cost one `fstat` more,
//! and only where they are asked for. A write is a `stat` of what is there, create, write, stamp,
//! `fstat`, `close` and rename; where something is there, its directory is opened, locked and closed
//! besides.
//! Parent directories are made when a write finds them missing, not before.
//! An update makes, locks and removes a file besides: seven calls.
//!
//! **Versions** are device, inode, size and modification time. The time is stamped by this store,
//! to the nanosecond and never twice in a process, because the kernel's own clock moves in steps of
//! milliseconds and inode numbers are used again. On a file system that keeps whole seconds only,
//! two equally long values written within one second and given one inode number look alike.
//!
//! **Two handles on one directory** meet: locks and the short mutexes of `dir_lock` go by the full
//! path. Two processes meet in `lock_file` and in `dir_lock`.

mod dir_lock;
mod list;
mod lock_file;
mod object;
mod platform;
mod root;
mod temp_file;
mod walk;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, MutexGuard},
    time::Duration,
};

use rustix::{
    fs::{AtFlags, Mode, unlinkat},
    io::Errno,
};

use self::{
    dir_lock::{DirLock, LockMode},
    lock_file::LockFile,
    object::LocalObject,
    root::{PathAt, Root},
    temp_file::TempFile,
};
pub use self::{lock_file::Locking, root::Symlinks};
use crate::{
    BlockingStore, Found, Identity, IoHints, Key, Listing, LockName, Object, Op, Payload, Prefix,
    PutMode, RealPath, Result, StoreError, StoreErrorKind, Version,
};

/// Values as files below one directory.
///
/// Cheap to clone. The directory is made by the first write.
///
/// ```
/// use zarr_store::{BlockingStore, ByteRange, Key, LocalStore, PutMode};
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("t.zarr");
/// let store = LocalStore::new(path);
/// let key = Key::new("a/zarr.json")?;
/// assert!(store.get(&key, ByteRange::All, None)?.is_none());
/// store.put(&key, &"{}".to_owned().into(), PutMode::Create)?;
/// assert_eq!(&store.get(&key, ByteRange::All, None)?.ok_or("just put")?.data[..], b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LocalStore {
    root: Root,
    durability: Durability,
    locking: Locking,
    hints: IoHints,
}

/// What a finished write has survived.
///
/// A crash of the *process* never tears a value, whatever is chosen. This is about power loss and
/// crashes of the system.
///
/// The least that a store does: a value that is [durable](Payload::durable), as documents are that
/// replace others, is written as with [`FileAndDir`](Self::FileAndDir) always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing yet: the system writes when it likes. After power loss a value written shortly
    /// before may be the old one, absent, or on some file systems empty. [`BlockingStore::sync`] is
    /// the barrier that makes everything before it durable at once.
    #[default]
    None,
    /// The bytes are on disk before the value appears, so it is the old or the new one, complete.
    File,
    /// As `File`, and that the value appeared is on disk too.
    FileAndDir,
}

/// How often a write starts again because its directory was deleted meanwhile.
const TRIES: u32 = 64;

impl LocalStore {
    /// The store in the directory `root`, which need not be there yet. A relative path is taken
    /// from the current directory of now.
    pub fn new(root: impl AsRef<Path>) -> Self {
        let root = resolved(root.as_ref());
        let hints = IoHints::local(Identity::named(("file", &root)));
        LocalStore {
            root: Root::new(root, Symlinks::Follow),
            durability: Durability::None,
            locking: Locking::Os,
            hints,
        }
    }

    /// The same store with other durability.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The same store with another way to keep the updates of several processes apart.
    ///
    /// Whoever updates a value waits for as long as another process holds its lock; a process that
    /// ends, however it ends, holds none any more.
    #[must_use]
    pub fn locking(mut self, locking: Locking) -> Self {
        self.locking = locking;
        self
    }

    /// The same store with another policy for symbolic links.
    ///
    /// ```
    /// use zarr_store::{BlockingStore, Key, LocalStore, Symlinks};
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path();
    /// let downloaded = LocalStore::new(path).symlinks(Symlinks::Inside);
    /// std::os::unix::fs::symlink("/etc/passwd", path.join("chunk"))?;
    /// assert!(downloaded.open(&Key::new("chunk")?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn symlinks(mut self, symlinks: Symlinks) -> Self {
        self.root = self.root.links(symlinks);
        self
    }

    /// For a directory on a network: each call takes long, so many should be under way. The store
    /// is then no longer offered as a blocking one.
    #[must_use]
    pub fn high_latency(mut self) -> Self {
        self.hints.high_latency = true;
        self.hints.concurrency = 64;
        self.hints.merge_gap = 256 << 10;
        self
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        self.root.root()
    }

    /// Deletes what writers that were killed have left behind, if it is older than `older_than`:
    /// temporary files, of which younger ones may belong to writes under way, and lock files that
    /// nobody holds. Says how many files were deleted.
    ///
    /// # Errors
    /// Why a directory could not be read or a file not deleted.
    pub fn clean_temp(&self, older_than: Duration) -> Result<u64> {
        uninterrupted(|| list::clean_temp(&self.root, older_than))
            .map_err(|e| self.error(Op::Delete, "", e))
    }

    fn error(&self, op: Op, name: impl AsRef<str>, e: io::Error) -> StoreError {
        let errno = Errno::from_io_error(&e);
        if errno == Some(Errno::XDEV) {
            let kind = StoreErrorKind::Unsupported(
                "a symbolic link on the way leads out of the store; if whoever made the store is to \
                 be trusted, let links be followed (`Symlinks::Follow`)",
            );
            return self.refusal(op, name, kind);
        }
        // Out of descriptors, memory or processes: others will give some back.
        let busy = [Errno::MFILE, Errno::NFILE, Errno::AGAIN, Errno::NOMEM];
        let retry = errno.is_some_and(|errno| busy.contains(&errno));
        let mut error = self.refusal(op, name, e.into());
        error.retry |= retry;
        error
    }

    fn refusal(&self, op: Op, name: impl AsRef<str>, kind: StoreErrorKind) -> StoreError {
        StoreError::new(op, self, name, kind)
    }

    /// One try to write: `Err(NotFound)` means that the directory is not there (any more).
    fn try_put(&self, key: &Key, value: &Payload, mode: &PutMode) -> io::Result<PutOutcome> {
        let same = match mode {
            PutMode::Create => return self.try_create(key, value),
            PutMode::Overwrite => None,
            PutMode::Update(same) => Some(same),
        };
        let permissions = self.root.path_at(key.as_str())?.permissions();
        if permissions.is_none() && same.is_none() {
            // Cheaper, and what a writer of a new array does for each chunk.
            let landed = self.try_create(key, value)?;
            if matches!(landed, PutOutcome::Written(_)) {
                return Ok(landed);
            }
        }
        self.try_replace(key, value, permissions, same)
    }

    /// One try to put where nothing is. It needs no step: a name that a conditional write compares
    /// stays taken until that is over, since whatever deletes waits for it.
    fn try_create(&self, key: &Key, value: &Payload) -> io::Result<PutOutcome> {
        let place = self.root.path_at(key.as_str())?;
        let mut temp = TempFile::create(&place, None)?;
        let described = temp.fill(value, self.durability_of(value) != Durability::None)?;
        match temp.rename_to_new() {
            Ok(()) => Ok(PutOutcome::Written(described.version)),
            Err(e) => match e.kind() {
                io::ErrorKind::AlreadyExists => {
                    Ok(PutOutcome::Refused(StoreErrorKind::AlreadyExists))
                }
                io::ErrorKind::Unsupported => Ok(PutOutcome::Refused(StoreErrorKind::Unsupported(
                    "this file system can neither rename without replacing nor make hard links, so \
                     no value can be created safely; overwrite instead",
                ))),
                _ => Err(e),
            },
        }
    }

    /// One try to put over what is there, which must be the version `same`, where one is given.
    fn try_replace(
        &self,
        key: &Key,
        value: &Payload,
        permissions: Option<Mode>,
        same: Option<&Version>,
    ) -> io::Result<PutOutcome> {
        let place = self.path_at(key)?;
        let mut temp = TempFile::create(&place, permissions)?;
        let described = temp.fill(value, self.durability_of(value) != Durability::None)?;
        let _step = self.step(key, &place, LockMode::of(same))?;
        if !self.is_still(key, same)? {
            return Ok(PutOutcome::Refused(StoreErrorKind::Conflict));
        }
        temp.rename()?;
        Ok(PutOutcome::Written(described.version))
    }

    /// The place of a value that is to be replaced or deleted. Where other processes are kept out its
    /// directory is open, since it is that which they lock.
    fn path_at(&self, key: &Key) -> io::Result<PathAt> {
        match self.locking {
            Locking::Os => self.root.path_in_open_dir(key.as_str()),
            Locking::None => self.root.path_at(key.as_str()),
        }
    }

    /// Holds the step in which a value is replaced or deleted, until the answer is dropped.
    fn step<'p>(
        &self,
        key: &Key,
        place: &'p PathAt,
        sharing: LockMode,
    ) -> io::Result<(Option<DirLock<'p>>, MutexGuard<'static, ()>)> {
        let threads = dir_lock::lock_path(&self.root.path(key.as_str()));
        let dir = place.dir().filter(|_| self.locking == Locking::Os);
        let processes = dir.map(|dir| dir_lock::lock_dir(dir, sharing));
        Ok((processes.transpose()?, threads))
    }

    /// One try to delete; whether the value was the version that it should be.
    fn try_delete(&self, key: &Key, same: Option<&Version>) -> io::Result<bool> {
        let place = self.path_at(key)?;
        let _step = self.step(key, &place, LockMode::of(same))?;
        if !self.is_still(key, same)? {
            return Ok(false);
        }
        unlinkat(place.at(), place.path(), AtFlags::empty())?;
        Ok(true)
    }

    /// Whether the value is the version `same`; without one, any is.
    fn is_still(&self, key: &Key, same: Option<&Version>) -> io::Result<bool> {
        let Some(same) = same else { return Ok(true) };
        let now = self.root.stat(key.as_str())?;
        Ok(now.is_some_and(|now| now.version == *same))
    }

    /// What a put of this value survives.
    fn durability_of(&self, value: &Payload) -> Durability {
        match value.is_durable() {
            true => Durability::FileAndDir,
            false => self.durability,
        }
    }

    /// Makes it durable, if that is wanted, that names beside `name` changed; with `up` in the
    /// directories above as well, to that of the root.
    fn sync_names(&self, name: &str, up: bool, wanted: Durability) -> io::Result<()> {
        if wanted != Durability::FileAndDir {
            return Ok(());
        }
        let inside = root::parents(name).map(|dir| self.root.open_dir(dir));
        let above = self
            .root()
            .parent()
            .map(|dir| Ok(fs::File::open(dir)?.into()));
        for dir in inside.chain(above).take(if up { usize::MAX } else { 1 }) {
            match dir.map(fs::File::from) {
                Ok(dir) => dir.sync_all()?,
                // Deleted since, names and all.
                Err(e) => if_absent(e)?,
            }
        }
        Ok(())
    }
}

enum PutOutcome {
    Written(Version),
    Refused(StoreErrorKind),
}

/// The only two ways of a path to be proved absent: no such name, or a parent that is a file.
fn is_absent(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Calls again if a signal came first: then nothing was done.
fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

fn if_absent(e: io::Error) -> io::Result<()> {
    if is_absent(&e) { Ok(()) } else { Err(e) }
}

/// An absolute path with the links of its existing part resolved, so that equal directories have
/// equal names. Where that fails, the path as given: opening a value will say why.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for existing in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (existing.canonicalize(), absolute.strip_prefix(existing)) {
            // Joining nothing would add a slash.
            return if rest.as_os_str().is_empty() {
                real
            } else {
                real.join(rest)
            };
        }
    }
    absolute
}

/// Where a file or directory is: one site, whichever of its parents was opened as a store.
pub(crate) fn real_path_of_file(path: &Path) -> RealPath {
    RealPath::new(Identity::named("file"), path.to_string_lossy())
}

impl BlockingStore for LocalStore {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        match LocalObject::open(self, key) {
            Ok(object) => Ok(Some(Arc::new(object))),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(self.error(Op::Open, key, e)),
        }
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        let fail = |e| self.error(Op::Put, key, e);
        let mut made_directories = false;
        for _ in 0..TRIES {
            match uninterrupted(|| self.try_put(key, value, &mode)) {
                Ok(PutOutcome::Written(version)) => {
                    let wanted = self.durability_of(value);
                    self.sync_names(key.as_str(), made_directories, wanted)
                        .map_err(fail)?;
                    return Ok(Some(version));
                }
                Ok(PutOutcome::Refused(kind)) => return Err(self.refusal(Op::Put, key, kind)),
                Err(e) if e.kind() == io::ErrorKind::NotFound => {
                    if matches!(mode, PutMode::Update(_)) {
                        return Err(self.refusal(Op::Put, key, StoreErrorKind::Conflict));
                    }
                    // Never there, or deleted by `delete_prefix` since: then it is as if that had
                    // come first.
                    uninterrupted(|| self.root.make_parents(key.as_str())).map_err(fail)?;
                    made_directories = true;
                }
                Err(e) => return Err(fail(e)),
            }
        }
        Err(fail(io::Error::other(
            "its directory was deleted again and again while it was written",
        )))
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let fail = |e| self.error(Op::Delete, key, e);
        let conflict = || self.refusal(Op::Delete, key, StoreErrorKind::Conflict);
        match uninterrupted(|| self.try_delete(key, same)) {
            Ok(true) => self
                .sync_names(key.as_str(), false, self.durability)
                .map_err(fail),
            Ok(false) => Err(conflict()),
            Err(e) if is_absent(&e) && same.is_some() => Err(conflict()),
            Err(e) => if_absent(e).map_err(fail),
        }
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let name = prefix.bare();
        let removed = uninterrupted(|| match prefix.is_root() {
            true => list::remove_children(&self.root, self.locking),
            false => list::remove_tree(&self.root, name, self.locking),
        });
        removed
            .and_then(|()| self.sync_names(name, false, self.durability))
            .map_err(|e| self.error(Op::DeletePrefix, prefix, e))
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        match uninterrupted(|| list::list_dir(&self.root, prefix)) {
            Ok(listing) => Ok(listing),
            Err(e) if is_absent(&e) => Ok(Listing::default()),
            Err(e) => Err(self.error(Op::List, prefix, e)),
        }
    }

    fn hints(&self) -> IoHints {
        IoHints {
            lists_all: self.root.follows_links(),
            ..self.hints
        }
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        let found = uninterrupted(|| self.root.stat(key.as_str()));
        let found = found.map_err(|e| self.error(Op::Head, key, e))?;
        Ok(found.map(|d| Found {
            data: (),
            size: d.size,
            version: Some(d.version),
        }))
    }

    fn lock_name(&self, key: &Key) -> LockName {
        // By path: one file has one lock, whichever of its parents was opened as a store.
        let name = LockName::new(
            Identity::named("file"),
            self.root.path(key.as_str()).to_string_lossy(),
        );
        match self.locking {
            Locking::Os => name.with_process_lock(LockFile::new(self.clone(), key.clone())),
            Locking::None => name,
        }
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        let named = self.root.path(prefix.bare());
        // Links below the root lead elsewhere; and whoever takes one away takes what is behind it.
        let real = resolved(&named);
        real_path_of_file(&named).also(real.to_string_lossy())
    }

    fn sync(&self) -> Result<()> {
        uninterrupted(|| platform::barrier(&self.root.open_dir("")?))
            .or_else(if_absent)
            .map_err(|e| self.error(Op::Sync, "", e))
    }
}

impl fmt::Display for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root().display().fmt(f)
    }
}

impl fmt::Debug for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalStore")
            .field("root", &self.root)
            .field("durability", &self.durability)
            .field("locking", &self.locking)
            .field("high_latency", &self.hints.high_latency)
            .finish()
    }
}

#[cfg(test)]
mod tests;
