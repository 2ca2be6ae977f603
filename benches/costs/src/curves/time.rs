//! How long something takes at its best, which other load on the machine changes least.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// When to stop: rare things are done a few times.
const ENOUGH: Duration = Duration::from_millis(300);
const LEAST: usize = 3;
const MOST: usize = 200;

/// The fewest milliseconds of all processors that it takes. To be told beside sizes: what other programs do changes them
/// less than those of the clock.
pub(crate) fn busy_ms<T, E>(operation: impl FnMut() -> Result<T, E>) -> Result<f64, E> {
    best(busy, operation)
}

/// The fewest milliseconds of the clock that it takes.
pub(crate) fn clock_ms<T, E>(operation: impl FnMut() -> Result<T, E>) -> Result<f64, E> {
    let begin = Instant::now();
    best(|| begin.elapsed(), operation)
}

/// The milliseconds of all processors that it takes the first time.
pub(crate) fn busy_once_ms<T, E>(operation: impl FnOnce() -> Result<T, E>) -> Result<f64, E> {
    let start = busy();
    operation()?;
    Ok(ms(busy() - start))
}

fn best<T, E>(
    now: impl Fn() -> Duration,
    mut operation: impl FnMut() -> Result<T, E>,
) -> Result<f64, E> {
    let (mut best, begin) = (Duration::MAX, Instant::now());
    for done in 1..=MOST {
        let start = now();
        let result = operation()?;
        best = best.min(now() - start);
        drop(result);
        let elapsed = begin.elapsed();
        if elapsed >= 10 * ENOUGH || (done >= LEAST && elapsed >= ENOUGH) {
            break;
        }
    }
    Ok(ms(best))
}

/// What the threads of this process have computed so far, in the system, too.
fn busy() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

fn ms(time: Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}
