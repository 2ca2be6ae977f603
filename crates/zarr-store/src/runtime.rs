//! Where a blocking call runs: on this thread, or on one that is there to wait. Beside services, which need tokio, this
//! is the only module that depends on an async runtime.
//!
//! The rule: a call runs **inline** if the store is instant, if this thread said so ([`inline`]), or if no tokio
//! runtime drives it. Only inside a tokio runtime is it handed to `spawn_blocking`, so that a worker that serves other
//! tasks does not wait for a disk.

use std::{
    cell::Cell,
    future::Future,
    marker::PhantomData,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

mod budget;
mod offload;
mod sleep;

pub use budget::{Budget, Reserved, Take};
pub(crate) use {offload::offload, sleep::sleep};

thread_local! {
    static INLINE: Cell<bool> = const { Cell::new(false) };
}

/// Until the guard is dropped, blocking calls polled on this thread run on it.
///
/// For a thread that would only wait anyway, as under [`wait`].
pub fn inline() -> InlineGuard {
    InlineGuard {
        before: INLINE.replace(true),
        on_this_thread: PhantomData,
    }
}

/// Whether blocking calls polled on this thread run on it because [`inline`] said so.
pub fn is_inline() -> bool {
    INLINE.get()
}

/// Keeps blocking calls on this thread; dropping it restores what was before.
#[derive(Debug)]
#[must_use = "dropping it ends the inline scope"]
pub struct InlineGuard {
    before: bool,
    on_this_thread: PhantomData<*const ()>,
}

impl Drop for InlineGuard {
    fn drop(&mut self) {
        INLINE.set(self.before);
    }
}

/// Runs a future on this thread until it is done: blocking calls inline, parking for anything else.
///
/// Needs no runtime. A future over memory or local files is ready at its first poll.
pub fn wait<F: Future>(future: F) -> F::Output {
    let _inline = inline();
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            // A wake before this line makes it return at once, so none is lost.
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
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
}
