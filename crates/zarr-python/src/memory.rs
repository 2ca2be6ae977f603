//! `MemoryStore`: a store in this process that several groups and arrays share.

use pyo3::prelude::*;
use zarr::Target;

/// A store whose values are in the memory of this process.
///
/// >>> store = zarr_rs.MemoryStore()
/// >>> zarr_rs.create_array(store, name="a", shape=4, dtype="i4").path
/// 'a'
#[pyclass(module = "zarr_rs", frozen)]
#[derive(Default)]
pub(crate) struct MemoryStore(zarr::MemoryStore);

#[pymethods]
impl MemoryStore {
    #[new]
    fn new() -> Self {
        Self::default()
    }
}

impl MemoryStore {
    pub(crate) fn target(&self) -> Target {
        (&self.0).into()
    }
}
