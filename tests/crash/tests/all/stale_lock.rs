//! L14: a lock ends with its holder.
//!
//! What is measured is the lock and not the machine: a thread makes and removes files beside it all
//! the time, and what the slowest of those took is the disk's doing.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
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
    let (mut longest, mut slowest) = (Duration::ZERO, Duration::ZERO);
    let rounds = rounds(100, 8);
    for round in 0..rounds {
        let holder = Running::start(&mut worker("hold", dir.path(), &["a/b"]));
        assert_eq!(holder.line().as_deref(), Some("held"));
        // Somebody waits already, every other time.
        let waits = round % 2 == 0;
        let (waited, disk) = {
            let (store, key) = (Arc::clone(&store), key.clone());
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
            let disk = Disk::watch(dir.path());
            holder.kill();
            let killed = Instant::now();
            let locked = waiter.map_or_else(lock, |waiter| waiter.join().unwrap());
            (locked.saturating_duration_since(killed), disk.slowest())
        };
        let took = waited.saturating_sub(disk);
        let at = format!("{waited:?}, of which the disk {disk:?}");
        assert!(took < Duration::from_millis(100), "{at}");
        longest = longest.max(took);
        slowest = slowest.max(disk);
    }
    assert!(leavings(dir.path()).is_empty());
    say(format!(
        "L14: {rounds} holders killed, the next in after at most {longest:?} (and the disk's \
         {slowest:?})"
    ));
}

/// How long making and removing a file takes at worst.
struct Disk {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<Duration>,
}

impl Disk {
    fn watch(dir: &Path) -> Disk {
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, path) = (Arc::clone(&stop), dir.join("beside"));
        let thread = thread::spawn(move || {
            let mut slowest = Duration::ZERO;
            loop {
                let begin = Instant::now();
                fs::write(&path, "").unwrap();
                fs::remove_file(&path).unwrap();
                slowest = slowest.max(begin.elapsed());
                if stopped.load(Ordering::Relaxed) {
                    return slowest;
                }
                thread::sleep(Duration::from_millis(1));
            }
        });
        Disk { stop, thread }
    }

    fn slowest(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
