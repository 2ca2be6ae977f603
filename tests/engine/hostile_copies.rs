//! H7: stores with hostile names are copied to directories. Keys are checked again where they are written, so nothing
//! outside of the destination is touched.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use zarr::blocking::Wait;
use zarr::{DataType, IfExists};
use zarr_store::testing::hostile_names;
use zarr_store::{BlockingStore, Key, LocalStore, MemoryStore, PutMode, Symlinks};

/// All files and directories below a directory, links not followed.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.append(&mut snapshot(&path));
        }
        let bytes = if kind.is_file() {
            fs::read(&path).unwrap()
        } else {
            vec![]
        };
        found.insert(path, bytes);
    }
    found
}

/// A directory with `root`, into which is copied and whose links lead out, and the canary beside it.
fn place() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (root, canary) = (dir.path().join("root"), dir.path().join("canary"));
    fs::create_dir_all(root.join("a")).unwrap();
    fs::create_dir_all(canary.join("sub")).unwrap();
    fs::write(canary.join("x"), "alive").unwrap();
    fs::write(canary.join("sub/x"), "alive").unwrap();
    symlink("../canary", root.join("out")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("../canary/x", root.join("file")).unwrap();
    symlink("../../canary", root.join("a/canary")).unwrap();
    dir
}

/// A store of one value and a node, both at a name; `None` if the name is no key.
fn source(name: &str) -> Option<MemoryStore> {
    let store = MemoryStore::new();
    let key = Key::new(name).ok()?;
    let put = store.put(&key, &b"hostile".to_vec().into(), PutMode::Overwrite);
    put.unwrap();
    let array = zarr::create_array(store.clone(), [2], DataType::Int8).name(format!("n/{name}"));
    // The name may be none of a node.
    if let Ok(array) = array.wait() {
        array.write(.., 7).wait().unwrap();
    }
    Some(store)
}

#[test]
fn copies_of_hostile_stores_stay_inside() {
    let (mut copied, mut refused, mut no_keys) = (0, 0, 0);
    for name in hostile_names() {
        let Some(source) = source(&name) else {
            no_keys += 1;
            continue;
        };
        let dir = place();
        let canary = snapshot(&dir.path().join("canary"));
        let to = LocalStore::new(dir.path().join("root")).symlinks(Symlinks::Inside);
        let stats = zarr::copy_store(source.clone(), to.clone())
            .if_exists(IfExists::Replace)
            .wait();
        match stats {
            Ok(stats) => copied += stats.copied,
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        }
        // As nodes, to a place of the same name.
        if let Ok(group) = zarr::open_group(source).mode("r+").implicit(true).wait() {
            drop(zarr::copy_all(&group, to.clone()).wait());
            drop(zarr::copy(&group, to).name(&name).wait());
        }
        let beside: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(
            beside.len(),
            2,
            "{name:?}: something is new beside the root"
        );
        assert_eq!(snapshot(&dir.path().join("canary")), canary, "{name:?}");
    }
    println!(
        "H7: {copied} values copied, {refused} copies refused, {no_keys} names are no keys, 0 files touched outside"
    );
    assert!(copied > 100 && refused > 0 && no_keys > 100);
}
