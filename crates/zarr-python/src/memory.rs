//! `MemoryStore`: a store in this process that several groups and arrays share.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use zarr::tools::{BlockingStore, ByteRange, Key, PutMode, StoreError};
use zarr::{Store, Target};

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

    /// Stores a value under its key.
    fn _put(&self, key: &str, value: &Bound<'_, PyBytes>) -> PyResult<()> {
        let value = value.as_bytes().to_vec();
        let mode = PutMode::Overwrite;
        BlockingStore::put(&self.0, &named(key)?, &value.into(), mode)
            .map(drop)
            .map_err(|error| failed(&error))
    }

    /// The value under a key; None if there is none.
    fn _get<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let found = BlockingStore::get(&self.0, &named(key)?, ByteRange::All, None);
        let found = found.map_err(|error| failed(&error))?;
        Ok(found.map(|found| PyBytes::new(py, &found.data)))
    }
}

impl MemoryStore {
    pub(crate) fn target(&self) -> Target {
        (&self.0).into()
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.0.clone().into_store()
    }
}

fn named(key: &str) -> PyResult<Key> {
    Key::new(key).map_err(|error| failed(&error))
}

fn failed(error: &StoreError) -> PyErr {
    PyValueError::new_err(error.to_string())
}
