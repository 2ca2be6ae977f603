//! `open_consolidated` and `use_consolidated`: nodes are known without asking the store.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{Config, Context, ErrorClass, Group, MemoryStore, Target, UseConsolidated, ZarrFormat};
use zarr_store::{BlockingStore, ByteRange, Counting, Counts, Key, PutMode, Store};

const FORMATS: [ZarrFormat; 2] = [ZarrFormat::V2, ZarrFormat::V3];

fn store(format: ZarrFormat) -> Arc<dyn Store> {
    let store = MemoryStore::new().into_store();
    let root = zarr::create_group(store.clone()).zarr_format(format);
    let root = root.wait().unwrap();
    root.ones("a/b/c", [2]).wait().unwrap();
    root.ones("ab", [3]).wait().unwrap();
    zarr::consolidate_metadata(&root).wait().unwrap();
    store
}

fn all(group: &Group) -> Vec<String> {
    let members = group.members().all().wait().unwrap().into_iter();
    members.map(|(path, _)| path.as_str().to_owned()).collect()
}

#[test]
fn the_store_is_not_asked_again() {
    for format in FORMATS {
        let (counting, counts) = counted(store(format));
        let root = zarr::open_consolidated(counting).wait().unwrap();
        let before = counts();
        assert_eq!(all(&root), ["a", "a/b", "a/b/c", "ab"]);
        assert_eq!(root.keys().wait().unwrap(), ["a", "ab"]);
        assert_eq!(root.array("a/b/c").wait().unwrap().name(), "/a/b/c");
        assert!(!root.contains("x").wait().unwrap());
        let a = root.group("a").wait().unwrap();
        assert_eq!(all(&a), ["b", "b/c"]);
        assert_eq!(root.consolidated_paths(), ["a", "a/b", "a/b/c", "ab"]);
        assert_eq!(a.consolidated_paths(), ["b", "b/c"]);
        assert_eq!(a.array("b/c").wait().unwrap().shape(), [2]);
        assert_eq!(a.group("").wait().unwrap().name(), "/a");
        let tree = root.tree().wait().unwrap().to_string();
        assert!(tree.contains("c (2,) float64"), "{tree}");
        root.info_complete().wait().unwrap();
        assert_eq!(counts(), before, "format {format}");
        // Elements still come from the store.
        let sum = a.array("b/c").wait().unwrap().read::<f64>(..).wait();
        assert_eq!(sum.unwrap().sum(), 2.0);
        assert_ne!(counts(), before);
    }
}

/// A store that counts, and what it counted.
fn counted(store: Arc<dyn Store>) -> (Arc<dyn Store>, impl Fn() -> Counts) {
    let counting = Arc::new(Counting::new(store));
    (counting.clone(), move || counting.counts())
}

#[test]
fn a_map_that_is_left_out_of_date_says_what_it_said_until_refreshed() {
    let config = Config {
        leave_consolidated: true,
        ..Config::default()
    };
    let context = Context::builder().config(config).build();
    for format in FORMATS {
        let store = store(format);
        let open = zarr::open_consolidated(store.clone()).context(&context);
        let mut root = open.wait().unwrap();
        root.ones("new", [1]).wait().unwrap();
        assert!(!root.contains("new").wait().unwrap());
        let plain = zarr::open_group(store)
            .use_consolidated(false)
            .wait()
            .unwrap();
        assert!(plain.contains("new").wait().unwrap());
        zarr::consolidate_metadata(&root).wait().unwrap();
        root.refresh().wait().unwrap();
        assert!(root.contains("new").wait().unwrap(), "format {format}");
    }
}

#[test]
fn it_must_be_there_only_where_it_is_required() {
    for format in FORMATS {
        let group = zarr::create_group(Target::Memory).zarr_format(format);
        let group = group.wait().unwrap();
        group.ones("x", [1]).wait().unwrap();
        let error = zarr::open_consolidated(&group).wait().unwrap_err();
        assert_eq!(error.class(), ErrorClass::Invalid);
        assert!(
            error.to_string().contains("consolidate_metadata"),
            "{error}"
        );
        let auto = zarr::open_group(&group).use_consolidated(UseConsolidated::Auto);
        assert_eq!(all(&auto.wait().unwrap()), ["x"]);
    }
}

#[test]
fn another_name_is_for_format_2() {
    let v2 = store(ZarrFormat::V2);
    let key = |name| Key::new(name).unwrap();
    let text = v2.get(&key(".zmetadata"), ByteRange::All, None).wait();
    let text = text.unwrap().unwrap().data.to_vec();
    let name = key(".zmeta");
    let put = v2.put(&name, text.into(), PutMode::Create);
    put.wait().unwrap();
    v2.delete(&key(".zmetadata"), None).wait().unwrap();
    assert!(zarr::open_consolidated(v2.clone()).wait().is_err());
    let named = UseConsolidated::Key(".zmeta".to_owned());
    let root = zarr::open_group(v2).use_consolidated(named.clone());
    assert_eq!(root.wait().unwrap().keys().wait().unwrap(), ["a", "ab"]);

    let v3 = zarr::open_group(store(ZarrFormat::V3)).use_consolidated(named);
    let error = v3.wait().unwrap_err().to_string();
    assert!(error.contains("`use_consolidated`"), "{error}");
}
