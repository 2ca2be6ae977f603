//! A store whose every document and chunk is somebody's guess: it opens, lists and reads, or says
//! what is wrong.

use zarr::Node;
use zarr::blocking::Wait;
use zarr_store::{BlockingStore, Key, MemoryStore, PutMode};

use super::{Bound, Target};

/// Values stand in this order, each after a NUL byte.
const KEYS: [&str; 8] = [
    "zarr.json",
    "a/zarr.json",
    "a/c/0",
    "b/.zarray",
    "b/.zattrs",
    "b/0",
    ".zgroup",
    ".zmetadata",
];

/// No read below is of more elements than this.
const ELEMENTS: u64 = 4096;

pub(super) fn targets() -> Vec<Target> {
    vec![Target {
        name: "open_hierarchy",
        run: open,
        seeds: || vec![seed(3), seed(2)],
        // The chunks of an array that is small enough to be read are not large either.
        bound: Bound {
            per_byte: Bound::JSON.per_byte,
            ..Bound::chunk(1 << 20)
        },
    }]
}

fn open(bytes: &[u8]) {
    let store = MemoryStore::default();
    for (key, value) in KEYS.into_iter().zip(bytes.split(|&byte| byte == 0)) {
        if !value.is_empty() {
            let key = Key::new(key).unwrap();
            store
                .put(&key, &value.to_vec().into(), PutMode::Overwrite)
                .unwrap();
        }
    }
    let Ok(root) = zarr::open_group(store).mode("r").wait() else {
        return;
    };
    let _ = root.tree().wait().map(|tree| tree.to_string());
    for name in ["a", "b"] {
        if let Ok(Node::Array(array)) = root.get(name).wait() {
            let _ = array.info().to_string();
            if zarr_codecs::volume(array.shape()).is_some_and(|cells| cells <= ELEMENTS) {
                let _ = array.read_dyn(..).wait();
            }
        }
    }
}

fn seed(format: u8) -> Vec<u8> {
    let array = br#"{"zarr_format":3,"node_type":"array","shape":[8],"data_type":"uint8","fill_value":1,
        "chunk_grid":{"name":"regular","configuration":{"chunk_shape":[8]}},"chunk_key_encoding":"default",
        "codecs":["bytes"]}"#;
    let v2 =
        br#"{"zarr_format":2,"shape":[8],"chunks":[8],"dtype":"|u1","fill_value":1,"order":"C",
        "filters":null,"compressor":null}"#;
    let group = br#"{"zarr_format":3,"node_type":"group"}"#;
    let values: [&[u8]; 8] = match format {
        3 => [group, array, b"abcdefgh", v2, b"{}", b"abcdefgh", b"", b""],
        _ => [
            b"",
            b"",
            b"",
            v2,
            br#"{"x": 1}"#,
            b"abcdefgh",
            br#"{"zarr_format":2}"#,
            b"",
        ],
    };
    values.join(&0)
}
