//! `LastRead`: what was read from a store last, and when.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use zarr_store::runtime::Instant;

/// What was read last, and when. It begins with what its owner has, which is not kept twice.
#[derive(Debug)]
pub struct LastRead<T> {
    /// Mostly nothing else is read, so it takes no room before.
    last: Mutex<(Instant, Option<Box<T>>)>,
}

/// What the owner has, read just now.
impl<T> Default for LastRead<T> {
    fn default() -> Self {
        Self {
            last: Mutex::new((Instant::now(), None)),
        }
    }
}

impl<T: Clone> LastRead<T> {
    /// What was read last, unless it is older than that; `Some(None)` is what the owner has.
    pub fn younger_than(&self, max_age: Duration) -> Option<Option<T>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        (last.0.elapsed() < max_age).then(|| last.1.as_deref().cloned())
    }

    /// Notes what was read just now; `None` is what the owner has.
    pub fn note(&self, read: Option<T>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (Instant::now(), read.map(Box::new));
    }
}
