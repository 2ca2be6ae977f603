//! Warnings: told to the context, each with its code and path. zarr-python 3.4.2 warns of the first three.

use std::sync::{Arc, Mutex};

use zarr::blocking::Wait;
use zarr::{Config, Context, DataType, MemoryStore, Warning, ZarrFormat};
use zarr_store::{BlockingStore, Key, PutMode};

/// A context, and the codes and paths that it is told, in order.
fn warned(config: Config) -> (Context, impl Fn() -> Vec<String>) {
    let warnings: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = Arc::clone(&warnings);
    let listener = move |warning: &Warning| {
        assert!(warning.to_string().contains(&warning.path().to_string()));
        let line = format!("{} {}", warning.code(), warning.path());
        told.lock().unwrap().push(line);
    };
    let context = Context::builder().config(config).on_warning(listener);
    let take = move || std::mem::take(&mut *warnings.lock().unwrap());
    (context.build(), take)
}

/// A0.9: "Both zarr.json (Zarr format 3) and .zgroup (Zarr format 2) metadata objects exist"
#[test]
fn a0_9_both_formats() {
    let store = MemoryStore::new();
    for (key, text) in [
        ("zarr.json", r#"{"zarr_format": 3, "node_type": "group"}"#),
        (".zgroup", r#"{"zarr_format": 2}"#),
    ] {
        let text = text.as_bytes().to_vec();
        let key = Key::new(key).unwrap();
        store.put(&key, &text.into(), PutMode::Create).unwrap();
    }
    let (context, take) = warned(Config::default());
    let open = || zarr::open(store.clone()).context(&context);
    assert_eq!(open().wait().unwrap().zarr_format(), ZarrFormat::V3);
    assert_eq!(take(), ["both-formats /"]);
    // Whoever names the format knows.
    open().zarr_format(ZarrFormat::V2).wait().unwrap();
    open().zarr_format(ZarrFormat::V3).wait().unwrap();
    assert!(take().is_empty());
}

/// A0.16 and B2.8: "Object at notes is not recognized as a component of a Zarr hierarchy."
#[test]
fn b2_8_unknown_objects() {
    let store = MemoryStore::new();
    let (context, take) = warned(Config::default());
    let root = zarr::create_group(store.clone()).context(&context);
    let root = root.wait().unwrap();
    root.create_array("g/a", [4], DataType::Int8)
        .wait()
        .unwrap();
    let key = Key::new("g/notes/today").unwrap();
    store.put(&key, &vec![1].into(), PutMode::Create).unwrap();
    assert_eq!(root.keys().wait().unwrap(), ["g"]);
    assert!(take().is_empty());
    assert_eq!(root.members().max_depth(1).count().wait().unwrap(), 2);
    assert_eq!(take(), ["unknown-object /g/notes"]);
    assert_eq!(root.glob("g/a*").count().wait().unwrap(), 1);
    assert!(take().is_empty());
}

/// A0.16: "The data type (NullTerminatedBytes(length=5)) does not have a Zarr V3 specification."
#[test]
fn a0_16_data_types_without_a_specification() {
    let (context, take) = warned(Config::default());
    for (format, expected) in [
        (ZarrFormat::V2, vec![]),
        (ZarrFormat::V3, vec!["unspecified-data-type /a"]),
    ] {
        let array = zarr::zeros(MemoryStore::new(), [2])
            .name("a")
            .zarr_format(format);
        let array = array.dtype(DataType::FixedBytes(5)).context(&context);
        array.wait().unwrap();
        assert_eq!(take(), expected);
    }
}

/// A8.8: only where the metadata in the store does not follow.
#[test]
fn a8_8_stale_consolidated_metadata() {
    for leave_consolidated in [false, true] {
        let config = Config {
            leave_consolidated,
            ..Config::default()
        };
        let (context, take) = warned(config);
        let root = zarr::create_group(MemoryStore::new()).context(&context);
        let root = root.wait().unwrap();
        zarr::consolidate_metadata(&root).wait().unwrap();
        let root = zarr::open_consolidated(&root).context(&context);
        let root = root.wait().unwrap();
        root.zeros("a", [1]).wait().unwrap();
        root.zeros("b", [1]).wait().unwrap();
        let expected = ["stale-consolidated /"];
        assert_eq!(take(), &expected[..usize::from(leave_consolidated)]);
    }
}

/// A7.9: zarr-python 3.4.2 fails here.
#[test]
fn a7_9_shards_have_no_place_in_format_2() {
    let source = zarr::ones(MemoryStore::new(), [8]).chunks([2]).shards([4]);
    let source = source.dimension_names(["t"]).wait().unwrap();
    let (context, take) = warned(Config::default());
    let copy = zarr::from_array(MemoryStore::new(), &source).name("copy");
    let copy = copy.zarr_format(ZarrFormat::V2).context(&context);
    let copy = copy.wait().unwrap();
    assert_eq!(copy.chunks(), Some(vec![2]));
    assert_eq!(copy.attrs()["_ARRAY_DIMENSIONS"], zarr::json!(["t"]));
    assert_eq!(copy.read::<f64>(..).wait().unwrap().sum(), 8.0);
    assert_eq!(take(), ["reworded /copy"]);
    zarr::from_array(MemoryStore::new(), &source)
        .context(&context)
        .wait()
        .unwrap();
    assert!(take().is_empty());
}
