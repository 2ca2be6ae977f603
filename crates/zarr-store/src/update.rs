//! Read, change, write: the one way to change part of a value so that two writers never lose each other's bytes.
//! `protocol` decides what to do; the two faces here only carry it out. What is merged, and how, is the caller's
//! affair.
//!
//! One round: read and note the version; merge; write on condition that the version is still the same. If it is not,
//! begin the next round. After sixteen rounds lost in a row, give up with an error.

mod protocol;

use std::sync::Arc;

use bytes::Bytes;

pub use self::protocol::{Commit, Writers};
use self::protocol::{Precondition, UpdateProtocol, update_error};
use crate::{
    BlockingStore, ByteRange, Found, Key, KeyLock, Object, Payload, PutMode, Result, Store,
};

/// One change of part of a value, which holds the key's lock from beginning to end.
///
/// Dropping it changes nothing. A commit whose future is dropped may still land, but only on the
/// version it was merged from.
#[derive(Debug)]
pub struct Update<'a, S: Store + ?Sized> {
    store: &'a S,
    key: &'a Key,
    protocol: UpdateProtocol,
    _lock: KeyLock,
}

impl<'a, S: Store + ?Sized> Update<'a, S> {
    /// Waits for the lock of `key`. Nothing is read yet: the first `get` notes the version.
    ///
    /// # Errors
    /// `Unsupported` if several may write and the store cannot write conditionally.
    pub async fn new(store: &'a S, key: &'a Key, writers: Writers) -> Result<Self> {
        let protocol = UpdateProtocol::new(store.hints().conditions, writers)
            .map_err(|kind| update_error(store, key, kind))?;
        let lock = store.lock(key).await?;
        Ok(Update {
            store,
            key,
            protocol,
            _lock: lock,
        })
    }

    /// Reads the value or part of it. All reads of one round are of one version.
    ///
    /// # Errors
    /// `Conflict` if the value changed since this round's first read: begin again with a `get`.
    pub async fn get(&mut self, range: ByteRange) -> Result<Option<Found<Bytes>>> {
        let answer = self.store.get(self.key, range, self.protocol.same()).await;
        self.protocol.noted(answer, self.store, self.key)
    }

    /// Reads several parts of the value.
    ///
    /// # Errors
    /// `Conflict` if the value changed since this round's first read: begin again with a `get`.
    pub async fn get_ranges(
        &mut self,
        ranges: &[std::ops::Range<u64>],
    ) -> Result<Option<Found<Vec<Bytes>>>> {
        let answer = self
            .store
            .get_ranges(self.key, ranges, self.protocol.same())
            .await;
        self.protocol.noted(answer, self.store, self.key)
    }

    /// Whether `commit(None)` is possible; if not, write a value that means the same.
    pub fn can_delete(&self) -> bool {
        self.protocol.can_delete()
    }

    /// Writes the value, or with `None` deletes the key, if it is still the version that was read;
    /// whatever is there, if nothing was read.
    ///
    /// # Errors
    /// `Contended` after 16 conflicts in a row, so a loop until `Done` ends; otherwise what the
    /// store says.
    pub async fn commit(&mut self, value: Option<Payload>) -> Result<Commit> {
        let answer = match (value, self.protocol.precondition()) {
            (Some(value), step) => self.store.put(self.key, value, step.put_mode()).await,
            (None, Precondition::Absent) => Ok(None),
            (None, step) => self
                .store
                .delete(self.key, step.version())
                .await
                .map(|()| None),
        };
        self.protocol.settle(answer, self.store, self.key)
    }
}

/// The same on a thread that may not wait: the driver took the lock (`store.lock(&key).await`) and
/// passes it in.
///
/// ```
/// use zarr_store::{BlockingStore, BlockingUpdate, Commit, Key, MemoryStore, Store, Writers,
/// runtime};
///
/// let store = MemoryStore::new().into_store();
/// let key = Key::new("count")?;
/// let lock = runtime::wait(store.lock(&key))?;
/// // ... on a pool thread, with the lock moved there:
/// let blocking = store.as_blocking().ok_or("only remote stores are not")?;
/// let mut update = BlockingUpdate::new(blocking, &key, &lock, Writers::Several)?;
/// loop {
///     let count = match update.open()? {
///         Some(object) => object.read(0..1)?[0] + 1,
///         None => 1,
///     };
///     if let Commit::Done(_) = update.commit(Some(&vec![count].into()))? {
///         break;
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BlockingUpdate<'a> {
    store: &'a dyn BlockingStore,
    key: &'a Key,
    protocol: UpdateProtocol,
    /// Kept open until the commit: the system must not give the number of this file to a newer one,
    /// or the two versions could look alike.
    open: Option<Arc<dyn Object>>,
    _lock: &'a KeyLock,
}

/// What a commit does with the value that was opened.
#[derive(Debug, Clone, Copy)]
pub enum Change<'v> {
    /// Nothing stays.
    Delete,
    /// This is all of the new value.
    Replace(&'v Payload),
    /// This comes behind the value that was opened, in stores that [append](crate::IoHints::appends).
    Append(&'v Payload),
}

impl<'v> From<Option<&'v Payload>> for Change<'v> {
    fn from(value: Option<&'v Payload>) -> Self {
        value.map_or(Change::Delete, Change::Replace)
    }
}

impl<'a> BlockingUpdate<'a> {
    /// `lock` is the lock of `key`, taken by the driver.
    ///
    /// # Errors
    /// `Unsupported` if several may write and the store cannot write conditionally.
    pub fn new(
        store: &'a dyn BlockingStore,
        key: &'a Key,
        lock: &'a KeyLock,
        writers: Writers,
    ) -> Result<Self> {
        let protocol = UpdateProtocol::new(store.hints().conditions, writers)
            .map_err(|kind| update_error(store, key, kind))?;
        Ok(BlockingUpdate {
            store,
            key,
            protocol,
            open: None,
            _lock: lock,
        })
    }

    /// Begins a round: the value to merge with. One open object is one version, however it is read.
    ///
    /// # Errors
    /// What the store says.
    pub fn open(&mut self) -> Result<Option<Arc<dyn Object>>> {
        self.open = self.store.open(self.key)?;
        let version = self
            .open
            .as_ref()
            .map(|object| object.version())
            .transpose()?;
        self.protocol
            .begin(version)
            .map_err(|kind| update_error(self.store, self.key, kind))?;
        Ok(self.open.clone())
    }

    /// Whether `commit(None)` is possible; if not, write a value that means the same.
    pub fn can_delete(&self) -> bool {
        self.protocol.can_delete()
    }

    /// Writes the value, or with `None` deletes the key, if it is still the version that was
    /// opened; whatever is there, if nothing was opened.
    ///
    /// # Errors
    /// `Contended` after 16 conflicts in a row, so a loop until `Done` ends; otherwise what the
    /// store says.
    pub fn commit<'v>(&mut self, change: impl Into<Change<'v>>) -> Result<Commit> {
        let answer = match (change.into(), self.protocol.precondition()) {
            (Change::Replace(value), step) => self.store.put(self.key, value, step.put_mode()),
            (Change::Append(tail), step) => {
                let version = step.version().ok_or(PutMode::CANNOT_APPEND);
                let version = version.map_err(|kind| update_error(self.store, self.key, kind))?;
                let mode = PutMode::Append(version.clone());
                self.store.put(self.key, tail, mode)
            }
            (Change::Delete, Precondition::Absent) => Ok(None),
            (Change::Delete, step) => self.store.delete(self.key, step.version()).map(|()| None),
        };
        self.protocol.settle(answer, self.store, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::{protocol::MAX_ROUNDS, *};
    use crate::{
        Conditions, MemoryStore, PutMode, StoreErrorKind, StoreExt, runtime::wait, tests::key,
    };

    const KEY: &str = "a/b";

    fn store() -> Arc<dyn Store> {
        MemoryStore::new().into_store()
    }

    fn put(store: &Arc<dyn Store>, value: u8) {
        wait(store.put(&key(KEY), vec![value].into(), PutMode::Overwrite)).unwrap();
    }

    fn value(store: &Arc<dyn Store>) -> Option<Bytes> {
        wait(store.get_all(&key(KEY))).unwrap()
    }

    #[test]
    fn a_whole_write_in_between_is_a_conflict() {
        let (store, key) = (store(), key(KEY));
        let mut update = wait(store.update(&key)).unwrap();
        assert!(wait(update.get(ByteRange::All)).unwrap().is_none());
        put(&store, 1); // a plain put does not wait for the lock
        assert_eq!(
            wait(update.commit(Some(vec![9].into()))).unwrap(),
            Commit::Conflict
        );
        assert!(wait(update.get(ByteRange::All)).unwrap().is_some());
        put(&store, 2);
        assert_eq!(
            wait(update.commit(Some(vec![9].into()))).unwrap(),
            Commit::Conflict
        );
        wait(update.get(ByteRange::All)).unwrap();
        assert!(matches!(
            wait(update.commit(Some(vec![3].into()))).unwrap(),
            Commit::Done(Some(_))
        ));
        assert_eq!(value(&store).unwrap(), [3].as_slice());
    }

    #[test]
    fn deleting_does_not_lose_a_whole_write() {
        let (store, key) = (store(), key(KEY));
        put(&store, 1);
        let mut update = wait(store.update(&key)).unwrap();
        wait(update.get(ByteRange::All)).unwrap();
        put(&store, 2);
        assert!(update.can_delete());
        assert_eq!(wait(update.commit(None)).unwrap(), Commit::Conflict);
        assert_eq!(value(&store).unwrap(), [2].as_slice());
        wait(update.get(ByteRange::All)).unwrap();
        assert_eq!(wait(update.commit(None)).unwrap(), Commit::Done(None));
        assert_eq!(value(&store), None);
    }

    #[test]
    fn nothing_onto_nothing_leaves_what_came_meanwhile() {
        let (store, key) = (store(), key(KEY));
        let mut update = wait(store.update(&key)).unwrap();
        wait(update.get(ByteRange::All)).unwrap();
        put(&store, 1);
        // As if this update had come first.
        assert_eq!(wait(update.commit(None)).unwrap(), Commit::Done(None));
        assert_eq!(value(&store).unwrap(), [1].as_slice());
    }

    #[test]
    fn two_reads_of_one_round_are_of_one_version() {
        let (store, key) = (store(), key(KEY));
        put(&store, 1);
        let mut update = wait(store.update(&key)).unwrap();
        wait(update.get(ByteRange::Last(1))).unwrap();
        put(&store, 2);
        assert!(wait(update.get(ByteRange::All)).unwrap_err().is_conflict());
        assert_eq!(
            wait(update.get(ByteRange::All)).unwrap().unwrap().data,
            [2].as_slice()
        );
        assert!(matches!(
            wait(update.commit(Some(vec![3].into()))).unwrap(),
            Commit::Done(_)
        ));
    }

    #[test]
    fn gives_up_at_last() {
        let (store, key) = (store(), key(KEY));
        let lock = wait(store.lock(&key)).unwrap();
        let face = store.as_blocking().unwrap();
        let mut update = BlockingUpdate::new(face, &key, &lock, Writers::Several).unwrap();
        for round in 1.. {
            update.open().unwrap();
            put(&store, 1);
            match update.commit(Some(&vec![2].into())) {
                Ok(Commit::Conflict) => assert!(round < MAX_ROUNDS),
                Ok(done) => unreachable!("{done:?}"),
                Err(e) => {
                    assert_eq!(round, MAX_ROUNDS);
                    assert!(
                        matches!(e.kind, StoreErrorKind::Contended { tries: MAX_ROUNDS }),
                        "{e}"
                    );
                    break;
                }
            }
        }
    }

    #[test]
    fn without_conditions_only_for_one_writer() {
        assert!(UpdateProtocol::new(Conditions::NONE, Writers::Several).is_err());
        let mut rounds = UpdateProtocol::new(Conditions::NONE, Writers::Alone).unwrap();
        rounds.begin(Some(None)).unwrap();
        assert_eq!(rounds.precondition().put_mode(), PutMode::Overwrite);
        let mut rounds = UpdateProtocol::new(Conditions::ALL, Writers::Several).unwrap();
        assert!(
            rounds.begin(Some(None)).is_err(),
            "no version, no condition"
        );
    }
}
