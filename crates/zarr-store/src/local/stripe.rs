//! Makes "compare the version and replace" one step among the threads of this process: a few
//! mutexes, chosen by path, each held for a `stat` and a rename. Plain puts and deletes take one
//! too, so that a conditional write never replaces a value it did not see. Nobody waits for
//! anything else meanwhile.
//!
//! It is about steps, not about turns: who may read-modify-write is decided by `lock`.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Enough that two busy threads seldom meet.
static STRIPES: [Mutex<()>; 64] = [const { Mutex::new(()) }; 64];

/// Holds the mutex of a path until dropped. Equal paths, equal mutexes; never take two.
pub(super) fn hold(path: &Path) -> MutexGuard<'static, ()> {
    let mut hasher = DefaultHasher::new();
    path.as_os_str().hash(&mut hasher);
    let which = hasher.finish() as usize % STRIPES.len();
    // It guards no data that a panic could leave half changed.
    STRIPES[which]
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}
