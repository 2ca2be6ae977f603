//! Where a blocking call runs: on this thread, or on one that is there to wait. Beside services, which need tokio, this
//! is the only module that depends on an async runtime.
//!
//! The rule: a call runs **inline** if the store is instant, if this thread said so ([`inline`]), or if no tokio
//! runtime drives it. Only inside a tokio runtime is it handed to `spawn_blocking`, so that a worker that serves other
//! tasks does not wait for a disk.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

mod budget;
mod clock;
mod inline;
mod offload;
mod per_process;
mod sleep;
mod sync;
mod threads;

pub use budget::{Budget, Reserved, Take};
pub use clock::Instant;
pub use inline::{InlineGuard, inline, is_inline};
pub use per_process::PerProcess;
use threads::Parker;
pub(crate) use {offload::offload, sleep::sleep, threads::rest};

/// Runs a future on this thread until it is done: blocking calls inline, parking for anything else.
///
/// Needs no runtime. A future over memory or local files is ready at its first poll.
///
/// # Panics
/// On WebAssembly, which has one thread, if the future waits for something outside of it: nothing could ever come.
pub fn wait<F: Future>(future: F) -> F::Output {
    let never = || Ok::<(), std::convert::Infallible>(());
    match wait_unless(future, Duration::MAX, never) {
        Ok(output) => output,
        Err(never) => match never {},
    }
}

/// Like [`wait`], and asks after each of these times whether to stop, as long as the future makes this thread park. If
/// `stop` fails, the future is dropped.
///
/// # Errors
/// That of `stop`.
///
/// # Panics
/// As [`wait`].
pub fn wait_unless<F: Future, E>(
    future: F,
    every: Duration,
    mut stop: impl FnMut() -> Result<(), E>,
) -> Result<F::Output, E> {
    let _inline = inline();
    let mut future = pin!(future);
    let parker = Parker::new();
    let waker = parker.waker();
    let mut context = Context::from_waker(&waker);
    // What wakes it again and again must not keep `stop` from being asked.
    let mut asked = Instant::now();
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Ok(output),
            // A wake before this line makes it return at once, so none is lost.
            Poll::Pending if every == Duration::MAX => parker.park(),
            Poll::Pending => {
                parker.park_timeout(every.saturating_sub(asked.elapsed()));
                if asked.elapsed() >= every {
                    stop()?;
                    asked = Instant::now();
                }
            }
        }
    }
}

/// Runs a future to its end as [`wait`] does: where blocking calls run inline, on this thread; inside a tokio runtime,
/// on a thread that is there to wait, so that all calls of the future together cost one change of threads instead of
/// one each. `None` if the runtime shut down before it began.
///
/// For a few calls that follow each other: if the returned future is dropped, one that has begun goes on to its end.
/// Not for stores that answer over a network, whose calls keep no thread waiting.
///
/// ```
/// use zarr_store::runtime::{wait, wait_elsewhere};
/// assert_eq!(wait(wait_elsewhere(async { 6 * 7 })), Some(42));
/// ```
pub async fn wait_elsewhere<F>(future: F) -> Option<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    offload(move || wait(future)).await
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn guards_nest() {
        assert!(!is_inline());
        let outer = inline();
        drop(inline());
        assert!(is_inline());
        drop(outer);
        assert!(!is_inline());
    }

    #[cfg(feature = "tokio")]
    #[tokio::test]
    async fn calls_that_follow_each_other_are_made_on_one_other_thread() {
        let call = || offload(|| thread::current().id());
        let both = async move { (is_inline(), call().await, call().await) };
        let (inline, first, second) = wait_elsewhere(both).await.unwrap();
        assert!(inline && first.is_some() && first == second);
        assert_ne!(first, Some(thread::current().id()));
    }

    #[test]
    fn wait_parks_until_woken() {
        let mut polls = 0;
        let woken_elsewhere = std::future::poll_fn(|cx| {
            polls += 1;
            if polls == 3 {
                return Poll::Ready(is_inline());
            }
            let waker = cx.waker().clone();
            thread::spawn(move || waker.wake());
            Poll::Pending
        });
        assert!(wait(woken_elsewhere));
    }

    #[test]
    fn waiting_ends_when_it_is_told_to() {
        let every = Duration::from_millis(1);
        let mut asked = 0;
        let stop = || {
            asked += 1;
            if asked < 3 { Ok(()) } else { Err("stop") }
        };
        let never = std::future::pending::<()>();
        assert_eq!(wait_unless(never, every, stop), Err("stop"));
        assert_eq!(asked, 3);
        let restless = std::future::poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        assert_eq!(wait_unless(restless, every, || Err("stop")), Err("stop"));
        let ready = std::future::ready(1);
        assert_eq!(wait_unless(ready, every, || Err("stop")), Ok(1));
    }
}
