//! What an array is divided into and goes through, as Python's objects.

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use zarr::{AxisChunks, Extension};

use crate::json;

/// The most chunks along an axis whose lengths are listed.
const MOST_SIZES: u64 = 1 << 24;

/// The lengths of the chunks of each axis, of which the last ends where the axis does.
///
/// # Errors
/// If there are too many of them to list.
pub(crate) fn chunk_sizes<'py>(
    py: Python<'py>,
    array: &zarr::Array,
    axes: &[AxisChunks],
) -> PyResult<Bound<'py, PyTuple>> {
    let axes = axes.iter().zip(array.shape());
    let axes = axes.map(|(chunks, &extent)| {
        let count = chunks.count(extent);
        if count > MOST_SIZES {
            let text = format!("{count} chunks along an axis are too many to list; see `chunks`");
            return Err(PyMemoryError::new_err(text));
        }
        let mut left = extent;
        let lengths = chunks.lengths(extent).map(|length| {
            let length = length.min(left);
            left -= length;
            length
        });
        PyTuple::new(py, lengths.collect::<Vec<_>>())
    });
    PyTuple::new(py, axes.collect::<PyResult<Vec<_>>>()?)
}

/// Codecs as a tuple of dicts, which `create_array` takes.
///
/// # Errors
/// If Python has no memory for it.
pub(crate) fn codecs<'py>(py: Python<'py>, codecs: &[Extension]) -> PyResult<Bound<'py, PyTuple>> {
    let codecs = codecs.iter();
    let codecs = codecs.map(|codec| json::to_python(py, &codec.to_json()));
    PyTuple::new(py, codecs.collect::<PyResult<Vec<_>>>()?)
}
