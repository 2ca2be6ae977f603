//! What is appended block by block: every element in its place, and nothing of it where not all can be made.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ndarray::{Array1, Array2, ArrayD, Axis, concatenate};
use zarr::blocking::Wait;
use zarr::{Array, Computed, DataType, DynData, Error, Values};
use zarr_store::{Key, PutMode, Store, runtime::wait};

use crate::support::stores::{KINDS, Kind, store};

/// Elements of 64 KiB, so that few are more than a block of 32 MiB.
const ELEM: usize = 64 << 10;

fn large() -> DataType {
    format!("r{}", 8 * ELEM).parse().unwrap()
}

/// Elements whose first bytes are their numbers from 1 on.
fn numbered(cells: &Range<u64>) -> DynData {
    let mut data = vec![0; ELEM * (cells.end - cells.start) as usize];
    for (element, number) in data.chunks_exact_mut(ELEM).zip(cells.start + 1..) {
        element[..8].copy_from_slice(&number.to_le_bytes());
    }
    DynData {
        dtype: large(),
        shape: vec![cells.end - cells.start],
        data: Values::Fixed(data.into()),
    }
}

/// The numbers of the elements.
fn numbers(array: &Array) -> Vec<u64> {
    let data = array.read_dyn(..).wait().unwrap();
    let elements = data.data.as_fixed().unwrap().chunks_exact(ELEM);
    let number = |element: &[u8]| u64::from_le_bytes(element[..8].try_into().unwrap());
    elements.map(number).collect()
}

/// Three elements in chunks of 200, all numbered 7.
fn sevens(kind: Kind) -> (Arc<dyn Store>, Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let create = zarr::create_array(Arc::clone(&store), [3], large()).chunks([200]);
    let array = create.compressors(()).wait().unwrap();
    let seven = DynData {
        data: Values::Fixed(
            [numbered(&(6..7)).data.as_fixed().unwrap(); 3]
                .concat()
                .into(),
        ),
        ..numbered(&(0..3))
    };
    array.write(.., seven).wait().unwrap();
    (store, array, dir)
}

#[test]
fn blocks_end_where_chunks_do_and_come_in_order() {
    for kind in KINDS {
        let (_, mut array, _dir) = sevens(kind);
        let asked = Arc::new(Mutex::new(vec![]));
        let note = Arc::clone(&asked);
        let elements = Computed::new_dyn([900], large(), move |cells| {
            note.lock().unwrap().push(cells[0].clone());
            Ok(numbered(&cells[0]))
        });
        assert_eq!(array.append(elements).wait().unwrap(), 3..903);
        // 512 elements are a block at the most, and chunks end at 200, 400 and so on.
        assert_eq!(*asked.lock().unwrap(), [0..397, 397..900], "{kind:?}");
        let expected: Vec<u64> = [7; 3].into_iter().chain(1..=900).collect();
        assert_eq!(numbers(&array), expected, "{kind:?}");
    }
}

#[test]
fn what_cannot_be_made_leaves_the_array_as_it_was() {
    for kind in KINDS {
        let (store, mut array, _dir) = sevens(kind);
        let elements = Computed::new_dyn([900], large(), |cells| match cells[0].start {
            0 => Ok(numbered(&cells[0])),
            _ => Err(Error::argument("data", "the second block is missing")),
        });
        let error = array.append(elements).wait().unwrap_err();
        assert!(error.to_string().contains("second block"), "{error}");
        assert_eq!(array.shape(), [3], "{kind:?}");
        let mut array = zarr::open_array(store).wait().unwrap();
        assert_eq!(numbers(&array), [7; 3], "{kind:?}");
        // Nothing of the first block comes back.
        array.resize([300]).wait().unwrap();
        assert_eq!(numbers(&array)[3..], [0; 297], "{kind:?}");
    }
}

/// Who keeps no lock, as zarr-python, may give the array another shape meanwhile.
#[test]
fn another_shape_meanwhile_is_begun_anew() {
    for kind in [Kind::Memory, Kind::Local] {
        let (store, mut array, _dir) = sevens(kind);
        let calls = AtomicUsize::new(0);
        let elements = Computed::new_dyn([5], large(), move |cells| {
            if calls.fetch_add(1, Ordering::Relaxed) == 0 {
                let key = Key::new("zarr.json").unwrap();
                let document = wait(store.get(&key, zarr_store::ByteRange::All, None));
                let document = document.unwrap().unwrap().data;
                let mut document: serde_json::Value = serde_json::from_slice(&document).unwrap();
                document["shape"] = serde_json::json!([5]);
                let text = document.to_string().into_bytes();
                wait(store.put(&key, text.into(), PutMode::Overwrite)).unwrap();
            }
            Ok(numbered(&cells[0]))
        });
        assert_eq!(array.append(elements).wait().unwrap(), 5..10, "{kind:?}");
        let found = numbers(&array);
        assert_eq!(
            (&found[..3], &found[5..]),
            (&[7; 3][..], &[1, 2, 3, 4, 5][..])
        );
    }
}

#[test]
fn arrays_are_appended_to_arrays() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let whole = Array2::from_shape_fn((6, 5), |(i, j)| (10 * i + j) as i32);
        let from = zarr::array(zarr::Target::Memory, whole.clone())
            .wait()
            .unwrap();
        for axis in [0, 1] {
            let create = zarr::create_array(Arc::clone(&store), [6, 5], DataType::Int32);
            let mut array = create.chunks([4, 3]).overwrite(true).wait().unwrap();
            array.write(.., whole.clone()).wait().unwrap();
            array.append(&from).axis(axis).wait().unwrap();
            let read: ArrayD<i32> = array.read(..).wait().unwrap();
            let expected = concatenate(Axis(axis as usize), &[whole.view(), whole.view()]);
            assert_eq!(read, expected.unwrap().into_dyn(), "{kind:?} {axis}");
        }
        let other = zarr::array(zarr::Target::Memory, Array1::<i16>::zeros(5))
            .wait()
            .unwrap();
        let mut array = zarr::open_array(store).wait().unwrap();
        array.append(other).wait().unwrap_err();
    }
}
