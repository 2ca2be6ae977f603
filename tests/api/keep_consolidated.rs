//! Consolidated metadata says what the documents say, whatever is done below its group by this library.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{Config, Context, DataType, Group, IfExists, NewNode, Store, ZarrFormat, json};
use zarr_store::{BlockingStore, Key, MemoryStore, StoreExt};

const FORMATS: [ZarrFormat; 2] = [ZarrFormat::V2, ZarrFormat::V3];

/// Array `a`, group `g`, array `g/b`, consolidated at the root and at `g`.
fn hierarchy(format: ZarrFormat, context: &Context) -> (Arc<dyn Store>, Group) {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone())
        .zarr_format(format)
        .context(context);
    let root = root.wait().unwrap();
    let a = root.create_array("a", [4], DataType::Int32).chunks([2]);
    a.wait().unwrap().write(.., 1).wait().unwrap();
    root.create_array("g/b", [4], DataType::Int32)
        .wait()
        .unwrap();
    for path in ["g", ""] {
        let consolidate = zarr::consolidate_metadata(&root).path(path);
        consolidate.zarr_format(format).wait().unwrap();
    }
    let root = zarr::open_group(store.clone()).context(context);
    (store, root.wait().unwrap())
}

/// What the documents say, by path; what is consolidated in a group of its own aside.
fn said(group: &Group) -> Vec<(String, serde_json::Value)> {
    let members = group.members().all().wait().unwrap();
    let each = members.into_iter().map(|(path, node)| {
        let said = match &node {
            zarr::Node::Array(array) => json!([array.shape(), array.attrs()]),
            zarr::Node::Group(group) => json!([group.attrs()]),
        };
        (path.as_str().to_owned(), said)
    });
    each.collect()
}

#[track_caller]
fn check(store: &Arc<dyn Store>, what: &str) {
    for path in ["", "g"] {
        let open = || zarr::open_group(store.clone()).path(path);
        let now = open().mode("r").use_consolidated(false);
        let Ok(now) = now.wait() else { continue };
        let use_it = zarr::UseConsolidated::Require;
        let then = open().use_consolidated(use_it).wait().unwrap();
        assert_eq!(said(&then), said(&now), "{what}, {path:?}");
        assert_eq!(then.attrs(), now.attrs(), "{what}, {path:?}");
    }
}

type Step = fn(&Group);

/// Whatever changes documents.
const STEPS: [(&str, Step); 15] = [
    ("create an array", |root| {
        root.create_array("g/new", [1], DataType::Int8)
            .wait()
            .unwrap();
    }),
    ("create groups on the way", |root| {
        root.create_array("x/y/z", [1], DataType::Int8)
            .wait()
            .unwrap();
    }),
    ("create a group", |root| {
        let create = root.create_group("new").attributes(json!({"k": 1}));
        create.wait().unwrap();
    }),
    ("overwrite", |root| {
        let create = root.create_array("g", [1], DataType::Int8).overwrite(true);
        create.wait().unwrap();
    }),
    ("create many", |root| {
        let nodes = [("g/n", NewNode::group()), ("m/n", NewNode::group())];
        root.create_hierarchy(nodes).wait().unwrap();
    }),
    ("put", |root| {
        root.put("g/b", ndarray::array![1_i16, 2]).wait().unwrap();
    }),
    ("resize", |root| {
        root.array("g/b")
            .wait()
            .unwrap()
            .resize([9])
            .wait()
            .unwrap();
    }),
    ("append", |root| {
        let mut array = root.array("a").wait().unwrap();
        array.append(ndarray::array![1, 2]).wait().unwrap();
        array.append(ndarray::array![3]).wait().unwrap();
    }),
    ("attributes of an array", |root| {
        let mut array = root.array("g/b").wait().unwrap();
        array.update_attributes([("k", json!(1))]).wait().unwrap();
    }),
    ("attributes of groups", |root| {
        for path in ["g", ""] {
            let group = zarr::open_group(root).path(path).context(root.context());
            let mut group = group.wait().unwrap();
            group.update_attributes([("k", json!(1))]).wait().unwrap();
        }
    }),
    ("delete an array", |root| {
        root.array("a").wait().unwrap().delete().wait().unwrap();
    }),
    ("delete a group", |root| root.delete("g").wait().unwrap()),
    ("move", |root| root.move_node("g", "h/i").wait().unwrap()),
    ("copy", |root| {
        let group = root.group("g").wait().unwrap();
        let copy = zarr::copy(&group, root).name("c/d");
        copy.context(root.context()).wait().unwrap();
    }),
    ("copy all", |root| {
        let from = zarr::create_group(zarr::Target::Memory).zarr_format(root.zarr_format());
        let from = from.wait().unwrap();
        from.create_array("g/b", [7], DataType::Int8)
            .wait()
            .unwrap();
        let copy = zarr::copy_all(&from, root).if_exists(IfExists::Replace);
        copy.context(root.context()).wait().unwrap();
    }),
];

#[test]
fn consolidated_metadata_is_kept_true() {
    for format in FORMATS {
        for (what, step) in STEPS {
            let (store, root) = hierarchy(format, &Context::default());
            step(&root);
            check(&store, &format!("{what}, format {format}"));
        }
    }
}

#[test]
fn it_is_left_where_that_is_asked_for() {
    let config = Config {
        leave_consolidated: true,
        ..Config::default()
    };
    let context = Context::builder().config(config).build();
    for format in FORMATS {
        for (what, step) in STEPS {
            let (store, root) = hierarchy(format, &context);
            let name = match format {
                ZarrFormat::V2 => ".zmetadata",
                ZarrFormat::V3 => "zarr.json",
            };
            let key = Key::new(name).unwrap();
            let before = store.get_all(&key).wait().unwrap();
            step(&root);
            // Its own attributes stand in the same document.
            if what != "attributes of groups" || format == ZarrFormat::V2 {
                let after = store.get_all(&key).wait().unwrap();
                assert_eq!(after, before, "{what}, format {format}");
            }
        }
    }
}

#[test]
fn writers_at_the_same_time_are_all_told_of() {
    for format in FORMATS {
        let (store, root) = hierarchy(format, &Context::default());
        std::thread::scope(|scope| {
            for i in 0..8 {
                let root = root.clone();
                scope.spawn(move || {
                    let array = root.create_array(format!("n{i}"), [1], DataType::Int8);
                    let mut array = array.wait().unwrap();
                    array.update_attributes([("i", json!(i))]).wait().unwrap();
                    array.resize([i + 2]).wait().unwrap();
                });
            }
        });
        check(&store, "eight writers");
    }
}

#[test]
fn a_document_above_that_cannot_be_read_is_nobodys_concern() {
    for format in FORMATS {
        let (store, root) = hierarchy(format, &Context::default());
        let mut array = root.array("g/b").wait().unwrap();
        let name = match format {
            ZarrFormat::V2 => ".zgroup",
            ZarrFormat::V3 => "zarr.json",
        };
        let put = |text: &str| {
            let (key, value) = (Key::new(name).unwrap(), text.as_bytes().to_vec());
            let put = store.put(&key, value.into(), zarr_store::PutMode::Overwrite);
            put.wait().unwrap();
        };
        put("{");
        array.resize([9]).wait().unwrap();
        assert_eq!(array.shape(), [9]);
    }
}

/// zarr-python 3.4.2 gives `consolidated_metadata` in both formats.
#[test]
fn the_result_of_consolidating_carries_the_map() {
    for format in FORMATS {
        let (_, root) = hierarchy(format, &Context::default());
        let root = zarr::consolidate_metadata(&root).wait().unwrap();
        assert_eq!(root.consolidated_paths(), ["a", "g", "g/b"], "{format}");
    }
}

/// A8.8 and B2.7: zarr-python 3.4.2 shows `["y"]` after deleting `x` of `["x", "y"]`; it does not show what is created.
#[test]
fn a_group_opened_by_its_map_sees_what_is_changed_through_it() {
    for format in FORMATS {
        let (store, _) = hierarchy(format, &Context::default());
        let root = zarr::open_consolidated(store).wait().unwrap();
        let g = root.group("g").wait().unwrap();
        root.delete("a").wait().unwrap();
        assert!(root.is_stale());
        assert_eq!(root.keys().wait().unwrap(), ["g"], "{format}");
        assert!(!root.is_stale());
        // At any depth, through any handle, for all of them.
        g.create_array("new", [1], DataType::Int8).wait().unwrap();
        assert!(root.contains("g/new").wait().unwrap());
        root.delete("g/b").wait().unwrap();
        assert_eq!(g.keys().wait().unwrap(), ["new"], "{format}");
        assert_eq!(root.consolidated_paths(), ["g", "g/new"], "{format}");
        let tree = root.tree().wait().unwrap().to_string();
        assert!(tree.contains("new") && !tree.contains('b'), "{tree}");
    }
}

/// A2.8: the group that consolidating returns knows its map in format 2, too, and in the order of zarr-python: A2.3.
#[test]
fn a2_8_consolidated_groups_have_their_map() {
    for format in FORMATS {
        let (_, root) = hierarchy(format, &Context::default());
        let of_g = zarr::consolidate_metadata(&root).path("g").wait().unwrap();
        assert_eq!(of_g.consolidated_paths(), ["b"], "{format}");
    }
}

#[test]
fn a_group_that_is_refreshed_is_not_stale() {
    let config = Config {
        leave_consolidated: true,
        ..Config::default()
    };
    let context = Context::builder().config(config).build();
    for format in FORMATS {
        let (store, _) = hierarchy(format, &context);
        let mut root = zarr::open_consolidated(store.clone()).wait().unwrap();
        root.create_array("new", [1], DataType::Int8)
            .wait()
            .unwrap();
        root.refresh().wait().unwrap();
        assert!(!root.is_stale() && root.contains("new").wait().unwrap());

        let open = zarr::open_consolidated(store).context(&context);
        let mut root = open.wait().unwrap();
        root.delete("new").wait().unwrap();
        assert!(root.is_stale() && root.contains("new").wait().unwrap());
        root.reconsolidate().wait().unwrap();
        assert!(!root.is_stale() && !root.contains("new").wait().unwrap());
    }
}
