//! `read`: the number of axes in the result's type, single cells, and reads as tasks.

use ndarray::{Array0, Array1, Array2, Ix1, Ix2, Ix3, array};
use zarr::blocking::Wait;
use zarr::{Array, ErrorClass, ErrorKind, Target, sel};

fn numbers() -> Array {
    let numbers = Array2::from_shape_fn((3, 4), |(i, j)| (10 * i + j) as f64);
    zarr::array(Target::Memory, numbers).wait().unwrap()
}

#[test]
fn the_number_of_axes_is_part_of_the_type() {
    let a = numbers();
    let all: Array2<f64> = a.read(..).into_dim().wait().unwrap();
    assert_eq!(all[[2, 3]], 23.0);
    let column: Array1<f64> = a.read((.., 1)).into_dim().wait().unwrap();
    assert_eq!(column, array![1.0, 11.0, 21.0]);
    let one: Array0<f64> = a.read((1, 2)).into_dim().wait().unwrap();
    assert_eq!(one.into_scalar(), 12.0);
    let more = a.read::<f64>(sel![NewAxis, 1, ..]).into_dim::<Ix2>();
    assert_eq!(more.wait().unwrap().dim(), (1, 4));
    let points = a.vindex(([0, 2], [1, 3])).read::<f64>();
    assert_eq!(points.into_dim::<Ix1>().wait().unwrap(), array![1.0, 23.0]);
    let used = a.read::<f64>(0).reuse(Array1::zeros(4)).into_dim::<Ix1>();
    assert_eq!(used.wait().unwrap().sum(), 6.0);
}

#[test]
fn another_number_of_axes_is_an_error_that_names_both() {
    let group = zarr::create_group(Target::Memory).wait().unwrap();
    let a = group.zeros("deep/a", [3, 4]).wait().unwrap();
    let error = a.read::<f64>(..).into_dim::<Ix3>().wait().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Rank { path, shape, asked: 3 }
            if path.as_str() == "deep/a" && *shape == [3, 4]),
        "{error:?}"
    );
    assert_eq!(error.class(), ErrorClass::Invalid);
    let text = "a read of `/deep/a` has the shape [3, 4], which is 2 axes, not the 3 of the array";
    assert!(error.to_string().starts_with(text), "{error}");
    assert!(a.read::<f64>((1, 2)).into_dim::<Ix1>().wait().is_err());
}

#[test]
fn into_dimensionality_of_ndarray_goes_with_a_question_mark() {
    fn two(a: &Array) -> zarr::Result<Array2<f64>> {
        Ok(a.read::<f64>(..).wait()?.into_dimensionality::<Ix2>()?)
    }
    fn flat(a: &Array) -> zarr::Result<Array1<f64>> {
        let all = a.read::<f64>(..).wait()?;
        Ok(all.into_shape_with_order(7)?)
    }
    assert_eq!(two(&numbers()).unwrap().dim(), (3, 4));
    let error = flat(&numbers()).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid);
    assert!(
        error
            .to_string()
            .starts_with("the array does not have that shape"),
        "{error}"
    );
}

/// Zarr-python gives an array without axes for `z[0, 0]`, and NumPy's `item()` the scalar of one element.
#[test]
fn g4_scalar_of_a_full_integer_index() {
    let a = numbers();
    assert_eq!(a.read_scalar::<f64>((2, -1)).wait().unwrap(), 23.0);
    let inferred: f64 = a.read_scalar((0, 1)).wait().unwrap();
    assert_eq!(inferred, 1.0);
    assert_eq!(a.read::<f64>((2, -1)).wait().unwrap().ndim(), 0);
    let none = zarr::array(Target::Memory, 7_i64).wait().unwrap();
    assert_eq!(none.read_scalar::<i64>(..).wait().unwrap(), 7);
    let texts = zarr::array(Target::Memory, array!["a".to_owned(), "b".to_owned()]);
    let texts = texts.wait().unwrap();
    assert_eq!(texts.read_scalar::<String>(-1).wait().unwrap(), "b");

    let error = a.read_scalar::<f64>(0).wait().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NotAScalar { shape, .. } if *shape == [4]),
        "{error}"
    );
    assert!(a.read_scalar::<f64>(sel![0..0, 0]).wait().is_err());
    assert!(a.read_scalar::<f32>((0, 0)).wait().is_err(), "it holds f64");
    assert!(
        a.read_scalar::<f64>((3, 0)).wait().is_err(),
        "out of bounds"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_are_tasks_and_can_be_joined() {
    let a = numbers();
    let task = tokio::spawn(a.read::<f64>(1).into_future());
    assert_eq!(task.await.unwrap().unwrap().sum(), 46.0);
    let rows = (0..3).map(|row| a.read::<f64>(row).into_future());
    let rows = futures_util::future::try_join_all(rows).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.sum()).collect::<Vec<_>>(),
        [6.0, 46.0, 86.0]
    );
}

/// Expected values are those of `numpy.ndarray.astype` (NumPy 2.4.6).
#[test]
fn b1_26_numbers_are_cast_as_they_are_read() {
    let a = zarr::array(Target::Memory, array![[1.9, -1.9], [300.0, 0.0]]).chunks([1, 2]);
    let a = a.wait().unwrap();
    let whole = a.read::<i32>(..).cast().into_dim::<Ix2>().wait().unwrap();
    assert_eq!(whole, array![[1, -1], [300, 0]]);
    let narrow: Array1<f32> = a.read(0).cast().into_dim().wait().unwrap();
    assert_eq!(narrow, array![1.9_f32, -1.9]);
    let bools = a.read::<bool>((1, ..)).cast().wait().unwrap();
    assert_eq!(bools, array![true, false].into_dyn());
    let same = a.read::<f64>((.., 1)).cast().wait().unwrap();
    assert_eq!(same, array![-1.9, 0.0].into_dyn());
    let through = a.view((.., 0)).unwrap().flip(0).unwrap();
    assert_eq!(
        through.read::<i64>(..).cast().wait().unwrap(),
        array![300, 1].into_dyn()
    );
    let bytes = zarr::array(Target::Memory, array![300_i64, -1, 256])
        .wait()
        .unwrap();
    assert_eq!(
        bytes.read::<u8>(..).cast().wait().unwrap(),
        array![44, 255, 0].into_dyn()
    );

    let error = a.read::<i8>((1, 0)).cast().wait().unwrap_err();
    assert!(
        error.to_string().contains("300.0 is not a value of int8"),
        "{error}"
    );
    let error = a.read::<String>(..).cast().wait().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Element { .. }), "{error}");
    let error = a.read::<f32>(..).wait().unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("`.cast()` of a read casts numbers"),
        "{error}"
    );
}

/// As `for row in z` of zarr-python.
#[test]
fn b1_21_each_chunk_is_read_once() {
    let context = zarr::Context::builder().metrics(true).build();
    let a = zarr::array(Target::Memory, Array2::<i32>::ones((7, 4)))
        .chunks([3, 2])
        .context(&context)
        .wait()
        .unwrap();
    assert_eq!(a.outer_iter::<i32>().wait().count(), 7);
    assert_eq!(context.metrics().unwrap().chunks_decoded, 6);
}

#[test]
fn b1_21_subarrays_along_the_first_axis() {
    let numbers = Array2::from_shape_fn((7, 4), |(i, j)| 10 * i as i32 + j as i32);
    for chunks in [[3, 2], [7, 4], [1, 1]] {
        let a = zarr::array(Target::Memory, &numbers)
            .chunks(chunks)
            .wait()
            .unwrap();
        let rows: Vec<_> = a
            .outer_iter::<i32>()
            .wait()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(rows.len(), 7);
        for (row, expected) in rows.iter().zip(numbers.rows()) {
            assert_eq!(*row, expected.to_owned().into_dyn());
        }
        let columns = a.view((2.., ..)).unwrap().t().outer_iter::<i32>();
        let columns: Vec<_> = columns.wait().collect::<Result<_, _>>().unwrap();
        assert_eq!(columns.len(), 4);
        assert_eq!(
            columns[3],
            numbers.slice(ndarray::s![2.., 3]).to_owned().into_dyn()
        );
    }
    let line = zarr::array(Target::Memory, array![1.5, 2.5])
        .wait()
        .unwrap();
    let items = line
        .outer_iter::<f64>()
        .wait()
        .map(|item| item.unwrap().into_dimensionality::<ndarray::Ix0>());
    assert_eq!(
        items
            .map(|item| item.unwrap().into_scalar())
            .collect::<Vec<_>>(),
        [1.5, 2.5]
    );
    let none = zarr::array(Target::Memory, 1.5).wait().unwrap();
    assert!(
        none.outer_iter::<f64>().wait().next().unwrap().is_err(),
        "no axes"
    );
    let mut wrong = line.outer_iter::<i32>().wait();
    assert!(wrong.next().unwrap().is_err() && wrong.next().is_none());
    let empty = zarr::zeros(Target::Memory, [0, 3]).wait().unwrap();
    assert!(empty.outer_iter::<f64>().wait().next().is_none());
}
