//! WebAssembly, with one thread and one process: what this thread does not do, nobody does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
    time::Duration,
};

/// The only process.
pub(in crate::runtime) fn process_id() -> u32 {
    0
}

/// Goes on at once: nobody else could do anything in between.
pub(crate) fn rest(_: Duration) {}

/// Knows whether a future may go on.
pub(in crate::runtime) struct Parker(Arc<Woken>);

impl Parker {
    pub(in crate::runtime) fn new() -> Self {
        Parker(Arc::new(Woken(AtomicBool::new(false))))
    }

    pub(in crate::runtime) fn waker(&self) -> Waker {
        Waker::from(Arc::clone(&self.0))
    }

    /// Returns if the future woke itself.
    ///
    /// # Panics
    /// If it did not: only the host could, and it does not run until this call has returned.
    #[allow(clippy::panic, reason = "the alternative is to hang for ever")]
    pub(in crate::runtime) fn park(&self) {
        if !self.0.0.swap(false, Ordering::Relaxed) {
            panic!(
                "`wait` cannot wait on WebAssembly: the only thread would wait for something that comes when it goes on; \
                 use `.await` instead"
            );
        }
    }

    /// As [`park`](Self::park).
    pub(in crate::runtime) fn park_timeout(&self, _: Duration) {
        self.park();
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
