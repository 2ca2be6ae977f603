//! The way onto the pool and back: one task, one answer. Knows nothing of chunks.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_channel::oneshot;
use zarr_codecs::Scratch;

use crate::{ChunkError, Context};

/// Work up to this many bytes is done where it is asked for: waking a worker would cost more.
const SMALL: u64 = 64 << 10;

/// How much a task will do, which decides where it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// Pieces that could run at the same time.
    pub(crate) pieces: usize,
    /// Decoded bytes of all pieces.
    pub(crate) bytes: u64,
}

impl Work {
    /// Whether the calling thread should do it: it may, and a worker would not be faster.
    fn is_small(self) -> bool {
        self.bytes <= SMALL || self.pieces <= 1
    }
}

/// Runs `task` on the pool and waits for its answer. Under `wait()` a small one runs right here, on
/// the thread that would only park. Fails only where the task panicked.
pub(crate) async fn run<T: Send + 'static>(
    context: &Context,
    work: Work,
    task: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ChunkError> {
    let here = zarr_store::runtime::is_inline() && work.is_small();
    let Some(pool) = context.pool().filter(|_| !here) else {
        return Ok(task());
    };
    let (answer, wait) = oneshot::channel();
    pool.spawn(move || {
        // A panic in a task must not end the process; dropping `answer` tells the driver of it.
        if let Ok(result) = catch_unwind(AssertUnwindSafe(task)) {
            // Nobody waits any more where the driver was dropped.
            drop(answer.send(result));
        }
    });
    wait.await.map_err(|_| ChunkError::Worker)
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
