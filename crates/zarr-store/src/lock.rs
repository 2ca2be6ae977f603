//! Locks of keys within this process: one fair queue for each key, shared by all handles on a store. Where other
//! *processes* can reach the same values, a name also says how to keep them out (`ProcessLock`), and whoever takes the
//! lock of a key does that too, once it is first in the queue.
//!
//! **Who takes one.** A read-modify-write ([`StoreExt::update`](crate::StoreExt::update)), so that two of them in this
//! process queue up instead of redoing each other's work. A plain `put` takes none: tasks on a thread pool write whole
//! values, and a pool task must wait for nothing. No whole write is lost all the same, because a read-modify-write
//! commits *conditionally*, and every backend makes "compare the version and replace" one atomic step, plain puts
//! included: the memory store under the lock of its map, the local store under a lock of the directory that it holds
//! for a version check and a rename. A whole value that lands in between is seen as a conflict, read and merged.
//!
//! **Other processes** are kept out by the holder of the queue's lock, so that one of each process competes. Waiting
//! for them means trying again after a pause: a wait in the system could not be given up, and would hold a thread and
//! a file.
//!
//! **Waiting** is async and needs no runtime. A guard is bound to no thread: it can move into whatever does the last
//! write. A waiter that is dropped leaves the queue; a name that nobody holds takes no memory.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use crate::{
    Identity, Result, descriptors,
    runtime::{Budget, PerProcess, Reserved, Take},
};

/// What is locked: a name within a store.
///
/// A backend whose values can be reached through several stores (a directory and its parent, both
/// opened) gives one value one name, whichever way it is reached.
#[derive(Debug, Clone)]
pub struct LockName {
    id: Id,
    process_lock: Option<Arc<dyn ProcessLock>>,
}

/// Names are equal if they lock the same thing, whatever is done about other processes.
impl PartialEq for LockName {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for LockName {}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Id {
    store: Identity,
    name: Arc<str>,
    purpose: Purpose,
}

/// How to keep other processes out of what is locked here.
pub(crate) trait ProcessLock: fmt::Debug + Send + Sync {
    /// Keeps them out until the answer is dropped; `None` if one of them is in.
    fn try_lock(&self) -> Result<Option<ProcessGuard>>;
}

/// Keeps other processes out until dropped.
pub(crate) type ProcessGuard = Box<dyn fmt::Debug + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Purpose {
    /// Read, change, write.
    Update,
    /// One write on its way to the backend: see [`LockName::for_write`].
    Write,
}

impl LockName {
    /// The lock called `name` of `store`.
    pub fn new(store: Identity, name: impl AsRef<str>) -> Self {
        LockName {
            id: Id {
                store,
                name: Arc::from(name.as_ref()),
                purpose: Purpose::Update,
            },
            process_lock: None,
        }
    }

    /// The same lock, which other processes may want as well.
    #[cfg(all(feature = "local", any(unix, windows)))]
    pub(crate) fn with_process_lock(self, lock: impl ProcessLock + 'static) -> Self {
        LockName {
            process_lock: Some(Arc::new(lock)),
            ..self
        }
    }

    /// The same lock, for the writers of this process alone.
    pub(crate) fn without_process_lock(self) -> Self {
        LockName {
            process_lock: None,
            ..self
        }
    }

    /// How to keep other processes out, if there may be any.
    pub(crate) fn process_lock(&self) -> Option<Arc<dyn ProcessLock>> {
        self.process_lock.clone()
    }

    /// A second lock of the same name, held while one write is on its way. A write whose future was
    /// dropped goes on to its end; the next async write of this process waits behind it, so that
    /// the older value cannot land on top of the newer. It is another lock because a
    /// read-modify-write writes while it holds the first.
    pub(crate) fn for_write(self) -> Self {
        LockName {
            id: Id {
                purpose: Purpose::Write,
                ..self.id
            },
            process_lock: None,
        }
    }
}

/// The lock of one key, held until dropped. Bound to no thread.
#[derive(Debug)]
#[must_use = "dropping it releases the lock"]
pub struct KeyLock {
    // Dropped in this order: the next in the queue shall find other processes let in again.
    process_guard: Option<ProcessGuard>,
    _turn: Reserved,
    _name: InUse,
}

impl KeyLock {
    /// Waits for the lock, behind everybody who asked before.
    ///
    /// ```
    /// use zarr_store::{Identity, KeyLock, LockName, runtime::wait};
    /// let name = LockName::new(Identity::unique(), "temp/c/0");
    /// let lock = wait(KeyLock::acquire(name.clone()));
    /// drop(lock);
    /// drop(wait(KeyLock::acquire(name)));
    /// ```
    pub fn acquire(name: LockName) -> Acquire {
        let mut stripe = stripe(&name.id);
        let queue = stripe.entry(name.id.clone());
        let turn = queue.or_insert_with(|| Budget::new(1)).take(1);
        Acquire(Some((turn, InUse(name.id))))
    }

    /// This lock, which keeps other processes out as well.
    pub(crate) fn with_process_guard(self, guard: ProcessGuard) -> Self {
        let mut lock = self;
        lock.process_guard = Some(guard);
        lock
    }
}

/// Waits until this process may keep one more lock's file open. For whoever takes the locks of many
/// keys at once: take it before the lock, give it back after, and hold no other meanwhile.
pub async fn permit() -> impl Drop + Send + Sync {
    descriptors::for_lock().await
}

/// How long to wait before the next try to keep other processes out.
pub(crate) fn retry_pauses() -> impl Iterator<Item = Duration> {
    (0..).map(|n: u32| Duration::from_micros(50 << n.min(6)))
}

/// Waits for a [`KeyLock`]. Dropping it leaves the queue as if it had never been in it.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Acquire(
    /// `None` once the lock was handed out.
    Option<(Take, InUse)>,
);

impl Future for Acquire {
    type Output = KeyLock;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<KeyLock> {
        let Some((turn, _)) = &mut self.0 else {
            return Poll::Pending;
        };
        let turn = ready!(Pin::new(turn).poll(cx));
        match self.0.take() {
            Some((_, name)) => Poll::Ready(KeyLock {
                process_guard: None,
                _turn: turn,
                _name: name,
            }),
            None => Poll::Pending,
        }
    }
}

/// A name that somebody holds or waits for. It is forgotten with the last of them.
#[derive(Debug)]
struct InUse(Id);

impl Drop for InUse {
    fn drop(&mut self) {
        let mut stripe = stripe(&self.0);
        // Whoever holds or waits has a share of the queue, and a new share is only taken out of the stripe.
        if stripe
            .get(&self.0)
            .is_some_and(|queue| Arc::strong_count(queue) == 1)
        {
            stripe.remove(&self.0);
        }
    }
}

type Hash = BuildHasherDefault<DefaultHasher>;
/// The queue for each lock: a budget of one.
type Stripe = HashMap<Id, Arc<Budget>, Hash>;

/// The queues of this process, spread so that unrelated keys seldom meet on one mutex.
fn stripe(id: &Id) -> MutexGuard<'static, Stripe> {
    static STRIPES: PerProcess<[Mutex<Stripe>; 16]> = PerProcess::new();
    let stripes = STRIPES.get_or_init(Default::default);
    let which = Hash::default().hash_one(id) as usize % stripes.len();
    // Nothing panics while a stripe is held.
    stripes[which]
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use futures_util::FutureExt;

    use super::*;
    use crate::runtime::wait;

    fn name() -> LockName {
        LockName::new(Identity::unique(), "k")
    }

    fn start(name: &LockName) -> Pin<Box<Acquire>> {
        let mut acquire = Box::pin(KeyLock::acquire(name.clone()));
        assert!((&mut acquire).now_or_never().is_none());
        acquire
    }

    #[test]
    fn first_come_first_served() {
        let name = name();
        let lock = wait(KeyLock::acquire(name.clone()));
        let (mut a, mut b) = (start(&name), start(&name));
        drop(lock);
        assert!((&mut b).now_or_never().is_none());
        let lock = (&mut a).now_or_never().unwrap();
        assert!((&mut b).now_or_never().is_none());
        drop(lock);
        assert!((&mut b).now_or_never().is_some());
    }

    #[test]
    fn a_dropped_waiter_does_not_block_the_queue() {
        let name = name();
        let lock = wait(KeyLock::acquire(name.clone()));
        let (a, b, mut c) = (start(&name), start(&name), start(&name));
        drop(a); // while waiting
        drop(lock);
        drop(b); // granted, but never polled again
        assert!((&mut c).now_or_never().is_some());
    }

    #[test]
    fn a_name_nobody_holds_takes_no_memory() {
        let name = name();
        let lock = wait(KeyLock::acquire(name.clone()));
        drop(start(&name));
        assert!(stripe(&name.id).contains_key(&name.id));
        drop(lock);
        assert!(!stripe(&name.id).contains_key(&name.id));
    }

    #[test]
    fn other_names_do_not_wait() {
        let name = name();
        let _lock = wait(KeyLock::acquire(name.clone()));
        let _write = wait(KeyLock::acquire(name.clone().for_write()));
        let _other = wait(KeyLock::acquire(LockName::new(Identity::unique(), "k")));
    }

    #[test]
    fn a_guard_may_be_dropped_on_another_thread() {
        let name = name();
        let lock = wait(KeyLock::acquire(name.clone()));
        let (done, end) = mpsc::channel();
        thread::spawn(move || {
            drop(wait(KeyLock::acquire(name)));
            done.send(()).unwrap();
        });
        thread::spawn(move || drop(lock));
        end.recv().unwrap();
    }

    #[test]
    fn excludes_under_load() {
        let name = name();
        let count = Arc::new(Mutex::new(0));
        thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| {
                    for _ in 0..500 {
                        let _lock = wait(KeyLock::acquire(name.clone()));
                        *count.try_lock().unwrap() += 1;
                    }
                });
            }
        });
        assert_eq!(*count.lock().unwrap(), 2000);
    }
}
