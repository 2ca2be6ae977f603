//! `BlockingStore` and `Object`: what a store implements whose calls block, such as files and memory.

use std::{
    fmt::{Debug, Display},
    mem::MaybeUninit,
    ops::Range,
    sync::Arc,
};

use bytes::Bytes;

use crate::{
    Blocking, ByteRange, Copied, Entry, Found, IoHints, Key, Listing, LockName, Op, Origin,
    Payload, Prefix, PutMode, RealPath, Result, Store, StoreError, StoreErrorKind, Version,
    coalesce, store::kind_of,
};

/// A map from keys to values whose calls block. They are made on threads that may wait for a disk, and for nothing
/// else.
///
/// The promises are those of [`Store`]. Six methods are required.
pub trait BlockingStore: Debug + Display + Send + Sync + 'static {
    /// Opens a value, of which any parts can then be read. It asks for nothing else, neither size nor version.
    ///
    /// # Errors
    /// If what is there is not a value, or if it is not certain that nothing is there.
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>>;

    /// Opens a value, of which any parts can then be read, all that without waiting for a disk or a network: where that
    /// would be necessary, this or the read fails. So it may be called on a thread that serves other tasks. A store
    /// whose calls return at once opens as ever; others need not know how.
    ///
    /// # Errors
    /// `WouldWait` if the value is not in memory; otherwise as [`open`](Self::open).
    fn open_at_once(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        match self.hints().instant {
            true => self.open(key),
            false => {
                let kind = StoreErrorKind::WouldWait;
                Err(StoreError::new(Op::Open, self, key, kind))
            }
        }
    }

    /// Writes a whole value if `mode` allows it, and says which version it became.
    ///
    /// # Errors
    /// `AlreadyExists` or `Conflict` if the mode does not allow it; else why the write failed, and
    /// then the old value is still there.
    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>>;

    /// Deletes a value: see [`Store::delete`].
    ///
    /// # Errors
    /// `Conflict` if the value is not the version `same`.
    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()>;

    /// Deletes everything below a prefix: see [`Store::delete_prefix`].
    ///
    /// # Errors
    /// Why something could not be deleted.
    fn delete_prefix(&self, prefix: &Prefix) -> Result<()>;

    /// What lies directly below a prefix.
    ///
    /// # Errors
    /// Why it could not be listed; a directory that is not there is empty.
    fn list_dir(&self, prefix: &Prefix) -> Result<Listing>;

    /// The same with keys alone, for [`Store::list_keys`]: worth writing where a size costs a call for each value.
    ///
    /// # Errors
    /// As [`list_dir`](Self::list_dir).
    fn list_dir_keys(&self, prefix: &Prefix) -> Result<Listing<Key>> {
        self.list_dir(prefix).map(Listing::from)
    }

    /// How to ask this store well, and what it can do.
    fn hints(&self) -> IoHints;

    /// A value or part of it: see [`Store::get`].
    ///
    /// # Errors
    /// As [`Store::get`].
    fn get(
        &self,
        key: &Key,
        range: ByteRange,
        same: Option<&Version>,
    ) -> Result<Option<Found<Bytes>>> {
        unless_changed(same, || read(self, key, &range, same))
    }

    /// Several parts of one value: see [`Store::get_ranges`].
    ///
    /// # Errors
    /// As [`Store::get_ranges`].
    fn get_ranges(
        &self,
        key: &Key,
        ranges: &[Range<u64>],
        same: Option<&Version>,
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        unless_changed(same, || read_ranges(self, key, ranges, same))
    }

    /// Size and version of a value.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        let Some(object) = self.open(key)? else {
            return Ok(None);
        };
        described(self, key, &*object, None).map(Some)
    }

    /// Where a value lies: see [`Store::origin`].
    fn origin(&self, key: &Key) -> Option<Origin> {
        let _ = key;
        None
    }

    /// Copies a value over `to` without reading it: see [`Store::copy_from`].
    ///
    /// # Errors
    /// Why it could not be copied; the old value is still there then.
    fn copy_from(&self, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
        let _ = (origin, to, most);
        Ok(Copied::Elsewhere)
    }

    /// Everything below a prefix, in no promised order.
    ///
    /// # Errors
    /// As [`list_dir`](Self::list_dir).
    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut to_do = vec![prefix.clone()];
        while let Some(prefix) = to_do.pop() {
            let Listing {
                mut keys, prefixes, ..
            } = self.list_dir(&prefix)?;
            entries.append(&mut keys);
            to_do.extend(prefixes.into_iter().rev());
        }
        Ok(entries)
    }

    /// The name under which this process locks a key. Only a driver waits for a lock, through
    /// [`Store::lock`]; a blocking call never does.
    fn lock_name(&self, key: &Key) -> LockName {
        LockName::new(self.hints().identity, key)
    }

    /// Where a directory of this store really lies: see [`Store::real_path`].
    fn real_path(&self, prefix: &Prefix) -> RealPath {
        RealPath::new(self.hints().identity, prefix)
    }

    /// Returns when all that was written before is durable.
    ///
    /// # Errors
    /// Why it could not be made durable.
    fn sync(&self) -> Result<()> {
        Ok(())
    }

    /// The name of this kind of store, such as `LocalStore`.
    fn kind(&self) -> &'static str {
        kind_of::<Self>()
    }

    /// This store with asynchronous calls.
    fn into_store(self) -> Arc<dyn Store>
    where
        Self: Sized,
    {
        Arc::new(Blocking::new(self))
    }
}

/// One value that is open for reading: an open file, or shared bytes. It stays the value that was
/// opened, whatever happens to the key; where a store cannot keep that, reading it is a `Conflict`.
///
/// There are three ways to its bytes, and a reader in a hurry tries them in this order:
/// [`slice`](Self::slice) shares memory, [`read_at`](Self::read_at) fills the reader's own, and
/// [`read`](Self::read) always works.
pub trait Object: Send + Sync + 'static {
    /// The size in bytes.
    ///
    /// # Errors
    /// Why it could not be told.
    fn size(&self) -> Result<u64>;

    /// The version of the value.
    ///
    /// # Errors
    /// Why it could not be told.
    fn version(&self) -> Result<Option<Version>>;

    /// All the bytes of a range, or an error.
    ///
    /// # Errors
    /// `OutOfRange` if the range does not lie inside the value; else why reading failed.
    fn read(&self, range: Range<u64>) -> Result<Bytes>;

    /// The bytes of a range, shared and not copied, from an object that has them in memory.
    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        let _ = range;
        None
    }

    /// Fills the front of `dst` with the bytes from `offset` on, in one attempt, and returns what
    /// it filled: usually all, or all up to the value's end. Less, even nothing, may come back at
    /// any time (a signal, more than the system reads at once, an object that only lends its
    /// bytes): whoever got less than it needs asks [`read`](Self::read), which goes on trying or
    /// says what is wrong.
    ///
    /// The slice that comes back is the proof of what is initialised: nobody has to trust a count.
    ///
    /// # Errors
    /// Why reading failed.
    fn read_at<'d>(&self, offset: u64, dst: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        let _ = (offset, dst);
        Ok(&mut [])
    }
}

/// Reads again what was replaced between two calls for it, unless one version is wanted. Files that are not kept open are
/// like that.
fn unless_changed<T>(same: Option<&Version>, read: impl Fn() -> Result<T>) -> Result<T> {
    const TRIES: u32 = 16;
    for _ in 1..TRIES {
        match read() {
            Err(e) if e.is_conflict() && same.is_none() => {}
            done => return done,
        }
    }
    read()
}

/// What [`BlockingStore::get`] does unless told better: opens the value and reads.
pub(crate) fn read(
    store: &(impl BlockingStore + ?Sized),
    key: &Key,
    range: &ByteRange,
    same: Option<&Version>,
) -> Result<Option<Found<Bytes>>> {
    let Some(object) = store.open(key)? else {
        return Ok(None);
    };
    let found = described(store, key, &*object, same)?;
    let range = range
        .resolve(found.size)
        .map_err(|kind| StoreError::new(Op::Get, store, key, kind))?;
    let data = object.read(range)?;
    Ok(Some(found.map(|()| data)))
}

/// What [`BlockingStore::get_ranges`] does unless told better: opens the value and reads near ranges together.
pub(crate) fn read_ranges(
    store: &(impl BlockingStore + ?Sized),
    key: &Key,
    ranges: &[Range<u64>],
    same: Option<&Version>,
) -> Result<Option<Found<Vec<Bytes>>>> {
    let Some(object) = store.open(key)? else {
        return Ok(None);
    };
    let found = described(store, key, &*object, same)?;
    let outside = |range: Range<u64>| {
        let kind = StoreErrorKind::out_of_range(range, found.size);
        StoreError::new(Op::Get, store, key, kind)
    };
    let bounded = |range: &Range<u64>| {
        ByteRange::Bounded(range.clone())
            .resolve(found.size)
            .map_err(|_| outside(range.clone()))
    };
    ranges
        .iter()
        .try_for_each(|range| bounded(range).map(drop))?;
    let hints = store.hints();
    let groups = coalesce::plan(ranges, hints.merge_gap, hints.merge_limit);
    let read = |group: &coalesce::Group| object.read(bounded(&group.range)?);
    let parts = groups.iter().map(read).collect::<Result<Vec<_>>>()?;
    let data = coalesce::scatter(&groups, &parts, ranges).map_err(outside)?;
    Ok(Some(found.map(|()| data)))
}

/// Size and version of an open object, which must be the version `same`.
fn described<B: BlockingStore + ?Sized>(
    store: &B,
    key: &Key,
    object: &dyn Object,
    same: Option<&Version>,
) -> Result<Found<()>> {
    let version = object.version()?;
    if same.is_some() && same != version.as_ref() {
        return Err(StoreError::new(
            Op::Get,
            store,
            key,
            StoreErrorKind::Conflict,
        ));
    }
    Ok(Found {
        data: (),
        size: object.size()?,
        version,
    })
}
