//! Runs operations while other Python threads go on, and ends them when the user interrupts.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use zarr::blocking::Wait;

use crate::errors::to_python;

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
pub(crate) fn run<T: Send, F>(py: Python<'_>, operation: F) -> PyResult<T>
where
    F: IntoFuture<Output = zarr::Result<T>> + Send,
{
    py.detach(|| operation.wait_unless(EVERY, check_signals))?
        .map_err(|error| to_python(&error))
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
