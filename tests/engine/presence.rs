//! A store that is taken away while an array is open: what is absent then is no fill value.

use std::fs;

use zarr::blocking::Wait;
use zarr::{Array, DataType, ErrorClass, ErrorKind, LocalStore, sel};
use zarr_store::{BlockingStore, Store};

/// Arrays in `dir/a.zarr/a` as the engine treats them differently.
fn arrays(dir: &std::path::Path) -> Vec<Array> {
    let root = dir.join("a.zarr");
    let local = || LocalStore::new(&root);
    let group = zarr::create_group(local().into_store()).wait().unwrap();
    let create = group.create_array("a", [100], DataType::Int64);
    let array = create.chunks([10]).fill_value(3).wait().unwrap();
    array.write(..50, 7_i64).wait().unwrap();
    let far = local().high_latency().into_store();
    let open = |store: std::sync::Arc<dyn Store>| zarr::open_array(store).path("a");
    vec![array, open(far).wait().unwrap()]
}

fn sum(array: &Array) -> zarr::Result<i64> {
    Ok(array.read::<i64>(..).wait()?.sum())
}

#[test]
fn a_store_that_is_gone_is_an_error_and_not_the_fill_value() {
    // The whole directory is gone, or there is another, empty one in its place.
    for empty in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        for array in arrays(dir.path()) {
            let root = dir.path().join("a.zarr");
            assert_eq!(sum(&array).unwrap(), 50 * 7 + 50 * 3);
            fs::rename(&root, dir.path().join("b")).unwrap();
            if empty {
                fs::create_dir_all(&root).unwrap();
            }
            let error = sum(&array).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::StoreGone { .. }),
                "{error}"
            );
            assert_eq!(error.class(), ErrorClass::Transport);
            // Nor is anything made of what is not there.
            let error = array.write(sel![3..5], 1_i64).wait().unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::StoreGone { .. }),
                "{error}"
            );
            let mut blocks = array.stream::<i64>(..).wait();
            assert!(blocks.any(|block| block.is_err()));
            assert!(array.nchunks_initialized().wait().is_err());
            let names = fs::read_dir(&root).map_or(0, Iterator::count);
            assert_eq!(names, 0, "nothing is written there");
            if empty {
                fs::remove_dir(&root).unwrap();
            }
            fs::rename(dir.path().join("b"), &root).unwrap();
            assert_eq!(sum(&array).unwrap(), 50 * 7 + 50 * 3, "it is back");
        }
    }
}

#[test]
fn a_group_that_is_gone_is_not_an_empty_one() {
    let dir = tempfile::tempdir().unwrap();
    let _made = arrays(dir.path());
    let root = dir.path().join("a.zarr");
    let group = zarr::open_group(root.clone()).wait().unwrap();
    let array = group.array("a").wait().unwrap();
    fs::rename(&root, dir.path().join("b")).unwrap();
    let error = group.members().wait().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::StoreGone { .. }),
        "{error}"
    );
    // Nor is an array without chunks copied.
    assert!(
        zarr::from_array(zarr::Target::Memory, &array)
            .wait()
            .is_err()
    );
}

#[test]
fn one_document_may_speak_for_all() {
    let dir = tempfile::tempdir().unwrap();
    let _made = arrays(dir.path());
    let root = dir.path().join("a.zarr");
    zarr::consolidate_metadata(root.clone()).wait().unwrap();
    let group = zarr::open_consolidated(root.clone()).wait().unwrap();
    let array = group.array("a").wait().unwrap();
    fs::remove_file(root.join("a/zarr.json")).unwrap();
    assert_eq!(sum(&array).unwrap(), 50 * 7 + 50 * 3);
}
