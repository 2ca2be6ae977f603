//! The way onto the pool and back: one task, one answer, and the workers that do it. Knows nothing of
//! chunks. Nothing else iterates in parallel.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use futures_channel::oneshot;
use rayon::prelude::*;
use zarr_codecs::{Scratch, VlenHeap};

use super::at_work::{self, is_at_work};
use super::work::WorkSize;
use crate::{ChunkError, Context};

/// Who does a task: the thread that asked for it, alone, or the workers of the context's pool.
///
/// A task gets it and cannot keep it, so whatever iterates in parallel does so on that pool. Outside
/// of one, rayon would start a second for the whole process, whatever [`Context::threads`] says.
#[derive(Clone, Copy)]
pub(crate) struct Workers<'t> {
    /// On the pool: whether somebody still waits for the answer.
    workers: Option<&'t (dyn Fn() -> bool + Sync)>,
    /// The elements of variable length of the operation.
    heap: &'t Arc<VlenHeap>,
    chunk_bytes: u64,
}

impl Workers<'_> {
    /// Lends this thread's scratch memory for work on elements.
    pub(crate) fn scratch<T>(self, use_it: impl FnOnce(&mut Scratch) -> T) -> T {
        with_scratch(|scratch| {
            scratch.heap = Some(Arc::clone(self.heap));
            let result = use_it(scratch);
            scratch.heap = None;
            result
        })
    }

    /// How large a chunk may be that is in memory as a whole.
    pub(crate) fn chunk_bytes(self) -> u64 {
        self.chunk_bytes
    }

    /// Whether somebody still waits for the answer. If not, a task begins nothing new.
    pub(crate) fn is_wanted(self) -> bool {
        self.workers.is_none_or(|is_wanted| is_wanted())
    }

    /// Does `one` for every number below `n`, until the first error.
    pub(crate) fn each<E: Send>(
        self,
        n: usize,
        one: impl Fn(usize) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        match self.workers.filter(|_| n > 1) {
            Some(_) => (0..n).into_par_iter().try_for_each(&one),
            None => (0..n).try_for_each(one),
        }
    }

    /// What `one` makes of every number below `n`, in order, or the first error.
    pub(crate) fn map<T: Send, E: Send>(
        self,
        n: usize,
        one: impl Fn(usize) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        match self.workers.filter(|_| n > 1) {
            Some(_) => (0..n).into_par_iter().map(&one).collect(),
            None => (0..n).map(one).collect(),
        }
    }
}

impl fmt::Debug for Workers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.workers.map_or("the caller", |_| "the pool"))
    }
}

/// Runs `task` on the pool and waits for its answer. Under `wait()` a small one runs right here, on
/// the thread that would only park; and any one does where this thread [is at work](is_at_work).
/// Fails only where the task panicked.
pub(crate) async fn run<T: Send + 'static>(
    context: &Context,
    work: WorkSize,
    heap: Arc<VlenHeap>,
    task: impl FnOnce(Workers<'_>) -> T + Send + 'static,
) -> Result<T, ChunkError> {
    let chunk_bytes = context.chunk_bytes();
    let here = is_at_work() || zarr_store::runtime::is_inline() && work.is_small();
    let Some(pool) = (!here).then(|| context.pool()).flatten() else {
        let workers = Workers {
            workers: None,
            heap: &heap,
            chunk_bytes,
        };
        return Ok(at_work::during(|| task(workers)));
    };
    let (answer, wait) = oneshot::channel();
    pool.spawn(move || {
        let is_wanted = || !answer.is_canceled();
        let workers = Workers {
            workers: Some(&is_wanted),
            heap: &heap,
            chunk_bytes,
        };
        if !workers.is_wanted() {
            return;
        }
        // A panic in a task must not end the process; dropping `answer` tells the driver of it.
        if let Ok(result) = catch_unwind(AssertUnwindSafe(|| task(workers))) {
            // Nobody waits any more where the driver was dropped.
            drop(answer.send(result));
        }
    });
    wait.await
        .map_err(|_| ChunkError::Internal("a task of the pool panicked"))
}

thread_local! {
    static SCRATCH: RefCell<Vec<Scratch>> = const { RefCell::new(Vec::new()) };
}

/// Lends this thread's scratch memory. Nested calls on one thread, as when a worker steals a task
/// in the middle of another, get one each.
pub(crate) fn with_scratch<T>(use_it: impl FnOnce(&mut Scratch) -> T) -> T {
    let mut scratch = SCRATCH.with_borrow_mut(Vec::pop).unwrap_or_default();
    let result = use_it(&mut scratch);
    SCRATCH.with_borrow_mut(|kept| kept.push(scratch));
    result
}
