//! `array`: shape and type come from the data, and what does not fit destroys nothing.

use ndarray::{Array0, Array2, ArrayD, array};
use zarr::blocking::Wait;
use zarr::{DataType, DynData, ErrorClass, MemoryStore, Target, Values};
use zarr_store::{BlockingStore, Prefix, Store};

#[test]
fn shape_type_and_elements_are_those_of_the_data() {
    let data = array![[1_i16, 2, 3], [4, 5, 6]];
    let made = zarr::array(Target::Memory, &data).chunks([1, 2]).wait();
    let made = made.unwrap();
    assert_eq!(
        (made.shape(), made.dtype()),
        (&[2, 3][..], &DataType::Int16)
    );
    assert_eq!(made.read::<i16>(..).wait().unwrap(), data.into_dyn());

    let texts = array!["a".to_owned(), String::new(), "żółw".to_owned()];
    let made = zarr::array(Target::Memory, &texts).wait().unwrap();
    assert_eq!(made.read::<String>(..).wait().unwrap(), texts.into_dyn());
}

#[test]
fn scalars_and_arrays_without_elements() {
    let scalar = zarr::array(Target::Memory, 2.5).wait().unwrap();
    assert_eq!(scalar.ndim(), 0);
    let expected: ArrayD<f64> = Array0::from_elem((), 2.5).into_dyn();
    assert_eq!(scalar.read::<f64>(..).wait().unwrap(), expected);

    let nothing = zarr::array(Target::Memory, Array2::<u8>::zeros((0, 4)));
    assert_eq!(nothing.wait().unwrap().shape(), [0, 4]);
}

#[test]
fn untyped_data_too() {
    let data = DynData {
        dtype: DataType::UInt8,
        shape: vec![2],
        data: Values::Fixed(vec![7, 8].into()),
    };
    let made = zarr::array(Target::Memory, data.clone()).wait().unwrap();
    assert_eq!(made.read_dyn(..).wait().unwrap(), data);
}

#[test]
fn nothing_is_deleted_where_the_data_does_not_fit() {
    let store = MemoryStore::new().into_store();
    let old = zarr::array(store.clone(), array![1_u8, 2]).wait().unwrap();
    let exists = zarr::array(store.clone(), array![3_u8]).wait();
    assert_eq!(exists.unwrap_err().class(), ErrorClass::Exists);
    let cast = zarr::array(store.clone(), array![3_u8])
        .dtype(DataType::Int8)
        .overwrite(true);
    let error = cast.wait().unwrap_err();
    assert!(
        error.to_string().contains("holds int8, and uint8"),
        "{error}"
    );
    assert_eq!(old.read::<u8>(..).wait().unwrap(), array![1, 2].into_dyn());
    let new = zarr::array(store, array![3_u8]).overwrite(true).wait();
    assert_eq!(
        new.unwrap().read::<u8>(..).wait().unwrap(),
        array![3].into_dyn()
    );
}

#[test]
fn write_data_false_creates_the_array_alone() {
    let store = MemoryStore::new().into_store();
    let array = zarr::array(store.clone(), array![1_u8, 2]).write_data(false);
    let array = array.wait().unwrap();
    assert_eq!(array.read::<u8>(..).wait().unwrap().sum(), 0);
    assert!(
        store
            .list_dir(&Prefix::root())
            .wait()
            .unwrap()
            .prefixes
            .is_empty()
    );
}
