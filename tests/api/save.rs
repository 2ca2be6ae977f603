//! `save`, `save_array`, `save_group`: where the data lands, and what is never lost on the way.

use std::sync::Arc;

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{Context, ErrorClass, MemoryStore, NodeKind, Save, ZarrFormat};
use zarr_store::{BlockingStore, Store};

fn store() -> Arc<dyn Store> {
    MemoryStore::new().into_store()
}

fn keys(store: &Arc<dyn Store>) -> Vec<String> {
    let root = zarr::open_group(store.clone()).wait().unwrap();
    root.keys().wait().unwrap()
}

#[test]
fn one_unnamed_array_is_an_array_and_all_else_a_group() {
    let kind = |save: fn(Save) -> Save| {
        let store = store();
        save(zarr::save(store.clone())).wait().unwrap();
        let kind = zarr::open(store.clone()).wait().unwrap().kind();
        let keys = (kind == NodeKind::Group).then(|| keys(&store));
        keys.unwrap_or_default()
    };
    let x = || array![1, 2];
    assert_eq!(kind(|save| save.array(array![1])), Vec::<String>::new());
    assert_eq!(kind(|save| save.named("x", array![1])), ["x"]);
    let two = kind(|save| save.array(array![1]).array(array![0.5]));
    assert_eq!(two, ["arr_0", "arr_1"]);

    let store = store();
    zarr::save_group(store.clone()).array(x()).wait().unwrap();
    assert_eq!(keys(&store), ["arr_0"]);
}

#[test]
fn elements_paths_and_formats() {
    let store = store();
    let context = Context::builder().default_format(ZarrFormat::V2).build();
    zarr::save(store.clone())
        .path("a")
        .array(array![[1_u8, 2]])
        .named("deep/t", array!["x".to_owned()])
        .context(&context)
        .wait()
        .unwrap();
    let group = zarr::open_group(store).path("a").wait().unwrap();
    assert_eq!(group.zarr_format(), ZarrFormat::V2);
    let texts = group.array("deep/t").wait().unwrap();
    assert_eq!(texts.zarr_format(), ZarrFormat::V2);
    assert_eq!(texts.read::<String>(0).wait().unwrap()[[]], "x");
    let numbers = group.array("arr_0").wait().unwrap();
    assert_eq!(
        numbers.read::<u8>(..).wait().unwrap(),
        array![[1, 2]].into_dyn()
    );
}

#[test]
fn an_array_that_is_there_is_an_error_unless_overwritten() {
    let store = store();
    let save = |n: i32| zarr::save(store.clone()).array(array![n]);
    save(1).wait().unwrap();
    assert_eq!(save(2).wait().unwrap_err().class(), ErrorClass::Exists);
    let array = zarr::save_array(store.clone(), array![2]).wait();
    assert_eq!(array.unwrap_err().class(), ErrorClass::Exists);
    let group = zarr::save_group(store.clone()).array(array![2]).wait();
    assert_eq!(group.unwrap_err().class(), ErrorClass::Exists);
    save(3).overwrite(true).wait().unwrap();
    let array = zarr::save_array(store.clone(), array![4]).overwrite(true);
    let array = array.chunks([1]).wait().unwrap();
    assert_eq!(array.read::<i32>(0).wait().unwrap()[[]], 4);
}

#[test]
fn a_group_that_is_there_keeps_its_other_arrays() {
    let store = store();
    let old = zarr::create_group(store.clone()).zarr_format(ZarrFormat::V2);
    let old = old.wait().unwrap();
    old.ones("kept", [2]).wait().unwrap();
    old.ones("x", [2]).wait().unwrap();
    zarr::save_group(store.clone())
        .named("x", 7_i8)
        .wait()
        .unwrap();
    assert_eq!(keys(&store), ["kept", "x"]);
    let x = old.array("x").wait().unwrap();
    assert_eq!((x.zarr_format(), x.ndim()), (ZarrFormat::V2, 0));
    let all = zarr::save_group(store.clone())
        .named("y", 7_i8)
        .overwrite(true);
    all.wait().unwrap();
    assert_eq!(keys(&store), ["y"]);
}

#[test]
fn a_refusal_changes_nothing() {
    let store = store();
    let old = zarr::create_group(store.clone()).wait().unwrap();
    old.ones("group/x", [2]).wait().unwrap();
    old.ones("a", [2]).wait().unwrap();
    let save = || zarr::save_group(store.clone());
    for (wrong, part) in [
        (save(), "nothing to save"),
        (
            save().array(1).named("arr_0", 2),
            "two arrays are called `arr_0`",
        ),
        (
            save().named("/a/", 1).named("a", 2),
            "two arrays are called `a`",
        ),
        (
            save().named("a", 1).named("a/b", 2),
            "`/a/b` would lie in `/a`",
        ),
        (save().named("", 1), "needs a name"),
        (save().named("a", 1).named("__x", 2), "__x"),
        (
            save().named("a", 1).named("group", 2),
            "a group is already there",
        ),
    ] {
        let overwrite = !part.contains("group is");
        let error = wrong.overwrite(overwrite).wait().unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(old.contains("group/x").wait().unwrap());
    let a = old.array("a").wait().unwrap();
    assert_eq!(a.read::<f64>(..).wait().unwrap().sum(), 2.0);
}
