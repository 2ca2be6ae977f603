//! How many files this library has open at once, so that a program with few descriptors to spare runs slower instead
//! of failing.
//!
//! There are three budgets of equal size. [`for_call`]: a driver waits, asynchronously, until its blocking call may
//! begin, which opens a file and perhaps its directory. [`keep_open`]: an open value keeps its file only with leave, and
//! never waits for one, since it may be opened where nothing may wait. [`for_lock`]: a driver waits before it takes
//! the lock of one of many keys.

use std::{cell::Cell, sync::Arc};

use crate::runtime::{Budget, PerProcess, Reserved};

/// A permit for a call. Given back when dropped, on any thread.
type Permit = Reserved;

/// Blocking calls under way.
fn calls() -> &'static Arc<Budget> {
    static CALLS: PerProcess<Arc<Budget>> = PerProcess::new();
    CALLS.get_or_init(|| Budget::new(limit::budget()))
}

thread_local! {
    static CALLING: Cell<bool> = const { Cell::new(false) };
}

/// A permit for a call, unless this thread is in one already: a store made of another one may ask
/// it there, and must not wait for what it holds itself.
pub(crate) async fn for_call() -> Option<Permit> {
    match CALLING.get() {
        true => None,
        false => Some(calls().take(1).await),
    }
}

/// Makes a call with its permit, on this thread.
pub(crate) fn call<T>(permit: Option<Permit>, call: impl FnOnce() -> T) -> T {
    /// Sets back what was before, also if the call panics.
    struct Calling(bool);
    impl Drop for Calling {
        fn drop(&mut self) {
            CALLING.set(self.0);
        }
    }
    let _permit = permit;
    let _calling = Calling(CALLING.replace(true));
    call()
}

/// A permit for the file of a lock. Whoever waits holds no other.
pub(crate) async fn for_lock() -> Permit {
    static LOCKS: PerProcess<Arc<Budget>> = PerProcess::new();
    LOCKS
        .get_or_init(|| Budget::new(limit::budget()))
        .take(1)
        .await
}

#[cfg(all(feature = "local", any(unix, windows)))]
pub(crate) use kept::{KeepOpen, keep_open};

#[cfg(all(feature = "local", unix))]
mod kept {
    //! Files that open values keep. Nobody waits for one, so a number does. Asked for at each opened value, it takes
    //! neither a lock nor a system call; after a fork, the child has the files of all the parent's threads open, and
    //! counts them.

    use std::sync::atomic::{AtomicU64, Ordering};

    static KEPT: AtomicU64 = AtomicU64::new(0);
    /// How many there may be; 0 before the system was asked.
    static LIMIT: AtomicU64 = AtomicU64::new(0);

    /// Leave to keep a file open between reads. Given back when dropped, on any thread.
    #[derive(Debug)]
    pub(crate) struct KeepOpen(());

    /// Leave to keep one more file open, if there is any now.
    pub(crate) fn keep_open() -> Option<KeepOpen> {
        let mut limit = LIMIT.load(Ordering::Relaxed);
        if limit == 0 {
            limit = super::limit::budget();
            LIMIT.store(limit, Ordering::Relaxed);
        }
        let one_more = |kept: u64| (kept < limit).then_some(kept + 1);
        let kept = KEPT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        kept.ok().map(|_| KeepOpen(()))
    }

    impl Drop for KeepOpen {
        fn drop(&mut self) {
            KEPT.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(all(feature = "local", windows))]
mod kept {
    //! No file stays open between two reads: an open one is in the way of whoever replaces it, on all file systems but
    //! NTFS.

    /// Leave to keep a file open between reads, which nobody gets.
    #[derive(Debug)]
    pub(crate) enum KeepOpen {}

    pub(crate) fn keep_open() -> Option<KeepOpen> {
        None
    }
}

/// Never more, however many the system allows.
const MOST: u64 = 256;

#[cfg(all(feature = "local", unix))]
mod limit {
    //! What the system allows this process.

    use rustix::process::{Resource, getrlimit};

    /// An eighth: the program has files of its own, there are three purses, and a call opens two.
    pub(super) fn budget() -> u64 {
        let limit = getrlimit(Resource::Nofile).current;
        limit.map_or(super::MOST, |limit| (limit / 8).clamp(1, super::MOST))
    }
}

#[cfg(not(all(feature = "local", unix)))]
mod limit {
    //! Windows has no limit that a process would reach; and without files of our own there is nothing to ask for.

    pub(super) fn budget() -> u64 {
        super::MOST
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn a_call_within_a_call_waits_for_no_permit() {
        let outer = for_call().now_or_never().unwrap();
        assert!(outer.is_some());
        let inner = call(outer, || {
            let inner = for_call().now_or_never().unwrap();
            call(inner, || for_call().now_or_never().unwrap().is_none())
        });
        assert!(inner && for_call().now_or_never().unwrap().is_some());
    }
}
