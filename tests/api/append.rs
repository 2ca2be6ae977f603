//! `append`: where the elements went.

use ndarray::{Array2, array};
use zarr::blocking::Wait;
use zarr::{DataType, Target};

use crate::support::stores::{KINDS, store};

/// B1.15. zarr-python 3.4.2 returns the new shape, of which one number is the end of the range.
#[test]
fn b1_15_the_range_that_was_written_is_returned() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let create = zarr::create_array(store, [2, 3], DataType::Int16);
        let mut array = create.chunks([2, 2]).wait().unwrap();
        let mut other = array.clone();
        assert_eq!(array.append([[1_i16, 2, 3]]).wait().unwrap(), 2..3);
        // A handle that does not know of it appends behind it.
        assert_eq!(other.append([[4_i16, 5, 6]]).wait().unwrap(), 3..4);
        assert_eq!(other.shape(), [4, 3]);
        array.refresh().wait().unwrap();
        let column = Array2::from_elem((4, 1), 9_i16);
        assert_eq!(array.append(&column).axis(-1).wait().unwrap(), 3..4);
        assert_eq!(array.append(&column).axis(1).wait().unwrap(), 4..5);
        assert_eq!(
            array.append(Array2::<i16>::zeros((0, 5))).wait().unwrap(),
            4..4
        );
        assert_eq!(array.shape(), [4, 5]);
        let rows = array.read::<i16>(2..).wait().unwrap();
        assert_eq!(
            rows,
            array![[1, 2, 3, 9, 9], [4, 5, 6, 9, 9]].into_dyn(),
            "{kind:?}"
        );
    }
}

#[test]
fn nothing_is_broadcast_to_what_is_appended() {
    let create = zarr::create_array(Target::Memory, [2, 3], DataType::Int16);
    let mut array = create.wait().unwrap();
    array.append([[1_i16]]).wait().unwrap_err();
    array.append([1_i16, 2, 3]).wait().unwrap_err();
    array
        .append(vec![vec![1_i16, 2, 3], vec![1]])
        .wait()
        .unwrap_err();
    assert_eq!(array.shape(), [2, 3]);
}
