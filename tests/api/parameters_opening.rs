//! Parameters of what opens, loads, saves and consolidates, named `function_parameter`. What is
//! expected is what zarr-python 3.4.2 answered, but where a comment says why not.

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{
    ErrorClass, Group, Loaded, MemoryStore, Mode, Synchronizer, UseConsolidated, ZarrFormat, json,
};

use zarr_store::{BlockingStore, ByteRange};

use super::parameters::stored;

const FORMATS: [ZarrFormat; 2] = [ZarrFormat::V2, ZarrFormat::V3];

/// What the group's consolidated metadata tells of: format 2 keeps it in a document of its own.
fn consolidated(store: &MemoryStore, group: &Group) -> Vec<String> {
    if group.zarr_format() == ZarrFormat::V3 {
        return group.consolidated_paths();
    }
    let all = group.members().all().metadata().wait().unwrap();
    let key = zarr::tools::Key::new(
        format!("{}/.zmetadata", group.path().as_str()).trim_start_matches('/'),
    );
    let is_there = store
        .get(&key.unwrap(), ByteRange::All, None)
        .unwrap()
        .is_some();
    let paths = all.into_iter().map(|(path, _)| path.as_str().to_owned());
    paths.filter(|_| is_there).collect()
}

fn other(format: ZarrFormat) -> ZarrFormat {
    match format {
        ZarrFormat::V2 => ZarrFormat::V3,
        ZarrFormat::V3 => ZarrFormat::V2,
    }
}

/// A group with the array `a/x` of four sevens.
fn hierarchy(format: ZarrFormat) -> (MemoryStore, Group) {
    let store = MemoryStore::new();
    let root = zarr::create_group(store.clone()).zarr_format(format);
    let root = root.wait().unwrap();
    root.full("a/x", [4], 7).wait().unwrap();
    (store, root)
}

/// Everything that takes a store gives the error for options that nobody uses.
macro_rules! unused_storage_options {
    ($($name:ident: $call:expr;)+) => {$(
        #[test]
        fn $name() {
            let (store, _) = hierarchy(ZarrFormat::V3);
            let call = $call;
            let error = call(store).storage_options([("region", "eu")]).wait().unwrap_err();
            assert_eq!(error.class(), ErrorClass::Invalid);
            assert!(error.to_string().contains("storage_options"), "{error}");
        }
    )+};
}

unused_storage_options! {
    open_storage_options: |store: MemoryStore| zarr::open(store).path("a/x");
    open_array_storage_options: |store: MemoryStore| zarr::open_array(store).path("a/x");
    open_group_storage_options: |store: MemoryStore| zarr::open_group(store);
    save_storage_options: |store: MemoryStore| zarr::save(store).array(array![1, 2]).path("s");
    save_array_storage_options: |store: MemoryStore| zarr::save_array(store, array![1, 2]).name("s");
    save_group_storage_options: |store: MemoryStore| zarr::save_group(store).array(array![1, 2]).path("s");
    create_storage_options: |store: MemoryStore| zarr::create(store, [4]).name("s");
    from_array_storage_options: |store: MemoryStore| zarr::from_array(store, array![1, 2]).name("s");
    group_storage_options: |store: MemoryStore| zarr::group(store);
}

#[test]
fn open_store_and_path() {
    let (store, root) = hierarchy(ZarrFormat::V3);
    let x = zarr::open(store.clone()).path("a/x").wait().unwrap();
    assert_eq!(x.into_array().unwrap().shape(), [4]);
    let a = zarr::open(store).path("a").wait().unwrap();
    assert_eq!(a.into_group().unwrap().keys().wait().unwrap(), ["x"]);
    // A group is a place as any other.
    assert!(
        zarr::open(&root)
            .path("a/x")
            .wait()
            .unwrap()
            .into_array()
            .is_ok()
    );
}

#[test]
fn open_zarr_format() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let open = |format| {
            let open = zarr::open(store.clone()).path("a/x").mode(Mode::Read);
            open.zarr_format(format).wait()
        };
        assert_eq!(
            open(format).unwrap().into_array().unwrap().zarr_format(),
            format
        );
        assert_eq!(
            open(other(format)).unwrap_err().class(),
            ErrorClass::NotFound
        );
    }
}

#[test]
fn open_array_store_path_and_zarr_format() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let open = |format| {
            let open = zarr::open_array(store.clone()).path("a/x").mode(Mode::Read);
            open.zarr_format(format).wait()
        };
        assert_eq!(
            open(format).unwrap().read::<f64>(..).wait().unwrap().sum(),
            28.0
        );
        assert_eq!(
            open(other(format)).unwrap_err().class(),
            ErrorClass::NotFound
        );
    }
}

#[test]
fn open_group_store_path_and_zarr_format() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let open = |format| {
            let open = zarr::open_group(store.clone()).path("a").mode(Mode::Read);
            open.zarr_format(format).wait()
        };
        assert_eq!(open(format).unwrap().zarr_format(), format);
        assert_eq!(
            open(other(format)).unwrap_err().class(),
            ErrorClass::NotFound
        );
    }
}

#[test]
fn open_group_attributes() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let open = |path| {
            let open = zarr::open_group(store.clone())
                .path(path)
                .mode(Mode::Append);
            open.zarr_format(format).attributes(json!({"k": 1})).wait()
        };
        assert_eq!(open("new").unwrap().attrs()["k"], 1);
        // A group that is there keeps its own.
        assert!(open("a").unwrap().attrs().is_empty());
    }
}

#[test]
fn open_group_use_consolidated_and_open_consolidated() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let required = || {
            let open = zarr::open_group(store.clone());
            open.use_consolidated(UseConsolidated::Require).wait()
        };
        assert!(required().is_err());
        assert!(zarr::open_consolidated(store.clone()).wait().is_err());
        zarr::consolidate_metadata(store.clone()).wait().unwrap();
        assert_eq!(consolidated(&store, &required().unwrap()), ["a", "a/x"]);
        let fast = zarr::open_consolidated(store.clone()).wait().unwrap();
        assert_eq!(consolidated(&store, &fast), ["a", "a/x"]);
        let never = zarr::open_group(store).use_consolidated(UseConsolidated::Never);
        assert!(never.wait().is_ok());
    }
}

#[test]
fn open_group_synchronizer_and_cache_attrs() {
    let (store, _) = hierarchy(ZarrFormat::V3);
    let open = zarr::open_group(store.clone()).path("a").cache_attrs(false);
    let group = open.synchronizer(Synchronizer::Thread).wait().unwrap();
    let mut another = zarr::open_group(store).path("a").wait().unwrap();
    another.update_attributes([("k", json!(1))]).wait().unwrap();
    // zarr-python warns, and goes on with what it read first.
    assert_eq!(group.read_attrs().wait().unwrap()["k"], 1);
}

#[test]
fn group_synchronizer_chunk_store_and_cache_attrs() {
    let (near, far) = (MemoryStore::new(), MemoryStore::new());
    let group = zarr::group(near.clone())
        .chunk_store(far.clone())
        .cache_attrs(false);
    let group = group.synchronizer(Synchronizer::Thread).wait().unwrap();
    let x = group.zeros("x", [4]).wait().unwrap();
    x.write(.., 1.0).wait().unwrap();
    assert_eq!(stored(&near).0.len(), 2);
    assert_eq!(stored(&far), ([].into(), vec!["x/c/0".to_owned()]));
}

#[test]
fn load_store_path_and_zarr_format() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let load = || zarr::load(store.clone()).path("a/x");
        let right = load().zarr_format(format).array::<f64>().wait().unwrap();
        assert_eq!(right.sum(), 28.0);
        // Where zarr-python takes what is not there for a group, which it cannot load.
        let wrong = load().zarr_format(other(format)).wait().unwrap_err();
        assert_eq!(wrong.class(), ErrorClass::NotFound);
        let nothing = zarr::load(store.clone()).path("no").wait().unwrap_err();
        assert_eq!(nothing.class(), ErrorClass::NotFound);
        // And here groups are loaded, by name.
        let Loaded::Group(group) = zarr::load(store).path("a").wait().unwrap() else {
            panic!("a group");
        };
        assert_eq!(group.array::<f64>("x").wait().unwrap().sum(), 28.0);
    }
}

#[test]
fn save_store_path_and_zarr_format() {
    for format in FORMATS {
        let keys = |store: &MemoryStore| {
            let (documents, chunks) = stored(store);
            // zarr-python writes `.zattrs` also where there are none, which is optional.
            documents.into_keys().chain(chunks).collect::<Vec<_>>()
        };
        let [one, array, group] = [(); 3].map(|()| MemoryStore::new());
        let data = || array![0_i64, 1, 2];
        let save = zarr::save(one.clone()).array(data()).path("p/q");
        save.zarr_format(format).wait().unwrap();
        let save = zarr::save_array(array.clone(), data()).name("p/q");
        save.zarr_format(format).wait().unwrap();
        let save = zarr::save_group(group.clone()).array(data()).path("p/q");
        save.zarr_format(format).wait().unwrap();
        let (of_array, of_group) = match format {
            ZarrFormat::V2 => (
                vec![".zgroup", "p/.zgroup", "p/q/.zarray", "p/q/0"],
                vec![
                    ".zgroup",
                    "p/.zgroup",
                    "p/q/.zgroup",
                    "p/q/arr_0/.zarray",
                    "p/q/arr_0/0",
                ],
            ),
            ZarrFormat::V3 => (
                vec!["p/q/zarr.json", "p/zarr.json", "zarr.json", "p/q/c/0"],
                vec![
                    "p/q/arr_0/zarr.json",
                    "p/q/zarr.json",
                    "p/zarr.json",
                    "zarr.json",
                    "p/q/arr_0/c/0",
                ],
            ),
        };
        assert_eq!(keys(&one), of_array);
        assert_eq!(keys(&array), of_array);
        assert_eq!(keys(&group), of_group);
    }
}

#[test]
fn consolidate_metadata_store_path_and_zarr_format() {
    for format in FORMATS {
        let (store, _) = hierarchy(format);
        let consolidate = |path| zarr::consolidate_metadata(store.clone()).path(path);
        let wrong = consolidate("").zarr_format(other(format)).wait();
        assert_eq!(wrong.unwrap_err().class(), ErrorClass::NotFound);
        assert!(consolidate("a/x").wait().is_err(), "an array");
        assert_eq!(
            consolidate("no").wait().unwrap_err().class(),
            ErrorClass::NotFound
        );
        let group = consolidate("a").zarr_format(format).wait().unwrap();
        assert_eq!(consolidated(&store, &group), ["x"]);
        // The group that was named, and no other.
        assert!(zarr::open_consolidated(store.clone()).wait().is_err());
        let a = zarr::open_group(store.clone()).path("a");
        let a = a.use_consolidated(UseConsolidated::Require).wait().unwrap();
        assert_eq!(consolidated(&store, &a), ["x"]);
    }
}

#[test]
fn tree_grp() {
    let (_, root) = hierarchy(ZarrFormat::V3);
    let text = "/\n└── a\n    └── x (4,) float64\n";
    assert_eq!(zarr::tree(&root).wait().unwrap().to_string(), text);
    // The method asks the same.
    assert_eq!(root.tree().wait().unwrap().to_string(), text);
}
