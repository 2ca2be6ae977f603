//! Members one by one: a broken document costs its own node and no other.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt;
use zarr::blocking::Wait;
use zarr::{DataType, ErrorClass, Group, ZarrFormat};
use zarr_store::runtime::{is_inline, wait};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{
    BlockingStore, Call, Hook, Hooked, Key, MemoryStore, Op, PutMode, Store, StoreErrorKind,
};

/// The paths that come, in order, and what the errors say.
fn streamed(group: &Group) -> (Vec<String>, Vec<String>) {
    let nodes: Vec<_> = wait(group.members().all().stream().collect());
    let (mut paths, mut errors) = (vec![], vec![]);
    for node in nodes {
        match node {
            Ok((path, _)) => paths.push(path.as_str().to_owned()),
            Err(error) => errors.push(error.to_string()),
        }
    }
    paths.sort();
    (paths, errors)
}

fn put(store: &MemoryStore, key: &str, text: &str) {
    let key = Key::new(key).unwrap();
    store
        .put(&key, &text.as_bytes().to_vec().into(), PutMode::Overwrite)
        .unwrap();
}

/// `a`, `a/b` and `a/b/c`, each with an array `x`; and something that is no node.
fn hierarchy(format: ZarrFormat) -> (MemoryStore, Group) {
    let store = MemoryStore::new();
    let root = zarr::create_group(store.clone())
        .zarr_format(format)
        .wait()
        .unwrap();
    for group in ["a", "a/b", "a/b/c"] {
        root.create_array(format!("{group}/x"), [3], DataType::Int8)
            .wait()
            .unwrap();
    }
    put(&store, "a/notes/today", "no node");
    (store, root)
}

#[test]
fn a_broken_document_is_an_error_for_that_node_alone() {
    for (format, name) in [(ZarrFormat::V2, ".zarray"), (ZarrFormat::V3, "zarr.json")] {
        let (store, root) = hierarchy(format);
        let all = ["a", "a/b", "a/b/c", "a/b/c/x", "a/b/x", "a/x"];
        assert_eq!(streamed(&root), (all.map(str::to_owned).into(), vec![]));
        for text in ["{", "", "[]", "{\"zarr_format\": 3}"] {
            put(&store, &format!("a/b/x/{name}"), text);
            let (paths, errors) = streamed(&root);
            assert_eq!(
                paths,
                ["a", "a/b", "a/b/c", "a/b/c/x", "a/x"],
                "{format} {text}"
            );
            assert_eq!(errors.len(), 1, "{errors:?}");
            assert!(errors[0].contains("a/b/x"), "{errors:?}");
            // Altogether they fail, as in zarr-python; nothing is left out unsaid.
            let error = root.members().all().wait().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Corrupt, "{error}");
        }
    }
}

#[test]
fn what_is_below_a_broken_group_is_not_looked_for() {
    let (store, root) = hierarchy(ZarrFormat::V3);
    put(&store, "a/b/zarr.json", "{}");
    let (paths, errors) = streamed(&root);
    assert_eq!(
        (paths, errors.len()),
        (vec!["a".to_owned(), "a/x".to_owned()], 1)
    );
    let b = zarr::open_group(store).path("a/b/c").wait().unwrap();
    assert_eq!(streamed(&b).0, ["x"]);
}

#[test]
fn a_group_that_cannot_be_listed_hides_what_is_below_it_alone() {
    let (store, _) = hierarchy(ZarrFormat::V3);
    let faulty = std::sync::Arc::new(Faulty::new(store.into_store()));
    let shared: std::sync::Arc<dyn Store> = faulty.clone();
    let root = zarr::open_group(shared).wait().unwrap();
    faulty.add(Fault::fail(Op::List, || StoreErrorKind::Timeout).on("a/b/c"));
    let (paths, errors) = streamed(&root);
    assert_eq!(paths, ["a", "a/b", "a/b/c", "a/b/x", "a/x"]);
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn documents_that_were_consolidated_are_told_apart_too() {
    let (store, root) = hierarchy(ZarrFormat::V3);
    zarr::consolidate_metadata(&root).wait().unwrap();
    let key = Key::new("zarr.json").unwrap();
    let object = store.open(&key).unwrap().unwrap();
    let text = object.read(0..object.size().unwrap()).unwrap();
    let mut document: serde_json::Value = serde_json::from_slice(&text).unwrap();
    document["consolidated_metadata"]["metadata"]["a/x"]["shape"] = "none".into();
    put(&store, "zarr.json", &document.to_string());
    let group = zarr::open_consolidated(store).wait().unwrap();
    let (paths, errors) = streamed(&group);
    assert_eq!(paths, ["a", "a/b", "a/b/c", "a/b/c/x", "a/b/x"]);
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn hierarchies_may_be_deep() {
    let store = MemoryStore::new();
    let root = zarr::create_group(store.clone()).wait().unwrap();
    let deep = vec!["d"; 120].join("/");
    root.create_group(&deep).wait().unwrap();
    assert_eq!(streamed(&root).0.len(), 120);
    assert_eq!(root.members().all().wait().unwrap().len(), 120);
    assert_eq!(root.members().max_depth(6).wait().unwrap().len(), 7);
}

/// zarr-python 3.4.2 ends all three at the first of the broken documents, with a `JSONDecodeError`, and
/// writes nothing. So it is here, but for that all of them are named.
#[test]
fn what_needs_all_nodes_names_all_that_are_broken() {
    for (format, document) in [(ZarrFormat::V2, ".zarray"), (ZarrFormat::V3, "zarr.json")] {
        let (store, root) = hierarchy(format);
        for path in ["a/x", "a/b/c/x"] {
            put(&store, &format!("{path}/{document}"), "{");
        }
        let before = listed(&root);
        let names_all = |error: zarr::Error| {
            assert_eq!(error.class(), ErrorClass::Corrupt);
            let text = error.to_string();
            assert!(text.starts_with("2 nodes cannot be read: "), "{text}");
            assert!(
                text.contains("`/a/x`") && text.contains("`/a/b/c/x`"),
                "{text}"
            );
        };
        names_all(root.members().all().wait().unwrap_err());
        names_all(root.info_complete().wait().unwrap_err());
        names_all(zarr::consolidate_metadata(&root).wait().unwrap_err());
        assert_eq!(listed(&root), before);

        let each = root.members().all().each().wait();
        let broken: Vec<&str> = each
            .iter()
            .filter(|(_, node)| node.is_err())
            .map(|(path, _)| path.as_str())
            .collect();
        assert_eq!(broken, ["a/b/c/x", "a/x"]);
        assert_eq!(each.len(), 6);
    }
}

fn listed(root: &Group) -> Vec<zarr_store::Entry> {
    let store = root.location().store();
    let entries = store.list(&zarr_store::Prefix::root());
    let mut entries: Vec<_> = wait(entries.map(Result::unwrap).collect());
    entries.sort();
    entries
}

/// B2.21: patterns list what they match, and ask only where it can be; the same with consolidated metadata.
#[test]
fn b2_21_globs() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let (store, root) = hierarchy(format);
        root.create_array("z/x", [3], DataType::Int8)
            .wait()
            .unwrap();
        zarr::consolidate_metadata(&root).wait().unwrap();
        let consolidated = zarr::open_consolidated(store.clone()).wait().unwrap();
        for (pattern, expected) in [
            ("*", &["a", "z"][..]),
            ("a/*", &["a/b", "a/x"]),
            ("/a/b", &["a/b"]),
            ("**/x", &["a/b/c/x", "a/b/x", "a/x", "z/x"]),
            ("a/**/x", &["a/b/c/x", "a/b/x", "a/x"]),
            ("a/b/**", &["a/b/c", "a/b/c/x", "a/b/x"]),
            ("{a/b,z}/x", &["a/b/x", "z/x"]),
            ("[a-b]/?", &["a/b", "a/x"]),
            ("none/*", &[]),
            ("a/x/*", &[]),
            ("", &[]),
        ] {
            for group in [&root, &consolidated] {
                let found = group.glob(pattern).metadata().wait().unwrap();
                let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
                assert_eq!(paths, expected, "{pattern} {format}");
                let each = group.glob(pattern).each_metadata().wait();
                assert_eq!(each.len(), expected.len(), "{pattern} {format}");
            }
        }
        let counting = std::sync::Arc::new(zarr_store::Counting::new(store.into_store()));
        let shared: std::sync::Arc<dyn Store> = counting.clone();
        let root = zarr::open_group(shared).use_consolidated(false);
        let root = root.wait().unwrap();
        let before = counting.counts().lists;
        root.glob("a/b/*").wait().unwrap();
        assert_eq!(counting.counts().lists - before, 1);
    }
}

/// B2.8: `max_depth` counts as in zarr-python; what is chosen by a function is counted alone.
#[test]
fn b2_8_depth_and_count() {
    let (_, root) = hierarchy(ZarrFormat::V3);
    let count = |depth: Option<usize>| root.members().max_depth(depth).count().wait().unwrap();
    // zarr-python 3.4.2: [await g.nmembers(max_depth=n) for n in (0, 1, 2, None)]
    assert_eq!([Some(0), Some(1), Some(2), None].map(count), [1, 3, 5, 6]);
    assert_eq!(root.nmembers().wait().unwrap(), 1);
    let arrays = root.members().all().filter(|path, node| {
        assert!(!path.is_empty());
        matches!(node, zarr::NodeMetadata::Array(_))
    });
    assert_eq!(arrays.count().wait().unwrap(), 3);
}

/// B2.8: the map of consolidated metadata is not asked where it may be out of date.
#[test]
fn b2_8_use_consolidated_for_children() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let (store, root) = hierarchy(format);
        zarr::consolidate_metadata(&root).wait().unwrap();
        let group = zarr::open_consolidated(store.clone()).wait().unwrap();
        // Another program, which does not keep the map.
        let config = zarr::Config {
            leave_consolidated: true,
            ..zarr::Config::default()
        };
        let context = zarr::Context::builder().config(config).build();
        let other = zarr::open_group(store).context(&context).wait().unwrap();
        other.create_group("a/new").wait().unwrap();
        let paths = |members: zarr::Members| members.max_depth(1).count().wait().unwrap();
        assert_eq!(paths(group.members()), 3);
        let members = group.members().use_consolidated_for_children(false);
        assert_eq!(paths(members), 4);
    }
}

/// How documents are asked for: whether inline, and whether on the thread of the test.
#[derive(Debug, Default)]
struct AskedFrom(Arc<Mutex<Vec<(bool, bool)>>>, Option<std::thread::ThreadId>);

impl Hook for AskedFrom {
    fn before(&self, call: &Call<'_>) -> Result<std::time::Duration, StoreErrorKind> {
        if call.op == Op::Get {
            let here = Some(std::thread::current().id()) == self.1;
            self.0.lock().unwrap().push((is_inline(), here));
        }
        Ok(std::time::Duration::ZERO)
    }
}

/// Inside a runtime, documents of files are read several in succession, on threads that are there to wait; those that
/// are broken are errors of their own all the same.
#[tokio::test]
async fn documents_are_read_many_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let root = zarr::create_group(dir.path()).await.unwrap();
    let names: Vec<String> = (0..300).map(|i| format!("a{i:03}")).collect();
    for name in &names {
        root.create_array(name, [3], DataType::Int8).await.unwrap();
    }
    for broken in [7, 290] {
        std::fs::write(dir.path().join(&names[broken]).join("zarr.json"), "{").unwrap();
    }
    let asked = Arc::new(Mutex::new(vec![]));
    let hook = AskedFrom(Arc::clone(&asked), Some(std::thread::current().id()));
    let store = Hooked::with(zarr_store::LocalStore::new(dir.path()).into_store(), hook);
    let store: Arc<dyn Store> = Arc::new(store);
    let root = zarr::open_group(store).await.unwrap();
    asked.lock().unwrap().clear();
    let mut found: Vec<_> = root.members().stream().collect().await;
    assert_eq!(found.len(), 300);
    found.retain(Result::is_err);
    let mut errors: Vec<String> = found
        .into_iter()
        .filter_map(|node| Some(node.err()?.to_string()))
        .collect();
    errors.sort();
    assert!(errors[0].contains("a007") && errors[1].contains("a290") && errors.len() == 2);
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 300);
    assert!(asked.iter().all(|asked| *asked == (true, false)));
}
