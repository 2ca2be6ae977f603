//! Zip archives as stores: whatever a function wrote to one is in it once its handles are gone, whether it was there
//! before or not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ndarray::array;
use zarr::blocking::Wait;
use zarr::{
    ArrayOptions, DataType, ErrorClass, IfExists, MemoryStore, Mode, NewNode, Target, json,
};
use zarr_store::{Prefix, Store, StoreExt, ZipStore, runtime::wait};

/// The values of an archive, by a reader that shares nothing with who wrote it.
fn values(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let archive = wait(ZipStore::open_file(path)).unwrap();
    let face = archive.as_blocking().unwrap();
    let read = |entry: zarr_store::Entry| {
        let value = wait(archive.get_all(&entry.key)).unwrap().unwrap();
        (entry.key.to_string(), value.to_vec())
    };
    let entries = face.list(&Prefix::root()).unwrap();
    entries.into_iter().map(read).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What Python's own reader says of archives: no entry is there twice, and all are whole.
fn python_agrees(paths: &[PathBuf]) {
    let check = "import sys, zipfile
for path in sys.argv[1:]:
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None, path
    assert len(set(archive.namelist())) == len(archive.namelist()) > 0, path";
    match Command::new("python3")
        .args(["-c", check])
        .args(paths)
        .status()
    {
        Ok(status) => assert!(status.success()),
        Err(e) => println!("skipped: python3: {e}"),
    }
}

/// One that makes something of a store that is new.
type Make = fn(Target) -> zarr::Result<()>;

fn like() -> zarr::Array {
    zarr::create_array(Target::Memory, [4], DataType::Int16)
        .wait()
        .unwrap()
}

fn source() -> zarr::Group {
    let root = zarr::group(MemoryStore::new()).wait().unwrap();
    root.put("a", array![1, 2, 3]).wait().unwrap();
    root
}

fn options() -> ArrayOptions {
    ArrayOptions::new([4], DataType::Int16)
}

/// Every function that takes a store, with a document that must come of it.
const MAKING: &[(&str, &str, Make)] = &[
    ("array", "zarr.json", |t| {
        zarr::array(t, array![1, 2]).wait().map(drop)
    }),
    ("create", "zarr.json", |t| {
        zarr::create(t, [4]).wait().map(drop)
    }),
    ("create_array", "a/zarr.json", |t| {
        let a = zarr::create_array(t, [4], DataType::Int16)
            .name("a")
            .wait()?;
        a.write(.., 7_i16).wait()
    }),
    ("from_array", "zarr.json", |t| {
        zarr::from_array(t, like()).wait().map(drop)
    }),
    ("create_group", "zarr.json", |t| {
        zarr::create_group(t).wait().map(drop)
    }),
    ("group", "zarr.json", |t| zarr::group(t).wait().map(drop)),
    ("create_hierarchy", "b/c/zarr.json", |t| {
        zarr::create_hierarchy(t, [("b/c", NewNode::group())])
            .wait()
            .map(drop)
    }),
    ("create_rooted_hierarchy", "zarr.json", |t| {
        let nodes = [("", NewNode::group()), ("b/c", NewNode::group())];
        zarr::create_rooted_hierarchy(t, nodes).wait().map(drop)
    }),
    ("empty", "zarr.json", |t| {
        zarr::empty(t, [4]).wait().map(drop)
    }),
    ("zeros", "zarr.json", |t| {
        zarr::zeros(t, [4]).wait().map(drop)
    }),
    ("ones", "zarr.json", |t| zarr::ones(t, [4]).wait().map(drop)),
    ("full", "zarr.json", |t| {
        zarr::full(t, [4], 7).wait().map(drop)
    }),
    ("empty_like", "zarr.json", |t| {
        zarr::empty_like(t, &like()).wait().map(drop)
    }),
    ("zeros_like", "zarr.json", |t| {
        zarr::zeros_like(t, &like()).wait().map(drop)
    }),
    ("ones_like", "zarr.json", |t| {
        zarr::ones_like(t, &like()).wait().map(drop)
    }),
    ("full_like", "zarr.json", |t| {
        zarr::full_like(t, &like(), 7).wait().map(drop)
    }),
    ("open", "zarr.json", |t| {
        zarr::open(t)
            .mode(Mode::Append)
            .or_create(options())
            .wait()
            .map(drop)
    }),
    ("open_array", "zarr.json", |t| {
        zarr::open_array(t)
            .mode(Mode::Write)
            .or_create(options())
            .wait()
            .map(drop)
    }),
    ("open_like", "zarr.json", |t| {
        zarr::open_like(t, &like())
            .mode(Mode::Append)
            .wait()
            .map(drop)
    }),
    ("open_group", "zarr.json", |t| {
        zarr::open_group(t).mode(Mode::CreateNew).wait().map(drop)
    }),
    ("save", "arr_1/c/0", |t| {
        zarr::save(t).array(array![1]).array(array![2]).wait()
    }),
    ("save_array", "c/0", |t| {
        zarr::save_array(t, array![1]).wait().map(drop)
    }),
    ("save_group", "x/c/0", |t| {
        zarr::save_group(t).named("x", array![1]).wait()
    }),
    ("copy", "b/c/0", |t| {
        let a = source().array("a").wait()?;
        zarr::copy(a, t).name("b").wait().map(drop)
    }),
    ("copy_all", "a/c/0", |t| {
        zarr::copy_all(&source(), t).wait().map(drop)
    }),
    ("copy_store", "a/c/0", |t| {
        zarr::copy_store(source().store().clone(), t)
            .wait()
            .map(drop)
    }),
];

/// Functions that take a store and make nothing where nothing is.
const OTHERS: [&str; 3] = ["consolidate_metadata", "load", "open_consolidated"];

/// The names of the functions below a directory of sources that take a store.
fn functions(sources: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in fs::read_dir(sources).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            names.append(&mut functions(&path));
            continue;
        }
        let source = fs::read_to_string(path).unwrap();
        for function in source.split("\npub fn ").skip(1) {
            let (head, _) = function.split_once('{').unwrap();
            if head.contains("impl Into<Target>") {
                let end = head.find(['(', '<']).unwrap();
                names.insert(head[..end].to_owned());
            }
        }
    }
    names
}

#[test]
fn what_every_function_makes_is_in_the_archive() {
    let listed = MAKING.iter().map(|(name, ..)| *name).chain(OTHERS);
    let listed: BTreeSet<String> = listed.map(str::to_owned).collect();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/zarr/src");
    assert_eq!(
        listed,
        functions(&sources),
        "each function that takes a store is in the table"
    );

    let dir = tempfile::tempdir().unwrap();
    let mut made = vec![];
    for (name, document, make) in MAKING {
        for (kind, ending) in [
            ("path", "zip"),
            ("text", "ZIP"),
            ("layer", "ozx"),
            ("store", "zip"),
        ] {
            // In a directory that is made as well.
            let path = dir.path().join(format!("{name}/{kind}.{ending}"));
            let text = path.to_str().unwrap();
            let (target, inner) = match kind {
                "path" => (Target::from(path.clone()), ""),
                "text" => (Target::from(text), ""),
                "layer" => (Target::from(format!("{text}::in/it")), "in/it/"),
                _ => (wait(zarr_store::open_store(text, &[])).unwrap().into(), ""),
            };
            make(target).unwrap();
            let keys = values(&path);
            assert!(
                keys.contains_key(&format!("{inner}{document}")),
                "{name} by {kind}: {keys:?}"
            );
            assert_eq!(
                names(&dir.path().join(name)).len(),
                made.len() % 4 + 1,
                "{name}: nothing beside it"
            );
            made.push(path);
        }
    }
    python_agrees(&made);
}

/// Nobody asks the archive's store to finish, and nobody holds a handle: it was done before `Ok`.
#[test]
fn what_gives_no_handle_is_done_before_it_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let store = wait(zarr_store::open_store(
        path.to_str().unwrap(),
        &[("finish", "sync")],
    ))
    .unwrap();
    zarr::save_group(store.clone())
        .named("x", array![1])
        .wait()
        .unwrap();
    assert!(values(&path).contains_key("x/c/0"));
    zarr::copy_all(&source(), store.clone()).wait().unwrap();
    assert!(values(&path).contains_key("a/c/0"));
    let stats = zarr::copy_store(source().store().clone(), store.clone()).dest_path("all");
    stats.wait().unwrap();
    assert!(values(&path).contains_key("all/a/c/0"));
    // A dry run finishes nothing of what others are at.
    zarr::create_group(store.clone())
        .path("later")
        .wait()
        .unwrap();
    zarr::copy_all(&source(), store)
        .if_exists(IfExists::Replace)
        .dry_run(true)
        .wait()
        .unwrap();
    assert!(!values(&path).contains_key("later/zarr.json"));
}

#[test]
fn an_archive_that_is_there_is_added_to_and_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    zarr::save_group(&path)
        .named("a", array![1, 2, 3])
        .wait()
        .unwrap();
    zarr::save_group(&path)
        .named("b", array![0.5])
        .wait()
        .unwrap();
    let mut a = zarr::open_array(&path).path("a").wait().unwrap();
    a.update_attributes([("units", json!("K"))]).wait().unwrap();
    a.append(array![4_i32, 5]).wait().unwrap();
    a.close().wait().unwrap();
    let root = zarr::open_group(path.to_str().unwrap())
        .mode(Mode::ReadWrite)
        .wait()
        .unwrap();
    root.create_array("c", [2], DataType::UInt8)
        .wait()
        .unwrap()
        .write(.., 9_u8)
        .wait()
        .unwrap();
    root.move_node("b", "moved/b").wait().unwrap();
    drop(zarr::consolidate_metadata(&root).wait().unwrap());
    drop(root);

    let found = values(&path);
    let keys: Vec<&str> = found.keys().map(String::as_str).collect();
    let expected = [
        "a/c/0",
        "a/c/1",
        "a/zarr.json",
        "c/c/0",
        "c/zarr.json",
        "moved/b/c/0",
        "moved/b/zarr.json",
        "moved/zarr.json",
        "zarr.json",
    ];
    assert_eq!(keys, expected);
    let a = zarr::open_consolidated(&path)
        .wait()
        .unwrap()
        .array("a")
        .wait()
        .unwrap();
    assert_eq!(
        a.read::<i32>(..).wait().unwrap(),
        array![1, 2, 3, 4, 5].into_dyn()
    );
    assert_eq!(a.attrs()["units"], json!("K"));
    let moved = zarr::load(&path)
        .path("moved/b")
        .array::<f64>()
        .wait()
        .unwrap();
    assert_eq!(moved, array![0.5].into_dyn());
    python_agrees(&[path]);
}

/// Opened one by one, by different spellings, they are handles on one archive.
#[test]
fn two_handles_lose_nothing_of_each_others() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let one = zarr::create_group(&path).wait().unwrap();
    let two = zarr::open_group(format!("{}::", path.display()))
        .wait()
        .unwrap();
    std::thread::scope(|threads| {
        for (name, group) in [("one", &one), ("two", &two)] {
            threads.spawn(move || {
                for n in 0..10 {
                    group
                        .put(format!("{name}/{n}"), array![n + 1])
                        .wait()
                        .unwrap();
                }
            });
        }
    });
    drop(one);
    two.put("last", array![1]).wait().unwrap();
    zarr::save_array(&path, array![1])
        .name("saved")
        .wait()
        .unwrap();
    drop(two);
    let root = zarr::open_group(&path).wait().unwrap();
    assert_eq!(root.members().all().wait().unwrap().len(), 24);
    assert_eq!(
        values(&path)
            .keys()
            .filter(|key| key.ends_with("c/0"))
            .count(),
        22
    );
}

#[test]
fn an_operation_that_fails_leaves_the_old_archive() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    zarr::save_group(&path)
        .named("a", array![1])
        .wait()
        .unwrap();
    let before = fs::read(&path).unwrap();
    // Found when `b` is written already: the chunk of `c` is damaged.
    let source = zarr::group(MemoryStore::new()).wait().unwrap();
    source.put("b", array![1]).wait().unwrap();
    let c = source.put("c", array![1]).wait().unwrap();
    let key = c.chunked().location().key("c/0").unwrap();
    wait(
        c.store()
            .put(&key, vec![1].into(), zarr_store::PutMode::Overwrite),
    )
    .unwrap();
    let copied = zarr::copy_all(&source, &path)
        .with(|array| array.fill_value(3))
        .wait();
    assert!(copied.is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(names(dir.path()), ["x.zip"]);
}

/// The store is one level down where people packed a folder: it is what the archive's name stands for.
#[test]
fn an_outer_folder_is_the_root() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let text = path.to_str().unwrap();
    let inner = format!("{text}::foo.zarr");
    let packed = format!("{text}|zip:foo.zarr");
    let save = zarr::save_group(packed.as_str()).named("a", array![1]);
    save.wait().unwrap();
    let keys = |address: &str| zarr::open_group(address).wait()?.keys().wait();
    assert_eq!(keys(text).unwrap(), ["a"]);
    assert_eq!(keys(&inner).unwrap(), ["a"]);
    assert!(zarr::open_array(&path).path("a").wait().is_ok());
    let named = zarr::open_array(&path).path("foo.zarr/a").wait();
    assert!(named.is_ok());

    // What is added is below the folder, where it is found again.
    zarr::create_array(&path, [4], DataType::Int16)
        .name("b")
        .wait()
        .unwrap()
        .close()
        .wait()
        .unwrap();
    assert_eq!(keys(&inner).unwrap(), ["a", "b"]);
    assert_eq!(keys(text).unwrap(), ["a", "b"]);
    let error = zarr::create_group(&path).wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::Exists);

    // Two folders are two nodes, and neither is the archive.
    let save = zarr::save_group(format!("{text}|zip:b")).named("a", array![1]);
    save.wait().unwrap();
    let error = zarr::open(&path).mode("r").wait().unwrap_err();
    assert_eq!(error.class(), ErrorClass::NotFound);
    assert_eq!(keys(&inner).unwrap(), ["a", "b"]);
}

/// An archive that somebody else writes, or has replaced, is a conflict, and one that is damaged is corrupt: neither is
/// an affair of the disk.
#[test]
fn what_is_wrong_with_an_archive_has_its_class() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    zarr::save_group(&path)
        .named("a", array![1])
        .wait()
        .unwrap();
    let class = |made: zarr::Result<zarr::Group>| made.unwrap_err().class();
    let add = || {
        let root = zarr::open_group(&path).wait()?;
        root.create_group("b").wait()
    };
    zarr::save_group(dir.path().join("y.zip"))
        .named("a", array![1])
        .wait()
        .unwrap();
    fs::rename(dir.path().join("y.zip"), &path).unwrap();

    let writer = zarr_store::ZipStore::append(&path).unwrap();
    assert_eq!(class(add()), ErrorClass::Conflict);
    drop(writer);
    assert!(add().is_ok());

    let root = zarr::open_group(&path).wait().unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(dir.path().join("z.zip"), &whole).unwrap();
    fs::rename(dir.path().join("z.zip"), &path).unwrap();
    assert_eq!(class(root.create_group("c").wait()), ErrorClass::Conflict);
    drop(root);

    fs::write(&path, &whole[..whole.len() - 10]).unwrap();
    assert_eq!(class(zarr::open_group(&path).wait()), ErrorClass::Corrupt);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_runtime_too() {
    let dir = tempfile::tempdir().unwrap();
    for (name, close) in [("closed.zip", true), ("dropped.zip", false)] {
        let path = dir.path().join(name);
        let a = zarr::create_array(&path, [100], DataType::Int16)
            .chunks([1])
            .await
            .unwrap();
        a.write(.., 7_i16).await.unwrap();
        match close {
            true => a.close().await.unwrap(),
            false => drop(a),
        }
        let check = move || values(&path).len();
        assert_eq!(tokio::task::spawn_blocking(check).await.unwrap(), 101);
    }
}

/// No lock files are asked for, which archives have none of: it is no directory for that.
#[test]
fn a_synchronizer_does_not_make_it_a_directory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let save = zarr::save(&path).array(array![1]);
    save.synchronizer(zarr::Synchronizer::Thread)
        .wait()
        .unwrap();
    let chunks = dir.path().join("chunks.zip");
    zarr::save(Target::from(dir.path().join("y.zarr")))
        .array(array![1])
        .chunk_store(&chunks)
        .wait()
        .unwrap();
    assert_eq!(values(&path).len(), 2);
    assert_eq!(values(&chunks).len(), 1);
}
