//! Element types beside NumPy's: C8, C9, C24. The stored bytes are what zarr-python 3.4.2 with numpy 2.5.5 writes, with
//! `zarr.create_array(store, shape=a.shape, dtype=a.dtype, chunks=a.shape, compressors=None)[...] = a`.

mod dates;
mod fixed_length;
mod numbers;
mod records;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, CodecRegistry, Context, Data, DataType, MemoryStore};
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

/// C23: a data type of one's own, and without it.
#[test]
fn c23_a_data_type_of_ones_own() {
    let registry = CodecRegistry::default().data_type("example.colour", |extension| {
        let channels: Option<usize> = extension.get("channels").ok()?;
        Some(DataType::Raw(channels.unwrap_or(3)))
    });
    let context = Context::builder().registry(registry).build();
    let colour: DataType = "example.colour".parse().unwrap();
    let store = MemoryStore::new();
    let create = || zarr::create_array(store.clone(), [2], colour.clone()).compressors(());
    let error = create().wait().unwrap_err().to_string();
    assert!(error.contains("`CodecRegistry::data_type`"), "{error}");
    let fill = json!([1, 2, 3]);
    let array = create().fill_value(fill).context(&context).wait().unwrap();
    array.write(1, Data::scalar([7_u8, 8, 9])).wait().unwrap();
    assert_eq!(array.dtype(), &colour);
    assert_eq!(chunk(&array), [1, 2, 3, 7, 8, 9]);
    let again = zarr::open_array(store.clone())
        .context(&context)
        .wait()
        .unwrap();
    let read = again.read::<[u8; 3]>(..).wait().unwrap();
    assert_eq!(read, ndarray::arr1(&[[1_u8, 2, 3], [7, 8, 9]]).into_dyn());
    let stranger = zarr::open_array(store).wait().unwrap();
    let error = stranger.read_dyn(..).wait().unwrap_err().to_string();
    assert!(error.contains("example.colour"), "{error}");
}
