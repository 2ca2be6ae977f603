//! Element types beside NumPy's: C8, C9, C24. The stored bytes are what zarr-python 3.4.2 with numpy 2.5.5 writes, with
//! `zarr.create_array(store, shape=a.shape, dtype=a.dtype, chunks=a.shape, compressors=None)[...] = a`.

mod dates;
mod fixed_length;
mod numbers;
mod records;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, MemoryStore};
use zarr_store::{BlockingStore, Key, PutMode, StoreExt};

/// The array that zarr-python stores in one chunk.
fn stored(data_type: Value, length: u64, fill_value: Value, chunk: &[u8]) -> Array {
    let document = json!({
        "shape": [length], "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [length]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": fill_value,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "attributes": {}, "zarr_format": 3, "node_type": "array", "storage_transformers": []
    });
    let store = MemoryStore::new();
    put(&store, "zarr.json", document.to_string().as_bytes());
    put(&store, "c/0", chunk);
    zarr::open_array(store).wait().unwrap()
}

fn put(store: &MemoryStore, key: &str, value: &[u8]) {
    let key = Key::new(key).unwrap();
    let put = store.put(&key, &value.to_vec().into(), PutMode::Overwrite);
    put.unwrap();
}

/// The bytes of the only chunk.
fn chunk(array: &Array) -> Vec<u8> {
    let key = Key::new("c/0").unwrap();
    let value = array.location().store().get_all(&key).wait().unwrap();
    value.unwrap().to_vec()
}
