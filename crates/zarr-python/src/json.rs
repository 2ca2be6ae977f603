//! JSON between Python's objects and ours, by Python's own module `json`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use serde_json::Value;

/// A Python object as JSON: dicts, lists, texts, numbers, and whatever has `to_dict` or `get_config`, as codecs have.
///
/// # Errors
/// If it is none of these.
pub(crate) fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    let py = object.py();
    let convert = py.import("zarr_rs._json")?.getattr("dumps")?;
    let text: String = convert.call1((object,))?.extract()?;
    serde_json::from_str(&text).map_err(|error| PyTypeError::new_err(format!("not JSON: {error}")))
}

/// JSON as Python's objects.
///
/// # Errors
/// If Python cannot read it.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    let text =
        serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))?;
    py.import("json")?.call_method1("loads", (text,))
}
