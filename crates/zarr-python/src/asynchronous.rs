//! Arrays and groups with coroutines, whose classes are written in Python.

use pyo3::prelude::*;

/// An array or a group as the class with coroutines.
///
/// # Errors
/// If the package is incomplete.
pub(crate) fn of<'py>(class: &str, node: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let module = node.py().import("zarr_rs.asynchronous")?;
    module.getattr(class)?.call1((node,))
}
