//! Arrays in a store that nobody changes, with changes in another one.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{DataType, Group, LocalStore, MemoryStore, Overlay, Store, json, sel};
use zarr_store::{BlockingStore, Prefix, ReadOnly, StoreExt, runtime::wait};

/// A group with `a` and `b/c`, each of six cells in three chunks, all of them 1.
fn bucket() -> Arc<dyn Store> {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(Arc::clone(&store)).wait().unwrap();
    for name in ["a", "b/c"] {
        let create = root.create_array(name, [6], DataType::Int16).chunks([2]);
        let array = create.wait().unwrap();
        array.write(.., 1_i16).wait().unwrap();
    }
    store
}

fn opened(changes: &std::path::Path, bucket: &Arc<dyn Store>) -> Group {
    let upper = LocalStore::new(changes).into_store();
    let both = Overlay::open(upper, ReadOnly::new(Arc::clone(bucket)));
    let both: Arc<dyn Store> = Arc::new(both.wait().unwrap());
    zarr::open_group(both).wait().unwrap()
}

fn sum(group: &Group, name: &str) -> i16 {
    let array = group.array(name).wait().unwrap();
    array.read::<i16>(..).wait().unwrap().sum()
}

#[test]
fn f33_a_bucket_with_local_changes() {
    let (bucket, changes) = (bucket(), tempfile::tempdir().unwrap());
    let root = opened(changes.path(), &bucket);
    let mut a = root.array("a").wait().unwrap();
    // A part of a chunk, a chunk that becomes fill values, a document, a longer array.
    a.write(sel![1..3], 5_i16).wait().unwrap();
    a.erase(4..).wait().unwrap();
    a.update_attributes([("changed", json!(true))])
        .wait()
        .unwrap();
    a.resize([8]).wait().unwrap();
    root.delete("b").wait().unwrap();
    root.create_array("new", [2], DataType::Int16)
        .wait()
        .unwrap();
    for root in [root, opened(changes.path(), &bucket)] {
        let a = root.array("a").wait().unwrap();
        let cells = a.read::<i16>(..).wait().unwrap();
        assert_eq!(cells.into_raw_vec_and_offset().0, [1, 5, 5, 1, 0, 0, 0, 0]);
        assert_eq!(a.attrs()["changed"], true);
        assert_eq!(root.keys().wait().unwrap(), ["a", "new"]);
        assert!(!root.contains("b/c").wait().unwrap());
    }
    let below = zarr::open_group(Arc::clone(&bucket)).wait().unwrap();
    assert_eq!((sum(&below, "a"), sum(&below, "b/c")), (6, 6));
    assert!(below.array("a").wait().unwrap().attrs().is_empty());
}

#[test]
fn f33_a_node_of_the_bucket_moves_and_is_replaced() {
    let (bucket, changes) = (bucket(), tempfile::tempdir().unwrap());
    let root = opened(changes.path(), &bucket);
    root.move_node("b/c", "moved").wait().unwrap();
    let create = root.create_array("a", [2], DataType::Int16);
    create.overwrite(true).wait().unwrap();
    for root in [root, opened(changes.path(), &bucket)] {
        assert_eq!((sum(&root, "moved"), sum(&root, "a")), (6, 0));
        assert_eq!(
            root.group("b").wait().unwrap().nmembers().wait().unwrap(),
            0
        );
    }
    let keys = wait(bucket.size_prefix(&Prefix::root())).unwrap();
    assert!(keys > 0, "nothing of the bucket is gone");
    assert_eq!(sum(&zarr::open_group(bucket).wait().unwrap(), "b/c"), 6);
}
