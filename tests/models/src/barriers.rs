//! Writes that were cancelled while workers still store chunks: what is written later is not replaced by them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shuttle::thread::{self, JoinHandle};

use crate::barrier::CancelledWriteBarrier;
use crate::runtime::wait;
use crate::{Identity, LockName};

/// The place of a chunk, and the name of its array's barrier.
#[derive(Clone)]
struct Chunk {
    value: Arc<AtomicU64>,
    name: LockName,
}

impl Chunk {
    fn new() -> Self {
        Self {
            value: Arc::default(),
            name: LockName::new(Identity::unique(), "array"),
        }
    }

    /// A write whose driver goes before the worker has stored the value.
    fn write_and_cancel(&self, value: u64) -> JoinHandle<()> {
        let barrier = Arc::new(wait(CancelledWriteBarrier::after_older(self.name.clone())));
        let (chunk, until_it_is_stored) = (Arc::clone(&self.value), Arc::clone(&barrier));
        let worker = thread::spawn(move || {
            let _until_it_is_stored = until_it_is_stored;
            thread::yield_now();
            chunk.store(value, Ordering::SeqCst);
            thread::yield_now();
        });
        drop(barrier.guard());
        worker
    }

    fn write(&self, value: u64) {
        let barrier = wait(CancelledWriteBarrier::after_older(self.name.clone()));
        let driver = barrier.guard();
        self.value.store(value, Ordering::SeqCst);
        driver.defuse();
    }
}

pub(crate) fn newer_wins() {
    let chunk = Chunk::new();
    let worker = chunk.write_and_cancel(1);
    chunk.write(2);
    worker.join().unwrap();
    assert_eq!(chunk.value.load(Ordering::SeqCst), 2);
}

pub(crate) fn all_older_end() {
    let chunk = Chunk::new();
    let side_by_side: Vec<_> = (1..=2)
        .map(|value| {
            let chunk = chunk.clone();
            thread::spawn(move || chunk.write_and_cancel(value))
        })
        .collect();
    let workers: Vec<_> = side_by_side
        .into_iter()
        .map(|writer| writer.join().unwrap())
        .collect();
    chunk.write(3);
    assert_eq!(chunk.value.load(Ordering::SeqCst), 3);
    workers
        .into_iter()
        .for_each(|worker| worker.join().unwrap());
    assert_eq!(chunk.value.load(Ordering::SeqCst), 3);
}
