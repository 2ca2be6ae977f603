//! `info` and `tree` of arrays of each data type, as `info.py` had zarr-python 3.4.2 print them: `info.json`.

use serde_json::Value;
use zarr::blocking::Wait;
use zarr::{MemoryStore, json};
use zarr_store::{BlockingStore, Key, PutMode};

/// B1.18, B2.18 and A12.1
#[test]
fn info_and_tree_are_those_of_zarr_python() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("info.json")).unwrap();
    let mut differences = vec![];
    for case in cases {
        let store = MemoryStore::new();
        let documents = case["documents"].as_object().unwrap();
        let group = match documents.contains_key("zarr.json") {
            true => ("zarr.json", json!({"zarr_format": 3, "node_type": "group"})),
            false => (".zgroup", json!({"zarr_format": 2})),
        };
        let in_array = documents
            .iter()
            .map(|(name, text)| (format!("x/{name}"), text.clone()));
        for (key, text) in in_array.chain([(group.0.to_owned(), group.1)]) {
            let text = text.to_string().into_bytes();
            let key = Key::new(&key).unwrap();
            store.put(&key, &text.into(), PutMode::Create).unwrap();
        }
        let root = zarr::open_group(store).wait().unwrap();
        let info = root.array("x").wait().unwrap().info().to_string();
        let tree = root.tree().wait().unwrap().to_string();
        for (ours, theirs) in [(info, &case["info"]), (tree, &case["tree"])] {
            let theirs = theirs.as_str().unwrap();
            if ours.trim_end() != theirs.trim_end() {
                differences.push(format!(
                    "{}:\n{ours}\n--- zarr-python\n{theirs}",
                    case["type"]
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// B1.18: what is printed is there as fields, too.
#[test]
fn info_is_data() {
    let root = zarr::create_group(MemoryStore::new()).wait().unwrap();
    let a = root.create_array("a", [4, 6], "int16".parse::<zarr::DataType>().unwrap());
    let a = a.chunks([2, 3]).shards([4, 6]).wait().unwrap();
    a.write(.., 1_i16).wait().unwrap();
    let info = a.info_complete().wait().unwrap();
    assert_eq!(info.shard_shape, Some(vec![4, 6]));
    assert_eq!(info.chunk_shape, Some(vec![2, 3]));
    assert_eq!((info.nbytes, info.chunks_initialized), (Some(48), Some(1)));
    let written = serde_json::to_value(&info).unwrap();
    assert_eq!(written["nbytes"], 48);
    assert_eq!(written["serializer"], "BytesCodec(endian='little')");
    assert_eq!(written["filters"], json!([]));

    let group = root.info_complete().wait().unwrap();
    assert_eq!((group.arrays, group.groups), (Some(1), Some(0)));
    let expected = json!({
        "path": "", "zarr_format": 3, "read_only": false, "store_type": "MemoryStore", "arrays": 1, "groups": 0,
    });
    assert_eq!(serde_json::to_value(&group).unwrap(), expected);
}
