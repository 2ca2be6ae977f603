//! Attributes as Python's mapping, which is written in Python.

use pyo3::prelude::*;

/// The mapping over the attributes of an array or a group.
///
/// # Errors
/// If the package is incomplete.
pub(crate) fn mapping<'py>(node: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let module = node.py().import("zarr_rs._attributes")?;
    module.call_method1("Attributes", (node,))
}
