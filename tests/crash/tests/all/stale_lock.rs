//! L14: a lock ends with its holder.

use std::{
    thread,
    time::{Duration, Instant},
};

use zarr_store::{BlockingStore, Key, LocalStore, Store, runtime::wait};

use crate::support::{Running, leavings, rounds, say, tempdir, worker};

#[test]
fn stale_lock() {
    let dir = tempdir();
    let store = LocalStore::new(dir.path()).into_store();
    let key = Key::new("a/b").unwrap();
    let mut longest = Duration::ZERO;
    let rounds = rounds(100, 8);
    for round in 0..rounds {
        let holder = Running::start(&mut worker("hold", dir.path(), &["a/b"]));
        assert_eq!(holder.line().as_deref(), Some("held"));
        // Somebody waits already, every other time.
        let waits = round % 2 == 0;
        let waiter = {
            let (store, key) = (std::sync::Arc::clone(&store), key.clone());
            let lock = move || {
                drop(wait(store.lock(&key)).unwrap());
                Instant::now()
            };
            let begin = Instant::now();
            let waiter = waits.then(|| thread::spawn(lock.clone()));
            while waits && begin.elapsed() < Duration::from_millis(20) {
                assert!(!waiter.as_ref().unwrap().is_finished(), "locked twice");
                thread::yield_now();
            }
            holder.kill();
            let killed = Instant::now();
            let locked = waiter.map_or_else(lock, |waiter| waiter.join().unwrap());
            locked.saturating_duration_since(killed)
        };
        longest = longest.max(waiter);
    }
    assert!(longest < Duration::from_millis(100), "{longest:?}");
    assert!(leavings(dir.path()).is_empty());
    say(format!(
        "L14: {rounds} holders killed, the next in after at most {longest:?}"
    ));
}
