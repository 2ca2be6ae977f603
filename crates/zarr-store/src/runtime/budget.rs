//! `Budget`: a weighted semaphore. Bytes, permits or turns are taken and given back, first come, first served.
//!
//! Why by hand: builds without tokio need it too, and tokio's counts in 32 bits. Of the semaphores that need no
//! runtime, `async-lock`'s takes one permit at a time, `futures-intrusive` has had no release since 2022, and `mea` is
//! young and licensed under Apache-2.0 alone.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Waker};

use super::sync::{Mutex, MutexGuard};

/// A number of bytes or permits that operations share: each takes some and gives them back.
///
/// What is taken comes back at the latest when the future that took it is dropped. So an operation that holds some
/// cannot stop others for ever, as long as it waits only for what is outside of the process.
///
/// ```
/// use zarr_store::runtime::{Budget, wait};
/// let budget = Budget::new(10);
/// let first = wait(budget.take(8));
/// assert!(budget.try_take(3).is_none());
/// drop(first);
/// assert!(budget.try_take(3).is_some());
/// ```
#[derive(Debug)]
pub struct Budget {
    total: u64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: u64,
    tickets: u64,
    /// Who is not in here any more has been given the bytes.
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    count: u64,
    waker: Waker,
}

impl Budget {
    /// A budget of `total`.
    pub fn new(total: u64) -> Arc<Self> {
        let state = State {
            free: total,
            tickets: 0,
            waiting: VecDeque::new(),
        };
        Arc::new(Self {
            total,
            state: Mutex::new(state),
        })
    }

    /// A budget that nobody waits for: for operations whose share was taken by their caller.
    pub fn unlimited() -> Arc<Self> {
        Self::new(u64::MAX)
    }

    /// How many there are when nobody holds any.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Waits for `count`. What is more than the whole budget waits until it can have all of it.
    pub fn take(self: &Arc<Self>, count: u64) -> Take {
        Take {
            count: count.min(self.total),
            budget: Arc::clone(self),
            ticket: Ticket::None,
        }
    }

    /// Takes `count`, if that is free now and nobody waits.
    pub fn try_take(self: &Arc<Self>, count: u64) -> Option<Reserved> {
        let mut state = self.lock();
        let count = count.min(self.total);
        state.free = state.left_by(count)?;
        drop(state);
        Some(Reserved {
            count,
            budget: Arc::clone(self),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, then serves whoever can be served.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut served = Vec::new();
        {
            let mut state = self.lock();
            change(&mut state);
            while let Some(left) = state.left_by_the_first() {
                state.free = left;
                served.extend(state.waiting.pop_front());
            }
        }
        // Outside the mutex: a waker may run anything.
        served.into_iter().for_each(|waiting| waiting.waker.wake());
    }
}

impl State {
    /// What would be free once the first who waits has got what it waits for.
    fn left_by_the_first(&self) -> Option<u64> {
        self.free.checked_sub(self.waiting.front()?.count)
    }

    /// What would be free once a newcomer has got so many, if it need not stand behind others. Who
    /// wants nothing never needs to.
    fn left_by(&self, count: u64) -> Option<u64> {
        let first = self.waiting.is_empty() || count == 0;
        self.free.checked_sub(count).filter(|_| first)
    }
}

/// A part of a [`Budget`], given back when dropped, on any thread.
#[derive(Debug)]
#[must_use = "dropping it gives it back"]
pub struct Reserved {
    count: u64,
    budget: Arc<Budget>,
}

impl Reserved {
    /// Gives back all but `count`, where less was needed than could have been.
    pub fn keep(&mut self, count: u64) {
        let back = self.count.saturating_sub(count);
        self.count -= back;
        self.budget.change(|state| state.free += back);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.change(|state| state.free += self.count);
    }
}

/// Waits for a part of a [`Budget`]. Dropping it leaves the queue as if it had never been in it.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Take {
    count: u64,
    budget: Arc<Budget>,
    ticket: Ticket,
}

#[derive(Debug, Clone, Copy)]
enum Ticket {
    None,
    Queued(u64),
    Done,
}

impl Future for Take {
    type Output = Reserved;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reserved> {
        let (count, budget) = (self.count, Arc::clone(&self.budget));
        let mut state = budget.lock();
        match self.ticket {
            Ticket::Done => return Poll::Pending,
            Ticket::None => match state.left_by(count) {
                Some(left) => state.free = left,
                None => {
                    state.tickets += 1;
                    let (ticket, waker) = (state.tickets, cx.waker().clone());
                    state.waiting.push_back(Waiting {
                        ticket,
                        count,
                        waker,
                    });
                    self.ticket = Ticket::Queued(ticket);
                    return Poll::Pending;
                }
            },
            Ticket::Queued(ticket) => {
                if let Some(waiting) = state.waiting.iter_mut().find(|w| w.ticket == ticket) {
                    waiting.waker.clone_from(cx.waker());
                    return Poll::Pending;
                }
            }
        }
        drop(state);
        self.ticket = Ticket::Done;
        Poll::Ready(Reserved { count, budget })
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        let Ticket::Queued(ticket) = self.ticket else {
            return;
        };
        let count = self.count;
        self.budget.change(|state| {
            let before = state.waiting.len();
            state.waiting.retain(|waiting| waiting.ticket != ticket);
            if state.waiting.len() == before {
                state.free += count; // given, but never picked up
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    /// Asks for some; `Err` while they are waited for.
    fn take(budget: &Arc<Budget>, count: u64) -> Result<Reserved, Take> {
        let mut take = budget.take(count);
        (&mut take).now_or_never().ok_or(take)
    }

    fn is_full(budget: &Budget) -> bool {
        let state = budget.lock();
        state.free == budget.total && state.waiting.is_empty()
    }

    #[test]
    fn first_come_first_served() {
        let budget = Budget::new(10);
        let first = take(&budget, 8).unwrap();
        let mut large = take(&budget, 5).unwrap_err();
        let mut small = take(&budget, 2).unwrap_err();
        assert!(
            (&mut small).now_or_never().is_none(),
            "it would overtake the large one"
        );
        drop(first);
        let (large, small) = (
            (&mut large).now_or_never().unwrap(),
            (&mut small).now_or_never().unwrap(),
        );
        assert_eq!(budget.lock().free, 3);
        drop((large, small));
        assert!(is_full(&budget));
    }

    #[test]
    fn who_does_not_wait_overtakes_nobody() {
        let budget = Budget::new(3);
        let held = budget.try_take(2).unwrap();
        let waiting = take(&budget, 3).unwrap_err();
        assert!(budget.try_take(1).is_none(), "one is free, but waited for");
        drop(waiting);
        assert!(budget.try_take(1).is_some() && budget.try_take(2).is_none());
        drop(held);
        assert!(is_full(&budget));
    }

    #[test]
    fn what_is_more_than_everything_runs_alone() {
        let budget = Budget::new(10);
        let small = take(&budget, 1).unwrap();
        let mut huge = take(&budget, 1 << 40).unwrap_err();
        let mut behind = take(&budget, 1).unwrap_err();
        drop(small);
        let huge = (&mut huge).now_or_never().unwrap();
        assert!((&mut behind).now_or_never().is_none());
        drop(huge);
        drop((&mut behind).now_or_never().unwrap());
        assert!(is_full(&budget));
    }

    #[test]
    fn nothing_is_lost_with_those_who_give_up() {
        let budget = Budget::new(10);
        let held = take(&budget, 6).unwrap();
        let large = take(&budget, 9).unwrap_err();
        let mut small = take(&budget, 4).unwrap_err();
        drop(large); // while waiting: who stood behind it fits
        let small = (&mut small).now_or_never().unwrap();
        let given = take(&budget, 10).unwrap_err();
        drop((held, small));
        assert_eq!(budget.lock().free, 0);
        drop(given); // served, but never polled again
        assert!(is_full(&budget));
    }

    #[test]
    fn what_did_not_come_is_given_back() {
        let budget = Budget::new(10);
        let mut held = take(&budget, 10).unwrap();
        let mut small = take(&budget, 4).unwrap_err();
        held.keep(6);
        let small = (&mut small).now_or_never().unwrap();
        held.keep(8); // never takes more
        assert_eq!(budget.lock().free, 0);
        drop((held, small));
        assert!(is_full(&budget));
    }

    #[test]
    fn threads_never_hold_more_than_there_is() {
        use std::sync::atomic::{AtomicU64, Ordering};
        let (budget, held) = (Budget::new(10), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 1..=6 {
                let (budget, held) = (&budget, &held);
                scope.spawn(move || {
                    for i in 0..500 {
                        let bytes = (thread * i) % 7 + 1;
                        let reserved = crate::runtime::wait(budget.take(bytes));
                        assert!(held.fetch_add(bytes, Ordering::SeqCst) + bytes <= 10);
                        held.fetch_sub(bytes, Ordering::SeqCst);
                        drop(reserved);
                    }
                });
            }
        });
        assert!(is_full(&budget));
    }
}
