//! Without a runtime to ask for threads, every call runs inline. Knows no store.

/// Runs `call` here. The answer is always there: only a runtime can shut down.
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
