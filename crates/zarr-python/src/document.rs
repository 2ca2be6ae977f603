//! Arrays by their document, for the codec pipeline of zarr-python: it knows what an array is, and where.

use std::sync::OnceLock;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use zarr::tools::{BlockingStore, NodeDocuments, Reader};
use zarr::{Config, Context, InnerChunkOrder, Location, NodeMetadata};

use crate::array::Array;
use crate::errors::instead;
use crate::memory::MemoryStore;
use crate::place::Place;
use crate::values::Values;

/// The array of a document that need not be the stored one. Nothing is read from the store.
///
/// # Errors
/// If the document is none of an array, or its codecs are unknown.
#[pyfunction]
#[pyo3(signature = (store, path, *, zarr_json = None, zarray = None, write_empty_chunks = false, inner_chunk_order = "lexicographic"))]
pub(crate) fn _array_of_document(
    store: &Bound<'_, PyAny>,
    path: &str,
    zarr_json: Option<&[u8]>,
    zarray: Option<&[u8]>,
    write_empty_chunks: bool,
    inner_chunk_order: &str,
) -> PyResult<Array> {
    let failed = |error: zarr::Error| crate::errors::to_python(&error);
    let documents = NodeDocuments {
        zarr_json,
        zarray,
        ..NodeDocuments::default()
    };
    let node = Reader::default().node(&documents);
    let node = node.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let Some(NodeMetadata::Array(metadata)) = node else {
        return Err(PyValueError::new_err(
            "the document is not that of an array",
        ));
    };
    let root = root(store)?;
    let location = root.join(path).map_err(|error| failed(error.into()))?;
    let array = zarr::Array::from_metadata(&location, metadata, &context(inner_chunk_order)?);
    let array = array.map_err(failed)?;
    let mut config = array.config().clone();
    config.write_empty_chunks = write_empty_chunks;
    let place = Place::new(Some(store))?.join(path);
    Ok(Array::new(array.with_config(config), place))
}

/// The root of the store that the pipeline names.
fn root(store: &Bound<'_, PyAny>) -> PyResult<Location> {
    if let Ok(memory) = store.cast::<MemoryStore>() {
        return Ok(Location::root(memory.get().store()));
    }
    if let Ok(values) = store.cast::<Values>() {
        return values.get().location(store.py());
    }
    let told = "the store is a MemoryStore, Values or the path of a directory";
    let directory: std::path::PathBuf = store
        .extract()
        .map_err(|came| instead(store.py(), came, || PyTypeError::new_err(told)))?;
    Ok(Location::root(
        zarr::LocalStore::new(directory).into_store(),
    ))
}

/// The context of arrays whose inner chunks are stored in an order. All arrays of an order share its workers.
fn context(order: &str) -> PyResult<Context> {
    static MORTON: OnceLock<Context> = OnceLock::new();
    static COLEXICOGRAPHIC: OnceLock<Context> = OnceLock::new();
    let (context, order) = match order {
        "lexicographic" | "unordered" => return Ok(zarr::default_context()),
        "morton" => (&MORTON, InnerChunkOrder::Morton),
        "colexicographic" => (&COLEXICOGRAPHIC, InnerChunkOrder::Colexicographic),
        other => {
            let text = format!("the inner chunks of a shard cannot be in the order {other:?}");
            return Err(PyValueError::new_err(text));
        }
    };
    let make = || {
        let config = Config {
            inner_chunk_order: Some(order),
            ..zarr::config_from_env()
        };
        Context::builder().config(config).build()
    };
    Ok(context.get_or_init(make).clone())
}
