//! `Faulty`: fails or delays chosen operations, so that a test can ask what the code above does
//! then. An operation that fails does not reach the store inside.

use std::{
    fmt,
    future::poll_fn,
    mem::MaybeUninit,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use bytes::Bytes;

use crate::{
    BlockingStore, BoxFuture, BoxStream, ByteRange, Entry, Found, IoHints, Key, KeyLock, Listing,
    LockName, Object, Op, Payload, Prefix, PutMode, Result, Store, StoreError, StoreErrorKind,
    Version, wrap::blocking,
};

/// What happens to which operations.
///
/// Reads of an open value count as [`Op::Get`], opening it as [`Op::Open`].
#[derive(Debug, Clone)]
#[must_use = "a fault does nothing until it is given to a `Faulty`"]
pub struct Fault {
    op: Op,
    part: String,
    after: u64,
    times: u64,
    effect: Effect,
}

#[derive(Debug, Clone, Copy)]
enum Effect {
    Fail(fn() -> StoreErrorKind),
    Delay(Duration),
}

impl Fault {
    /// The operation fails with what `kind` makes.
    pub fn fail(op: Op, kind: fn() -> StoreErrorKind) -> Self {
        Fault {
            op,
            part: String::new(),
            after: 0,
            times: u64::MAX,
            effect: Effect::Fail(kind),
        }
    }

    /// The operation begins that much later.
    pub fn delay(op: Op, time: Duration) -> Self {
        Fault {
            op,
            part: String::new(),
            after: 0,
            times: u64::MAX,
            effect: Effect::Delay(time),
        }
    }

    /// Only operations on keys that contain `part`.
    pub fn on(self, part: impl Into<String>) -> Self {
        Fault {
            part: part.into(),
            ..self
        }
    }

    /// Not the first `n` of them.
    pub fn after(self, n: u64) -> Self {
        Fault { after: n, ..self }
    }

    /// Only `n` of them, then no more.
    pub fn times(self, n: u64) -> Self {
        Fault { times: n, ..self }
    }
}

/// A store that fails or delays as told. Cheap to clone; clones share the faults.
///
/// ```
/// use zarr_store::{BlockingStore, Key, MemoryStore, Op, StoreErrorKind, StoreExt, runtime::wait};
/// use zarr_store::testing::{Fault, Faulty};
/// let store = Faulty::new(MemoryStore::new().into_store());
/// let key = Key::new("a")?;
/// store.add(Fault::fail(Op::Get, || StoreErrorKind::Timeout).on("a").after(1).times(1));
/// assert!(wait(store.get_all(&key)).is_ok());
/// assert!(wait(store.get_all(&key)).is_err());
/// assert!(wait(store.get_all(&key)).is_ok());
/// # Ok::<(), zarr_store::StoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Faulty<S> {
    inner: S,
    faults: Faults,
}

impl<S: Store> Faulty<S> {
    /// A handle on `inner` with no faults yet.
    pub fn new(inner: S) -> Self {
        Faulty {
            faults: Faults {
                list: Arc::default(),
                name: inner.to_string(),
            },
            inner,
        }
    }

    /// Adds a fault. Where several match, each counts the operation, and the first due takes
    /// effect.
    pub fn add(&self, fault: Fault) {
        self.faults.lock().push(fault);
    }

    /// Forgets all faults.
    pub fn clear(&self) {
        self.faults.lock().clear();
    }
}

#[derive(Debug, Clone)]
struct Faults {
    list: Arc<Mutex<Vec<Fault>>>,
    /// The store inside, for error texts.
    name: String,
}

impl Faults {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one operation and says what happens to it.
    fn due(&self, op: Op, key: &str) -> Option<Effect> {
        let mut effect = None;
        for fault in self
            .lock()
            .iter_mut()
            .filter(|f| f.op == op && key.contains(&f.part))
        {
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.times > 0 && effect.is_none() {
                fault.times -= 1;
                effect = Some(fault.effect);
            }
        }
        effect
    }

    fn failure(&self, op: Op, key: &str, kind: fn() -> StoreErrorKind) -> StoreError {
        StoreError::new(op, &self.name, key, kind())
    }

    /// In the async face.
    async fn meet(&self, op: Op, key: &str) -> Result<()> {
        match self.due(op, key) {
            Some(Effect::Fail(kind)) => Err(self.failure(op, key, kind)),
            Some(Effect::Delay(time)) => {
                sleep(time).await;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// In the blocking face.
    fn meet_here(&self, op: Op, key: &str) -> Result<()> {
        match self.due(op, key) {
            Some(Effect::Fail(kind)) => Err(self.failure(op, key, kind)),
            Some(Effect::Delay(time)) => {
                thread::sleep(time);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Waits on a thread of its own: tests need no runtime for it.
async fn sleep(time: Duration) {
    #[derive(Default)]
    struct Alarm {
        rung: bool,
        waker: Option<Waker>,
    }
    let alarm = Arc::new(Mutex::new(Alarm::default()));
    let ours = Arc::clone(&alarm);
    thread::spawn(move || {
        thread::sleep(time);
        let waker = {
            let mut alarm = ours.lock().unwrap_or_else(PoisonError::into_inner);
            alarm.rung = true;
            alarm.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    poll_fn(|cx| {
        let mut alarm = alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.rung {
            return Poll::Ready(());
        }
        alarm.waker = Some(cx.waker().clone());
        Poll::Pending
    })
    .await;
}

// `get_ranges` stays the trait's own, so that each of its requests may fail.
impl<S: Store> Store for Faulty<S> {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            self.faults.meet(Op::Get, key.as_str()).await?;
            self.inner.get(key, range, same).await
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        Box::pin(async move {
            self.faults.meet(Op::Head, key.as_str()).await?;
            self.inner.head(key).await
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        Box::pin(async move {
            self.faults.meet(Op::Put, key.as_str()).await?;
            self.inner.put(key, value, mode).await
        })
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.faults.meet(Op::Delete, key.as_str()).await?;
            self.inner.delete(key, same).await
        })
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.faults.meet(Op::DeletePrefix, prefix.as_str()).await?;
            self.inner.delete_prefix(prefix).await
        })
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        Box::pin(async move {
            self.faults.meet(Op::List, prefix.as_str()).await?;
            self.inner.list_dir(prefix).await
        })
    }

    fn list(&self, prefix: &Prefix) -> BoxStream<'_, Result<Entry>> {
        match self.faults.meet_here(Op::List, prefix.as_str()) {
            Ok(()) => self.inner.list(prefix),
            Err(e) => Box::pin(futures_util::stream::iter([Err(e)])),
        }
    }

    fn lock<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<KeyLock>> {
        Box::pin(async move {
            self.faults.meet(Op::Lock, key.as_str()).await?;
            self.inner.lock(key).await
        })
    }

    fn sync(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.faults.meet(Op::Sync, "").await?;
            self.inner.sync().await
        })
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn as_blocking(&self) -> Option<&dyn BlockingStore> {
        self.inner.as_blocking().map(|_| self as &dyn BlockingStore)
    }
}

impl<S: Store> BlockingStore for Faulty<S> {
    fn open(&self, key: &Key) -> Result<Option<Arc<dyn Object>>> {
        self.faults.meet_here(Op::Open, key.as_str())?;
        let object = blocking(&self.inner, Op::Open)?.open(key)?;
        let faulty = |inner| {
            Arc::new(FaultyObject {
                inner,
                key: key.clone(),
                faults: self.faults.clone(),
            })
        };
        Ok(object.map(|inner| faulty(inner) as Arc<dyn Object>))
    }

    fn put(&self, key: &Key, value: &Payload, mode: PutMode) -> Result<Option<Version>> {
        self.faults.meet_here(Op::Put, key.as_str())?;
        blocking(&self.inner, Op::Put)?.put(key, value, mode)
    }

    fn delete(&self, key: &Key, same: Option<&Version>) -> Result<()> {
        self.faults.meet_here(Op::Delete, key.as_str())?;
        blocking(&self.inner, Op::Delete)?.delete(key, same)
    }

    fn delete_prefix(&self, prefix: &Prefix) -> Result<()> {
        self.faults.meet_here(Op::DeletePrefix, prefix.as_str())?;
        blocking(&self.inner, Op::DeletePrefix)?.delete_prefix(prefix)
    }

    fn list_dir(&self, prefix: &Prefix) -> Result<Listing> {
        self.faults.meet_here(Op::List, prefix.as_str())?;
        blocking(&self.inner, Op::List)?.list_dir(prefix)
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }

    fn head(&self, key: &Key) -> Result<Option<Found<()>>> {
        self.faults.meet_here(Op::Head, key.as_str())?;
        blocking(&self.inner, Op::Head)?.head(key)
    }

    fn lock_name(&self, key: &Key) -> LockName {
        match self.inner.as_blocking() {
            Some(inner) => inner.lock_name(key),
            None => LockName::new(self.inner.hints().identity, key),
        }
    }

    fn sync(&self) -> Result<()> {
        self.faults.meet_here(Op::Sync, "")?;
        blocking(&self.inner, Op::Sync)?.sync()
    }
}

/// Lends no bytes, since lending cannot fail: every read comes through `read`.
struct FaultyObject {
    inner: Arc<dyn Object>,
    key: Key,
    faults: Faults,
}

impl Object for FaultyObject {
    fn size(&self) -> Result<u64> {
        self.inner.size()
    }

    fn version(&self) -> Result<Option<Version>> {
        self.inner.version()
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.faults.meet_here(Op::Get, self.key.as_str())?;
        self.inner.read(range)
    }

    fn read_at<'d>(&self, _: u64, _: &'d mut [MaybeUninit<u8>]) -> Result<&'d mut [u8]> {
        // Fills nothing, so that one read is one operation.
        Ok(&mut [])
    }
}

impl<S: Store> fmt::Display for Faulty<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::{MemoryStore, StoreExt, runtime::wait, testing};

    #[test]
    fn conforms_without_faults() {
        testing::conformance(|| Faulty::new(MemoryStore::new().into_store()));
    }

    #[test]
    fn fails_only_what_it_was_told() {
        let store = Faulty::new(MemoryStore::new().into_store());
        let (a, b) = (Key::new("a").unwrap(), Key::new("b").unwrap());
        store.add(
            Fault::fail(Op::Put, || StoreErrorKind::Timeout)
                .on("a")
                .after(1)
                .times(2),
        );
        let put =
            |key| BlockingStore::put(&store, key, &vec![1].into(), PutMode::Overwrite).is_ok();
        assert_eq!(
            [put(&a), put(&a), put(&b), put(&a), put(&a)],
            [true, false, true, false, true]
        );
        store.add(Fault::fail(Op::Get, || StoreErrorKind::Timeout));
        assert!(wait(store.get_all(&a)).unwrap_err().retry);
        assert!(store.open(&a).unwrap().unwrap().read(0..1).is_err());
        store.clear();
        assert!(wait(store.get_all(&a)).is_ok());
    }

    #[test]
    fn delays() {
        let store = Faulty::new(MemoryStore::new().into_store());
        store.add(Fault::delay(Op::Head, Duration::from_millis(20)));
        let begin = Instant::now();
        wait(store.exists(&Key::new("a").unwrap())).unwrap();
        assert!(begin.elapsed() >= Duration::from_millis(20));
    }
}
