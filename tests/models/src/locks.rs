//! Locks of keys: one holder at a time, and a queue that goes on when a waiter leaves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use shuttle::thread;

use crate::runtime::wait;
use crate::{Identity, KeyLock, LockName};

pub(crate) fn one_holder() {
    let name = LockName::new(Identity::unique(), "a");
    let count = Arc::new(AtomicU64::new(0));
    let adds = |name: LockName, count: Arc<AtomicU64>| {
        thread::spawn(move || {
            for _ in 0..2 {
                let _lock = wait(KeyLock::acquire(name.clone()));
                // In two steps, so that a second holder would be lost or lose one.
                let before = count.load(Ordering::SeqCst);
                thread::yield_now();
                count.store(before + 1, Ordering::SeqCst);
            }
        })
    };
    let leaves = |name: LockName| {
        thread::spawn(move || {
            let mut acquire = KeyLock::acquire(name);
            let lock = (&mut acquire).now_or_never();
            thread::yield_now();
            drop((acquire, lock));
        })
    };
    let threads = [
        adds(name.clone(), Arc::clone(&count)),
        leaves(name.clone()),
        adds(name.clone(), Arc::clone(&count)),
    ];
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(count.load(Ordering::SeqCst), 4);
    let free = KeyLock::acquire(name).now_or_never();
    assert!(free.is_some(), "nobody holds it");
}
