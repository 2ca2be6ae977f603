//! `load`: arrays at once, groups by name.

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Loaded, MemoryStore, Values, ZarrFormat};
use zarr_store::{BlockingStore, Key, PutMode, Store};

#[test]
fn an_array_is_all_its_elements() {
    let store = MemoryStore::new().into_store();
    let save = zarr::save_array(store.clone(), array![[1_u8, 2], [3, 4]]);
    save.name("a").zarr_format(ZarrFormat::V2).wait().unwrap();
    let data = zarr::load(store.clone()).path("a").wait().unwrap();
    let data = data.into_array().unwrap();
    assert_eq!((&data.dtype, &*data.shape), (&DataType::UInt8, &[2, 2][..]));
    assert_eq!(data.data, Values::Fixed(vec![1, 2, 3, 4].into()));
    let v3 = zarr::load(store)
        .path("a")
        .zarr_format(ZarrFormat::V3)
        .wait();
    assert_eq!(v3.unwrap_err().class(), ErrorClass::NotFound);
}

#[test]
fn a_group_loads_by_name_and_only_what_is_asked_for() {
    let store = MemoryStore::new().into_store();
    zarr::save(store.clone())
        .named("x", array![1.5])
        .named("g/y", 7_i16)
        .named("broken", array![1_i8, 2])
        .wait()
        .unwrap();
    let chunk = Key::new("broken/c/0").unwrap();
    let put = store.put(&chunk, b"no zstd".to_vec().into(), PutMode::Overwrite);
    put.wait().unwrap();

    let loaded = zarr::load(store).wait().unwrap();
    let not_an_array = loaded.clone().into_array().unwrap_err();
    assert_eq!(not_an_array.to_string(), "`/` is a group, not an array");
    let Loaded::Group(group) = loaded else {
        panic!("{loaded:?}")
    };
    assert_eq!(group.names().collect::<Vec<_>>(), ["broken", "g", "x"]);
    assert_eq!(group.group().name(), "/");
    assert_eq!(
        group.array::<f64>("x").wait().unwrap(),
        array![1.5].into_dyn()
    );
    assert_eq!(group.array::<i16>("g/y").wait().unwrap()[[]], 7);
    let Loaded::Group(nested) = group.load("g").wait().unwrap() else {
        panic!()
    };
    assert_eq!(nested.array::<i16>("y").wait().unwrap()[[]], 7);

    let class = |error: zarr::Error| error.class();
    assert_eq!(
        group.load("broken").wait().map_err(class).unwrap_err(),
        ErrorClass::Corrupt
    );
    assert_eq!(
        group.load("none").wait().map_err(class).unwrap_err(),
        ErrorClass::NotFound
    );
    assert_eq!(
        group.array::<i8>("x").wait().map_err(class).unwrap_err(),
        ErrorClass::Invalid
    );
    assert_eq!(
        group.array::<i8>("g").wait().map_err(class).unwrap_err(),
        ErrorClass::Invalid
    );
}
