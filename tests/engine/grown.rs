//! Handles that were opened before another one made the array longer: what they write leaves alone
//! what they do not know of.

use ndarray::arr1;
use zarr::blocking::Wait;
use zarr::{Array, DataType, sel};

use crate::support::stores::{KINDS, store};

/// An array of ten ones in chunks of eight, appended to by another handle, and what the handle that
/// was opened before makes of it. Sharded and not, in every kind of store.
fn check(change: impl Fn(&Array), expected: [i64; 14]) {
    for kind in KINDS {
        for sharded in [false, true] {
            let (store, _dir) = store(kind);
            let create = zarr::create_array(store.clone(), [10], DataType::Int64);
            let create = match sharded {
                true => create.chunks([4]).shards([8]),
                false => create.chunks([8]),
            };
            create.wait().unwrap().write(.., 1_i64).wait().unwrap();
            let old = zarr::open_array(store.clone()).wait().unwrap();
            let mut new = zarr::open_array(store).wait().unwrap();
            new.append(arr1(&[2_i64; 4])).wait().unwrap();
            change(&old);
            let all = new.read::<i64>(..).wait().unwrap();
            assert_eq!(all.as_slice().unwrap(), expected, "{kind:?} {sharded}");
        }
    }
}

#[test]
fn writing_to_the_end_keeps_what_was_appended() {
    let write = |old: &Array| old.write(sel![8..10], 3_i64).wait().unwrap();
    check(write, [1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 2, 2, 2, 2]);
    let write = |old: &Array| old.write(.., arr1(&[5_i64; 10])).wait().unwrap();
    check(write, [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 2, 2, 2, 2]);
}

#[test]
fn writing_fill_values_to_the_end_keeps_what_was_appended() {
    let clear = |old: &Array| old.write(sel![8..10], 0_i64).wait().unwrap();
    check(clear, [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2, 2, 2, 2]);
    let erase = |old: &Array| old.erase(..).wait().unwrap();
    check(erase, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2]);
}

#[test]
fn lists_and_points_that_reach_the_end_keep_what_was_appended() {
    let list = |old: &Array| {
        let selection = zarr::Selection::orthogonal((vec![9_i64, 8],));
        old.write(selection, arr1(&[4_i64, 3])).wait().unwrap();
    };
    check(list, [1, 1, 1, 1, 1, 1, 1, 1, 3, 4, 2, 2, 2, 2]);
}

#[test]
fn a_smaller_array_that_grows_again_is_empty_there() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let create = zarr::create_array(store, [20], DataType::Int64).chunks([8]);
        let mut array = create.wait().unwrap();
        array.write(.., 1_i64).wait().unwrap();
        array.resize([10]).wait().unwrap();
        array.resize([20]).wait().unwrap();
        let all = array.read::<i64>(..).wait().unwrap();
        assert_eq!(all.sum(), 10, "{kind:?} {all}");
    }
}
