//! `Group::contains` and `try_get`: absence is an answer, failure is not absence.

use zarr::blocking::Wait;
use zarr::{ErrorClass, MemoryStore, NodeKind};
use zarr_store::{BlockingStore, Key, PutMode, Store};

#[test]
fn present_absent_and_broken() {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).wait().unwrap();
    root.ones("a/b", [2]).wait().unwrap();
    for (path, there) in [("a", true), ("a/b", true), ("/a//b/", true), ("c", false)] {
        assert_eq!(root.contains(path).wait().unwrap(), there, "{path}");
    }
    let found = root.try_get("a/b").wait().unwrap();
    assert_eq!(found.unwrap().kind(), NodeKind::Array);
    assert!(root.try_get("a/c").wait().unwrap().is_none());

    let key = Key::new("x/zarr.json").unwrap();
    let put = store.put(&key, b"{".to_vec().into(), PutMode::Create);
    put.wait().unwrap();
    let error = root.contains("x").wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Corrupt);
    assert!(root.contains("../x").wait().is_err());
}
