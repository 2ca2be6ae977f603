//! `zeros`, `ones`, `full`, `empty`: values, types, and that no chunk is written.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Fill, FillValue, MemoryStore, Target, ZarrFormat};
use zarr_metadata::TimeUnit;
use zarr_store::{BlockingStore, Prefix, Store};

#[test]
fn the_type_is_float64_unless_told() {
    // zarr-python 3.4.2: `zarr.zeros((2,)).dtype` is float64.
    assert_eq!(
        zarr::zeros(Target::Memory, [2]).wait().unwrap().dtype(),
        &DataType::Float64
    );
    let ones = zarr::ones(Target::Memory, [2, 3]).dtype(DataType::Int16);
    let ones = ones.wait().unwrap();
    assert_eq!(ones.read::<i16>(..).wait().unwrap().sum(), 6);
    let full = zarr::full(Target::Memory, 3, f64::NAN).wait().unwrap();
    assert!(full.read::<f64>(1).wait().unwrap()[[]].is_nan());
    let empty = zarr::empty(Target::Memory, ()).wait().unwrap();
    assert_eq!(empty.read::<f64>(..).wait().unwrap()[[]], 0.0);
}

#[test]
fn one_is_the_one_of_the_type() {
    let fill = |dtype: DataType| {
        let ones = zarr::ones(Target::Memory, [2]).dtype(dtype);
        ones.wait().map(|ones| ones.fill_value().unwrap())
    };
    assert_eq!(fill(DataType::Bool).unwrap().as_bytes(), [1]);
    assert_eq!(fill(DataType::UInt8).unwrap().as_bytes(), [1]);
    assert_eq!(
        fill(DataType::Float32).unwrap().as_bytes(),
        1_f32.to_ne_bytes()
    );
    let complex = [1_f64.to_ne_bytes(), 0_f64.to_ne_bytes()].concat();
    assert_eq!(fill(DataType::Complex128).unwrap().as_bytes(), complex);
    for dtype in [
        DataType::String,
        DataType::Bytes,
        DataType::Raw(2),
        DataType::DateTime64 {
            unit: TimeUnit::Second,
            scale: 1,
        },
    ] {
        let error = fill(dtype).unwrap_err();
        assert_eq!(error.class(), ErrorClass::Invalid);
        assert!(error.to_string().contains("`fill_value`"), "{error}");
    }
}

#[test]
fn zero_is_the_beginning_of_time_and_empty_is_no_time() {
    // zarr-python 3.4.2: `zeros` of `M8[s]` reads as 1970-01-01, `empty` as NaT.
    let dtype = DataType::DateTime64 {
        unit: TimeUnit::Second,
        scale: 1,
    };
    let fill = |create: zarr::CreateArray| -> FillValue {
        let array = create.dtype(dtype.clone()).wait().unwrap();
        array.fill_value().unwrap()
    };
    assert!(fill(zarr::zeros(Target::Memory, [2])).is_zero());
    let not_a_time = i64::MIN.to_ne_bytes();
    assert_eq!(
        fill(zarr::empty(Target::Memory, [2])).as_bytes(),
        not_a_time
    );
}

#[test]
fn nothing_but_the_document_is_written() {
    let store = MemoryStore::new().into_store();
    zarr::ones(store.clone(), [100])
        .chunks([10])
        .wait()
        .unwrap();
    let listing = store.list_dir(&Prefix::root()).wait().unwrap();
    let keys: Vec<_> = listing
        .keys
        .iter()
        .map(|entry| entry.key.as_str())
        .collect();
    assert_eq!(keys, ["zarr.json"]);
    assert!(listing.prefixes.is_empty());
}

#[test]
fn options_of_create_array_and_of_groups_hold() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::create_group(Target::Memory).zarr_format(format);
        let root = root.wait().unwrap();
        let made = [
            root.zeros("z", [6]).chunks([3]).wait().unwrap(),
            root.ones("o", [6]).chunks([3]).wait().unwrap(),
            root.full("f", [6], 2.5).chunks([3]).wait().unwrap(),
            root.empty("e", [6]).chunks([3]).wait().unwrap(),
        ];
        let first = |array: &zarr::Array| array.read::<f64>(0).wait().unwrap()[[]];
        let values: Vec<f64> = made.iter().map(first).collect();
        assert_eq!(values, [0.0, 1.0, 2.5, 0.0]);
        for array in &made {
            assert_eq!(
                (array.zarr_format(), array.chunks()),
                (format, Some(vec![3]))
            );
        }
    }
    let null = zarr::full(Target::Memory, [2], Fill::Null).wait();
    assert_eq!(null.unwrap_err().class(), ErrorClass::Invalid);
}
