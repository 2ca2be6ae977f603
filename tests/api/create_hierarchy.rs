//! `create_hierarchy`: groups between nodes, checks before deletions, the root last.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{ArrayOptions, DataType, ErrorClass, ErrorKind, MemoryStore, NewNode, ZarrFormat, json};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, Op, Store, StoreErrorKind};

fn store() -> Arc<dyn Store> {
    MemoryStore::new().into_store()
}

fn array() -> NewNode {
    ArrayOptions::new([2], DataType::Int8).into()
}

fn group(n: i32) -> NewNode {
    let attributes = json!({"n": n});
    NewNode::from(attributes.as_object().unwrap().clone())
}

fn paths(store: &Arc<dyn Store>) -> Vec<String> {
    let root = zarr::open_group(store.clone()).wait().unwrap();
    let members = root.members().all().wait().unwrap().into_iter();
    members.map(|(path, _)| path.as_str().to_owned()).collect()
}

#[test]
fn groups_between_are_made_and_told() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let context = zarr::Context::builder().default_format(format).build();
        let store = store();
        let nodes = [("/a//b/c/", array()), ("d", group(1))];
        let made = zarr::create_hierarchy(store.clone(), nodes).context(&context);
        let made = made.wait().unwrap();
        let names: Vec<_> = made.keys().map(zarr::NodePath::as_str).collect();
        assert_eq!(names, ["", "a", "a/b", "a/b/c", "d"]);
        assert_eq!(paths(&store), ["a", "a/b", "a/b/c", "d"]);
        let root = zarr::open_group(store).wait().unwrap();
        assert_eq!(root.zarr_format(), format);
        assert_eq!(root.group("d").wait().unwrap().attrs()["n"], 1);
    }
    let none: [(&str, NewNode); 0] = [];
    let store = store();
    let made = zarr::create_hierarchy(store.clone(), none).wait().unwrap();
    assert!(made.is_empty());
    assert!(zarr::open(store).mode("r").wait().is_err());
}

#[test]
fn below_a_path_the_groups_above_are_made_too() {
    let store = store();
    let place = zarr::Location::root(store.clone()).join("x/y").unwrap();
    zarr::create_hierarchy(place, [("a", array())])
        .wait()
        .unwrap();
    assert_eq!(paths(&store), ["x", "x/y", "x/y/a"]);
}

#[test]
fn a_group_that_is_there_is_left_alone_and_an_array_is_in_the_way() {
    let store = store();
    let root = zarr::create_group(store.clone()).attributes(json!({"n": 5}));
    let root = root.wait().unwrap();
    zarr::create_hierarchy(store.clone(), [("a", array())])
        .wait()
        .unwrap();
    let again = zarr::open_group(store.clone()).wait().unwrap();
    assert_eq!(again.attrs(), root.attrs());
    for overwrite in [false, true] {
        let below = zarr::create_hierarchy(store.clone(), [("a/b", array())]);
        let error = below.overwrite(overwrite).wait().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::ParentIsArray { .. }),
            "{error}"
        );
    }
}

#[test]
fn overwrite_takes_named_nodes_alone_with_all_below_them() {
    let store = store();
    let old = [
        ("g/keep", array()),
        ("g/old/x", array()),
        ("g/old/y/z", array()),
    ];
    zarr::create_hierarchy(store.clone(), old).wait().unwrap();
    let new =
        || zarr::create_hierarchy(store.clone(), [("g/old", group(1)), ("g/old/y/w", array())]);
    let error = new().wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Exists);
    new().overwrite(true).wait().unwrap();
    assert_eq!(
        paths(&store),
        ["g", "g/keep", "g/old", "g/old/y", "g/old/y/w"]
    );
}

#[test]
fn a_refusal_deletes_and_writes_nothing() {
    let store = store();
    zarr::create_hierarchy(store.clone(), [("a", array()), ("b", array())])
        .wait()
        .unwrap();
    let before = paths(&store);
    let mut wrong = ArrayOptions::new([2], DataType::Int8);
    wrong.compressors = zarr::Extension::new("acme.squeeze").into();
    let v2 = zarr::GroupMetadata::new(ZarrFormat::V2, Default::default());
    let refused = |nodes: Vec<(&str, NewNode)>| {
        let create = zarr::create_hierarchy(store.clone(), nodes).overwrite(true);
        let error = create.wait().unwrap_err();
        assert_eq!(paths(&store), before, "{error}");
        error
    };
    let error = refused(vec![("a", group(1)), ("c", wrong.into())]);
    assert_eq!(error.class(), ErrorClass::Unsupported);
    let error = refused(vec![("a", group(1)), ("/a/", group(2))]);
    assert!(error.to_string().contains("two nodes"), "{error}");
    let error = refused(vec![("a", group(1)), ("c", v2.into())]);
    assert!(error.to_string().contains("one format"), "{error}");
    let error = refused(vec![("a", array()), ("a/x", group(2))]);
    assert!(
        matches!(error.kind(), ErrorKind::ParentIsArray { .. }),
        "{error}"
    );
    refused(vec![("a", group(1)), ("__c", group(2))]);
    refused(vec![("a", group(1)), ("b/c", array())]);
}

#[test]
fn in_a_group_it_is_relative_and_of_its_format() {
    let store = store();
    let root = zarr::create_group(store.clone()).zarr_format(ZarrFormat::V2);
    let root = root.wait().unwrap();
    let group_g = root.create_group("g").wait().unwrap();
    let made = group_g.create_hierarchy([("a/b", array())]).wait().unwrap();
    let names: Vec<_> = made.keys().map(zarr::NodePath::as_str).collect();
    assert_eq!(names, ["a", "a/b"]);
    assert_eq!(paths(&store), ["g", "g/a", "g/a/b"]);
    let itself = group_g.create_hierarchy([("", group(1))]).overwrite(true);
    assert!(itself.wait().unwrap_err().to_string().contains("itself"));
    let v3 = zarr::GroupMetadata::new(ZarrFormat::V3, Default::default());
    let error = group_g.create_hierarchy([("c", v3)]).wait().unwrap_err();
    assert!(error.to_string().contains("another format"), "{error}");
}

#[test]
fn the_root_is_written_last() {
    // Whatever write fails, the root is not there, nor any group without what is in it.
    for writes in 0..4 {
        let store = Faulty::new(store());
        store.add(Fault::fail(Op::Put, || StoreErrorKind::Timeout).after(writes));
        let shared: Arc<dyn Store> = Arc::new(store);
        let create = zarr::create_hierarchy(shared.clone(), [("a/b/c", array())]);
        assert!(create.wait().is_err());
        let there = |path| {
            let open = zarr::open(shared.clone()).path(path);
            open.mode("r").wait().is_ok()
        };
        let found = ["a/b/c", "a/b", "a", ""].map(there);
        let expected = [0, 1, 2, 3].map(|at| at < writes);
        assert_eq!(found, expected);
    }
}

/// A9.9: zarr-python 3.4.2 returns the root, and refuses with `ValueError` where several paths are the shortest. It
/// takes `a` for the root of `b/c`, which is refused here.
#[test]
fn a9_9_rooted_hierarchies() {
    for (paths, root) in [
        (&["a", "a/b"][..], Some("/a")),
        (&["", "a/b"], Some("/")),
        (&["a/b"], Some("/a/b")),
        (&["a/b", "a/c"], None),
        (&["a", "b/c"], None),
        (&["a", "ab"], None),
        (&[], None),
    ] {
        let store = store();
        let nodes = paths.iter().map(|path| (path, group(1)));
        let made = zarr::create_rooted_hierarchy(store.clone(), nodes).wait();
        match root {
            Some(root) => assert_eq!(made.unwrap().path().to_string(), root),
            None => {
                assert_eq!(made.unwrap_err().class(), ErrorClass::Invalid, "{paths:?}");
                let open = zarr::open(store).mode("r");
                assert!(open.wait().is_err(), "nothing is written");
            }
        }
    }
}
