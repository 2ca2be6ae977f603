//! `Waits`: whether reads lately waited for a device, or for a file system on a network.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

/// What is waited for takes at least this long on average, in nanoseconds. Out of memory, the system answers within five
/// microseconds.
const LONG: u32 = 30_000;
/// No call counts for more than this: a thread that lost its processor once has not waited for a device.
const MOST: u32 = 100_000;
/// The weight of one call is one in so many.
const WEIGHT: u32 = 8;
/// One in so many calls is timed, since asking for the time is a part of what a small call costs. An odd number: files
/// are opened and read in turns.
const TIMED: u32 = 5;

/// The time that a call takes beyond copying bytes, averaged over the latest calls that were timed.
#[derive(Debug, Default)]
pub(super) struct Waits {
    average: AtomicU32,
    /// How many calls there were. It may begin again at zero.
    calls: AtomicU32,
}

impl Waits {
    /// Does a call that copies up to so many bytes out of memory, at a gigabyte in a second or faster.
    pub(super) fn during<T>(&self, bytes: usize, call: impl FnOnce() -> T) -> T {
        // Calls at once may overlook each other, here and below, which changes an average little.
        let number = self.calls.load(Ordering::Relaxed).wrapping_add(1);
        self.calls.store(number, Ordering::Relaxed);
        if !number.is_multiple_of(TIMED) {
            return call();
        }
        let begin = Instant::now();
        let done = call();
        let waited = begin.elapsed().as_nanos().saturating_sub(bytes as u128);
        self.add(u32::try_from(waited).unwrap_or(u32::MAX));
        done
    }

    fn add(&self, waited: u32) {
        let old = self.average.load(Ordering::Relaxed);
        let new = old - old / WEIGHT + waited.min(MOST) / WEIGHT;
        self.average.store(new, Ordering::Relaxed);
    }

    /// Whether calls are waited for.
    pub(super) fn are_long(&self) -> bool {
        self.average.load(Ordering::Relaxed) > LONG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(calls: &[u32]) -> bool {
        let waits = Waits::default();
        calls.iter().for_each(|&waited| waits.add(waited));
        waits.are_long()
    }

    #[test]
    fn one_long_call_is_chance_and_many_are_a_device() {
        assert!(!after(&[3_000; 1000]));
        assert!(!after(&[10_000_000, 3_000, 10_000_000]));
        // Every second call, as where files are opened at once and then read from a disk.
        assert!(after(&[3_000, 150_000].repeat(10)));
        assert!(!after(&[&[150_000; 100][..], &[3_000; 20]].concat()));
    }

    #[test]
    fn time_beyond_copying_counts() {
        let waits = Waits::default();
        let sleep = || std::thread::sleep(std::time::Duration::from_micros(100));
        for _ in 0..50 {
            waits.during(1 << 30, sleep);
        }
        assert!(!waits.are_long());
        for _ in 0..50 {
            waits.during(0, sleep);
        }
        assert!(waits.are_long());
    }
}
