//! `Lengths`: a shape as Python's callers give it.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::errors::{if_suitable, instead};

/// A number, or a list of one for each axis.
pub(crate) struct Lengths(pub(crate) Vec<u64>);

impl<'a, 'py> FromPyObject<'a, 'py> for Lengths {
    type Error = PyErr;

    fn extract(given: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let py = given.py();
        if let Some(one) = if_suitable(py, given.extract::<u64>())? {
            return Ok(Self(vec![one]));
        }
        let lengths: PyResult<Vec<u64>> = given
            .try_iter()
            .and_then(|lengths| lengths.map(|length| length?.extract::<u64>()).collect());
        let told = || {
            let text = format!(
                "{} is no shape: give a length, or one for each axis",
                *given
            );
            PyTypeError::new_err(text)
        };
        lengths.map(Self).map_err(|came| instead(py, came, told))
    }
}
