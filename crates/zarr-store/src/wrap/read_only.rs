//! `ReadOnly`: a store that cannot be changed through this handle. It refuses before the store inside is asked.

use std::time::Duration;

use super::{Call, Hook, Hooked, Reads};
use crate::{Conditions, IoHints, Op, StoreErrorKind};

/// A store that passes reads on and refuses writes with [`StoreErrorKind::ReadOnly`].
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, ReadOnly, Store, runtime};
/// let store = ReadOnly::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// assert!(runtime::wait(Store::put(&store, &key, vec![1].into(), PutMode::Overwrite)).is_err());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub type ReadOnly<S> = Hooked<S, NoWrites>;

/// Refuses what would change a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWrites;

impl Hook for NoWrites {
    const READS: Reads = Reads::Pass;
    const COPIES: bool = true;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        match call.op {
            // A lock is taken to write, and on some stores taking one writes.
            Op::Put | Op::Copy | Op::Delete | Op::DeletePrefix | Op::Lock | Op::Update => {
                Err(StoreErrorKind::ReadOnly)
            }
            _ => Ok(Duration::ZERO),
        }
    }

    fn hints(&self, inner: IoHints) -> IoHints {
        IoHints {
            writable: false,
            conditions: Conditions::NONE,
            ..inner
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        BlockingStore, ByteRange, Key, MemoryStore, Prefix, PutMode, Store, runtime::wait, testing,
    };

    #[test]
    fn conforms() {
        testing::conformance(|| {
            let inner = MemoryStore::new();
            inner
                .put(
                    &Key::new("there").unwrap(),
                    &vec![1].into(),
                    PutMode::Create,
                )
                .unwrap();
            ReadOnly::new(inner.into_store())
        });
    }

    #[test]
    fn changes_nothing_in_either_face() {
        let inner = MemoryStore::new();
        let key = Key::new("a/b").unwrap();
        inner.put(&key, &vec![1].into(), PutMode::Create).unwrap();
        let store = ReadOnly::new(inner.clone().into_store());
        let face = store.as_blocking().unwrap();
        let put = face
            .put(&key, &vec![2].into(), PutMode::Overwrite)
            .unwrap_err();
        assert!(matches!(put.kind, StoreErrorKind::ReadOnly));
        assert!(face.delete(&key, None).is_err());
        assert!(face.delete_prefix(&Prefix::root()).is_err());
        assert!(wait(Store::put(&store, &key, vec![2].into(), PutMode::Overwrite)).is_err());
        let origin = Store::origin(&store, &key).unwrap();
        assert!(face.copy_from(&origin, &key, 1).is_err());
        assert!(wait(Store::copy_from(&store, &origin, &key, 1)).is_err());
        assert!(wait(Store::delete(&store, &key, None)).is_err());
        assert!(wait(Store::delete_prefix(&store, &Prefix::root())).is_err());
        assert_eq!(
            &inner.get(&key, ByteRange::All, None).unwrap().unwrap().data[..],
            [1]
        );
    }
}
