//! Tasks: where they run, with which workers, and what they must not wait for. Knows nothing of chunks.
//! Nothing else iterates in parallel.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::thread;

use futures_channel::oneshot;
use rayon::prelude::*;
use zarr_codecs::{Scratch, VlenHeap};

use crate::{ChunkError, Context};

/// A task of at most this many bytes runs where it is asked for: waking a worker would cost more.
pub(super) const SMALL: u64 = 64 << 10;
/// A task of at most this many small pieces is done on a thread that serves others if that needs no waiting.
const FEW: usize = 8;

/// Fewer pieces are read by the workers before threads that wait have begun.
pub(super) const MANY: usize = 64;
/// The most threads that wait for a device at once, and the bytes of all pieces that they read then.
const WAITING_THREADS: usize = 32;
const WAITING_BYTES: usize = 32 << 20;

/// Whether there can be workers. Where not, nothing that makes them is linked.
const HAS_THREADS: bool = cfg!(not(target_family = "wasm"));

/// How much a task has to do, which decides where it runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WorkSize {
    /// Pieces that could run at the same time.
    pub(super) pieces: usize,
    /// The decoded bytes of all pieces.
    pub(super) bytes: u64,
}

impl WorkSize {
    /// The sum of both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            pieces: self.pieces.saturating_add(other.pieces),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// Whether it is done before a worker had begun.
    pub(super) fn is_tiny(self) -> bool {
        self.bytes <= SMALL && self.pieces <= FEW
    }

    /// Whether a worker would not be faster than the calling thread.
    fn is_small(self) -> bool {
        self.bytes <= SMALL || self.pieces <= 1
    }
}

/// Who runs a task: the thread that asked for it, alone, or the workers of the context's pool.
///
/// A task gets its workers and cannot keep them, so whatever iterates in parallel does so on that pool.
/// Outside of a pool, rayon would start one for the whole process, whatever [`Context::threads`] says.
#[derive(Clone, Copy)]
pub(crate) struct Workers<'t> {
    context: &'t Context,
    /// The elements of variable length of the operation, if it has any.
    heap: Option<&'t Arc<VlenHeap>>,
    thread: Thread,
    is_wanted: &'t (dyn Fn() -> bool + Sync),
    /// The most threads that may be begun for what waits for a device; 0 where nothing does.
    waiting: usize,
}

/// The thread that a task is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thread {
    /// The one that asked, which only waits for the answer.
    Caller,
    /// The one that asked, which serves other tasks, so that nothing may wait.
    Serving,
    /// One of the pool, whose others may help.
    Pooled,
    /// One that was begun to wait for a device.
    Waiting,
}

impl<'t> Workers<'t> {
    /// A thread by itself.
    fn on(thread: Thread, context: &'t Context, heap: Option<&'t Arc<VlenHeap>>) -> Self {
        Self {
            context,
            heap,
            thread,
            is_wanted: &|| true,
            waiting: 0,
        }
    }
}

impl Workers<'_> {
    /// Whether only what is in memory may be read.
    pub(super) fn are_at_once(self) -> bool {
        self.thread == Thread::Serving
    }

    /// Lends this thread's scratch memory for work on elements.
    pub(super) fn scratch<T>(self, use_it: impl FnOnce(&mut Scratch) -> T) -> T {
        with_scratch(|scratch| {
            scratch.heap = self.heap.cloned();
            let result = use_it(scratch);
            scratch.heap = None;
            result
        })
    }

    /// The context of the operation.
    pub(super) fn context(&self) -> &Context {
        self.context
    }

    /// Whether somebody still waits for the answer. If not, a task begins nothing new.
    pub(super) fn is_wanted(self) -> bool {
        (self.is_wanted)()
    }

    /// Calls `one` for every number below `n`, until the first error.
    pub(super) fn each<E: Send>(
        self,
        n: usize,
        one: impl Fn(usize) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        match self.are_several(n) {
            true => (0..n).into_par_iter().try_for_each(&one),
            false => (0..n).try_for_each(one),
        }
    }

    /// The same workers, and others that wait for a device: no more than these, if a number is given.
    pub(super) fn for_device(self, most: Option<NonZeroUsize>) -> Self {
        let waiting = most.map_or(WAITING_THREADS, |most| most.get().min(WAITING_THREADS));
        Self { waiting, ..self }
    }

    /// Like [`each`](Self::each), for pieces of so many decoded bytes that are read from a device: if that answers late,
    /// on threads that do nothing but wait. Each call is told who works on parts of its piece.
    pub(super) fn each_piece<E: Send>(
        self,
        n: usize,
        bytes: Option<usize>,
        one: impl Fn(usize, Self) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        match self.waiting_threads(n, bytes) {
            0 => self.each(n, |i| one(i, self)),
            threads => self.each_on_threads(threads, n, one),
        }
    }

    /// How many threads wait for so many pieces; 0 if the workers read them.
    fn waiting_threads(self, n: usize, bytes: Option<usize>) -> usize {
        let may_begin = matches!(self.thread, Thread::Caller | Thread::Pooled);
        if !HAS_THREADS || !may_begin || n < MANY {
            return 0;
        }
        let most = WAITING_BYTES / bytes.unwrap_or(usize::MAX).max(1);
        match self.waiting.min(most) {
            1 => 0,
            threads => threads,
        }
    }

    /// Like [`each`](Self::each), on so many threads that are begun for it.
    fn each_on_threads<E: Send>(
        self,
        threads: usize,
        n: usize,
        one: impl Fn(usize, Self) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
        let waiting = Self {
            thread: Thread::Waiting,
            ..self
        };
        let work = || {
            at_work(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        break;
                    }
                    if let Err(error) = one(i, waiting) {
                        next.store(n, Ordering::Relaxed);
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    }
                }
            });
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                // Where the system allows no more threads, there are fewer.
                let begun = thread::Builder::new().name("zarr-waits".to_owned());
                if begun.spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok(()), Err)
    }

    /// Returns what `one` makes of every number below `n`, in order, or the first error.
    pub(super) fn map<T: Send, E: Send>(
        self,
        n: usize,
        one: impl Fn(usize) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        match self.are_several(n) {
            true => (0..n).into_par_iter().map(&one).collect(),
            false => (0..n).map(one).collect(),
        }
    }

    fn are_several(self, n: usize) -> bool {
        HAS_THREADS && n > 1 && self.thread == Thread::Pooled
    }
}

impl fmt::Debug for Workers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Workers").field(&self.thread).finish()
    }
}

/// Runs `task` on the pool and waits for its answer. Under `wait()`, a small task runs on the calling thread,
/// which would only park otherwise; so does every task where this thread [is at work](is_at_work).
///
/// # Errors
/// If the task panicked on the pool.
pub(super) async fn run<T: Send + 'static>(
    context: &Context,
    work: WorkSize,
    heap: Option<Arc<VlenHeap>>,
    task: impl FnOnce(Workers<'_>) -> T + Send + 'static,
) -> Result<T, ChunkError> {
    let is_quick = zarr_store::runtime::is_inline() && work.is_small();
    let here = !HAS_THREADS || is_quick || is_at_work();
    let Some(pool) = (!here).then(|| context.pool()).flatten() else {
        let workers = Workers::on(Thread::Caller, context, heap.as_ref());
        return Ok(at_work(|| task(workers)));
    };
    let context = context.clone();
    let (answer, wait) = oneshot::channel();
    pool.spawn(move || {
        let is_wanted = || !answer.is_canceled();
        let workers = Workers {
            is_wanted: &is_wanted,
            ..Workers::on(Thread::Pooled, &context, heap.as_ref())
        };
        if !workers.is_wanted() {
            return;
        }
        // A panic in a task must not end the process; dropping `answer` tells the driver of it.
        if let Ok(result) = catch_unwind(AssertUnwindSafe(|| task(workers))) {
            // If the driver was dropped, nobody waits for the answer.
            drop(answer.send(result));
        }
    });
    wait.await
        .map_err(|_| ChunkError::Internal("a task of the pool panicked"))
}

/// Whether a task may be tried [`at_once`]: on a thread that would hand it over otherwise.
pub(super) fn would_hand_over() -> bool {
    !is_at_work() && !zarr_store::runtime::is_inline()
}

/// Runs a tiny task on this thread, although others are served here: so it must not wait for anything, and after a
/// few of them the others have their turn.
pub(super) async fn at_once<T>(
    context: &Context,
    heap: Option<&Arc<VlenHeap>>,
    task: impl FnOnce(Workers<'_>) -> T,
) -> T {
    thread_local! {
        static IN_A_ROW: Cell<u32> = const { Cell::new(0) };
    }
    /// How many in a row take a fraction of a millisecond.
    const MOST: u32 = 32;
    if IN_A_ROW.replace(IN_A_ROW.get() + 1) >= MOST {
        IN_A_ROW.set(0);
        yield_now().await;
    }
    at_work(|| task(Workers::on(Thread::Serving, context, heap)))
}

/// Runs a tiny task: [at once](at_once) where others are served, and on the pool if it would wait for anything.
///
/// # Errors
/// Those of the task, and of [`run`].
pub(super) async fn run_tiny<T: Send + 'static>(
    context: &Context,
    work: WorkSize,
    heap: Option<Arc<VlenHeap>>,
    task: impl Fn(Workers<'_>) -> Result<T, ChunkError> + Send + 'static,
) -> Result<T, ChunkError> {
    if would_hand_over() {
        match at_once(context, heap.as_ref(), &task).await {
            Err(error) if error.would_wait() => {}
            done => return done,
        }
    }
    run(context, work, heap, task).await?
}

/// Lets other tasks of this thread go on first.
async fn yield_now() {
    let mut is_second = false;
    std::future::poll_fn(|cx| {
        if is_second {
            return Poll::Ready(());
        }
        is_second = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Like [`run`], for a task of one piece of so many bytes that has no elements of variable length.
///
/// # Errors
/// The errors of [`run`].
pub(crate) async fn run_piece<T: Send + 'static>(
    context: &Context,
    bytes: u64,
    task: impl FnOnce(Workers<'_>) -> T + Send + 'static,
) -> Result<T, ChunkError> {
    run(context, WorkSize { pieces: 1, bytes }, None, task).await
}

thread_local! {
    // Boxed, so that lending moves a pointer: what moves a larger value right after a chunk was written waits for the writes.
    #[expect(clippy::vec_box, reason = "each is taken out and put back for every chunk")]
    static SCRATCH: RefCell<Vec<Box<Scratch>>> = const { RefCell::new(Vec::new()) };
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Lends this thread's scratch memory. Nested calls on one thread, as when a worker steals a task
/// in the middle of another, get one each.
pub(crate) fn with_scratch<T>(use_it: impl FnOnce(&mut Scratch) -> T) -> T {
    let mut scratch = SCRATCH.with_borrow_mut(Vec::pop).unwrap_or_default();
    let result = use_it(&mut scratch);
    SCRATCH.with_borrow_mut(|kept| kept.push(scratch));
    result
}

/// Whether this thread is in the middle of a task, of whatever context.
///
/// Users' codecs and stores run inside tasks and may wait for an operation. Such an operation must not wait
/// for a worker, nor for anything that tasks hold: all workers may be waiting in the same way, and this task
/// gives back what it holds only when it goes on.
pub(crate) fn is_at_work() -> bool {
    AT_WORK.get()
}

/// Makes this thread a worker from now on.
pub(crate) fn begin_work() {
    AT_WORK.set(true);
}

/// Runs a task on this thread.
fn at_work<T>(task: impl FnOnce() -> T) -> T {
    /// Restores the flag, however the task ends.
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            AT_WORK.set(self.0);
        }
    }
    let _restore = Restore(AT_WORK.replace(true));
    task()
}

/// A permit for one more lock. There is none for a thread in the middle of a task, which may itself hold the
/// last one.
pub(super) async fn lock_permit() -> Option<impl Drop + Send + Sync> {
    match is_at_work() {
        true => None,
        false => Some(zarr_store::lock::permit().await),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_wait_as_memory_and_the_configuration_allow() {
        let context = Context::default();
        let workers = Workers::on(Thread::Pooled, &context, None);
        let threads = |workers: Workers<'_>, pieces, bytes| workers.waiting_threads(pieces, bytes);
        assert_eq!(threads(workers, 100, Some(4096)), 0);
        let workers = workers.for_device(None);
        assert_eq!(threads(workers, 100, Some(4096)), 32);
        assert_eq!(threads(workers, MANY, Some(4096)), 32);
        assert_eq!(threads(workers, MANY - 1, Some(4096)), 0);
        assert_eq!(threads(workers, 100, Some(8 << 20)), 4);
        assert_eq!(threads(workers, 100, Some(64 << 20)), 0);
        assert_eq!(threads(workers, 100, None), 0);
        let three = workers.for_device(NonZeroUsize::new(3));
        assert_eq!(threads(three, 100, Some(0)), 3);
        for thread in [Thread::Waiting, Thread::Serving] {
            let alone = Workers { thread, ..workers };
            assert_eq!(threads(alone, 100, Some(4096)), 0);
        }
    }
}
