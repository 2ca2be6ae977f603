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

mod cached_object;
mod content;
mod dir_lock;
mod durability;
mod errors;
mod list;
mod lock_file;
mod object;
mod remove;
mod root;
mod stat;
pub(crate) mod system;
mod temp_file;
mod waits;
mod walk;
mod write;

use std::{fmt, io, path::Path, sync::Arc, time::Duration};

pub(crate) use self::root::real_path_of_file;
use self::{
    cached_object::{CachedObject, at_once_error},
    content::Content,
    errors::{if_absent, is_absent, store_error, uninterrupted},
    lock_file::LockFile,
    object::LocalObject,
    root::{Root, resolved},
    waits::Waits,
};
pub use self::{durability::Durability, lock_file::Locking, root::Symlinks};
#[cfg(any(feature = "zip", feature = "zip-rust"))]
pub(crate) use self::{lock_file::lock_at, object::read_range};
use crate::{
    BlockingStore, Copied, Found, Identity, IoHints, Key, Listing, LockName, Object, Op, Origin,
    Payload, Prefix, PutMode, RealPath, Result, Version, descriptors,
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
    waits: Arc<Waits>,
}

impl LocalStore {
    /// The store in the directory `root`, which need not be there yet. A relative path starts at the directory that is
    /// current now.
    pub fn new(root: impl AsRef<Path>) -> Self {
        let root = resolved(root.as_ref());
        let hints = IoHints::local(Identity::named(("file", &root)));
        LocalStore {
            root: Root::new(root, Symlinks::Follow),
            durability: Durability::None,
            locking: Locking::Os,
            hints,
            waits: Arc::default(),
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
    /// An update waits for as long as another process holds the lock of the value; a process that ends, however it
    /// ends, holds none.
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
        self.root.dir()
    }

    /// Deletes what writers that were killed have left behind, if it is older than `older_than`:
    /// temporary files, of which younger ones may belong to writes under way, and lock files that
    /// nobody holds. Says how many files were deleted.
    ///
    /// # Errors
    /// Why a directory could not be read or a file not deleted.
    pub fn clean_temp(&self, older_than: Duration) -> Result<u64> {
        uninterrupted(|| remove::clean_temp(&self.root, older_than))
            .map_err(|e| store_error(self, Op::Delete, "", e))
    }

    /// What a directory holds; one that is not there holds nothing.
    fn listed<T>(
        &self,
        prefix: &Prefix,
        list: impl Fn(&Root, &Prefix) -> io::Result<Listing<T>>,
    ) -> Result<Listing<T>> {
        match uninterrupted(|| list(&self.root, prefix)) {
            Ok(listing) => Ok(listing),
            Err(e) if is_absent(&e) => Ok(Listing::default()),
            Err(e) => Err(store_error(self, Op::List, prefix, e)),
        }
    }
}

impl BlockingStore for LocalStore {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        let leave = descriptors::keep_open();
        let open = || LocalObject::open(&self.root, key, leave, &self.waits);
        match self.waits.during(0, open) {
            Ok(object) => Ok(Some(Arc::new(object))),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(store_error(self, Op::Open, key, e)),
        }
    }

    fn open_at_once(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        match CachedObject::open(&self.root, key, descriptors::keep_open()) {
            Ok(object) => Ok(Some(Arc::new(object))),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(at_once_error(&self.root, Op::Open, key, e)),
        }
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        let version = match &mode {
            PutMode::Append(same) => self.append_value(key, value, same),
            mode => self.put_value(key, &Content::Payload(value), mode),
        };
        version.map(Some)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.delete_value(key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let name = prefix.bare();
        let removed = uninterrupted(|| match prefix.is_root() {
            true => remove::remove_children(&self.root, self.locking),
            false => remove::remove_tree(&self.root, name, self.locking),
        });
        removed
            .and_then(|()| self.durability.sync_names(&self.root, name, false))
            .map_err(|e| store_error(self, Op::DeletePrefix, prefix, e))
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        Some(Origin::new((self.clone(), key.clone())))
    }

    /// From any local store, whose links lead as far as that store lets them.
    fn copy_from(&self, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
        match origin.place::<(LocalStore, Key)>() {
            Some((store, key)) => self.copy_file(store, key, to, most),
            None => Ok(Copied::Elsewhere),
        }
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        self.listed(prefix, list::list_dir)
    }

    fn list_dir_keys(&self, prefix: &Prefix) -> Result<Listing<Key>> {
        self.listed(prefix, list::list_dir_keys)
    }

    fn hints(&self) -> IoHints {
        IoHints {
            lists_all: self.root.lists_all(),
            appends: true,
            awaits_device: self.waits.are_long(),
            ..self.hints
        }
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        let found = uninterrupted(|| self.root.stat(key.as_str()));
        let found = found.map_err(|e| store_error(self, Op::Head, key, e))?;
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
            system::spelled(&self.root.path(key.as_str())),
        );
        match self.locking {
            Locking::Os => name.with_process_lock(LockFile {
                root: self.root.clone(),
                durability: self.durability,
                key: key.clone(),
            }),
            Locking::None => name,
        }
    }

    fn real_path(&self, prefix: &Prefix) -> RealPath {
        let named = self.root.path(prefix.bare());
        // Links below the root lead elsewhere; and whoever takes one away takes what is behind it.
        let real = resolved(&named);
        real_path_of_file(&named).also(system::spelled(&real))
    }

    fn sync(&self) -> Result<()> {
        uninterrupted(|| system::barrier(&self.root))
            .or_else(if_absent)
            .map_err(|e| store_error(self, Op::Sync, "", e))
    }
}

impl fmt::Display for LocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.fmt(f)
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
