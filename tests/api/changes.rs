//! What changes a node that is there: `update_attributes`, `delete`, `refresh`, and what is refused.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, ZarrFormat, json};
use zarr_store::{BlockingStore, Key, MemoryStore, StoreExt};

const FORMATS: [ZarrFormat; 2] = [ZarrFormat::V2, ZarrFormat::V3];

#[test]
fn attributes_are_merged_replaced_and_removed_in_both_formats() {
    for format in FORMATS {
        let store = MemoryStore::new().into_store();
        let mut group = zarr::create_group(store.clone())
            .zarr_format(format)
            .wait()
            .unwrap();
        group
            .update_attributes([("a", json!(1)), ("b", json!("x"))])
            .wait()
            .unwrap();
        // Another handle, that knows nothing of the first change.
        let mut other = zarr::open_group(store.clone()).wait().unwrap();
        other
            .update_attributes([("c", json!([2]))])
            .remove(["b"])
            .wait()
            .unwrap();
        group
            .update_attributes([("d", json!(null))])
            .wait()
            .unwrap();
        let all = |group: &zarr::Group| serde_json::Value::from(group.attrs().clone());
        assert_eq!(
            all(&group),
            json!({"a": 1, "c": [2], "d": null}),
            "{format}"
        );
        other.refresh().wait().unwrap();
        assert_eq!(all(&other), all(&group));
        other
            .update_attributes([("e", json!(5))])
            .replace()
            .wait()
            .unwrap();
        assert_eq!(
            all(&zarr::open_group(store.clone()).wait().unwrap()),
            json!({"e": 5})
        );
        other
            .update_attributes(Vec::<(String, zarr::Attribute)>::new())
            .replace()
            .wait()
            .unwrap();
        assert_eq!(all(&zarr::open_group(store).wait().unwrap()), json!({}));
    }
}

#[test]
fn a_change_does_not_undo_anothers() {
    for format in FORMATS {
        let store = MemoryStore::new().into_store();
        let create = zarr::create_array(store.clone(), [4], DataType::UInt8);
        let mut array = create.zarr_format(format).chunks([2]).wait().unwrap();
        let mut other = zarr::open_array(store.clone()).wait().unwrap();
        other.resize([6]).wait().unwrap();
        array.update_attributes([("a", json!(1))]).wait().unwrap();
        assert_eq!(array.shape(), [6], "{format}");
        array.resize([3]).wait().unwrap();
        assert_eq!(zarr::open_array(store).wait().unwrap().attrs().len(), 1);
    }
}

#[test]
fn what_was_deleted_is_gone_with_all_below() {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).wait().unwrap();
    let array = root
        .create_array("a/b/c", [4], DataType::UInt8)
        .wait()
        .unwrap();
    array.write(.., 1_u8).wait().unwrap();
    let neighbour = root.create_group("ab").wait().unwrap();
    root.delete("a").wait().unwrap();
    assert_eq!(
        root.delete("a").wait().unwrap_err().class(),
        ErrorClass::NotFound
    );
    assert_eq!(
        root.delete("/").wait().unwrap_err().class(),
        ErrorClass::Invalid
    );
    assert!(
        !store
            .exists(&Key::new("a/b/c/c/0").unwrap())
            .wait()
            .unwrap()
    );
    assert_eq!(root.members().all().wait().unwrap().len(), 1);
    drop(neighbour);
}

#[test]
fn an_array_that_was_replaced_by_a_group_says_so() {
    let store = MemoryStore::new().into_store();
    let create = zarr::create_array(store.clone(), [4], DataType::UInt8);
    let mut array = create.wait().unwrap();
    zarr::create_group(store).overwrite(true).wait().unwrap();
    let error = array.resize([5]).wait().unwrap_err();
    assert_eq!(error.to_string(), "`/` is a group, not an array");
    assert_eq!(array.shape(), [4]);
}

#[test]
fn shapes_that_do_not_fit_are_refused_and_change_nothing() {
    let store = MemoryStore::new().into_store();
    let create = zarr::create_array(store.clone(), [4, 3], DataType::UInt8);
    let mut array = create.wait().unwrap();
    for error in [
        array.resize([4]).wait().unwrap_err(),
        array.append(ndarray::array![1_u8, 2]).wait().unwrap_err(),
        array
            .append(ndarray::Array2::<u8>::zeros((2, 4)))
            .wait()
            .unwrap_err(),
        array
            .append(ndarray::Array2::<u8>::zeros((2, 3)))
            .axis(2)
            .wait()
            .unwrap_err(),
        array
            .append(ndarray::Array2::<u8>::zeros((2, 3)))
            .axis(-3)
            .wait()
            .unwrap_err(),
        array.append(1_u8).wait().unwrap_err(),
        array
            .append(ndarray::Array2::<i8>::zeros((2, 3)))
            .wait()
            .unwrap_err(),
    ] {
        assert_eq!(error.class(), ErrorClass::Invalid, "{error}");
    }
    assert_eq!(zarr::open_array(store).wait().unwrap().shape(), [4, 3]);
}

#[test]
fn consolidated_metadata_tells_of_all_nodes() {
    for format in FORMATS {
        let store = MemoryStore::new().into_store();
        let root = zarr::create_group(store.clone())
            .zarr_format(format)
            .wait()
            .unwrap();
        let group = root.create_group("g").wait().unwrap();
        group
            .create_array("a", [4], DataType::UInt8)
            .wait()
            .unwrap();
        // Seen from a group below the root, too.
        zarr::consolidate_metadata(&group).wait().unwrap();
        zarr::consolidate_metadata(&root).wait().unwrap();
        let text = |key: &str| store.get_all(&Key::new(key).unwrap()).wait().unwrap();
        match format {
            ZarrFormat::V2 => {
                let all = zarr_metadata::v2::ConsolidatedMetadataV2::from_zmetadata(
                    &text(".zmetadata").unwrap(),
                );
                assert_eq!(
                    all.unwrap().paths().into_iter().collect::<Vec<_>>(),
                    ["", "g", "g/a"]
                );
                let below = zarr_metadata::v2::ConsolidatedMetadataV2::from_zmetadata(
                    &text("g/.zmetadata").unwrap(),
                );
                assert_eq!(
                    below.unwrap().paths().into_iter().collect::<Vec<_>>(),
                    ["", "a"]
                );
            }
            ZarrFormat::V3 => {
                let paths = |path: &str| {
                    let group = zarr::open_group(store.clone()).path(path).wait().unwrap();
                    group.consolidated_paths()
                };
                assert_eq!(
                    (paths(""), paths("g")),
                    (vec!["g".to_owned(), "g/a".to_owned()], vec!["a".to_owned()])
                );
            }
        }
    }
}

#[test]
fn cells_that_are_cut_off_are_gone_also_where_another_axis_grows() {
    let array = zarr::create_array(MemoryStore::new(), [3, 3], DataType::Int8).chunks([3, 4]);
    let mut array = array.wait().unwrap();
    array.write(.., 7_i8).wait().unwrap();
    array.resize([1, 4]).wait().unwrap();
    array.resize([3, 3]).wait().unwrap();
    let expected = ndarray::array![[7_i8, 7, 7], [0, 0, 0], [0, 0, 0]];
    assert_eq!(array.read::<i8>(..).wait().unwrap(), expected.into_dyn());
}

/// A clone of a handle, as any other handle, goes on with what it knows until it is refreshed; one that
/// looks each time does not.
#[test]
fn clones_know_what_they_knew_until_refreshed() {
    let store = MemoryStore::new().into_store();
    let create = zarr::create_array(store.clone(), [4], DataType::UInt8).chunks([2]);
    let mut array = create.wait().unwrap();
    let looking = zarr::open_array(store)
        .cache_metadata(false)
        .wait()
        .unwrap();
    let mut clone = array.clone();
    array.resize([8]).wait().unwrap();
    array.write(.., 1_u8).wait().unwrap();
    assert_eq!((array.shape(), clone.shape()), (&[8][..], &[4][..]));
    assert_eq!(clone.read::<u8>(..).wait().unwrap().len(), 4);
    assert_eq!(looking.clone().read::<u8>(..).wait().unwrap().len(), 8);
    let mut whole = ndarray::Array1::<u8>::zeros(8);
    zarr::blocking::read_into(&looking, .., whole.view_mut()).unwrap();
    assert_eq!(whole.sum(), 8);
    clone.refresh().wait().unwrap();
    assert_eq!(clone.read::<u8>(..).wait().unwrap().sum(), 8);
}

/// What another handle appended does not come back after a shrink by one that never knew of it.
#[test]
fn a_shrink_by_an_old_handle_deletes_all_that_lies_outside() {
    let store = MemoryStore::new().into_store();
    let create = zarr::create_array(store, [4], DataType::UInt8).chunks([2]);
    let mut array = create.wait().unwrap();
    let mut old = array.clone();
    array.resize([9]).wait().unwrap();
    array.write(.., 1_u8).wait().unwrap();
    old.resize([3]).wait().unwrap();
    old.resize([9]).wait().unwrap();
    let cells = old.read::<u8>(..).wait().unwrap();
    assert_eq!(cells, ndarray::array![1, 1, 1, 0, 0, 0, 0, 0, 0].into_dyn());
}
