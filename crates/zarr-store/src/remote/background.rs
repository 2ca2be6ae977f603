//! The threads on which every remote request runs: one runtime for the whole process, started by the first request, and
//! in a forked process by its first one.
//!
//! Not the caller's runtime, even where there is one: the task of a pooled connection could then live on the very
//! thread that waits for it, or end with a runtime that a later caller does not share. Not the handle of `tokio_util`
//! that aborts on drop: a plain write goes on to its end.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::JoinHandle,
};

use crate::runtime::PerProcess;

/// Enough for TLS and copying at the speed of a fast network.
const MOST_THREADS: usize = 4;

/// The runtime that all remote stores of this process share.
pub(super) fn handle() -> io::Result<&'static Handle> {
    static SHARED: PerProcess<Result<Runtime, String>> = PerProcess::new();
    match SHARED.get_or_init(|| start().map_err(|e| e.to_string())) {
        Ok(runtime) => Ok(runtime.handle()),
        Err(why) => Err(io::Error::other(format!(
            "the threads for remote requests did not start: {why}"
        ))),
    }
}

fn start() -> io::Result<Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores.min(MOST_THREADS))
        .thread_name("zarr-remote")
        .enable_all()
        .build()
}

/// Work on the shared runtime, to be awaited from anywhere, with a runtime or without.
pub(super) struct RequestTask<T> {
    task: JoinHandle<T>,
    when_dropped: WhenDropped,
}

/// What becomes of work that nobody waits for any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenDropped {
    /// It ends where it is.
    Abort,
    /// It goes on to its end: what it does could not be taken back.
    Finish,
}

/// Starts `work`.
pub(super) fn spawn<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    when_dropped: WhenDropped,
) -> io::Result<RequestTask<T>> {
    let task = handle()?.spawn(work);
    Ok(RequestTask { task, when_dropped })
}

impl<T> Future for RequestTask<T> {
    type Output = io::Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.task)
            .poll(cx)
            .map(|answer| match answer {
                Ok(answer) => Ok(answer),
                Err(e) if e.is_panic() => std::panic::resume_unwind(e.into_panic()),
                Err(_) => Err(io::Error::other("the request was given up half way")),
            })
    }
}

impl<T> Drop for RequestTask<T> {
    fn drop(&mut self) {
        if self.when_dropped == WhenDropped::Abort {
            self.task.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;
    use crate::runtime::wait;

    #[test]
    fn needs_no_runtime_and_minds_none() {
        let work = || spawn(async { std::thread::current().id() }, WhenDropped::Abort).unwrap();
        let here = std::thread::current().id();
        assert_ne!(wait(work()).unwrap(), here);
        let inside = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        // Blocking the only thread of a runtime: nothing that is waited for lives on it.
        assert_ne!(inside.block_on(async { wait(work()) }).unwrap(), here);
    }

    #[test]
    fn dropping_aborts_or_lets_finish() {
        for (when_dropped, ends) in [(WhenDropped::Abort, false), (WhenDropped::Finish, true)] {
            let (say, hear) = mpsc::channel();
            let work = async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                say.send(()).unwrap();
            };
            drop(spawn(work, when_dropped).unwrap());
            assert_eq!(hear.recv_timeout(Duration::from_secs(5)).is_ok(), ends);
        }
    }
}
