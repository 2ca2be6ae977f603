//! `zarr info`.

use std::fs;

use serde_json::{Value, json};

use super::Home;

#[test]
fn info_as_json() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a --chunks 2,5 --shards 4,5");
    let json = |line: &str| home.json(line);
    let mut array = json("info --json ~/g.zarr::a");
    assert_eq!(array["metadata"], home.document("g.zarr/a/zarr.json"));
    let stored = home.stored_bytes("g.zarr/a");
    assert_eq!(array["nbytes_stored"], stored);
    let path = format!("{}::a", home.path("g.zarr").display());
    let members = array.as_object_mut().unwrap();
    members.retain(|key, _| !["metadata", "nbytes_stored"].contains(&key.as_str()));
    let expected = json!({
        "schema": "zarr.info/1", "schema_version": 1, "path": path, "node_type": "array", "zarr_format": 3,
        "shape": [6, 5], "chunks": [2, 5], "shards": [4, 5], "data_type": "int16",
        "nbytes": 60, "nchunks": 3, "nchunks_initialized": 3, "attributes": {},
    });
    assert_eq!(array, expected);

    let mut group = json("info --json ~/g.zarr");
    assert_eq!(group["metadata"], home.document("g.zarr/zarr.json"));
    group.as_object_mut().unwrap().shift_remove("metadata");
    let expected = json!({
        "schema": "zarr.info/1", "schema_version": 1, "path": home.path("g.zarr"), "node_type": "group",
        "zarr_format": 3, "nmembers": 1, "narrays": 1, "ngroups": 0, "attributes": {},
    });
    assert_eq!(group, expected);
}

/// Its unknown members, spellings and the order of its members.
#[test]
fn the_document_is_given_as_it_stands_in_the_store() {
    let home = Home::new();
    for (name, text) in [
        (
            ".zarray",
            r#"{"zarr_format": 2, "dtype": "=f4", "fill_value": NaN, "chunks": [2], "shape": [3],
                "order": "C", "compressor": {"id": "zlib"}, "written_by": {"z": 1, "a": 2}}"#,
        ),
        (
            "zarr.json",
            r#"{"node_type": "array", "zarr_format": 3, "fill_value": 5.0, "shape": [3],
                "data_type": "int8", "chunk_key_encoding": "default", "x": {"must_understand": false},
                "chunk_grid": {"configuration": {"chunk_shape": [2]}, "name": "regular"}}"#,
        ),
    ] {
        fs::create_dir_all(home.path("as")).unwrap();
        fs::write(home.path("as").join(name), text).unwrap();
        let expected: Value = serde_json::from_str(&text.replace("NaN", "\"NaN\"")).unwrap();
        let found = home.json("info --json ~/as");
        assert_eq!(found["metadata"].to_string(), expected.to_string());
        fs::remove_file(home.path("as").join(name)).unwrap();
    }
}

#[test]
fn info_as_text() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a --chunks 4,3");
    let info = home.print("info ~/g.zarr/a");
    let (head, tail) = info.split_once("No. bytes stored").unwrap();
    let expected = "\
Type               : Array
Zarr format        : 3
Data type          : Int16(endianness='little')
Fill value         : 0
Shape              : (6, 5)
Chunk shape        : (4, 3)
Order              : C
Read-only          : False
Store type         : LocalStore
Filters            : ()
Serializer         : BytesCodec(endian='little')
Compressors        : (ZstdCodec(level=0, checksum=False),)
No. bytes          : 60
";
    assert_eq!(head, expected);
    assert!(tail.ends_with("\nChunks Initialized : 4\n"), "{tail}");
    let expected = "\
Name        : 
Type        : Group
Zarr format : 3
Read-only   : False
Store type  : LocalStore
No. members : 1
No. arrays  : 1
No. groups  : 0
";
    assert_eq!(home.print("info ~/g.zarr"), expected);
}
