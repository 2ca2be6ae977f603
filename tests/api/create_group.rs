//! `create_group`, and what a group can do.

use serde_json::json;
use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, MemoryStore, Node, Target, ZarrFormat};
use zarr_store::BlockingStore;

#[test]
fn attributes_and_members_come_back() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let store = MemoryStore::new().into_store();
        let root = zarr::create_group(store.clone()).zarr_format(format);
        let root = root.attributes(json!({"title": "demo", "n": 18446744073709551615_u64}));
        let root = root.wait().unwrap();
        root.create_group("b").wait().unwrap();
        root.create_array("a", [2], DataType::Int8).wait().unwrap();
        root.create_array("b/c", [3], DataType::Int8)
            .wait()
            .unwrap();

        let root = zarr::open_group(store).wait().unwrap();
        assert_eq!(root.zarr_format(), format);
        assert_eq!(root.attrs()["n"], json!(18446744073709551615_u64));
        let paths = |members: Vec<(zarr::NodePath, Node)>| -> Vec<String> {
            members
                .into_iter()
                .map(|(path, _)| path.as_str().to_owned())
                .collect()
        };
        assert_eq!(paths(root.members().wait().unwrap()), ["a", "b"]);
        assert_eq!(
            paths(root.members().all().wait().unwrap()),
            ["a", "b", "b/c"]
        );
        let b = root.group("b").wait().unwrap();
        assert_eq!(paths(b.members().wait().unwrap()), ["c"]);
        assert_eq!(b.array("c").wait().unwrap().name(), "/b/c");
        assert_eq!(
            root.array("b").wait().unwrap_err().class(),
            ErrorClass::Invalid
        );
        assert_eq!(
            root.array("x").wait().unwrap_err().class(),
            ErrorClass::NotFound
        );
    }
}

#[test]
fn overwriting_a_group_takes_all_below() {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).wait().unwrap();
    root.create_array("a/b", [2], DataType::Int8)
        .wait()
        .unwrap();
    assert_eq!(
        zarr::create_group(store.clone())
            .wait()
            .unwrap_err()
            .class(),
        ErrorClass::Exists
    );
    let root = zarr::create_group(store).overwrite(true).wait().unwrap();
    assert!(root.members().wait().unwrap().is_empty());
}

#[test]
fn overwriting_spares_a_directory_of_other_files() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("thesis.tex"), "years of work").unwrap();
    let error = zarr::create_group(dir.path())
        .overwrite(true)
        .wait()
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Exists, "{error}");
    let array = zarr::create_array(dir.path(), [2], DataType::Int8)
        .overwrite(true)
        .wait();
    assert_eq!(array.unwrap_err().class(), ErrorClass::Exists);
    assert!(dir.path().join("thesis.tex").is_file());
    // Below it, and without overwriting, a store is as good as anywhere.
    zarr::create_group(dir.path())
        .path("a")
        .overwrite(true)
        .wait()
        .unwrap();
}

#[test]
fn a_group_below_an_array_is_refused() {
    let array = zarr::create_array(Target::Memory, [2], DataType::Int8)
        .wait()
        .unwrap();
    let below = zarr::create_group(array.store().clone()).path("x").wait();
    assert_eq!(below.unwrap_err().class(), ErrorClass::Invalid);
}
