//! Which threads are in the middle of a task, and what they must not wait for. Knows neither the pool nor
//! its tasks.

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

/// Does a task on this thread.
pub(super) fn during<T>(task: impl FnOnce() -> T) -> T {
    /// Sets things back, however the task ends.
    struct Until(bool);
    impl Drop for Until {
        fn drop(&mut self) {
            AT_WORK.set(self.0);
        }
    }
    let _until = Until(AT_WORK.replace(true));
    task()
}

/// A permit for one more lock; none where this thread is in the middle of a task, which may hold the
/// last of them.
pub(super) async fn lock_permit() -> Option<impl Drop + Send + Sync> {
    match is_at_work() {
        true => None,
        false => Some(zarr_store::lock::permit().await),
    }
}
