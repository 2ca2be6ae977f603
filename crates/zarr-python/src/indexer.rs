//! `Indexer`: what `oindex`, `vindex` and `blocks` of an array are.

use pyo3::prelude::*;

use crate::array::Array;
use crate::selection::Meaning;

/// An array whose index has another meaning than that of the array itself.
#[pyclass(module = "zarr_rs", frozen)]
pub(crate) struct Indexer {
    array: Py<Array>,
    meaning: Meaning,
}

impl Indexer {
    pub(crate) fn new(array: &Bound<'_, Array>, meaning: Meaning) -> Self {
        let array = array.clone().unbind();
        Self { array, meaning }
    }
}

#[pymethods]
impl Indexer {
    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.array.get().get(index, self.meaning, None, None)
    }

    fn __setitem__(&self, index: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let array = self.array.get();
        array.set(index, value, self.meaning, None).map(drop)
    }
}
