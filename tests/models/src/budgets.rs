//! Budgets: nobody has more than there is, nobody who may have it waits, and all of it comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

use crate::runtime::{Budget, wait};

const TOTAL: u64 = 4;

/// A budget, and how much of it is held by the word of those who hold it.
#[derive(Clone)]
struct Shared {
    budget: Arc<Budget>,
    held: Arc<AtomicU64>,
}

impl Shared {
    fn new() -> Self {
        Self {
            budget: Budget::new(TOTAL),
            held: Arc::default(),
        }
    }

    /// Takes some, holds it for a while, gives a part of it back, then all.
    fn work(&self) {
        let count = thread_rng().gen_range(0..=TOTAL + 1);
        let mut reserved = wait(self.budget.take(count));
        let count = count.min(TOTAL);
        let before = self.held.fetch_add(count, Ordering::SeqCst);
        assert!(before + count <= TOTAL, "{before} and {count} are held");
        thread::yield_now();
        let kept = count / 2;
        self.held.fetch_sub(count - kept, Ordering::SeqCst);
        reserved.keep(kept);
        thread::yield_now();
        self.held.fetch_sub(kept, Ordering::SeqCst);
    }

    fn assert_all_is_back(&self) {
        assert_eq!(self.held.load(Ordering::SeqCst), 0);
        assert!(self.budget.try_take(TOTAL).is_some(), "some is lost");
    }
}

pub(crate) fn never_exceeded() {
    let shared = Shared::new();
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || (0..2).for_each(|_| shared.work()))
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    shared.assert_all_is_back();
}

pub(crate) fn given_up() {
    let shared = Shared::new();
    let waits = |shared: Shared| thread::spawn(move || shared.work());
    let gives_up = |shared: Shared| {
        thread::spawn(move || {
            let mut take = shared.budget.take(3);
            // In the queue, or served at once.
            let served = (&mut take).now_or_never();
            thread::yield_now();
            drop((take, served));
        })
    };
    let threads = [
        waits(shared.clone()),
        gives_up(shared.clone()),
        waits(shared.clone()),
        gives_up(shared.clone()),
    ];
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    shared.assert_all_is_back();
}
