//! Threads of the system.

use std::{
    process,
    sync::Arc,
    task::{Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

/// The number of this process: a fork has another one.
pub(in crate::runtime) fn process_id() -> u32 {
    process::id()
}

/// Keeps this thread from going on for so long.
pub(crate) fn rest(time: Duration) {
    thread::sleep(time);
}

/// Lets this thread wait until a future may go on.
pub(in crate::runtime) struct Parker(Thread);

impl Parker {
    /// For this thread.
    pub(in crate::runtime) fn new() -> Self {
        Parker(thread::current())
    }

    /// Ends a wait of this thread, or the next one.
    pub(in crate::runtime) fn waker(&self) -> Waker {
        Waker::from(Arc::new(Unpark(self.0.clone())))
    }

    /// Waits until it is woken.
    #[allow(clippy::unused_self, reason = "its twin keeps who was woken")]
    pub(in crate::runtime) fn park(&self) {
        thread::park();
    }

    /// The same, for no longer than that.
    #[allow(clippy::unused_self, reason = "its twin keeps who was woken")]
    pub(in crate::runtime) fn park_timeout(&self, time: Duration) {
        thread::park_timeout(time);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
