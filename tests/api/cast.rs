//! `.cast()` of writes, appends and new arrays.

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{Computed, Data, DataType, Extension, Target, sel};

/// G14. What NumPy 2.5.5 makes of the numbers by `astype`.
#[test]
fn g14_numbers_are_cast_when_they_are_written() {
    let u8s = zarr::create_array(Target::Memory, [3], DataType::UInt8)
        .wait()
        .unwrap();
    u8s.write(.., [300_i64, -1, 256]).cast().wait().unwrap();
    assert_eq!(
        u8s.read::<u8>(..).wait().unwrap(),
        array![44, 255, 0].into_dyn()
    );
    u8s.write(.., 300).cast().wait().unwrap();
    assert_eq!(
        u8s.read::<u8>(..).wait().unwrap(),
        array![44, 44, 44].into_dyn()
    );

    let i32s = zarr::create_array(Target::Memory, [2, 3], DataType::Int32)
        .wait()
        .unwrap();
    i32s.write(.., [1.9, -1.9, 2.5]).cast().wait().unwrap();
    let expected = array![[1, -1, 2], [1, -1, 2]];
    assert_eq!(i32s.read::<i32>(..).wait().unwrap(), expected.into_dyn());
    i32s.oindex((0, [0, 2]))
        .write([7_u8, 8])
        .cast()
        .wait()
        .unwrap();
    assert_eq!(
        i32s.read::<i32>(0).wait().unwrap(),
        array![7, -1, 8].into_dyn()
    );

    let f32s = zarr::create_array(Target::Memory, [2], DataType::Float32)
        .wait()
        .unwrap();
    f32s.write(.., [1e300, 0.1]).cast().wait().unwrap();
    assert_eq!(
        f32s.read::<f32>(..).wait().unwrap(),
        array![f32::INFINITY, 0.1].into_dyn()
    );
    f32s.write(.., vec![true, false]).cast().wait().unwrap();
    assert_eq!(
        f32s.read::<f32>(..).wait().unwrap(),
        array![1.0, 0.0].into_dyn()
    );

    let bools = zarr::create_array(Target::Memory, [2], DataType::Bool)
        .wait()
        .unwrap();
    bools.write(.., [0, 2]).cast().wait().unwrap();
    assert_eq!(
        bools.read::<bool>(..).wait().unwrap(),
        array![false, true].into_dyn()
    );
}

#[test]
fn what_does_not_become_another_number_is_an_error_and_nothing_is_written() {
    let array = zarr::create_array(Target::Memory, [2], DataType::Int32)
        .wait()
        .unwrap();
    let error = |data: Data| array.write(.., data).cast().wait().unwrap_err().to_string();
    assert_eq!(
        error([1.0, f64::NAN].into()),
        "argument `data`: NaN is not a value of int32"
    );
    assert_eq!(
        error([1.0, 3e9].into()),
        "argument `data`: 3000000000.0 is not a value of int32"
    );
    assert_eq!(
        error(["1", "2"].into()),
        "argument `data`: string does not become int32"
    );
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 0);
}

#[test]
fn a_field_is_cast_to_its_own_type() {
    let fields = [
        zarr::Field::new("x", DataType::Int16),
        zarr::Field::new("y", DataType::Float32),
    ];
    let records = zarr::create_array(Target::Memory, [2], DataType::record(fields));
    let records = records.wait().unwrap();
    records
        .write(.., [1.5, 2.5])
        .field("x")
        .cast()
        .wait()
        .unwrap();
    let x = records.read::<i16>(..).field("x").wait().unwrap();
    assert_eq!(x, array![1, 2].into_dyn());
}

#[test]
fn everything_that_is_appended_is_cast() {
    let create = zarr::create_array(Target::Memory, [1], DataType::Int16);
    let mut array = create.chunks([2]).wait().unwrap();
    let floats = zarr::array(Target::Memory, [1.5, 2.5]).wait().unwrap();
    let computed = || {
        Computed::new([2], |cells| {
            ndarray::Array1::from_elem(cells[0].clone().count(), 7_u8)
        })
    };
    array.append(&floats).wait().unwrap_err();
    array.append(computed()).wait().unwrap_err();
    array.append([70000]).wait().unwrap_err();
    assert_eq!(array.shape(), [1]);
    assert_eq!(array.append(&floats).cast().wait().unwrap(), 1..3);
    assert_eq!(array.append(computed()).cast().wait().unwrap(), 3..5);
    assert_eq!(array.append([70000]).cast().wait().unwrap(), 5..6);
    // 70000 - 65536.
    let expected = array![0, 1, 2, 7, 7, 4464];
    assert_eq!(array.read::<i16>(..).wait().unwrap(), expected.into_dyn());
}

#[test]
fn new_arrays_are_cast() {
    let create = || zarr::array(Target::Memory, [[1.5, 2.5]]).dtype(DataType::UInt8);
    let error = create().wait().unwrap_err().to_string();
    assert!(error.contains("`.cast()`"), "{error}");
    let array = create().cast().wait().unwrap();
    assert_eq!(
        array.read::<u8>(..).wait().unwrap(),
        array![[1, 2]].into_dyn()
    );
    // A scalar that fits needs no cast.
    let one = zarr::array(Target::Memory, 1)
        .dtype(DataType::Float32)
        .wait()
        .unwrap();
    assert_eq!(one.read::<f32>(..).wait().unwrap()[[]], 1.0);

    let many = Computed::new([1000, 3], |cells| {
        let shape = (cells[0].clone().count(), cells[1].clone().count());
        ndarray::Array2::from_shape_fn(shape, |(i, _)| cells[0].start as i64 + i as i64)
    });
    let source = zarr::array(Target::Memory, many.clone())
        .chunks([7, 2])
        .wait()
        .unwrap();
    for (from, chunks) in [
        (zarr::Source::from(many), [100, 2]),
        ((&source).into(), [64, 3]),
    ] {
        let copy = zarr::from_array(Target::Memory, from)
            .dtype(DataType::UInt8)
            .chunks(chunks);
        copy.clone().wait().unwrap_err();
        let copy = copy.cast().wait().unwrap();
        assert_eq!(copy.read::<u8>(sel![300, 2]).wait().unwrap()[[]], 44);
        assert_eq!(copy.read::<u8>(sel![999, 0]).wait().unwrap()[[]], 231);
    }
    let texts = zarr::array(Target::Memory, ["1"]).wait().unwrap();
    let copy = zarr::from_array(Target::Memory, &texts).dtype(DataType::UInt8);
    let copy = copy.fill_value(0).serializer(Extension::new("bytes"));
    let error = copy.cast().wait().unwrap_err().to_string();
    assert!(error.contains("string does not become uint8"), "{error}");
}
