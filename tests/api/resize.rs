//! `resize`: what becomes of the cells outside the new shape.

use zarr::blocking::Wait;
use zarr::{Array, DataType, ErrorClass};

use crate::support::stores::{KINDS, Kind, store};

/// Ten cells of 1 to 10 in chunks of four, in a store of this kind.
fn ten(kind: Kind) -> (Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let create = zarr::create_array(store, [10], DataType::UInt8);
    let array = create.chunks([4]).wait().unwrap();
    array
        .write(.., (1..=10).collect::<Vec<u8>>())
        .wait()
        .unwrap();
    (array, dir)
}

fn cells(array: &Array) -> Vec<u8> {
    array.read::<u8>(..).wait().unwrap().into_iter().collect()
}

/// B1.14. zarr-python 3.4.2 keeps cells 6 to 8 in the chunk at the edge, where they come back when the array
/// grows; API.md decides that what is cut off is gone.
#[test]
fn b1_14_what_is_cut_off_is_deleted_kept_or_refused() {
    for kind in KINDS {
        let (mut array, _dir) = ten(kind);
        array.resize([5]).wait().unwrap();
        array.resize([10]).wait().unwrap();
        assert_eq!(cells(&array), [1, 2, 3, 4, 5, 0, 0, 0, 0, 0], "{kind:?}");

        let (mut array, _dir) = ten(kind);
        array.resize([5]).keep_outside().wait().unwrap();
        array.resize([10]).wait().unwrap();
        assert_eq!(cells(&array), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "{kind:?}");

        let (mut array, _dir) = ten(kind);
        for shape in [5, 8, 9, 0] {
            let error = array.resize([shape]).lossless().wait().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Invalid);
            let chunk = format!("`c/{}`", if shape < 8 { shape / 4 } else { 2 });
            let text = error.to_string();
            // Of several chunks, any is named.
            assert!(shape < 8 || text.contains(&chunk), "{text}");
        }
        assert_eq!(array.shape(), [10], "{kind:?}");
        array.erase(8..).wait().unwrap();
        array.resize([8]).lossless().wait().unwrap();
        array.resize([12]).lossless().wait().unwrap();
        assert_eq!(
            cells(&array),
            [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0],
            "{kind:?}"
        );
    }
}

/// A handle that does not know what another one appended does not lose it.
#[test]
fn what_another_handle_wrote_is_not_lost_either() {
    let (mut array, _dir) = ten(Kind::Memory);
    let mut old = array.clone();
    array.append(vec![11_u8; 90]).wait().unwrap();
    old.resize([50]).lossless().wait().unwrap_err();
    old.refresh().wait().unwrap();
    assert_eq!(old.shape(), [100]);
}

/// More chunks than are asked for one by one: the store is listed.
#[test]
fn of_very_many_chunks_only_those_that_are_stored_are_looked_at() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let create = zarr::create_array(store, [1_u64 << 40, 4], DataType::UInt8);
        let mut array = create.chunks([4, 4]).wait().unwrap();
        array.write((..10, ..), 1_u8).wait().unwrap();
        array.resize([9, 8]).lossless().wait().unwrap_err();
        array.resize([10, 8]).lossless().wait().unwrap_err();
        array.resize([12, 8]).lossless().wait().unwrap();
        assert_eq!(array.shape(), [12, 8], "{kind:?}");
        array.resize([1_u64 << 40, 8]).wait().unwrap();
        array.write((1000, ..), 1_u8).wait().unwrap();
        // One axis grows while the other shrinks.
        array.resize([12, 1 << 20]).wait().unwrap();
        assert_eq!(array.nchunks_initialized().wait().unwrap(), 3, "{kind:?}");
    }
}
