//! `Operation`: work of the engine that has not begun, and what Python gets of it. The blocking functions and the
//! coroutines share all but the last step: the former wait for an operation, the latter spawn it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::task::AbortHandle;

use crate::errors::to_python;
use crate::runtime;

/// Makes Python's object of a result, once the interpreter's lock is held.
pub(crate) type Finish = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// What an operation does.
pub(crate) type Work = Pin<Box<dyn Future<Output = PyResult<Finish>> + Send>>;

/// Work that begins when it is waited for or spawned. Dropping it gives it up.
#[pyclass(module = "zarr_rs", frozen)]
pub(crate) struct Operation(Mutex<Option<Work>>);

impl Operation {
    /// Work whose result `finish` makes an object of.
    pub(crate) fn new<T, F, R>(work: F, finish: R) -> Self
    where
        T: Send + 'static,
        F: IntoFuture<Output = zarr::Result<T>, IntoFuture: Send + 'static>,
        R: FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    {
        let work = work.into_future();
        Self::of(async move {
            let result = work.await.map_err(|error| to_python(&error))?;
            let finish: Finish = Box::new(move |py| finish(py, result));
            Ok(finish)
        })
    }

    /// Work whose result Python has a type for.
    pub(crate) fn plain<T, F>(work: F) -> Self
    where
        T: for<'py> IntoPyObject<'py> + Send + 'static,
        F: IntoFuture<Output = zarr::Result<T>, IntoFuture: Send + 'static>,
    {
        Self::new(work, |py, result| result.into_py_any(py))
    }

    /// Work without a result.
    pub(crate) fn silent<F>(work: F) -> Self
    where
        F: IntoFuture<Output = zarr::Result<()>, IntoFuture: Send + 'static>,
    {
        Self::new(work, |py, ()| Ok(py.None()))
    }

    /// Work that says itself what is made of its result.
    pub(crate) fn of(work: impl Future<Output = PyResult<Finish>> + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::pin(work))))
    }

    /// The work, which can be done once.
    ///
    /// # Errors
    /// If it has begun.
    pub(crate) fn work(&self) -> PyResult<Work> {
        let mut work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work.take().ok_or_else(|| {
            PyRuntimeError::new_err("this operation has begun already; call its function again")
        })
    }
}

#[pymethods]
impl Operation {
    /// Does the work while this thread waits, and returns its result.
    pub(crate) fn wait<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let finish = runtime::wait(py, self.work()?)?;
        Ok(finish(py)?.into_bound(py))
    }

    /// Begins the work on the runtime's threads. One of them calls `done` with the result and None, or with None and the
    /// exception.
    fn spawn(&self, done: Py<PyAny>) -> PyResult<Task> {
        let work = self.work()?;
        let task = runtime::spawn(async move {
            let result = work.await;
            // An interpreter that ends waits for nothing.
            Python::try_attach(|py| {
                let answer = match result.and_then(|finish| finish(py)) {
                    Ok(value) => (value, py.None()),
                    Err(error) => (py.None(), error.into_value(py).into_any()),
                };
                if let Err(error) = done.call1(py, answer) {
                    error.write_unraisable(py, None);
                }
            });
        })?;
        Ok(Task(task))
    }
}

/// An operation that was spawned.
#[pyclass(module = "zarr_rs", frozen)]
pub(crate) struct Task(AbortHandle);

#[pymethods]
impl Task {
    /// Gives the work up, unless it has ended.
    fn abort(&self) {
        self.0.abort();
    }
}

/// How the methods of an object answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// With the result, for which the caller waits.
    Now,
    /// With the operation, which a coroutine spawns.
    Later,
}

impl Answer {
    /// What a method returns.
    ///
    /// # Errors
    /// Those of the operation, if the caller waits for it.
    pub(crate) fn give<'py>(
        self,
        py: Python<'py>,
        operation: Operation,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Now => operation.wait(py),
            Self::Later => Ok(Bound::new(py, operation)?.into_any()),
        }
    }
}
