//! The order of writes of which one was given up. Its driver is gone, but workers may still be in
//! the middle of a chunk each, and what they put must not land on anything newer. So a write that
//! begins later waits until they have left the older one. Knows no chunk.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};

use zarr_store::lock::Acquire;
use zarr_store::{KeyLock, LockName, StoreError};

use crate::ChunkedArray;

/// The place of one write among all of its array.
///
/// The driver and its task share it; what the last of them drops is the end of the write.
#[derive(Debug)]
pub(super) struct CancelledWriteBarrier {
    name: LockName,
    /// Taken when the driver goes first: the lock, or a place in the queue for it, which is behind
    /// writes that were given up before and goes with the task just the same.
    given_up: OnceLock<(Acquire, Poll<KeyLock>)>,
}

impl CancelledWriteBarrier {
    /// Waits for all writes to this array that were given up so far, where workers put what is written.
    pub(super) async fn of(array: &ChunkedArray) -> Result<Option<Arc<Self>>, StoreError> {
        let Some(store) = array.store().as_blocking() else {
            return Ok(None);
        };
        // Only a name: no array has such a chunk.
        let name = store.lock_name(&array.location().key(".landing")?);
        Ok(Some(Arc::new(Self::after_older(name).await)))
    }

    /// Waits for all writes of this name that were given up so far, and for no other.
    async fn after_older(name: LockName) -> Self {
        drop(KeyLock::acquire(name.clone()).await);
        Self {
            name,
            given_up: OnceLock::new(),
        }
    }

    /// Until the guard is defused, dropping it means that the driver is gone.
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
