//! `PerProcess`: what belongs to threads, such as a pool of them, made anew in a process that was forked. A fork copies
//! the memory of all threads and runs only one of them, so whatever waits for another one would wait for ever.

use std::{fmt, mem, sync::OnceLock};

use super::threads::process_id;

/// A value that is made when it is first wanted, once in each process.
///
/// In a child of `fork` the parent's value is left alone, neither used nor dropped: its locks may be held by threads
/// that the child does not have.
///
/// ```
/// use zarr_store::runtime::PerProcess;
/// static THREAD: PerProcess<std::thread::ThreadId> = PerProcess::new();
/// let id = THREAD.get_or_init(|| std::thread::spawn(|| std::thread::current().id()).join().unwrap());
/// assert_eq!(THREAD.get_or_init(|| std::thread::current().id()), id);
/// ```
pub struct PerProcess<T>(OnceLock<Box<Made<T>>>);

/// What one process made; the next one is that of a child.
struct Made<T> {
    process: u32,
    /// `None` only while it is dropped.
    value: Option<T>,
    child: PerProcess<T>,
}

impl<T> PerProcess<T> {
    /// Nothing yet.
    pub const fn new() -> Self {
        PerProcess(OnceLock::new())
    }

    /// The value of this process, which `make` makes if there is none. Without a lock once it is there.
    pub fn get_or_init(&self, make: impl Fn() -> T) -> &T {
        let process = process_id();
        let mut place = self;
        loop {
            let made = place.0.get_or_init(|| {
                Box::new(Made {
                    process,
                    value: Some(make()),
                    child: PerProcess::new(),
                })
            });
            match &made.value {
                Some(value) if made.process == process => return value,
                _ => place = &made.child,
            }
        }
    }
}

impl<T> Default for PerProcess<T> {
    fn default() -> Self {
        PerProcess::new()
    }
}

impl<T> Drop for Made<T> {
    fn drop(&mut self) {
        if self.process != process_id() {
            mem::forget(self.value.take());
        }
    }
}

impl<T> fmt::Debug for PerProcess<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.0.get().is_some();
        f.debug_struct("PerProcess").field("made", &made).finish()
    }
}
