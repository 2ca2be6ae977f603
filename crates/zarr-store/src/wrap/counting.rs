//! `Counting`: says how much work reached the store inside, such as 4 KiB in two requests. It changes
//! nothing.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{Call, Hook, Hooked, Op, Outcome, Store, StoreErrorKind};

/// What reached a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Values opened, in the blocking face.
    pub opens: u64,
    /// Requests for bytes: each `get` in the async face, where ranges were merged before; each read
    /// of an open value in the blocking one.
    pub reads: u64,
    /// Bytes that came back.
    pub bytes_read: u64,
    /// Questions for size or version alone.
    pub heads: u64,
    /// Values written, or refused by their put mode.
    pub puts: u64,
    /// Values that the store was asked to copy by itself.
    pub copies: u64,
    /// Bytes handed in to be written.
    pub bytes_written: u64,
    /// Deletes of a value or a directory.
    pub deletes: u64,
    /// Directories listed.
    pub lists: u64,
    /// Locks taken.
    pub locks: u64,
}

/// Counts what reaches the store inside. Cheap to clone; clones count together.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Store, StoreExt, Counting, runtime};
/// let store = Counting::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// runtime::wait(Store::put(&store, &key, vec![0; 100].into(), PutMode::Overwrite))?;
/// store.take();
/// runtime::wait(Store::get_ranges(&store, &key, &[0..10, 10..20, 50..60], None))?;
/// let counts = store.take();
/// assert_eq!((counts.reads, counts.bytes_read), (2, 30));
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
pub type Counting<S> = Hooked<S, Tally>;

/// Counts calls.
#[derive(Debug, Default)]
pub struct Tally(Mutex<Counts>);

impl<S: Store> Counting<S> {
    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.hook().counts()
    }

    /// What was counted so far; counting begins again at zero.
    pub fn take(&self) -> Counts {
        self.hook().add(|counts| *counts = Counts::default())
    }
}

impl Tally {
    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        self.add(|_| ())
    }

    /// The counts before the change.
    fn add(&self, change: impl FnOnce(&mut Counts)) -> Counts {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *counts;
        change(&mut counts);
        before
    }
}

/// Counted when they begin, except reads: what came back is known only then.
impl Hook for Tally {
    const COPIES: bool = true;

    fn before(&self, call: &Call<'_>) -> Result<Duration, StoreErrorKind> {
        self.add(|c| match call.op {
            Op::Open => c.opens += 1,
            Op::Head => c.heads += 1,
            Op::Put => {
                c.puts += 1;
                c.bytes_written += call.sent;
            }
            Op::Copy => c.copies += 1,
            Op::Delete | Op::DeletePrefix => c.deletes += 1,
            Op::List => c.lists += 1,
            Op::Lock => c.locks += 1,
            _ => {}
        });
        Ok(Duration::ZERO)
    }

    fn after(&self, call: &Call<'_>, outcome: &Outcome<'_>) {
        if call.op == Op::Get {
            self.add(|c| {
                c.reads += 1;
                c.bytes_read += outcome.received;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockingStore, Key, MemoryStore, PutMode, testing};

    #[test]
    fn conforms() {
        testing::conformance(|| Counting::new(MemoryStore::new().into_store()));
    }

    #[test]
    fn counts_the_blocking_face() {
        let store = Counting::new(MemoryStore::new().into_store());
        let key = Key::new("a").unwrap();
        BlockingStore::put(&store, &key, &vec![0; 100].into(), PutMode::Overwrite).unwrap();
        let object = store.open(&key).unwrap().unwrap();
        object.slice(0..10).unwrap();
        object.read(10..15).unwrap();
        let want = Counts {
            opens: 1,
            reads: 2,
            bytes_read: 15,
            puts: 1,
            bytes_written: 100,
            ..Counts::default()
        };
        assert_eq!(store.take(), want);
        assert_eq!(store.counts(), Counts::default());
    }
}
