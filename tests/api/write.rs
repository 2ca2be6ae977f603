//! `write`: what is broadcast to which selection, and which scalars are taken.

use ndarray::{Array1, Array2, ArrayD, IxDyn, arr0, array, s};
use proptest::prelude::*;
use zarr::blocking::Wait;
use zarr::{Array, Computed, Data, DataType, ErrorClass, Extension, Fill, Selection, Target, sel};

use crate::support::stores::{KINDS, store};

/// An array of 2 × 3 zeros in four chunks.
fn zeros() -> Array {
    let create = zarr::create_array(Target::Memory, [2, 3], DataType::Int32);
    create.chunks([1, 2]).wait().unwrap()
}

/// The elements after a write to zeros.
fn written(selection: impl Into<Selection>, data: impl Into<zarr::Source>) -> Vec<i32> {
    let array = zeros();
    array.write(selection, data).wait().unwrap();
    array.read::<i32>(..).wait().unwrap().into_iter().collect()
}

/// The error of a write to zeros, after which they are still zeros.
fn refused(selection: impl Into<Selection>, data: impl Into<zarr::Source>) -> String {
    let array = zeros();
    let error = array.write(selection, data).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid, "{error}");
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 0);
    error.to_string()
}

/// As `a[...] = data` of NumPy 2.5.5 leaves `a = np.zeros((2, 3), "i4")`, with `data` in other orders than C.
#[test]
fn elements_are_written_as_they_look_and_not_as_they_lie() {
    let data = array![[1, 2], [3, 4], [5, 6]];
    assert_eq!(written(.., data.t()), [1, 3, 5, 2, 4, 6]);
    assert_eq!(
        written(.., data.clone().reversed_axes()),
        [1, 3, 5, 2, 4, 6]
    );
    assert_eq!(
        written(.., data.slice(s![..;-1, ..]).t()),
        [5, 3, 1, 6, 4, 2]
    );
    assert_eq!(
        written(.., data.slice(s![.., ..;-1]).t()),
        [2, 4, 6, 1, 3, 5]
    );
    let deeper = Array1::from_iter(0..12)
        .into_shape_with_order((3, 2, 2))
        .unwrap();
    assert_eq!(
        written(.., deeper.slice(s![.., .., 1]).t()),
        [1, 5, 9, 3, 7, 11]
    );
    assert_eq!(
        written(.., Array2::from_elem((1, 3), 7).t().slice(s![..2, ..])),
        [7; 6]
    );
}

/// B1.10, G13. As `a[selection] = data` of NumPy 2.5.5 leaves `a = np.zeros((2, 3), "i4")`.
#[test]
fn b1_10_numpy_broadcasts_the_same() {
    assert_eq!(written(.., [1, 2, 3]), [1, 2, 3, 1, 2, 3]);
    assert_eq!(written(.., [[1], [2]]), [1, 1, 1, 2, 2, 2]);
    assert_eq!(written(.., [1]), [1; 6]);
    assert_eq!(written(.., arr0(1)), [1; 6]);
    assert_eq!(written(.., [[[1, 2, 3]]]), [1, 2, 3, 1, 2, 3]);
    assert_eq!(written(.., [[[1], [2]]]), [1, 1, 1, 2, 2, 2]);
    assert_eq!(written(0, [[1, 2, 3]]), [1, 2, 3, 0, 0, 0]);
    assert_eq!(written(sel![.., 1], [[1, 2]]), [0, 1, 0, 0, 2, 0]);
    assert_eq!(written(sel![..;-1, ..;2], [1, 2]), [1, 0, 2, 1, 0, 2]);
    let error = refused(.., [1, 2]);
    let text = "an array of shape [2] does not fit a selection of shape [2, 3]";
    assert!(error.contains(text), "{error}");
    refused(.., [[[1, 2, 3]], [[4, 5, 6]]]);
    refused(.., Array2::<i32>::zeros((4, 3)));
    refused(.., Array1::<i32>::zeros(0));
    refused(sel![.., 1], [[1], [2]]);
}

/// As NumPy has it of masks, points and lists; `np.ix_` is what `oindex` is.
#[test]
fn numpy_broadcasts_the_same_to_scattered_cells() {
    let mask = array![[true, false, true], [false, true, false]];
    assert_eq!(written(&mask, [1, 2, 3]), [1, 0, 2, 0, 3, 0]);
    assert_eq!(written(&mask, [7]), [7, 0, 7, 0, 7, 0]);
    assert_eq!(written(&mask, 7), [7, 0, 7, 0, 7, 0]);
    refused(&mask, [1, 2]);
    let points = || Selection::points([[0, 1], [2, 0]]);
    assert_eq!(written(points(), [1]), [0, 0, 1, 1, 0, 0]);
    let lists = || Selection::orthogonal((vec![1_i64, 0], vec![2_i64, 0]));
    assert_eq!(written(lists(), [1, 2]), [2, 0, 1, 2, 0, 1]);
    assert_eq!(written(lists(), [[1], [2]]), [2, 0, 2, 1, 0, 1]);
}

/// As NumPy has them: what selects nothing takes what would be broadcast to it, and changes nothing.
#[test]
fn g9_nothing_is_written_to_empty_selections() {
    let none = || sel![0..0];
    for data in [
        Data::from(1),
        [1, 2, 3].into(),
        [[1, 2, 3]].into(),
        Array2::<i32>::zeros((0, 3)).into(),
        [1].into(),
    ] {
        assert_eq!(written(none(), data), [0; 6]);
    }
    let no_cell = Array2::from_elem((2, 3), false);
    assert_eq!(written(&no_cell, Vec::<i32>::new()), [0; 6]);
    assert_eq!(written(&no_cell, [1]), [0; 6]);
    let no_row = Selection::orthogonal((Vec::<i64>::new(), ..));
    assert_eq!(written(no_row, Array2::<i32>::zeros((0, 3))), [0; 6]);
    refused(none(), [1, 2]);
    refused(none(), Vec::<i32>::new());
    refused(&no_cell, [1, 2]);
}

/// Texts, records' fields and shards are filled by the same rules.
#[test]
fn all_elements_are_broadcast() {
    let texts = zarr::create_array(Target::Memory, [2, 3], DataType::String);
    let texts = texts.chunks([2, 2]).wait().unwrap();
    texts.write(.., ["a", "", "c"]).wait().unwrap();
    texts.write((1, ..), ["ż"]).wait().unwrap();
    let expected = array![["a", "", "c"], ["ż", "ż", "ż"]].mapv(str::to_owned);
    assert_eq!(
        texts.read::<String>(..).wait().unwrap(),
        expected.into_dyn()
    );

    let fields = [
        zarr::Field::new("x", DataType::Int16),
        zarr::Field::new("y", DataType::Float32),
    ];
    let records = zarr::create_array(Target::Memory, [2, 2], DataType::record(fields));
    let records = records.wait().unwrap();
    records.write(.., [1_i16, 2]).field("x").wait().unwrap();
    let mask = array![[true, true], [false, true]];
    records.write(&mask, [9_i16]).field("x").wait().unwrap();
    let x = records.read::<i16>(..).field("x").wait().unwrap();
    assert_eq!(x, array![[9, 9], [1, 9]].into_dyn());
}

/// A literal of another type than the stored one, as it is read.
fn scalar(dtype: DataType, data: impl Into<Data>) -> Result<f64, String> {
    let create = zarr::create_array(Target::Memory, [1], dtype.clone()).fill_value(Fill::Zero);
    let array = create.wait().unwrap();
    let written = array.write(.., data).wait();
    written.map_err(|error| error.to_string())?;
    let read = array.read_dyn(0).wait().unwrap();
    let read = read.cast(&DataType::Float64).unwrap();
    Ok(read.into_array::<f64>().unwrap()[[]])
}

/// NumPy 2.5.5 takes all of these, too, but for the last ones of which it makes another number.
#[test]
fn a_scalar_is_taken_where_the_type_has_its_value() {
    assert_eq!(scalar(DataType::Float32, 1), Ok(1.0));
    assert_eq!(scalar(DataType::UInt8, 255), Ok(255.0));
    assert_eq!(scalar(DataType::Int64, -1), Ok(-1.0));
    assert_eq!(scalar(DataType::Int8, 2.0), Ok(2.0));
    assert_eq!(scalar(DataType::Float32, 0.1), Ok(f64::from(0.1_f32)));
    assert_eq!(scalar(DataType::Float16, 2048), Ok(2048.0));
    assert!(scalar(DataType::Float32, f64::NAN).unwrap().is_nan());
    let create = zarr::create_array(Target::Memory, [1], DataType::Complex64);
    create.wait().unwrap().write(.., 0.5).wait().unwrap();

    let error = scalar(DataType::UInt8, 300).unwrap_err();
    let text = "argument `data`: 300 is not a value of uint8; `.cast()` makes it one, as NumPy's `astype` does";
    assert_eq!(error, text);
    for (dtype, data) in [
        (DataType::UInt8, Data::from(-1)),
        (DataType::Int32, 1.5.into()),
        (DataType::Float32, 16_777_217.into()),
        (DataType::Float32, 1e300.into()),
        (DataType::Float16, 70000.into()),
        (DataType::Int32, f64::NAN.into()),
        (DataType::Bool, 1.into()),
        (DataType::UInt8, true.into()),
        (DataType::String, 1.into()),
        (DataType::Float32, "1".into()),
    ] {
        let error = scalar(dtype, data).unwrap_err();
        assert!(error.contains("`.cast()`"), "{error}");
    }
}

#[test]
fn arrays_of_another_type_are_refused_and_the_error_says_what_helps() {
    let error = refused(.., [1_i64, 2, 3]);
    let text =
        "`/` holds int32, and int64 was given; nothing is cast unasked: `.cast()` asks for it";
    assert_eq!(error, text);
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..5_usize, 1..4)
}

/// An array's shape, the shape of data that ndarray may broadcast to it, and the shape of the chunks.
fn broadcasts() -> impl Strategy<Value = (Vec<usize>, Vec<usize>, Vec<u64>, bool)> {
    lengths().prop_flat_map(|shape| {
        let rank = shape.len();
        let data = prop::collection::vec(any::<bool>(), rank);
        let chunks = prop::collection::vec(1..4_u64, rank);
        (Just(shape), data, 0..=rank, chunks, any::<bool>()).prop_map(
            |(shape, ones, skipped, chunks, sharded)| {
                let axes = shape.iter().zip(ones).skip(skipped);
                let data = axes.map(|(&n, one)| if one { 1 } else { n }).collect();
                (shape, data, chunks, sharded)
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The oracle is `ArrayBase::broadcast` of ndarray.
    #[test]
    fn ndarray_broadcasts_the_same((shape, data, chunks, sharded) in broadcasts()) {
        let count = data.iter().product::<usize>() as i32;
        let data = ArrayD::from_shape_vec(IxDyn(&data), (1..=count).collect()).unwrap();
        let expected = data.broadcast(IxDyn(&shape)).unwrap().to_owned();
        let whole: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
        let order: Vec<usize> = (0..shape.len()).rev().collect();
        let create = zarr::create_array(Target::Memory, whole, DataType::Int32)
            .chunks(chunks.clone())
            .filters(Extension::new("transpose").with("order", order));
        let create = match sharded {
            true => create.shards(chunks.iter().map(|n| 2 * n).collect::<Vec<u64>>()),
            false => create,
        };
        let array = create.wait().unwrap();
        array.write(.., &data).wait().unwrap();
        prop_assert_eq!(&array.read::<i32>(..).wait().unwrap(), &expected);
        // By lists, which are scattered cells, the axes in reverse.
        array.write(.., 0).wait().unwrap();
        let lists: Vec<zarr::AxisSelection> = shape
            .iter()
            .map(|&n| zarr::AxisSelection::from((0..n as i64).rev().collect::<Vec<i64>>()))
            .collect();
        let lists = Selection::Orthogonal(lists);
        array.write(lists.clone(), &data).wait().unwrap();
        prop_assert_eq!(&array.read::<i32>(lists).wait().unwrap(), &expected);
    }
}

#[test]
fn a_row_is_written_in_every_store() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let create = zarr::create_array(store, [9, 4], DataType::UInt16);
        let array = create.chunks([2, 2]).shards([4, 4]).wait().unwrap();
        array.write(1..8, [1_u16, 2, 3, 4]).wait().unwrap();
        let read = array.read::<u16>(..).wait().unwrap();
        for (y, row) in read.rows().into_iter().enumerate() {
            let expected = if (1..8).contains(&y) {
                [1, 2, 3, 4]
            } else {
                [0; 4]
            };
            assert_eq!(row.as_slice(), Some(&expected[..]), "{kind:?} {y}");
        }
    }
}

/// An array of 6 × 7 numbers, as it is stored, as it is computed, and in memory.
fn sources() -> ([zarr::Source; 2], Array2<i32>) {
    let number = |i: u64, j: u64| (10 * i + j) as i32 + 1;
    let whole = Array2::from_shape_fn((6, 7), |(i, j)| number(i as u64, j as u64));
    let stored = zarr::array(Target::Memory, &whole)
        .chunks([4, 2])
        .wait()
        .unwrap();
    let computed = Computed::new([6, 7], move |cells| {
        let shape = (cells[0].clone().count(), cells[1].clone().count());
        Array2::from_shape_fn(shape, |(i, j)| {
            number(cells[0].start + i as u64, cells[1].start + j as u64)
        })
    });
    ([stored.into(), computed.into()], whole)
}

#[test]
fn arrays_and_computed_elements_are_written_to_selections() {
    let (sources, whole) = sources();
    for source in sources {
        for kind in KINDS {
            let (store, _dir) = store(kind);
            let create = zarr::create_array(store, [3, 10, 10], DataType::Int32);
            let array = create.chunks([2, 3, 3]).wait().unwrap();
            let expected = whole.clone().into_dyn();
            for selection in [
                sel![1, 2..8, 3..],
                sel![2, ..;-1, ..;-1],
                sel![0, -6.., 0..7],
            ] {
                let resolved = selection.resolve(array.shape()).unwrap();
                match resolved.out_shape() {
                    [6, 7] => {
                        array
                            .write(selection.clone(), source.clone())
                            .wait()
                            .unwrap();
                        let read = array.read::<i32>(selection).wait().unwrap();
                        assert_eq!(read, expected, "{kind:?}");
                    }
                    _ => {
                        let written = array.write(selection, source.clone());
                        written.wait().unwrap_err();
                    }
                }
            }
            let lists = array.oindex((0, [5, 0, 9, 1, 7, 3], 2..9));
            lists.write(source.clone()).wait().unwrap();
            assert_eq!(lists.read::<i32>().wait().unwrap(), expected);
            // What the other writes did is still there.
            let read = array.read::<i32>(sel![1, 2..8, 3..]).wait().unwrap();
            assert_eq!(read, expected);
            let error = array.write(.., source.clone()).wait().unwrap_err();
            assert!(error.to_string().contains("does not fit"), "{error}");
        }
    }
}

#[test]
fn arrays_of_another_type_are_cast_as_they_are_written() {
    let ([stored, computed], whole) = sources();
    let array = zarr::create_array(Target::Memory, [6, 7], DataType::Float32);
    let array = array.wait().unwrap();
    for source in [stored, computed] {
        array.write(.., source.clone()).wait().unwrap_err();
        array.write(.., source).cast().wait().unwrap();
        let expected = whole.mapv(|n| n as f32).into_dyn();
        assert_eq!(array.read::<f32>(..).wait().unwrap(), expected);
        array.erase(..).wait().unwrap();
    }
}
