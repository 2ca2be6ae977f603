//! Values that are larger than they can be: refused by their size, before memory is taken for them. A
//! terabyte stands for what no machine has.

use std::fs::{self, File};
use std::path::Path;

use zarr::blocking::Wait;
use zarr::{Array, DataType, Error, ErrorClass, sel};
use zarr_store::{BlockingStore, LocalStore, Location};

const HUGE: u64 = 1 << 40;

/// A file of a terabyte that takes no room.
fn grow(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len(HUGE).unwrap();
}

#[track_caller]
fn refused<T>(result: Result<T, Error>, key: &str) {
    let error = result.map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Limit, "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("`{key}`")), "{text}");
    assert!(text.contains(&HUGE.to_string()), "{text}");
    assert!(text.contains("at most"), "{text}");
}

fn array(dir: &Path, name: &str) -> Array {
    let create = zarr::create_array(dir.join(name), [8], DataType::UInt8);
    create.chunks([4]).fill_value(1).wait().unwrap()
}

#[test]
fn documents() {
    for name in ["zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"] {
        let dir = tempfile::tempdir().unwrap();
        if name.starts_with(".za") || name == ".zmetadata" {
            fs::write(dir.path().join(".zgroup"), r#"{"zarr_format": 2}"#).unwrap();
        }
        grow(&dir.path().join(name));
        match name {
            ".zmetadata" => refused(zarr::open_consolidated(dir.path()).wait(), name),
            _ => refused(zarr::open(dir.path()).wait(), name),
        }
    }
}

#[test]
fn documents_that_grew_since_they_were_opened() {
    let dir = tempfile::tempdir().unwrap();
    let mut array = array(dir.path(), "a");
    grow(&dir.path().join("a/zarr.json"));
    refused(array.resize([9]).wait(), "zarr.json");
    refused(array.refresh().wait(), "zarr.json");
    let changed = array.update_attributes([("a", zarr::json!(1))]);
    refused(changed.wait(), "zarr.json");
}

#[test]
fn chunks_that_are_copied_as_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let from = array(dir.path(), "a");
    from.write(sel![4..], 3_u8).wait().unwrap();
    grow(&dir.path().join("a/c/0"));
    let copied = zarr::copy(&from, dir.path().join("b")).name("b");
    refused(copied.wait(), "c/0");
    let (all, to) = (LocalStore::new(dir.path().join("a")), dir.path().join("c"));
    refused(zarr::copy_store(all, to.as_path()).wait(), "c/0");
    let root = Location::root(LocalStore::new(dir.path()).into_store());
    let group = zarr::create_group(root.clone()).wait().unwrap();
    refused(group.move_node("a", "d").wait(), "a/c/0");
    assert!(dir.path().join("a/zarr.json").exists(), "nothing is lost");
}

/// Its codecs make no such chunk: what is read of it is one byte more than they do.
#[test]
fn chunks_that_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let array = array(dir.path(), "a");
    grow(&dir.path().join("a/c/0"));
    for error in [
        array.read::<u8>(..).wait().map(drop).unwrap_err(),
        array.write(sel![..2], 3_u8).wait().map(drop).unwrap_err(),
    ] {
        assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
        assert!(error.to_string().contains("`c/0`"), "{error}");
    }
    assert_eq!(array.read::<u8>(sel![4..]).wait().unwrap()[[0]], 1);
}

/// An index at the front, all zeros but for one inner chunk that is said to take all of the file.
#[test]
fn an_inner_chunk_that_would_be_kept() {
    let dir = tempfile::tempdir().unwrap();
    let create = zarr::create_array(dir.path().join("a"), [8], DataType::UInt8);
    let codecs = serde_json::json!([{"name": "sharding_indexed", "configuration": {
        "chunk_shape": [4], "codecs": [{"name": "bytes"}], "index_location": "start",
        "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
    }}]);
    let codecs: Vec<zarr::Extension> = serde_json::from_value(codecs).unwrap();
    let array = create.chunks([8]).codecs(codecs).wait().unwrap();
    let path = dir.path().join("a/c/0");
    grow(&path);
    let index = [u64::MAX, u64::MAX, 32, HUGE - 32].map(u64::to_le_bytes);
    std::os::unix::fs::FileExt::write_all_at(
        &File::options().write(true).open(&path).unwrap(),
        &index.concat(),
        0,
    )
    .unwrap();
    let error = array.write(sel![..4], 3_u8).wait().map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
    let error = array.read::<u8>(..).wait().map(drop).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
    assert_eq!(fs::metadata(&path).unwrap().len(), HUGE);
}
