//! Makes a later write wait for cancelled ones. The driver of a cancelled write is gone, but workers may still
//! be in the middle of a chunk, and what they store must not replace anything newer. So a later write waits
//! until they have ended. Knows neither arrays nor chunks.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use zarr_store::lock::Acquire;
use zarr_store::{KeyLock, LockName};

/// One write among all writes to its array.
///
/// The driver and its task share it. The write ends when the last of them drops it.
#[derive(Debug)]
pub(super) struct CancelledWriteBarrier {
    name: LockName,
    /// Taken if the driver goes before its task: the lock, or a place in the queue for it behind the writes that
    /// were cancelled earlier. The task drops it in either case.
    given_up: OnceLock<(Acquire, Poll<KeyLock>)>,
}

impl CancelledWriteBarrier {
    /// Waits for all writes of this name that were cancelled so far, and for no others.
    pub(super) async fn after_older(name: LockName) -> Self {
        drop(KeyLock::acquire(name.clone()).await);
        Self {
            name,
            given_up: OnceLock::new(),
        }
    }

    /// A guard of the driver. If it is dropped before it is defused, the driver is gone.
    pub(super) fn guard(&self) -> DriverGuard<'_> {
        DriverGuard(Some(self))
    }

    fn give_up(&self) {
        self.given_up.get_or_init(|| {
            let mut acquire = KeyLock::acquire(self.name.clone());
            let polled = Pin::new(&mut acquire).poll(&mut Context::from_waker(Waker::noop()));
            (acquire, polled)
        });
    }
}

/// Held by a driver while its task runs.
#[derive(Debug)]
pub(super) struct DriverGuard<'l>(Option<&'l CancelledWriteBarrier>);

impl DriverGuard<'_> {
    /// The task has ended.
    pub(super) fn defuse(mut self) {
        self.0 = None;
    }
}

impl Drop for DriverGuard<'_> {
    fn drop(&mut self) {
        if let Some(barrier) = self.0 {
            barrier.give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use zarr_store::Identity;

    use super::*;

    /// Gives two writes up, ends them in this order, and begins another meanwhile.
    fn check(order: [usize; 2]) {
        let name = LockName::new(Identity::unique(), "a");
        let begin = || Box::pin(CancelledWriteBarrier::after_older(name.clone()));
        let mut older: Vec<Option<CancelledWriteBarrier>> =
            (0..2).map(|_| begin().now_or_never()).collect();
        let goes_on = begin().now_or_never().unwrap();
        older
            .iter()
            .flatten()
            .for_each(|barrier| drop(barrier.guard()));
        goes_on.guard().defuse();
        let mut later = begin();
        for i in order {
            assert!((&mut later).now_or_never().is_none());
            older[i] = None;
        }
        assert!((&mut later).now_or_never().is_some());
    }

    #[test]
    fn a_later_write_waits_for_all_that_were_given_up_and_for_no_other() {
        check([0, 1]);
        check([1, 0]);
    }
}
