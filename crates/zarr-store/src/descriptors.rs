//! How many files this library has open at once, so that a program with few descriptors to spare
//! runs slower instead of failing. It knows no store and no runtime.
//!
//! There are two purses of equal size. [`for_call`]: a driver waits, asynchronously, until its blocking
//! call may begin. [`kept`]: whoever opens a value keeps its file only with a permit, and never
//! waits for one, since it may run where nothing may wait.

use std::{
    cell::Cell,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    task::{Context, Poll, Waker},
};

/// Blocking calls under way.
fn calls() -> &'static Permits {
    static CALLS: OnceLock<Permits> = OnceLock::new();
    CALLS.get_or_init(|| Permits::new(limit::budget()))
}

thread_local! {
    static CALLING: Cell<bool> = const { Cell::new(false) };
}

/// A permit for a call, unless this thread is in one already: a store made of another one may ask
/// it there, and must not wait for what it holds itself.
pub(crate) async fn for_call() -> Option<Permit> {
    match CALLING.get() {
        true => None,
        false => Some(calls().take().await),
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

/// Files that stay open between reads.
#[cfg(all(feature = "local", unix))]
pub(crate) fn kept() -> &'static Permits {
    static KEPT: OnceLock<Permits> = OnceLock::new();
    KEPT.get_or_init(|| Permits::new(limit::budget()))
}

/// A number of permits, given out first come, first served.
#[derive(Debug)]
pub(crate) struct Permits(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    tickets: u64,
    /// Who is not in here any more has been given a permit.
    waiting: VecDeque<(u64, Waker)>,
}

impl Permits {
    pub(crate) const fn new(free: usize) -> Self {
        Permits(Mutex::new(State {
            free,
            tickets: 0,
            waiting: VecDeque::new(),
        }))
    }

    /// Waits for a permit. Dropping the future leaves the queue as if it had never been in it.
    pub(crate) fn take(&'static self) -> Take {
        Take {
            permits: self,
            ticket: Ticket::None,
        }
    }

    /// A permit, if there is one now.
    #[cfg(all(feature = "local", unix))]
    pub(crate) fn try_take(&'static self) -> Option<Permit> {
        let mut state = self.lock();
        state.free = state.free.checked_sub(1)?;
        Some(Permit(self))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn release(&self) {
        let next = {
            let mut state = self.lock();
            let next = state.waiting.pop_front();
            if next.is_none() {
                state.free += 1;
            }
            next
        };
        // Outside the mutex: a waker may run anything.
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }
}

/// Given back when dropped, on any thread.
#[derive(Debug)]
pub(crate) struct Permit(&'static Permits);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Waits for a [`Permit`].
#[derive(Debug)]
pub(crate) struct Take {
    permits: &'static Permits,
    ticket: Ticket,
}

#[derive(Debug, Clone, Copy)]
enum Ticket {
    None,
    Queued(u64),
    Done,
}

impl Future for Take {
    type Output = Permit;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Permit> {
        let permits = self.permits;
        let mut state = permits.lock();
        match self.ticket {
            Ticket::Done => return Poll::Pending,
            Ticket::None if state.free > 0 => state.free -= 1,
            Ticket::None => {
                state.tickets += 1;
                let ticket = state.tickets;
                state.waiting.push_back((ticket, cx.waker().clone()));
                self.ticket = Ticket::Queued(ticket);
                return Poll::Pending;
            }
            Ticket::Queued(ticket) => {
                if let Some((_, waker)) = state.waiting.iter_mut().find(|(t, _)| *t == ticket) {
                    waker.clone_from(cx.waker());
                    return Poll::Pending;
                }
            }
        }
        self.ticket = Ticket::Done;
        Poll::Ready(Permit(permits))
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        let Ticket::Queued(ticket) = self.ticket else {
            return;
        };
        let granted = {
            let mut state = self.permits.lock();
            let before = state.waiting.len();
            state.waiting.retain(|(t, _)| *t != ticket);
            state.waiting.len() == before
        };
        if granted {
            self.permits.release();
        }
    }
}

/// Never more, however many the system allows.
const MOST: usize = 256;

#[cfg(all(feature = "local", unix))]
mod limit {
    //! What the system allows this process.

    use rustix::process::{Resource, getrlimit};

    /// A quarter: the program has files of its own, and there are two purses.
    pub(super) fn budget() -> usize {
        let limit = getrlimit(Resource::Nofile).current;
        let quarter = limit.and_then(|limit| usize::try_from(limit / 4).ok());
        quarter.map_or(super::MOST, |quarter| quarter.clamp(1, super::MOST))
    }
}

#[cfg(not(all(feature = "local", unix)))]
mod limit {
    //! Without files of our own there is nothing to ask for.

    pub(super) fn budget() -> usize {
        super::MOST
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn permits(count: usize) -> &'static Permits {
        Box::leak(Box::new(Permits::new(count)))
    }

    #[test]
    fn never_gives_out_more_than_there_are() {
        let permits = permits(2);
        let (a, b) = (permits.take().now_or_never(), permits.take().now_or_never());
        assert!(a.is_some() && b.is_some());
        let mut c = Box::pin(permits.take());
        let mut d = Box::pin(permits.take());
        assert!((&mut c).now_or_never().is_none());
        assert!((&mut d).now_or_never().is_none());
        drop(a);
        assert!((&mut d).now_or_never().is_none(), "c came first");
        let c = (&mut c).now_or_never().unwrap();
        drop((b, c));
        assert!((&mut d).now_or_never().is_some());
        assert_eq!(permits.lock().free, 2);
    }

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

    #[test]
    fn a_dropped_waiter_takes_nothing_along() {
        let permits = permits(1);
        let a = permits.take().now_or_never();
        let mut waiting = [(); 3].map(|()| Box::pin(permits.take()));
        for take in &mut waiting {
            assert!(take.now_or_never().is_none());
        }
        let [b, c, mut d] = waiting;
        drop(b); // while waiting
        drop(a);
        drop(c); // granted, but never polled again
        assert!((&mut d).now_or_never().is_some());
        assert_eq!(permits.lock().free, 1);
        assert!(permits.lock().waiting.is_empty());
    }
}
