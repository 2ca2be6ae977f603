//! Runs operations while other Python threads go on: on the thread that waits for them, until the user interrupts, or
//! on the threads of a runtime.

use std::future::Future;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::{PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::task::AbortHandle;
use zarr::blocking::Wait;
use zarr::tools::PerProcess;

/// How long an interrupt may go unnoticed.
const EVERY: Duration = Duration::from_millis(50);

/// Fails if the user interrupted.
fn check_signals() -> PyResult<()> {
    fn attached(py: Python<'_>) -> PyResult<()> {
        py.check_signals()
    }
    Python::attach(attached)
}

/// Waits for an operation without the interpreter's lock. An interrupt (Ctrl-C) drops the operation.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    work: impl Future<Output = PyResult<T>> + Send,
) -> PyResult<T> {
    py.detach(|| work.wait_unless(EVERY, check_signals))?
}

/// Begins work on the runtime, whose threads only go from one step of an operation to the next: the engine's workers
/// decode, and calls that block have threads of their own.
///
/// # Errors
/// If the system has no more threads.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> PyResult<AbortHandle> {
    // A fork has none of its parent's threads.
    static RUNTIME: PerProcess<io::Result<Runtime>> = PerProcess::new();
    let start = || {
        let mut builder = Builder::new_multi_thread();
        let builder = builder.worker_threads(2).thread_name("zarr-rs async");
        builder.enable_all().build()
    };
    match RUNTIME.get_or_init(start) {
        Ok(runtime) => Ok(runtime.spawn(work).abort_handle()),
        Err(error) => Err(PyOSError::new_err(format!(
            "the threads that run coroutines cannot be started: {error}"
        ))),
    }
}

/// Runs work that cannot be dropped on a thread of its own, and waits for it. An interrupt ends the waiting only: the
/// work goes on with what it owns.
pub(crate) fn run_beside<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(Python<'_>) -> PyResult<T> + Send + 'static,
) -> PyResult<T> {
    let (done, wait) = mpsc::channel();
    let name = "zarr-rs read".to_owned();
    thread::Builder::new().name(name).spawn(move || {
        // Nobody waits after an interrupt.
        let _ = done.send(Python::attach(work));
    })?;
    py.detach(move || {
        loop {
            match wait.recv_timeout(EVERY) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Timeout) => check_signals()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(PyRuntimeError::new_err("the thread that read has panicked"));
                }
            }
        }
    })
}
