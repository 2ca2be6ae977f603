//! Lists, masks and index arrays in `read`, `oindex` and `vindex`, for reading and writing. What NumPy makes of many
//! more of them is in `zarr-core/src/selection/tests`.

use ndarray::{Array, Array2, ArrayD, Ix2, array};
use zarr::blocking::Wait;
use zarr::{DataType, Indices, Selection, Slice, Target, sel};

/// The numbers 0 to 11 in three rows, in chunks that cut all of them.
fn twelve() -> zarr::Array {
    let numbers = Array::from_iter(0..12)
        .into_shape_with_order((3, 4))
        .unwrap();
    let create = zarr::array(Target::Memory, numbers).chunks([2, 3]);
    create.wait().unwrap()
}

fn read(a: &zarr::Array, selection: impl Into<Selection>) -> ArrayD<i32> {
    a.read(selection).wait().unwrap()
}

/// Expected values are those of `numpy.arange(12).reshape(3, 4)`.
#[test]
fn g9_lists_and_masks_in_brackets() {
    let a = twelve();
    assert_eq!(
        read(&a, (.., [0, 2])),
        array![[0, 2], [4, 6], [8, 10]].into_dyn()
    );
    assert_eq!(
        read(&a, [2, 0]),
        array![[8, 9, 10, 11], [0, 1, 2, 3]].into_dyn()
    );
    assert_eq!(
        read(&a, (vec![2_usize, 0], 1..3)),
        array![[9, 10], [1, 2]].into_dyn()
    );
    assert_eq!(
        read(&a, &[1_u32, 1][..]),
        array![[4, 5, 6, 7], [4, 5, 6, 7]].into_dyn()
    );
    assert_eq!(read(&a, vec![-1_i64]), array![[8, 9, 10, 11]].into_dyn());
    assert_eq!(read(&a, ([0, 2], [3, 1])), array![3, 9].into_dyn());
    assert_eq!(
        read(&a, (array![[0], [2]], array![3, 1])),
        array![[3, 1], [11, 9]].into_dyn()
    );
    assert_eq!(
        read(&a, sel![[0, 2], ..;-2]),
        array![[3, 1], [11, 9]].into_dyn()
    );
    assert_eq!(
        read(&a, array![true, false, true]),
        array![[0, 1, 2, 3], [8, 9, 10, 11]].into_dyn()
    );
    assert_eq!(
        read(&a, (.., [true, false, false, true])),
        array![[0, 3], [4, 7], [8, 11]].into_dyn()
    );
    let mask = Array2::from_shape_fn((3, 4), |(i, j)| (4 * i + j) % 5 == 1);
    assert_eq!(read(&a, &mask), array![1, 6, 11].into_dyn());
    assert_eq!(read(&a, Vec::<i64>::new()).shape(), [0, 4]);
    assert_eq!(read(&a, (.., Vec::<usize>::new())).shape(), [3, 0]);
    assert_eq!(read(&a, [false; 3]).shape(), [0, 4]);
}

#[test]
fn oindex_takes_whatever_selects_along_axes() {
    let a = twelve();
    let read = |axes: Selection| a.oindex(axes).read::<i32>().wait().unwrap();
    assert_eq!(
        read((.., vec![0_usize, 2]).into()),
        array![[0, 2], [4, 6], [8, 10]].into_dyn()
    );
    assert_eq!(
        read(([2, 0], [3, 1]).into()),
        array![[11, 9], [3, 1]].into_dyn()
    );
    assert_eq!(read(([2, 0], 3).into()), array![11, 3].into_dyn());
    assert_eq!(
        read((array![true, false, true], array![3, 1]).into()),
        array![[3, 1], [11, 9]].into_dyn()
    );
    assert_eq!(read(sel![[1], ..;-3]), array![[7, 4]].into_dyn());
    assert_eq!(
        a.oindex([0, 2]).read::<i32>().wait().unwrap().shape(),
        [2, 4]
    );
    assert_eq!(
        a.oindex(array![true, false, false])
            .read::<i32>()
            .wait()
            .unwrap()
            .shape(),
        [1, 4]
    );
    assert_eq!(a.oindex(1).read::<i32>().wait().unwrap().shape(), [4]);
    assert_eq!(
        a.oindex((Vec::<i64>::new(), [1]))
            .read::<i32>()
            .wait()
            .unwrap()
            .shape(),
        [0, 1]
    );

    let line = zarr::array(Target::Memory, array![10.0, 11.0, 12.0]);
    let line = line.wait().unwrap();
    assert_eq!(
        line.oindex([0, 2]).read::<f64>().wait().unwrap().sum(),
        22.0
    );
    let error = a
        .oindex((array![[0], [1]], ..))
        .read::<i32>()
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("takes lists"), "{error}");
}

/// NumPy: `a[np.array([[2], [0]]), np.array([1, 0, 3])]` has the shape (2, 3).
#[test]
fn g6_index_arrays_are_broadcast() {
    let a = twelve();
    let rows = array![[2_i64], [0]];
    let found = a.vindex((&rows, [1, 0, 3])).read::<i32>().into_dim::<Ix2>();
    assert_eq!(found.wait().unwrap(), array![[9, 8, 11], [1, 0, 3]]);
    let lists = [Indices::from(&rows), [1, 0, 3].into()];
    let found = a.vindex(Selection::points(lists)).read::<i32>();
    assert_eq!(
        found.wait().unwrap(),
        array![[9, 8, 11], [1, 0, 3]].into_dyn()
    );
    let both = (array![[0, 1], [2, 2]], array![[3, 3], [0, 1]]);
    assert_eq!(read(&a, both), array![[3, 7], [8, 9]].into_dyn());
    let error = a
        .vindex(([0, 1], [0, 1, 2]))
        .read::<i32>()
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("shapes [[2], [3]]"), "{error}");
    assert_eq!(
        a.vindex((Vec::<i64>::new(), [1]))
            .read::<i32>()
            .wait()
            .unwrap()
            .shape(),
        [0]
    );
}

#[test]
fn what_is_selected_by_lists_is_written() {
    let a = zarr::create_array(Target::Memory, [3, 4], DataType::Int32).chunks([2, 3]);
    let a = a.wait().unwrap();
    a.write((.., [0, 2]), array![[1, 2], [3, 4], [5, 6]])
        .wait()
        .unwrap();
    a.vindex((array![[0], [2]], [1, 3]))
        .write(array![[7, 8], [9, 10]])
        .wait()
        .unwrap();
    a.write(([1, 1], [1, 3]), array![11, 12]).wait().unwrap();
    let expected = array![[1, 7, 2, 8], [3, 11, 4, 12], [5, 9, 6, 10]];
    assert_eq!(read(&a, ..), expected.into_dyn());
    // Between the lists stands a slice, so their axis comes first.
    let b = zarr::create_array(Target::Memory, [2, 2, 3], DataType::Int32)
        .wait()
        .unwrap();
    b.write(
        ([0, 1, 1], Slice::Full, [2, 0, 1]),
        array![[1, 2], [3, 4], [5, 6]],
    )
    .wait()
    .unwrap();
    let expected = array![[[0, 0, 1], [0, 0, 2]], [[3, 5, 0], [4, 6, 0]]];
    assert_eq!(read(&b, ..), expected.into_dyn());
    a.write(Vec::<i64>::new(), 5).wait().unwrap();
    a.write(array![false, true, false], 0).wait().unwrap();
    assert_eq!(read(&a, 1).sum(), 0);
    assert_eq!(read(&a, ..).sum(), 1 + 7 + 2 + 8 + 5 + 9 + 6 + 10);
}

#[test]
fn g8_blocks_of_inner_chunks() {
    let numbers = Array::from_iter(0..48)
        .into_shape_with_order((6, 8))
        .unwrap();
    let sharded = zarr::array(Target::Memory, numbers.clone())
        .chunks([2, 2])
        .shards([4, 4]);
    let a = sharded.wait().unwrap();
    let inner = |blocks: Selection| {
        a.blocks(blocks)
            .unwrap()
            .inner()
            .read::<i32>()
            .wait()
            .unwrap()
    };
    let part = |part: ndarray::ArrayView2<'_, i32>| part.to_owned().into_dyn();
    assert_eq!(
        inner((1, 2).into()),
        part(numbers.slice(ndarray::s![2..4, 4..6]))
    );
    assert_eq!(
        inner((.., -1).into()),
        part(numbers.slice(ndarray::s![.., 6..8]))
    );
    assert_eq!(
        inner((1..3, 1..3).into()),
        part(numbers.slice(ndarray::s![2..6, 2..6]))
    );
    // Three inner chunks hold the six rows, though the shards have room for four.
    let error = a
        .blocks(3)
        .unwrap()
        .inner()
        .read::<i32>()
        .wait()
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("index 3 is out of bounds for axis 0 of length 3"),
        "{error}"
    );

    a.blocks((2, 0)).unwrap().inner().write(-1).wait().unwrap();
    assert_eq!(a.read::<i32>((4.., ..2)).wait().unwrap().sum(), -4);
    assert_eq!(
        a.read::<i32>(..).wait().unwrap().sum(),
        numbers.sum() - 4 - (32 + 33 + 40 + 41)
    );

    let plain = zarr::array(Target::Memory, numbers.clone())
        .chunks([2, 3])
        .wait()
        .unwrap();
    let last = plain
        .blocks((0, 2))
        .unwrap()
        .inner()
        .read::<i32>()
        .wait()
        .unwrap();
    assert_eq!(
        last,
        part(numbers.slice(ndarray::s![..2, 6..])),
        "without shards, chunks"
    );
}

#[test]
fn g19_dimensions_by_name() {
    let create = zarr::create_array(Target::Memory, [2, 3, 4], DataType::Int32);
    let a = create
        .dimension_names([Some("time"), None, Some("x")])
        .wait()
        .unwrap();
    let numbers = Array::from_iter(0..24)
        .into_shape_with_order((2, 3, 4))
        .unwrap();
    a.write(.., &numbers).wait().unwrap();
    let part = |part: ndarray::ArrayViewD<'_, i32>| part.to_owned();
    let view = numbers.view().into_dyn();
    assert_eq!(
        read(&a, sel! { x: 1..3, time: -1 }),
        part(view.slice(ndarray::s![-1, .., 1..3]).into_dyn())
    );
    assert_eq!(
        read(&a, [("x", 0)]),
        part(view.slice(ndarray::s![.., .., 0]).into_dyn())
    );
    let name = String::from("time");
    assert_eq!(
        read(&a, vec![(name, 1..)]),
        part(view.slice(ndarray::s![1.., .., ..]).into_dyn())
    );
    assert_eq!(
        read(&a, sel! { "x": [3, 0], time: ..;-1 }).shape(),
        [2, 3, 2]
    );
    assert_eq!(read(&a, sel! { "x": [3, 0], time: ..;-1 })[[0, 2, 1]], 20);
    a.write(sel! { x: 3 }, 0).wait().unwrap();
    assert_eq!(a.read_scalar::<i32>((1, 1, 3)).wait().unwrap(), 0);

    let error = |selection: Selection| a.read::<i32>(selection).wait().unwrap_err().to_string();
    let text = error(sel! { tme: 0 });
    assert!(
        text.contains("has no dimension `tme`: did you mean `time`?"),
        "{text}"
    );
    let text = error(sel! { lat: 0 });
    assert!(
        text.contains("it has `x`, `time`") || text.contains("it has `time`, `x`"),
        "{text}"
    );
    assert!(error(sel! { x: 0, x: 1 }).contains("named twice"));
    assert!(error(sel! { x: Slice::NewAxis }).contains("selects nothing of it"));
    assert!(error(sel! { x: 4 }).contains("index 4 is out of bounds for axis 2 of length 4"));
    let plain = twelve().read::<i32>(sel! { x: 0 }).wait().unwrap_err();
    assert!(
        plain.to_string().contains("its dimensions have no names"),
        "{plain}"
    );
}

/// What xarray writes in format 2, which has no names of its own.
#[test]
fn g19_names_that_xarray_keeps_in_an_attribute() {
    let create = zarr::create_array(Target::Memory, [2, 3], DataType::Int32);
    let create = create.zarr_format(zarr::ZarrFormat::V2).fill_value(7);
    let a = create
        .attributes(zarr::json!({"_ARRAY_DIMENSIONS": ["lat", "lon"]}))
        .wait()
        .unwrap();
    assert_eq!(
        read(&a, sel! { lon: 0..2, lat: 1 }),
        array![7, 7].into_dyn()
    );
}
