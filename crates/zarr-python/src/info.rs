//! `Info`: text that a session shows as it is.

use pyo3::prelude::*;

/// A text that is its own `repr`.
#[pyclass(module = "zarr_rs", frozen)]
pub(crate) struct Info(pub(crate) String);

#[pymethods]
impl Info {
    fn __repr__(&self) -> &str {
        &self.0
    }
}
