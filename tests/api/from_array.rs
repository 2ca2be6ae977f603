//! `from_array`, parameter by parameter. Expected values are those of zarr-python 3.4.2, as measured,
//! unless it is said otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{
    Array, Codecs, Computed, DataType, ErrorClass, Extension, MemoryStore, Order, Target,
    ZarrFormat, json,
};

fn gzip() -> Extension {
    Extension::new("gzip").with("level", 3)
}

fn source() -> Array {
    let new = zarr::create_array(Target::Memory, [6, 4], DataType::Int16)
        .chunks([2, 2])
        .shards([4, 4])
        .fill_value(7)
        .attributes(json!({"u": 1}))
        .dimension_names(["y", "x"])
        .compressors(gzip());
    let array = new.wait().unwrap();
    let numbers = Array2::from_shape_fn((6, 4), |(i, j)| (4 * i + j) as i16);
    array.write(.., numbers).wait().unwrap();
    array
}

fn sum(array: &Array) -> i64 {
    let all = array.read::<i16>(..).wait().unwrap();
    all.iter().map(|&n| i64::from(n)).sum()
}

#[test]
fn from_array_data() {
    let from = source();
    let to = zarr::from_array(Target::Memory, &from).wait().unwrap();
    assert_eq!(to.metadata(), from.metadata());
    assert_eq!(sum(&to), 276);
    let memory = zarr::from_array(Target::Memory, ndarray::Array2::<f64>::ones((3, 3)));
    let memory = memory.wait().unwrap();
    assert_eq!((memory.chunks(), memory.shards()), (Some(vec![3, 3]), None));
    // `array` and `save_array` take arrays too.
    assert_eq!(
        sum(&zarr::array(Target::Memory, &from).wait().unwrap()),
        276
    );
    assert_eq!(
        sum(&zarr::save_array(Target::Memory, from).wait().unwrap()),
        276
    );
}

#[test]
fn from_array_write_data() {
    let to = zarr::from_array(Target::Memory, source())
        .write_data(false)
        .wait()
        .unwrap();
    assert_eq!(sum(&to), 7 * 24);
    assert_eq!(to.nchunks_initialized().wait().unwrap(), 0);
}

#[test]
fn from_array_name() {
    let to = zarr::from_array(Target::Memory, source())
        .name("p/q")
        .wait()
        .unwrap();
    assert_eq!(to.path().as_str(), "p/q");
}

#[test]
fn from_array_chunks_and_shards() {
    let to = zarr::from_array(Target::Memory, source())
        .chunks([3, 2])
        .without_shards();
    let to = to.wait().unwrap();
    assert_eq!(
        (to.chunks(), to.shards(), sum(&to)),
        (Some(vec![3, 2]), None, 276)
    );
    let to = zarr::from_array(Target::Memory, source())
        .shards([2, 4])
        .wait()
        .unwrap();
    assert_eq!(
        (to.chunks(), to.shards(), sum(&to)),
        (Some(vec![2, 2]), Some(vec![2, 4]), 276)
    );
}

#[test]
fn from_array_compressors_filters_and_serializer() {
    let to = zarr::from_array(Target::Memory, source()).wait().unwrap();
    assert_eq!(to.compressors(), [gzip()]);
    let to = zarr::from_array(Target::Memory, source())
        .compressors(())
        .wait()
        .unwrap();
    assert_eq!((to.compressors(), sum(&to)), (vec![], 276));
    let transpose = Extension::new("transpose").with("order", vec![1, 0]);
    let big = Extension::new("bytes").with("endian", "big");
    let to = zarr::from_array(Target::Memory, source()).filters(transpose.clone());
    let to = to.serializer(big.clone()).wait().unwrap();
    assert_eq!(
        (to.filters(), to.serializer(), sum(&to)),
        (vec![transpose], Some(big), 276)
    );
}

#[test]
fn from_array_fill_value() {
    let to = zarr::from_array(Target::Memory, source()).wait().unwrap();
    assert_eq!(to.fill_value().unwrap(), source().fill_value().unwrap());
    let to = zarr::from_array(Target::Memory, source())
        .fill_value(3)
        .wait()
        .unwrap();
    assert_eq!(sum(&to), 276);
}

#[test]
fn from_array_attributes() {
    let to = zarr::from_array(Target::Memory, source()).wait().unwrap();
    assert_eq!(json!(to.attrs()), json!({"u": 1}));
    let to = zarr::from_array(Target::Memory, source()).attributes(json!({"n": 2}));
    assert_eq!(json!(to.wait().unwrap().attrs()), json!({"n": 2}));
}

#[test]
fn from_array_dimension_names() {
    let to = zarr::from_array(Target::Memory, source()).dimension_names(["a", "b"]);
    let to = to.wait().unwrap();
    assert_eq!(
        to.dimension_names().unwrap(),
        [Some("a".to_owned()), Some("b".to_owned())]
    );
}

/// zarr-python refuses shards and names of axes here.
#[test]
fn from_array_zarr_format() {
    let old = zarr::from_array(Target::Memory, source()).zarr_format(ZarrFormat::V2);
    let old = old.wait().unwrap();
    assert_eq!(
        (old.zarr_format(), old.chunks(), old.shards()),
        (ZarrFormat::V2, Some(vec![2, 2]), None)
    );
    assert_eq!(
        json!(old.attrs()),
        json!({"u": 1, "_ARRAY_DIMENSIONS": ["y", "x"]})
    );
    assert_eq!((old.compressors(), sum(&old)), (vec![gzip()], 276));
    let new = zarr::from_array(Target::Memory, &old).zarr_format(ZarrFormat::V3);
    let new = new.wait().unwrap();
    assert_eq!(new.dimension_names(), source().dimension_names());
    assert_eq!((new.compressors(), sum(&new)), (vec![gzip()], 276));
    // What was chosen holds, whichever was said first.
    let other = zarr::from_array(Target::Memory, source())
        .compressors(())
        .chunks([6, 4]);
    let other = other.zarr_format(ZarrFormat::V2).wait().unwrap();
    assert_eq!(
        (other.compressors(), other.chunks(), sum(&other)),
        (vec![], Some(vec![6, 4]), 276)
    );
}

/// zarr-python warns and drops it.
#[test]
fn from_array_order() {
    let columns = zarr::from_array(Target::Memory, source()).zarr_format(ZarrFormat::V2);
    let columns = columns.order(Order::F).wait().unwrap();
    assert_eq!((columns.order(), sum(&columns)), (Order::F, 276));
    let new = zarr::from_array(Target::Memory, &columns).zarr_format(ZarrFormat::V3);
    let new = new.wait().unwrap();
    assert_eq!(new.filters()[0].name, "transpose");
    assert_eq!(
        new.read_dyn(..).wait().unwrap(),
        columns.read_dyn(..).wait().unwrap()
    );
}

#[test]
fn from_array_overwrite() {
    let store = MemoryStore::new();
    zarr::from_array(store.clone(), source()).wait().unwrap();
    let again = || zarr::from_array(store.clone(), source());
    assert_eq!(again().wait().unwrap_err().class(), ErrorClass::Exists);
    assert_eq!(again().overwrite(true).wait().unwrap().shape(), [6, 4]);
}

/// zarr-python: undefined.
#[test]
fn from_array_onto_itself() {
    let from = source();
    let onto = zarr::from_array(&from, &from).overwrite(true);
    assert_eq!(onto.wait().unwrap_err().class(), ErrorClass::Invalid);
    assert_eq!(sum(&from), 276);
}

/// Beyond zarr-python: once for each chunk, a few in memory at a time.
#[test]
fn from_array_data_that_is_computed() {
    let calls = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&calls);
    let numbers = Computed::new([10, 7], move |cells| {
        counted.fetch_add(1, Ordering::Relaxed);
        let shape = (cells[0].clone().count(), cells[1].clone().count());
        Array2::from_shape_fn(shape, |(i, j)| {
            (10 * (cells[0].start as usize + i) + cells[1].start as usize + j) as i32
        })
    });
    let create = zarr::from_array(Target::Memory, numbers.clone())
        .chunks([2, 2])
        .shards([4, 4]);
    let array = create.wait().unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 6);
    let expected = Array2::from_shape_fn((10, 7), |(i, j)| (10 * i + j) as i32);
    assert_eq!(array.read::<i32>(..).wait().unwrap(), expected.into_dyn());

    let wrong = zarr::from_array(Target::Memory, numbers)
        .dtype(DataType::Int8)
        .wait();
    assert_eq!(wrong.unwrap_err().class(), ErrorClass::Invalid);
    let short = Computed::new([4], |_| ndarray::Array1::<u8>::zeros(1));
    let short = zarr::from_array(Target::Memory, short).wait();
    assert_eq!(short.unwrap_err().class(), ErrorClass::Invalid);
}

#[test]
fn from_array_keeps_what_nobody_chose() {
    // A codec that no reader knows is kept with its chunks, as long as nothing else changes.
    let from = source();
    let list = Codecs::List(vec![gzip()]);
    let same = zarr::from_array(Target::Memory, &from)
        .compressors(list)
        .wait()
        .unwrap();
    assert_eq!(same.metadata(), from.metadata());
}
