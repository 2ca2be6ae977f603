//! Attributes in the forms in which people hold them.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};
use serde_json::Map;
use zarr::blocking::Wait;
use zarr::{Attributes, ErrorClass, MemoryStore, Target, json};

/// As `#[derive(Serialize)]` makes it.
struct Axis {
    units: &'static str,
    missing_value: f32,
    valid_range: [f64; 2],
}

impl Serialize for Axis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut axis = serializer.serialize_struct("Axis", 3)?;
        axis.serialize_field("units", self.units)?;
        axis.serialize_field("missing_value", &self.missing_value)?;
        axis.serialize_field("valid_range", &self.valid_range)?;
        axis.end()
    }
}

/// A4.21
#[test]
fn json_maps_pairs_and_structs_are_attributes() {
    let stored = |attributes: &dyn Fn(zarr::CreateArray) -> zarr::CreateArray| {
        let a = attributes(zarr::zeros(Target::Memory, [2])).wait().unwrap();
        a.attrs().to_string()
    };
    let expected = r#"{"a":1}"#;
    assert_eq!(stored(&|a| a.attributes(json!({"a": 1}))), expected);
    assert_eq!(
        stored(&|a| a.attributes(HashMap::from([("a", 1)]))),
        expected
    );
    assert_eq!(
        stored(&|a| a.attributes(BTreeMap::from([("a".to_owned(), 1)]))),
        expected
    );
    assert_eq!(stored(&|a| a.attributes([("a", 1)])), expected);
    assert_eq!(stored(&|a| a.attributes(vec![("a", json!(1))])), expected);
    assert_eq!(
        stored(&|a| a.attributes(Map::from_iter([("a".to_owned(), json!(1))]))),
        expected
    );
    let axis = Axis {
        units: "m",
        missing_value: 0.1,
        valid_range: [0.0, 1.5],
    };
    let expected = r#"{"units":"m","missing_value":0.1,"valid_range":[0.0,1.5]}"#;
    assert_eq!(stored(&|a| a.attributes(&axis)), expected);
    let group = zarr::create_group(Target::Memory)
        .attributes(&axis)
        .wait()
        .unwrap();
    assert_eq!(group.attrs()["units"], "m");
}

/// A0.13: as Python's `json.dumps` writes them, which zarr-python calls.
#[test]
fn nan_stays_nan() {
    let store = MemoryStore::new();
    let axis = Axis {
        units: "m",
        missing_value: f32::NAN,
        valid_range: [f64::NEG_INFINITY, f64::INFINITY],
    };
    let expected = r#"{"units":"m","missing_value":NaN,"valid_range":[-Infinity,Infinity]}"#;
    let a = zarr::zeros(&store, [2]).attributes(&axis).wait().unwrap();
    assert_eq!(a.attrs().to_string(), expected);
    let again = zarr::open_array(&store).wait().unwrap();
    assert_eq!(again.attrs().to_string(), expected);
    // From a handle to another, and whole numbers beyond 64 bits.
    let b = zarr::zeros(Target::Memory, [2])
        .attributes(again.attrs())
        .wait()
        .unwrap();
    assert_eq!(b.attrs().to_string(), expected);
    let read: Attributes = r#"{"a":[123456789012345678901234567890,{"b/c":NaN}],"d":"NaN"}"#
        .parse()
        .unwrap();
    let mut c = zarr::zeros(Target::Memory, [2]).wait().unwrap();
    c.update_attributes(&read).wait().unwrap();
    c.update_attributes([("x", u128::MAX)])
        .remove(["d"])
        .wait()
        .unwrap();
    let expected = r#"{"a":[123456789012345678901234567890,{"b/c":NaN}],"x":340282366920938463463374607431768211455}"#;
    assert_eq!(c.attrs().to_string(), expected);
}

/// B1.17
#[test]
fn one_attribute_is_set_and_others_stay() {
    let mut a = zarr::zeros(Target::Memory, [2])
        .attributes([("k", 1)])
        .wait()
        .unwrap();
    a.set_attribute("a", 1).wait().unwrap();
    a.set_attribute(String::from("b"), "text").wait().unwrap();
    a.set_attribute("k", [1.5, 2.5]).wait().unwrap();
    a.set_attribute("n", None::<i32>).wait().unwrap();
    assert_eq!(
        a.attrs().to_string(),
        r#"{"k":[1.5,2.5],"a":1,"b":"text","n":null}"#
    );
    let mut g = zarr::create_group(Target::Memory).wait().unwrap();
    g.set_attribute("a", json!({"b": [1]})).wait().unwrap();
    g.update_attributes(json!({"c": true})).wait().unwrap();
    g.update_attributes(BTreeMap::from([("d", 2)]))
        .wait()
        .unwrap();
    assert_eq!(g.attrs().to_string(), r#"{"a":{"b":[1]},"c":true,"d":2}"#);
}

#[test]
fn what_is_no_object_is_refused_by_name() {
    for wrong in [json!(1), json!([1]), json!([["a"]]), json!([[1, 2]])] {
        let error = zarr::zeros(Target::Memory, [2])
            .attributes(&wrong)
            .wait()
            .unwrap_err();
        assert_eq!(error.class(), ErrorClass::Invalid);
        assert!(error.to_string().contains("`attributes`"), "{error}");
        let error = zarr::create_group(Target::Memory)
            .attributes(&wrong)
            .wait()
            .unwrap_err();
        assert!(error.to_string().contains("`attributes`"), "{error}");
        let mut g = zarr::create_group(Target::Memory).wait().unwrap();
        assert!(g.update_attributes(&wrong).wait().is_err());
    }
    let none = zarr::zeros(Target::Memory, [2]).attributes(None::<Attributes>);
    assert!(none.wait().unwrap().attrs().is_empty());
    // What serde cannot serialize.
    let borrowed = RefCell::new(1);
    let _borrow = borrowed.borrow_mut();
    let error = zarr::zeros(Target::Memory, [2])
        .attributes([("a", &borrowed)])
        .wait();
    assert!(error.unwrap_err().to_string().contains("`attributes`"));
    let keys = HashMap::from([([1], 1)]);
    assert!(
        zarr::zeros(Target::Memory, [2])
            .attributes(keys)
            .wait()
            .is_err()
    );
}
