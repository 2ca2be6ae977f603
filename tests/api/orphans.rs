//! What is left of a node whose document is gone never becomes part of a new one unasked.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{
    Chunks, DataType, ErrorClass, ErrorKind, IfExists, Mode, NewNode, Separator, Store, ZarrFormat,
    json,
};
use zarr_store::{BlockingStore, Counting, Key, MemoryStore, StoreExt};

const FORMATS: [(ZarrFormat, &str); 2] =
    [(ZarrFormat::V2, ".zarray"), (ZarrFormat::V3, "zarr.json")];

/// A store in which array `a`, all sevens, has lost its document.
fn left(format: ZarrFormat, document: &str, separator: Option<Separator>) -> Arc<dyn Store> {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).zarr_format(format);
    let root = root.wait().unwrap();
    let mut create = root
        .create_array("a", [20, 2], DataType::Int32)
        .chunks([10, 1]);
    if let Some(separator) = separator {
        create = create.chunk_key_encoding(zarr::ChunkKeyEncoding::V2(separator));
    }
    create.wait().unwrap().write(.., 7).wait().unwrap();
    let key = Key::new(format!("a/{document}")).unwrap();
    store.delete(&key, None).wait().unwrap();
    store
}

#[test]
fn chunks_that_are_left_are_refused_or_cleared() {
    for (format, document) in FORMATS {
        for separator in [None, Some(Separator::Dot), Some(Separator::Slash)] {
            let store = left(format, document, separator);
            let root = zarr::open_group(store.clone()).wait().unwrap();
            let create = || {
                let create = root
                    .create_array("a", [20, 2], DataType::Int32)
                    .chunks([10, 1]);
                match separator {
                    None => create,
                    Some(s) => create.chunk_key_encoding(zarr::ChunkKeyEncoding::V2(s)),
                }
            };
            let refused = [
                create().wait().map(drop),
                root.create_hierarchy([("a", NewNode::from(create().options().clone()))])
                    .wait()
                    .map(drop),
                zarr::open_array(&root)
                    .path("a")
                    .mode(Mode::Append)
                    .or_create(create().options().clone())
                    .wait()
                    .map(drop),
            ];
            for refused in refused {
                let error = refused.unwrap_err();
                assert!(
                    matches!(error.kind(), ErrorKind::Orphaned { .. }),
                    "{error}"
                );
                assert_eq!(error.class(), ErrorClass::Exists);
                assert!(error.to_string().contains("`a/"), "{error}");
            }
            // Nothing was written for it, and nothing deleted.
            assert!(!root.contains("a").wait().unwrap());
            let array = create().overwrite(true).wait().unwrap();
            assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 0);
            assert_eq!(array.nchunks_initialized().wait().unwrap(), 0);
        }
    }
}

#[test]
fn at_the_root_they_are_cleared_and_other_files_are_not() {
    for (format, document) in FORMATS {
        let store = MemoryStore::new().into_store();
        let create = || {
            zarr::create_array(store.clone(), [20], DataType::Int32)
                .chunks(Chunks::from([10]))
                .zarr_format(format)
        };
        create().wait().unwrap().write(.., 7).wait().unwrap();
        let delete = |name: &str| store.delete(&Key::new(name).unwrap(), None).wait().unwrap();
        delete(document);
        assert!(create().wait().is_err());
        let array = create().overwrite(true).wait().unwrap();
        assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 0);

        array.write(.., 7).wait().unwrap();
        delete(document);
        let mine = Key::new("thesis.tex").unwrap();
        let put = store.put(
            &mine,
            b"text".to_vec().into(),
            zarr_store::PutMode::Overwrite,
        );
        put.wait().unwrap();
        let error = create().overwrite(true).wait().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Foreign { .. }), "{error}");
        assert!(store.exists(&mine).wait().unwrap());
    }
}

#[test]
fn a_copy_meets_them_as_any_array_does() {
    for (format, document) in FORMATS {
        let store = left(format, document, None);
        let root = zarr::open_group(store).wait().unwrap();
        let source = zarr::zeros(zarr::Target::Memory, [20, 2]).chunks([10, 1]);
        let source = source
            .dtype(DataType::Int32)
            .zarr_format(format)
            .wait()
            .unwrap();
        let copy = |how| zarr::copy(&source, &root).name("a").if_exists(how).wait();
        let error = copy(IfExists::Raise).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Orphaned { .. }),
            "{error}"
        );
        copy(IfExists::Replace).unwrap();
        let array = root.array("a").wait().unwrap();
        assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 0);
    }
}

#[test]
fn attributes_that_are_left_are_refused_too() {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).zarr_format(ZarrFormat::V2);
    let root = root.wait().unwrap();
    let create = root.create_array("a", [2], DataType::Int8);
    create.attributes(json!({"units": "K"})).wait().unwrap();
    let document = Key::new("a/.zarray").unwrap();
    store.delete(&document, None).wait().unwrap();
    let error = root
        .create_array("a", [2], DataType::Int8)
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("`a/.zattrs`"), "{error}");
    assert!(root.create_group("a").wait().is_err());
    let new = root.create_array("a", [2], DataType::Int8).overwrite(true);
    new.wait().unwrap();
    assert!(root.array("a").wait().unwrap().attrs().is_empty());
}

#[test]
fn a_group_is_created_above_arrays_that_are_there() {
    for (format, document) in [(ZarrFormat::V2, ".zgroup"), (ZarrFormat::V3, "zarr.json")] {
        let store = MemoryStore::new().into_store();
        let root = zarr::create_group(store.clone()).zarr_format(format);
        let root = root.wait().unwrap();
        let create = root
            .create_array("g/a", [2], DataType::Int8)
            .wait()
            .unwrap();
        create.write(.., 3_i8).wait().unwrap();
        let document = Key::new(format!("g/{document}")).unwrap();
        store.delete(&document, None).wait().unwrap();
        // Arrays beside those that are there are created, too, and with them the group.
        root.create_array("g/b", [2], DataType::Int8)
            .wait()
            .unwrap();
        assert_eq!(
            root.group("g").wait().unwrap().keys().wait().unwrap(),
            ["a", "b"]
        );
        store.delete(&document, None).wait().unwrap();
        let group = root.create_group("g").wait().unwrap();
        let a = group.array("a").wait().unwrap();
        assert_eq!(a.read::<i8>(..).wait().unwrap().sum(), 6);
    }
}

/// What the look for remains costs, and the one for consolidated metadata above.
#[test]
fn creating_and_appending_cost_few_requests_more() {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let root = zarr::create_group(Arc::clone(&counting) as Arc<dyn Store>);
    let root = root.wait().unwrap();
    counting.take();
    let create = root.create_array("a", [4], DataType::UInt8).chunks([2]);
    let mut array = create.wait().unwrap();
    let cost = counting.take();
    // Of the array three documents are asked for, of the group its one.
    assert_eq!(
        (cost.lists, cost.heads, cost.reads, cost.puts),
        (1, 0, 5, 1),
        "{cost:?}"
    );
    array.update_attributes([("k", json!(1))]).wait().unwrap();
    // The array's document, and the group's.
    let cost = counting.take();
    assert_eq!(
        (cost.lists, cost.heads, cost.reads, cost.puts),
        (0, 0, 2, 1),
        "{cost:?}"
    );
    zarr::consolidate_metadata(&root).wait().unwrap();
    counting.take();
    array.update_attributes([("k", json!(2))]).wait().unwrap();
    // Once more of each, since two writers may meet, and the group's is written.
    let cost = counting.take();
    assert_eq!(
        (cost.lists, cost.heads, cost.reads, cost.puts),
        (0, 0, 4, 2),
        "{cost:?}"
    );
}
