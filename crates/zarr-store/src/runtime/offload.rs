//! Where a blocking call runs: on a thread that tokio keeps for waiting, if a tokio runtime drives the caller,
//! and inline otherwise.

#[cfg(feature = "tokio")]
use super::inline::is_inline;

/// Runs `call` inline or on a thread made for waiting. `None`: the runtime shut down before it ran.
///
/// If the returned future is dropped, a call that has begun goes on to its end.
#[cfg(feature = "tokio")]
pub(crate) async fn offload<T, F>(call: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) if !is_inline() => match runtime.spawn_blocking(call).await {
            Ok(answer) => Some(answer),
            Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
            Err(_) => None,
        },
        _ => Some(call()),
    }
}

/// Runs `call` here. The answer is always there: only a runtime can shut down.
#[cfg(not(feature = "tokio"))]
#[allow(
    clippy::unused_async,
    reason = "the twin that uses a runtime has to wait"
)]
pub(crate) async fn offload<T, F>(call: F) -> Option<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    Some(call())
}

#[cfg(all(test, feature = "tokio"))]
mod tests {
    use std::thread::current;

    use super::*;
    use crate::runtime::{inline, wait};

    #[test]
    fn inline_without_a_runtime() {
        let here = current().id();
        assert_eq!(wait(offload(move || current().id())), Some(here));
    }

    #[tokio::test]
    async fn elsewhere_inside_a_runtime() {
        assert_ne!(offload(|| current().id()).await, Some(current().id()));
    }

    #[tokio::test]
    async fn inline_where_the_thread_said_so() {
        let here = current().id();
        let answer = {
            let _inline = inline();
            futures_util::FutureExt::now_or_never(offload(|| current().id()))
        };
        assert_eq!(answer, Some(Some(here)));
    }
}
