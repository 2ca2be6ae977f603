//! The parameters about stores that zarr-python 3 takes and ignores (3.4.2: a warning each, as
//! measured), and zarr-python 2 had: here each has its meaning.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{
    DataType, ErrorClass, ErrorKind, Extension, MemoryStore, Mode, Synchronizer, Target, ZarrFormat,
};
use zarr_store::{BlockingStore, Counting, Prefix, Store};

fn names(store: &MemoryStore) -> Vec<String> {
    let entries = BlockingStore::list(store, &Prefix::root()).unwrap();
    let mut names: Vec<String> = entries.iter().map(|e| e.key.as_str().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn create_chunk_store() {
    for (format, documents, chunks) in [
        (
            ZarrFormat::V2,
            vec![".zgroup", "a/.zarray"],
            vec!["a/0", "a/1"],
        ),
        (
            ZarrFormat::V3,
            vec!["a/zarr.json", "zarr.json"],
            vec!["a/c/0", "a/c/1"],
        ),
    ] {
        let (near, far) = (MemoryStore::new(), MemoryStore::new());
        let create = zarr::create(near.clone(), [4])
            .name("a")
            .chunks([2])
            .zarr_format(format);
        let array = create.chunk_store(far.clone()).wait().unwrap();
        array.write(.., 1.0).wait().unwrap();
        assert_eq!(
            (names(&near), names(&far)),
            (
                documents.iter().map(ToString::to_string).collect(),
                chunks.iter().map(ToString::to_string).collect(),
            )
        );
        let open = || zarr::open_array(near.clone()).path("a");
        let both = open().chunk_store(far.clone()).wait().unwrap();
        assert_eq!(both.read::<f64>(..).wait().unwrap().sum(), 4.0);
        assert_eq!(
            open().wait().unwrap().read::<f64>(..).wait().unwrap().sum(),
            0.0
        );
    }
}

#[test]
fn open_group_chunk_store() {
    let (near, far) = (MemoryStore::new(), MemoryStore::new());
    let root = zarr::open_group(near.clone())
        .mode(Mode::Append)
        .chunk_store(far.clone());
    let root = root.wait().unwrap();
    root.ones("a", [2])
        .wait()
        .unwrap()
        .write(.., 3.0)
        .wait()
        .unwrap();
    assert_eq!(names(&far), ["a/c/0"]);
    // A place in a store, too.
    let below = zarr::group(far.clone()).path("chunks/of").wait().unwrap();
    let other = zarr::group(near)
        .path("b")
        .chunk_store(&below)
        .wait()
        .unwrap();
    other
        .ones("c", [2])
        .wait()
        .unwrap()
        .write(.., 3.0)
        .wait()
        .unwrap();
    assert!(
        names(&far).contains(&"chunks/of/b/c/c/0".to_owned()),
        "{:?}",
        names(&far)
    );
}

#[test]
fn create_read_only() {
    // zarr-python gives a handle that writes.
    let data = ndarray::array![1, 2];
    let array = zarr::array(Target::Memory, &data)
        .read_only(true)
        .wait()
        .unwrap();
    assert!(array.read_only());
    assert_eq!(array.read::<i32>(..).wait().unwrap(), data.into_dyn());
    let error = array.write(.., 3).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Permission);
}

#[test]
fn open_read_only() {
    let store = MemoryStore::new();
    zarr::zeros(store.clone(), [2]).name("a").wait().unwrap();
    let group = zarr::open_group(store.clone())
        .read_only(true)
        .wait()
        .unwrap();
    assert!(group.read_only() && group.array("a").wait().unwrap().read_only());
    assert!(group.create_group("b").wait().is_err());
    let node = zarr::open(store.clone())
        .path("a")
        .read_only(true)
        .wait()
        .unwrap();
    assert!(node.into_array().unwrap().read_only());
    assert!(
        !zarr::open_array(store)
            .path("a")
            .wait()
            .unwrap()
            .read_only()
    );
}

#[test]
fn create_array_storage_options() {
    let dir = tempfile::tempdir().unwrap();
    let array = |target: Target| zarr::create_array(target, [2], DataType::Int8);
    for target in [Target::Memory, dir.path().into(), MemoryStore::new().into()] {
        let error = array(target)
            .storage_options([("region", "eu")])
            .wait()
            .unwrap_err();
        assert!(matches!(
            error.kind(),
            ErrorKind::Argument {
                name: "storage_options",
                ..
            }
        ));
    }
    // An address that is none of a service: its own error names the option.
    let text = dir.path().to_str().unwrap();
    let error = array(text.into())
        .storage_options([("region", "eu")])
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("region"), "{error}");
}

#[test]
fn create_object_codec() {
    let texts = zarr::create(Target::Memory, [2]).dtype(DataType::String);
    let codec = Extension::new("vlen-utf8");
    let old = texts
        .clone()
        .zarr_format(ZarrFormat::V2)
        .object_codec(codec.clone());
    let old = old.wait().unwrap();
    assert_eq!(old.filters(), std::slice::from_ref(&codec));
    old.write(.., "żółw").wait().unwrap();
    assert_eq!(old.read::<String>(..).wait().unwrap()[[1]], "żółw");
    let error = texts.object_codec(codec).wait().unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Argument {
            name: "object_codec",
            ..
        }
    ));
}

#[test]
fn create_synchronizer() {
    let dir = tempfile::tempdir().unwrap();
    for which in [Synchronizer::Thread, Synchronizer::Process] {
        let path = dir.path().join(format!("{which:?}"));
        let create = zarr::create(path.as_path(), [16])
            .chunks([16])
            .synchronizer(which);
        let array = create.wait().unwrap();
        // Writers of parts of one chunk never lose each other's, whichever it is.
        std::thread::scope(|scope| {
            for i in 0..16_u64 {
                let array = array.clone();
                scope.spawn(move || array.write(i..i + 1, i as f64).wait().unwrap());
            }
        });
        let numbers: Vec<f64> = (0..16).map(f64::from).collect();
        assert_eq!(
            array
                .read::<f64>(..)
                .wait()
                .unwrap()
                .into_raw_vec_and_offset()
                .0,
            numbers
        );
    }
}

#[test]
fn open_consolidated_notices_what_makes_it_stale() {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = counting.clone();
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let root = zarr::group(store.clone())
            .path(format!("{format}"))
            .zarr_format(format);
        let root = root.wait().unwrap();
        root.zeros("a/b", [4]).wait().unwrap();
        zarr::consolidate_metadata(&root).wait().unwrap();
        let open = || zarr::open_consolidated(&root).wait().unwrap();
        let changes: [fn(&zarr::Group); 4] = [
            |group| drop(group.zeros("new", [2]).overwrite(true).wait().unwrap()),
            |group| {
                let mut array = group.array("a/b").wait().unwrap();
                array.resize([5]).wait().unwrap();
            },
            |group| {
                let mut a = group.group("a").wait().unwrap();
                a.update_attributes([("k", zarr::json!(1))]).wait().unwrap();
            },
            |group| group.delete("new").wait().unwrap(),
        ];
        for change in changes {
            let mut group = open();
            let array = group.array("a/b").wait().unwrap();
            array.write(.., 1.0).wait().unwrap();
            assert!(!group.is_stale(), "chunks are no documents");
            change(&group);
            assert!(group.is_stale());
            group.reconsolidate().wait().unwrap();
            assert!(!group.is_stale());
            assert_eq!(group.keys().wait().unwrap(), root.keys().wait().unwrap());
            let shape = group.array("a/b").wait().unwrap().shape().to_vec();
            assert_eq!(shape, root.array("a/b").wait().unwrap().shape());
        }
    }
    let mut plain = zarr::group(Target::Memory).wait().unwrap();
    assert!(!plain.is_stale() && plain.reconsolidate().wait().is_err());
}

#[test]
fn open_array_cache_metadata() {
    for format in [ZarrFormat::V2, ZarrFormat::V3] {
        let store = MemoryStore::new();
        let mut array = zarr::ones(store.clone(), [4])
            .zarr_format(format)
            .wait()
            .unwrap();
        let open = || zarr::open_array(store.clone()).mode(Mode::Read);
        let (kept, looking) = (open(), open().cache_metadata(false));
        let (kept, looking) = (kept.wait().unwrap(), looking.wait().unwrap());
        array.resize([6]).wait().unwrap();
        array.write(5, 9.0).wait().unwrap();
        assert_eq!(kept.read::<f64>(..).wait().unwrap().len(), 4);
        assert_eq!(looking.read::<f64>(..).wait().unwrap().len(), 6);
        let streamed = looking.stream::<f64>(..).wait();
        let cells = streamed.map(|block| block.unwrap().1.len());
        assert_eq!(cells.sum::<usize>(), 6);
        assert_eq!(
            looking
                .read_dyn(-1)
                .wait()
                .unwrap()
                .into_array::<f64>()
                .unwrap()[[]],
            9.0
        );
        // Writing too.
        let writing = zarr::open_array(store.clone())
            .cache_metadata(false)
            .wait()
            .unwrap();
        array.resize([8]).wait().unwrap();
        writing.write(7, 3.0).wait().unwrap();
        assert_eq!(array.read::<f64>(7).wait().unwrap()[[]], 3.0);
    }
}

#[test]
fn open_cache_attrs() {
    let store = MemoryStore::new();
    let mut group = zarr::group(store.clone()).wait().unwrap();
    let mut array = group.zeros("a", [2]).wait().unwrap();
    let open = |yes| {
        zarr::open_group(store.clone())
            .read_only(true)
            .cache_attrs(yes)
    };
    let groups = [true, false].map(|yes| open(yes).wait().unwrap());
    let open = |yes| zarr::open_array(store.clone()).path("a").cache_attrs(yes);
    let arrays = [true, false].map(|yes| open(yes).wait().unwrap());
    group
        .update_attributes([("n", zarr::json!(1))])
        .wait()
        .unwrap();
    array
        .update_attributes([("n", zarr::json!(1))])
        .wait()
        .unwrap();
    let count = |attrs: zarr::Attributes| attrs.len();
    assert_eq!(
        groups.map(|group| count(group.read_attrs().wait().unwrap())),
        [0, 1]
    );
    assert_eq!(
        arrays.map(|array| count(array.read_attrs().wait().unwrap())),
        [0, 1]
    );
}

#[test]
fn refresh_of_a_handle_that_changes_nothing() {
    let store = MemoryStore::new();
    let mut array = zarr::zeros(store.clone(), [2]).wait().unwrap();
    let mut read_only = zarr::open_array(store).mode(Mode::Read).wait().unwrap();
    array.resize([3]).wait().unwrap();
    read_only.refresh().wait().unwrap();
    assert_eq!(read_only.shape(), [3]);
}

#[test]
#[cfg(unix)]
fn links_out_of_a_store_are_refused_by_an_option() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    zarr::create_group(path("out.zarr").as_str())
        .wait()
        .unwrap();
    zarr::create_group(path("g.zarr").as_str()).wait().unwrap();
    std::os::unix::fs::symlink("../out.zarr", path("g.zarr/link")).unwrap();
    let root = path("g.zarr");
    let open = || zarr::open(root.as_str()).path("link");
    open().wait().unwrap();
    let inside = [("symlinks", "inside")];
    let error = open().storage_options(inside).wait().unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
    let create = zarr::create_array(root.as_str(), [4], zarr::DataType::Int8).name("link/a");
    assert!(create.storage_options(inside).wait().is_err());
    assert!(!std::path::Path::new(&path("out.zarr/a")).exists());
    // Both options and a synchronizer.
    let both = open()
        .storage_options(inside)
        .synchronizer(zarr::Synchronizer::Thread);
    let error = both.wait().unwrap_err();
    assert!(error.to_string().contains("symbolic link"), "{error}");
}
