//! What converts into `Data`: arrays of ndarray, and lists of any depth.

use ndarray::{ArcArray2, Array2, ArrayD, CowArray, IxDyn, arr0, array, s};
use zarr::blocking::Wait;
use zarr::{Data, DataType, ErrorClass, Target};

/// The array that is made of data.
fn made(data: impl Into<Data>) -> ArrayD<i32> {
    let array = zarr::array(Target::Memory, data.into()).wait().unwrap();
    array.read::<i32>(..).wait().unwrap()
}

/// A1.3, A7.1: the same array in every form.
#[test]
fn a1_3_arrays_come_in_many_forms() {
    let owned = array![[1, 2, 3], [4, 5, 6]];
    let expected = owned.clone().into_dyn();
    let shared: ArcArray2<i32> = owned.to_shared();
    let transposed = owned.t().as_standard_layout().into_owned();
    let larger = array![[0, 1, 2, 3], [0, 4, 5, 6]];
    let mut lent = owned.clone();
    for data in [
        Data::from(&owned),
        owned.clone().into(),
        owned.view().into(),
        lent.view_mut().into(),
        owned.clone().into_dyn().into(),
        (&shared).into(),
        shared.clone().into(),
        CowArray::from(&owned).into(),
        transposed.t().into(),
        (&transposed.t()).into(),
        larger.slice(s![.., 1..]).into(),
        vec![vec![1, 2, 3], vec![4, 5, 6]].into(),
        (&vec![vec![1, 2, 3], vec![4, 5, 6]]).into(),
        vec![[1, 2, 3], [4, 5, 6]].into(),
        [[1, 2, 3], [4, 5, 6]].into(),
        (&[[1, 2, 3], [4, 5, 6]]).into(),
        (&[[1, 2, 3], [4, 5, 6]][..]).into(),
        vec![&[1, 2, 3][..], &[4, 5, 6][..]].into(),
        (&[1, 2, 3, 4, 5, 6][..], [2, 3]).into(),
        (vec![1, 2, 3, 4, 5, 6], vec![2, 3]).into(),
        ([1, 2, 3, 4, 5, 6], &[2_u64, 3][..]).into(),
    ] {
        let text = format!("{data:?}");
        assert_eq!(made(data), expected, "{text}");
    }
    assert_eq!(made(vec![1, 2]), array![1, 2].into_dyn());
    assert_eq!(made([1, 2]), array![1, 2].into_dyn());
    assert_eq!(made(arr0(7)), arr0(7).into_dyn());
    assert_eq!(made(7), arr0(7).into_dyn());
    assert_eq!(
        made([[[1, 2]], [[3, 4]], [[5, 6]]]),
        array![[[1, 2]], [[3, 4]], [[5, 6]]].into_dyn()
    );
    assert_eq!(
        made(vec![vec![vec![1], vec![2]]]),
        array![[[1], [2]]].into_dyn()
    );
}

/// As `numpy.array` of the same lists has them.
#[test]
fn empty_lists_are_empty_arrays() {
    assert_eq!(made(Vec::<i32>::new()).shape(), [0]);
    assert_eq!(made(Vec::<Vec<i32>>::new()).shape(), [0, 0]);
    assert_eq!(made(vec![Vec::<i32>::new(), Vec::new()]).shape(), [2, 0]);
}

#[test]
fn uneven_lists_are_errors_that_say_which() {
    let error = |data: Data| {
        let array = zarr::zeros(Target::Memory, [2, 3]).dtype(DataType::Int32);
        let array = array.wait().unwrap();
        let error = array.write(.., data).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Invalid);
        error.to_string()
    };
    let text = "argument `data`: the list at [1] has 2 elements, and the first list beside it 3";
    assert_eq!(error(vec![vec![1, 2, 3], vec![4, 5]].into()), text);
    let text = "argument `data`: the list at [1, 1] has 0 elements, and the first list beside it 1";
    let deep = vec![vec![vec![1], vec![2]], vec![vec![3], vec![]]];
    assert_eq!(error(deep.into()), text);
    let text = "argument `data`: the list at [1] has 1 elements, and the first list beside it 2";
    assert_eq!(error(vec![vec![[1], [2]], vec![[3]]].into()), text);
    let text = "argument `data`: elements of shape [5] do not fill the shape [2, 3]";
    assert_eq!(error(([1, 2, 3, 4, 5], [2, 3]).into()), text);
    let uneven = vec![vec![1, 2], vec![3]];
    assert_eq!(
        error((uneven, [3]).into()),
        "argument `data`: the list at [1] has 1 elements, and the first list beside it 2"
    );
}

#[test]
fn texts_come_as_lists() {
    let expected = array!["a", "żółw"].mapv(str::to_owned).into_dyn();
    let owned = || vec!["a".to_owned(), "żółw".to_owned()];
    for data in [
        Data::from(["a", "żółw"]),
        vec!["a", "żółw"].into(),
        (&["a", "żółw"]).into(),
        (&["a", "żółw"][..]).into(),
        owned().into(),
        (&owned()).into(),
        owned().as_slice().into(),
    ] {
        let array = zarr::array(Target::Memory, data).wait().unwrap();
        assert_eq!(array.read::<String>(..).wait().unwrap(), expected);
    }
}

/// Lists of `u8` are what the array says.
#[test]
fn lists_of_bytes_are_numbers_or_byte_strings() {
    let rows = || vec![b"ab".to_vec(), b"cd".to_vec()];
    let numbers = zarr::array(Target::Memory, rows()).wait().unwrap();
    assert_eq!(numbers.dtype(), &DataType::UInt8);
    assert_eq!(
        numbers.read::<u8>(..).wait().unwrap(),
        array![[97, 98], [99, 100]].into_dyn()
    );
    let strings = zarr::create_array(Target::Memory, [2, 2], DataType::Bytes);
    let strings = strings.wait().unwrap();
    let read = || strings.read::<Vec<u8>>(..).wait().unwrap();
    strings.write(.., rows()).wait().unwrap();
    let expected = array![
        [b"ab".to_vec(), b"cd".to_vec()],
        [b"ab".to_vec(), b"cd".to_vec()]
    ];
    assert_eq!(read(), expected.into_dyn());
    let uneven = vec![vec![b"a".to_vec()], vec![b"".to_vec()]];
    strings.write(.., uneven.clone()).wait().unwrap();
    let expected = array![[b"a".to_vec(), b"a".to_vec()], [vec![], vec![]]];
    assert_eq!(read(), expected.into_dyn());
    // One byte string for every cell.
    strings.write(.., b"xyz").wait().unwrap();
    assert_eq!(
        read(),
        Array2::from_elem((2, 2), b"xyz".to_vec()).into_dyn()
    );
    // Those of ndarray are byte strings by their type.
    strings
        .write(.., array![b"".to_vec(), b"q".to_vec()])
        .wait()
        .unwrap();
    assert_eq!(read()[[1, 1]], b"q");
    let error = numbers
        .write(.., vec![vec![1_u8], vec![]])
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("the list at [1]"), "{error}");
    let error = strings.write(.., vec![rows(), vec![]]).wait().unwrap_err();
    assert!(error.to_string().contains("the list at [1]"), "{error}");
}

#[test]
fn a_new_array_is_not_filled_by_repetition() {
    let rows = vec![b"ab".to_vec(), b"cd".to_vec()];
    let create = zarr::array(Target::Memory, rows).dtype(DataType::Bytes);
    let error = create.wait().unwrap_err();
    assert_eq!(
        error.to_string(),
        "argument `data`: [2] is not the shape [2, 2] of the array"
    );
}

#[test]
fn lists_are_saved_and_put_into_groups() {
    let store = zarr::MemoryStore::new();
    let save = zarr::save(store.clone()).array(&[1.0, 2.0][..]);
    save.named("y", vec![[1, 2]]).wait().unwrap();
    let group = zarr::open_group(store).wait().unwrap();
    group.put("z", ["a", "b"]).wait().unwrap();
    let y = group.array("y").wait().unwrap();
    assert_eq!(
        y.read::<i32>(..).wait().unwrap(),
        ArrayD::from_shape_vec(IxDyn(&[1, 2]), vec![1, 2]).unwrap()
    );
    assert_eq!(
        group.array("arr_0").wait().unwrap().dtype(),
        &DataType::Float64
    );
    assert_eq!(group.array("z").wait().unwrap().shape(), [2]);
}
