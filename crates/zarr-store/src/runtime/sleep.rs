//! `sleep`: a pause that needs no runtime. One thread wakes all sleepers, and ends when nobody has slept for a while.
//!
//! Why by hand: `futures-timer` panics where no thread can be started, and keeps its thread for ever.

use std::{
    collections::BTreeMap,
    future::Future,
    mem,
    pin::Pin,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use super::{
    clock::Instant,
    threads::{process_id, rest},
};

/// Ready after `time`. Dropping it forgets the alarm.
pub(crate) fn sleep(time: Duration) -> Sleep {
    static IDS: AtomicU64 = AtomicU64::new(0);
    let id = IDS.fetch_add(1, Ordering::Relaxed);
    Sleep((Instant::now() + time, id))
}

/// When, and which of those that are due then.
type Due = (Instant, u64);

/// See [`sleep`].
#[derive(Debug)]
pub(crate) struct Sleep(Due);

#[derive(Debug)]
struct Clock {
    alarms: BTreeMap<Due, Waker>,
    /// The process whose thread rings; a forked process has none yet.
    runs_in: Option<u32>,
}

static CLOCK: Mutex<Clock> = Mutex::new(Clock {
    alarms: BTreeMap::new(),
    runs_in: None,
});
static CHANGED: Condvar = Condvar::new();

/// How long the thread stays when nobody pauses, since whoever paused often pauses again.
const IDLE: Duration = Duration::from_millis(100);

fn clock() -> MutexGuard<'static, Clock> {
    // Nothing panics while it is held.
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let left = self.0.0.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Poll::Ready(());
        }
        let mut clock = clock();
        let here = Some(process_id());
        if clock.runs_in.is_some() && clock.runs_in != here {
            // The alarms of a parent's threads: their wakers may wait for locks that nobody gives back.
            mem::forget(mem::take(&mut clock.alarms));
            clock.runs_in = None;
        }
        clock.alarms.insert(self.0, cx.waker().clone());
        if clock.runs_in.is_some() {
            CHANGED.notify_one();
            return Poll::Pending;
        }
        let name = "zarr-clock".to_owned();
        let runs = thread::Builder::new().name(name).spawn(ring).is_ok();
        clock.runs_in = here.filter(|_| runs);
        drop(clock);
        if !runs {
            // No thread to be had: better to be in the way than to sleep for ever.
            rest(left);
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let waker = clock().alarms.remove(&self.0);
        drop(waker);
    }
}

/// Wakes whoever is due, until nobody has paused for a while.
fn ring() {
    loop {
        let due = {
            let mut clock = clock();
            let later = clock.alarms.split_off(&(Instant::now(), u64::MAX));
            mem::replace(&mut clock.alarms, later)
        };
        // Outside the mutex: a waker may run anything.
        let rang = !due.is_empty();
        due.into_values().for_each(Waker::wake);
        if rang {
            continue;
        }
        let clock = clock();
        let next = clock.alarms.first_key_value().map(|((when, _), _)| *when);
        let time = next.map_or(IDLE, |when| when.saturating_duration_since(Instant::now()));
        let (mut clock, waited) = CHANGED
            .wait_timeout(clock, time)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && clock.alarms.is_empty() {
            clock.runs_in = None;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;
    use crate::runtime::wait;

    #[test]
    fn all_are_woken_in_time() {
        for _ in 0..3 {
            let begin = Instant::now();
            let times = (0..50).map(|n| Duration::from_micros(n * 200));
            wait(join_all(times.map(sleep)));
            assert!(begin.elapsed() >= Duration::from_micros(49 * 200));
            // Longer than the thread stays: the next round starts another.
            thread::sleep(IDLE + Duration::from_millis(20));
        }
    }

    #[test]
    fn a_dropped_sleeper_is_forgotten() {
        let mut long = Box::pin(sleep(Duration::from_secs(3600)));
        assert!((&mut long).now_or_never().is_none());
        let due = long.0;
        assert!(clock().alarms.contains_key(&due));
        drop(long);
        assert!(!clock().alarms.contains_key(&due));
    }
}
