//! `MemoryStore`: values in this process. It shares bytes with its callers and never copies them.

use std::{
    collections::BTreeMap,
    fmt,
    ops::Range,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use bytes::Bytes;

use crate::{
    BlockingStore, ByteRange, Copied, Entry, Identity, IoHints, Key, Listing, Object, Op, Origin,
    Payload, Prefix, PutMode, Result, StoreError, StoreErrorKind, Version, key_map,
    value::next_stamp,
};

/// Values in memory. Cheap to clone; clones are one store, and it is gone with the last of them.
///
/// ```
/// use zarr_store::{BlockingStore, ByteRange, Key, MemoryStore, PutMode};
/// let store = MemoryStore::new();
/// let key = Key::new("a/b")?;
/// store.put(&key, &vec![1, 2, 3].into(), PutMode::Create)?;
/// let last = store.get(&key, ByteRange::Last(1), None)?.ok_or("just put")?;
/// assert_eq!(&last.data[..], [3]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    /// Ordered, so that a directory is one contiguous piece. One lock: it is held for a map
    /// operation, never while bytes are copied.
    values: Arc<RwLock<BTreeMap<Key, Value>>>,
    identity: Identity,
}

#[derive(Clone)]
struct Value {
    bytes: Bytes,
    write: u64,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryStore {
            values: Arc::default(),
            identity: Identity::unique(),
        }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    // Nothing panics while the lock is held, and the map is consistent after each statement.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Key, Value>> {
        self.values.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Key, Value>> {
        self.values.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, op: Op, key: &Key, kind: StoreErrorKind) -> StoreError {
        StoreError::new(op, self, key, kind)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        MemoryStore::new()
    }
}

impl BlockingStore for MemoryStore {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        Ok(self
            .read()
            .get(key)
            .cloned()
            .map(|value| Arc::new(value) as Arc<dyn Object>))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        // Before the lock: a payload of several parts is copied together here.
        let bytes = value.clone().into_bytes();
        let mut values = self.write();
        let there = values.get(key).map(|value| value.write.into());
        mode.check(there.as_ref())
            .map_err(|kind| self.error(Op::Put, key, kind))?;
        let write = next_stamp();
        let old = values.insert(key.clone(), Value { bytes, write });
        drop(values);
        // Outside the lock: freeing a large value takes time.
        drop(old);
        Ok(Some(write.into()))
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        let mut values = self.write();
        let there = values.get(key).map(|value| Version::from(value.write));
        if same.is_some() && same != there.as_ref() {
            return Err(self.error(Op::Delete, key, StoreErrorKind::Conflict));
        }
        let old = values.remove(key);
        drop(values);
        drop(old);
        Ok(())
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        let mut values = self.write();
        let old = key_map::remove_below(&mut values, prefix);
        drop(values);
        drop(old);
        Ok(())
    }

    fn origin(&self, key: &Key) -> Option<Origin> {
        Some(Origin::new((self.clone(), key.clone())))
    }

    /// From any store in memory: the bytes are shared.
    fn copy_from(&self, origin: &Origin, to: &Key, most: u64) -> Result<Copied> {
        let Some((store, key)) = origin.place::<(MemoryStore, Key)>() else {
            return Ok(Copied::Elsewhere);
        };
        let Some(value) = store.read().get(key).cloned() else {
            return Ok(Copied::Absent);
        };
        ByteRange::AtMost(most)
            .resolve(value.len())
            .map_err(|kind| store.error(Op::Get, key, kind))?;
        let size = Some(value.len());
        self.put(to, &value.bytes.into(), PutMode::Overwrite)?;
        Ok(Copied::Stored { size })
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        Ok(key_map::list_dir(&self.read(), prefix, Value::len))
    }

    fn list(&self, prefix: &Prefix) -> Result<Vec<Entry>> {
        Ok(key_map::list(&self.read(), prefix, Value::len))
    }

    fn hints(&self) -> IoHints {
        IoHints::memory(self.identity)
    }
}

impl Value {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

impl Object for Value {
    fn size(&self) -> Result<u64> {
        Ok(self.len())
    }

    fn version(&self) -> Result<Option<Version>> {
        Ok(Some(self.write.into()))
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.slice(range.clone()).ok_or_else(|| {
            // A value does not know its key; whoever opened it does.
            let kind = StoreErrorKind::out_of_range(range, self.len());
            StoreError {
                op: Op::Get,
                store: "memory".into(),
                key: None,
                kind,
                retry: false,
            }
        })
    }

    fn slice(&self, range: Range<u64>) -> Option<Bytes> {
        let (start, end) = (
            usize::try_from(range.start).ok()?,
            usize::try_from(range.end).ok()?,
        );
        (start <= end && end <= self.bytes.len()).then(|| self.bytes.slice(start..end))
    }
}

impl fmt::Display for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory")
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} values)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn conforms() {
        testing::conformance(|| MemoryStore::new().into_store());
    }

    #[test]
    fn get_shares_what_put_shared() {
        let store = MemoryStore::new();
        let key = Key::new("a").unwrap();
        let value = Bytes::from(vec![1, 2, 3, 4]);
        let at = value.as_ptr();
        store.put(&key, &value.into(), PutMode::Overwrite).unwrap();
        let object = store.open(&key).unwrap().unwrap();
        assert_eq!(object.slice(1..3).unwrap().as_ptr(), at.wrapping_add(1));
    }

    #[test]
    fn a_listing_skips_what_lies_deeper() {
        let store = MemoryStore::new();
        for text in ["a", "a/b", "a/c/d", "a-b", "a0", "b/x"] {
            store
                .put(
                    &Key::new(text).unwrap(),
                    &Payload::default(),
                    PutMode::Create,
                )
                .unwrap();
        }
        let listing = store.list_dir(&Prefix::root()).unwrap();
        let keys: Vec<_> = listing.keys.iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["a", "a-b", "a0"]);
        let prefixes: Vec<_> = listing.prefixes.iter().map(Prefix::as_str).collect();
        assert_eq!(prefixes, ["a/", "b/"]);
    }
}
