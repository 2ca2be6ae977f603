//! `Group.move` and `Group.__setitem__`: zarr-python 3.4.2 has the first and leaves it out.

use zarr::blocking::Wait;
use zarr::{ErrorClass, Target, ZarrFormat, json};

#[test]
fn move_source_and_dest() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::group(Target::Memory)
            .zarr_format(format)
            .wait()
            .unwrap();
        let a = root
            .zeros("g/a", [4])
            .chunks([2])
            .attributes(json!({"n": 1}))
            .wait()
            .unwrap();
        a.write(0, 5.0).wait().unwrap();
        root.move_node("g", "h/i").wait().unwrap();
        assert_eq!(root.keys().wait().unwrap(), ["h"]);
        let moved = root.array("h/i/a").wait().unwrap();
        assert_eq!(moved.metadata(), a.metadata());
        assert_eq!(moved.read::<f64>(..).wait().unwrap().sum(), 5.0);
        assert_eq!(moved.nchunks_initialized().wait().unwrap(), 1);
    }
}

#[test]
fn move_where_it_may_not() {
    let root = zarr::group(Target::Memory).wait().unwrap();
    root.zeros("a", [4]).wait().unwrap();
    root.zeros("b/c", [4]).wait().unwrap();
    let class = |from: &str, to: &str| root.move_node(from, to).wait().unwrap_err().class();
    assert_eq!(class("a", "b/c"), ErrorClass::Exists);
    assert_eq!(class("none", "d"), ErrorClass::NotFound);
    assert_eq!(class("b", "b/d"), ErrorClass::Invalid);
    assert_eq!(class("a", "a"), ErrorClass::Invalid);
    assert_eq!(class("a", ""), ErrorClass::Invalid);
    assert_eq!(root.nmembers().wait().unwrap(), 2);
}

#[test]
fn setitem_key_and_value() {
    let root = zarr::group(Target::Memory).wait().unwrap();
    root.put("x", ndarray::array![1, 2, 3]).wait().unwrap();
    let y = root.put("x", ndarray::array![0.5]).wait().unwrap();
    assert_eq!(y.shape(), [1]);
    root.put("copy", &y).wait().unwrap();
    assert_eq!(root.array_keys().wait().unwrap(), ["copy", "x"]);
    assert!(root.group_keys().wait().unwrap().is_empty());
}
