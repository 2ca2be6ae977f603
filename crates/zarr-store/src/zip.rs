//! `ZipStore`: the values in a zip archive, which is itself a value in any store. It reads ranges of that value only,
//! so reading an entry of an archive in a bucket takes no more requests than reading an object.
//!
//! **Opening** takes one request for the end of the archive, and another for the rest of its directory if
//! that is large. **Reading** an entry takes one request for header and data together. Ranges of stored
//! entries are ranges of the archive, merged by the hints of the store below. Compressed entries
//! (deflate, zstd) are read as a whole. Whole values are compared with their checksum.
//!
//! **The archive is not trusted.** An archive is refused if a name in it is not a valid key, if entries
//! overlap, or if fields that are stored twice disagree. No memory is allocated for a size that the bytes
//! at hand cannot have. Of several entries with one name, the last is the value.
//!
//! `end`, `directory` and `fetch` plan and do no I/O; the asynchronous side below and the blocking one in `object`
//! carry the plans out. [`ZipWriter`] writes.

#[cfg_attr(
    not(all(feature = "local", unix)),
    allow(dead_code, reason = "only the writer compresses")
)]
mod backends;
mod decode;
mod directory;
mod end;
mod entry;
mod fetch;
#[cfg(all(feature = "local", any(unix, windows)))]
mod files;
mod limits;
mod object;
mod refusal;
mod store;
#[cfg(all(feature = "local", any(unix, windows)))]
mod writer;

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;

pub use self::limits::ZipLimits;
#[cfg(all(feature = "local", any(unix, windows)))]
pub use self::writer::ZipWriter;
#[cfg(all(feature = "local", any(unix, windows)))]
pub(crate) use self::writer::resolved;
use self::{
    directory::{Index, Opening},
    entry::ZipEntry,
    fetch::Fetch,
    refusal::{Refusal, refused},
};
pub use crate::ZipError;
use crate::{
    ByteRange, Found, Identity, Key, Object, Op, Result, Store, StoreError, StoreErrorKind,
    Version, value::next_stamp, wrap::blocking,
};

/// The first bytes of an archive with entries, and of one without.
pub(crate) const SIGNATURES: [&[u8]; 2] = [entry::HEADER, end::END];

/// The values in a zip archive that lies in any store, for reading.
///
/// It shows the archive as it was when it was opened. If the archive is replaced later, reads fail with
/// [`ZipError::Changed`] or go on with the old archive, but never mix the two.
///
/// ```
/// use zarr_store::{BlockingStore, Key, LocalStore, StoreExt, ZipStore, runtime};
/// # use zarr_store::PutMode;
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("data.zip");
/// let written = ZipStore::create(&path)?;
/// written.put(&Key::new("a/zarr.json")?, &"{}".to_owned().into(), PutMode::Overwrite)?;
/// written.finish()?;
///
/// let files = LocalStore::new(dir.path()).into_store(); // or a bucket
/// let value = runtime::wait(async {
///     let archive = ZipStore::open(files, Key::new("data.zip")?).await?;
///     archive.get_all(&Key::new("a/zarr.json")?).await
/// })?;
/// assert_eq!(value.as_deref(), Some(&b"{}"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ZipStore {
    inner: Arc<dyn Store>,
    archive: Key,
    /// The version of the archive that was opened, where the store can tell.
    version: Option<Version>,
    /// The size of the archive, for stores without versions.
    size: u64,
    index: Index,
    /// Whether some entries are compressed.
    compressed: bool,
    limits: ZipLimits,
    identity: Identity,
    /// The archive, open for threads that may wait; opened when the first of them asks.
    object: OnceLock<Arc<dyn Object>>,
    name: Arc<str>,
}

impl ZipStore {
    /// Opens the archive that is the value `archive` of `store`.
    ///
    /// # Errors
    /// `Archive` with a [`ZipError`] if the value is not an archive, or one that cannot be trusted; else the error
    /// of the store.
    pub async fn open(store: Arc<dyn Store>, archive: Key) -> Result<ZipStore> {
        ZipStore::open_within(store, archive, ZipLimits::default()).await
    }

    /// Opens an archive with other limits.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_within(
        store: Arc<dyn Store>,
        archive: Key,
        limits: ZipLimits,
    ) -> Result<ZipStore> {
        let name = Arc::from(format!("{store}/{archive}"));
        let refuse = |refusal| refused(Op::OpenStore, &name, refusal);
        let tail = store
            .get(&archive, ByteRange::Last(end::TAIL), None)
            .await?
            .ok_or_else(|| refuse(ZipError::Absent.into()))?;
        let (size, version) = (tail.size, tail.version);
        let opening =
            Opening::new(tail.data, size, limits.directory_bytes).map_err(|e| refuse(e.into()))?;
        let missing = match opening.missing() {
            None => Bytes::new(),
            Some(range) => {
                let range = ByteRange::Bounded(range);
                let rest = store.get(&archive, range, version.as_ref()).await;
                match rest.or_else(|e| unless_changed(e, refuse))? {
                    Some(rest) if rest.size == size => rest.data,
                    _ => return Err(refuse(ZipError::Changed.into())),
                }
            }
        };
        let stamp = version.as_ref().map_or_else(next_stamp, hash);
        let (index, _) = opening.index(missing, stamp).map_err(refuse)?;
        Ok(ZipStore {
            identity: Identity::named(("zip", store.hints().identity, archive.as_str())),
            inner: store,
            archive,
            version,
            size,
            compressed: index.values().any(|entry| !entry.is_stored()),
            index,
            limits,
            object: OnceLock::new(),
            name,
        })
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    fn error(&self, op: Op, key: &Key, why: ZipError) -> StoreError {
        StoreError::new(op, self, key, StoreErrorKind::Archive(why))
    }

    /// Size and version of an entry, which must be the version `same`.
    fn described(&self, key: &Key, entry: &ZipEntry, same: Option<&Version>) -> Result<Found<()>> {
        let version = entry.version();
        if same.is_some_and(|same| *same != version) {
            return Err(StoreError::new(
                Op::Get,
                self,
                key,
                StoreErrorKind::Conflict,
            ));
        }
        Ok(Found {
            data: (),
            size: entry.size(),
            version: Some(version),
        })
    }

    /// Reads parts of an entry, which must lie inside it.
    async fn fetch(
        &self,
        key: &Key,
        entry: &ZipEntry,
        wanted: &[Range<u64>],
    ) -> Result<Vec<Bytes>> {
        let error = |why| self.error(Op::Get, key, why);
        let fetch = Fetch {
            entry,
            name: key,
            wanted,
            entry_bytes: self.limits.entry_bytes,
        };
        // Twice at most: the second time it is known where the data begins.
        loop {
            let known = entry.data_offset();
            let requests = fetch.requests(known).map_err(error)?;
            let same = self.version.as_ref();
            let answer = self.inner.get_ranges(&self.archive, &requests, same).await;
            let found = answer
                .or_else(|e| unless_changed(e, |refusal| error(refusal.why)))?
                .filter(|found| found.size == self.size)
                .ok_or_else(|| error(ZipError::Changed))?;
            if let Some(parts) = fetch.settle(known, &found.data).map_err(error)? {
                return Ok(parts);
            }
        }
    }

    /// The open archive, which must be the version that `open` found.
    fn object(&self, key: &Key) -> Result<Arc<dyn Object>> {
        if let Some(object) = self.object.get() {
            return Ok(Arc::clone(object));
        }
        let changed = || self.error(Op::Open, key, ZipError::Changed);
        let object = blocking(&self.inner, Op::Open)?
            .open(&self.archive)?
            .ok_or_else(changed)?;
        if object.version()? != self.version || object.size()? != self.size {
            return Err(changed());
        }
        Ok(Arc::clone(self.object.get_or_init(|| object)))
    }
}

impl fmt::Display for ZipStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for ZipStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZipStore({}, {} values)", self.name, self.len())
    }
}

/// A `Conflict` from the store below means that the archive was replaced since it was opened.
fn unless_changed<T>(e: StoreError, refuse: impl Fn(Refusal) -> StoreError) -> Result<T> {
    Err(match e.is_conflict() {
        true => refuse(ZipError::Changed.into()),
        false => e,
    })
}

fn hash(version: &Version) -> u64 {
    let mut hasher = DefaultHasher::new();
    version.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[cfg(all(feature = "local", any(unix, windows)))]
mod tests;
