//! Moving nodes: all of it arrives, and nothing is lost where it is refused.

use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Group, Target, ZarrFormat, json, sel};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, MemoryStore, Op, Store, StoreErrorKind, runtime::wait};

use crate::support::stores::{KINDS, store};

/// `a/x` with data and attributes, `a/b` and `a/b/y`, `c/z`.
fn hierarchy(target: impl Into<Target>, format: ZarrFormat) -> Group {
    let root = zarr::create_group(target)
        .zarr_format(format)
        .wait()
        .unwrap();
    for name in ["a/x", "a/b/y", "c/z"] {
        let create = root
            .create_array(name, [4, 4], DataType::Int16)
            .chunks([2, 2]);
        let array = create.attributes(json!({"of": name})).wait().unwrap();
        array.write(sel![1.., ..], 5_i16).wait().unwrap();
    }
    root
}

fn paths(group: &Group) -> Vec<String> {
    let nodes = group.members().all().metadata();
    let nodes = wait(nodes).unwrap().into_iter();
    nodes.map(|(path, _)| path.as_str().to_owned()).collect()
}

#[test]
fn a_node_moves_with_all_below_it() {
    for kind in KINDS {
        for format in [ZarrFormat::V2, ZarrFormat::V3] {
            let (store, _dir) = store(kind);
            let root = hierarchy(store.clone(), format);
            root.move_node("a", "new/place").wait().unwrap();
            let now = [
                "c",
                "c/z",
                "new",
                "new/place",
                "new/place/b",
                "new/place/b/y",
                "new/place/x",
            ];
            assert_eq!(paths(&root), now, "{kind:?} {format}");
            let x = root.array("new/place/x").wait().unwrap();
            assert_eq!(x.read::<i16>(..).wait().unwrap().sum(), 60);
            assert_eq!(x.attrs()["of"], "a/x");
            root.move_node("c/z", "a").wait().unwrap();
            assert_eq!(
                root.array("a")
                    .wait()
                    .unwrap()
                    .read::<i16>(..)
                    .wait()
                    .unwrap()
                    .sum(),
                60
            );
            assert_eq!(
                root.group("c").wait().unwrap().nmembers().wait().unwrap(),
                0
            );
        }
    }
}

#[test]
fn what_overlaps_or_is_taken_is_refused() {
    let root = hierarchy(Target::Memory, ZarrFormat::V3);
    let before = paths(&root);
    let refused = |from: &str, to: &str| root.move_node(from, to).wait().unwrap_err();
    for (from, to) in [
        ("a", "a"),
        ("a", "a/b/c"),
        ("a/b", "a"),
        ("", "d"),
        ("a", ""),
    ] {
        assert_eq!(
            refused(from, to).class(),
            ErrorClass::Invalid,
            "{from} {to}"
        );
    }
    assert_eq!(refused("a", "c").class(), ErrorClass::Exists);
    assert_eq!(refused("a", "c/z/inside").class(), ErrorClass::Invalid);
    assert_eq!(refused("nobody", "d").class(), ErrorClass::NotFound);
    // A name that begins alike is another.
    root.move_node("a", "ab").wait().unwrap();
    root.move_node("ab", "a").wait().unwrap();
    assert_eq!(paths(&root), before);
}

#[test]
fn a_move_that_fails_leaves_the_node_where_it_was() {
    let memory = MemoryStore::new();
    let faulty = std::sync::Arc::new(Faulty::new(memory.into_store()));
    let shared: std::sync::Arc<dyn Store> = faulty.clone();
    let root = hierarchy(shared, ZarrFormat::V3);
    faulty.add(
        Fault::fail(Op::Put, || StoreErrorKind::Timeout)
            .on("d/b/y/c/1")
            .times(1),
    );
    root.move_node("a", "d").wait().unwrap_err();
    assert_eq!(
        root.array("a/b/y")
            .wait()
            .unwrap()
            .read::<i16>(..)
            .wait()
            .unwrap()
            .sum(),
        60
    );
    assert!(
        !root.contains("d").wait().unwrap(),
        "its document comes last"
    );
}

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
fn b1_27_an_array_moves_in_every_store() {
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let root = hierarchy(store, ZarrFormat::V3);
        let mut array = root.array("a/x").wait().unwrap();
        array.move_to("/new/x").wait().unwrap();
        assert_eq!(array.name(), "/new/x", "{kind:?}");
        assert_eq!(array.read::<i16>(..).wait().unwrap().sum(), 60);
        array.write(sel![0, ..], 1_i16).wait().unwrap();
        let again = root.array("new/x").wait().unwrap();
        assert_eq!(again.read::<i16>(..).wait().unwrap().sum(), 64);
        assert!(!root.contains("a/x").wait().unwrap());
        // Where it may not, it stays.
        let class = array.move_to("c/z/inside").wait().unwrap_err().class();
        assert_eq!(class, ErrorClass::Invalid);
        assert_eq!(array.name(), "/new/x");
        assert_eq!(array.read::<i16>(..).wait().unwrap().sum(), 64);
    }
    let mut alone = zarr::zeros(Target::Memory, [4]).wait().unwrap();
    let error = alone.move_to("a").wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Invalid);
}

/// B1.27: an array moves by its own handle, which then refers to the new place.
#[test]
fn b1_27_an_array_moves() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = hierarchy(MemoryStore::new(), format);
        let mut x = root.array("a/x").wait().unwrap();
        x.move_to("new/x").wait().unwrap();
        assert_eq!(x.name(), "/new/x");
        assert_eq!(x.read::<i16>(..).wait().unwrap().sum(), 60);
        assert_eq!(root.glob("**/x").wait().unwrap().len(), 1);
        x.write(.., 1_i16).wait().unwrap();
        let error = x.move_to("c/z").wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Exists);
        assert_eq!(x.read::<i16>(..).wait().unwrap().sum(), 16);
    }
}
