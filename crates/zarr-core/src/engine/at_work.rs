//! Which threads are in the middle of a task. Knows neither the pool nor its tasks.

use std::cell::Cell;

thread_local! {
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is in the middle of a task, of whatever context.
///
/// Code of users runs there, a codec or a store, and may wait for an operation. That one must wait for
/// no worker, nor for anything that tasks hold: all workers may be waiting in the same way, and what
/// this task holds is given back when it goes on.
pub(crate) fn is_at_work() -> bool {
    AT_WORK.get()
}

/// This thread is a worker from now on.
pub(crate) fn begin_work() {
    AT_WORK.set(true);
}

/// This thread does a task until this is dropped.
pub(super) struct AtWork {
    before: bool,
}

impl AtWork {
    pub(super) fn begin() -> Self {
        Self {
            before: AT_WORK.replace(true),
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(self.before);
    }
}
