//! `group`: opens what is there, creates what is not.

use zarr::blocking::Wait;
use zarr::{ErrorClass, MemoryStore, Target, ZarrFormat, json};
use zarr_store::BlockingStore;

#[test]
fn a_group_that_is_there_is_opened_as_it_is() {
    let store = MemoryStore::new().into_store();
    let new = zarr::group(store.clone())
        .path("a/b")
        .zarr_format(ZarrFormat::V2)
        .attributes(json!({"n": 1}));
    let new = new.wait().unwrap();
    assert_eq!(
        (new.zarr_format(), new.name()),
        (ZarrFormat::V2, "/a/b".to_owned())
    );
    new.ones("x", [2]).wait().unwrap();

    let open = || {
        zarr::group(store.clone())
            .path("a/b")
            .attributes(json!({"n": 2}))
    };
    let same = open().wait().unwrap();
    assert_eq!(
        (same.zarr_format(), &same.attrs()["n"]),
        (ZarrFormat::V2, &json!(1))
    );
    assert!(same.contains("x").wait().unwrap());

    let other = open().zarr_format(ZarrFormat::V3).wait().unwrap_err();
    assert_eq!(other.class(), ErrorClass::Exists);
    let array = zarr::group(store.clone()).path("a/b/x").wait().unwrap_err();
    assert_eq!(array.to_string(), "`/a/b/x` is an array, not a group");

    let fresh = open().overwrite(true).wait().unwrap();
    assert_eq!(fresh.attrs()["n"], 2);
    assert!(!fresh.contains("x").wait().unwrap());
}

/// `Group.__setitem__`.
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

/// B2.6: `put` takes data, arrays and groups.
#[test]
fn b2_6_put_takes_what_can_be_a_member() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let other = zarr::create_group(zarr::Target::Memory).wait().unwrap();
        let x = other.put("g/x", ndarray::array![1, 2, 3]).wait().unwrap();
        let root = zarr::create_group(zarr::Target::Memory).zarr_format(format);
        let root = root.wait().unwrap();
        for _ in 0..2 {
            root.put("a", &x).wait().unwrap();
            let g = other.group("g").wait().unwrap();
            let stats = root.put("copy/of/g", &g).wait().unwrap();
            assert_eq!(stats.copied, 2);
        }
        for path in ["a", "copy/of/g/x"] {
            let array = root.array(path).wait().unwrap();
            assert_eq!(array.zarr_format(), format);
            assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 6);
        }
    }
}
