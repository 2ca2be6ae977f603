//! Pickles of arrays and groups: where they lie, and how they are opened there.

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What `__reduce__` returns: the function that opens the node again, and its arguments.
///
/// # Errors
/// If the package is incomplete.
pub(crate) fn reduce<'py>(
    py: Python<'py>,
    kind: &str,
    arguments: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let open = py.import("zarr_rs._pickle")?.getattr("reopen")?;
    Ok((open, (kind, arguments)).into_pyobject(py)?.into_any())
}
