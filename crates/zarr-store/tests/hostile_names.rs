//! H6: whatever a name or a link says, nothing outside of a local store is touched.

#![cfg(all(feature = "local", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails shall stop"
)]

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use zarr_store::{
    BlockingStore, ByteRange, Key, LocalStore, Prefix, PutMode, Store, Symlinks, runtime::wait,
    testing::hostile_names,
};

/// The bytes of each file below a directory, and where each link leads.
fn snapshot(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.insert(path.clone(), Vec::new());
            found.append(&mut snapshot(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// A root full of links that lead out.
fn plant(root: &Path) {
    fs::create_dir_all(root.join("a/b")).unwrap();
    symlink("../canary", root.join("out")).unwrap();
    symlink("..", root.join("up")).unwrap();
    symlink("loop", root.join("loop")).unwrap();
    symlink(root.parent().unwrap().join("canary/x"), root.join("file")).unwrap();
    symlink("../../canary", root.join("a/canary")).unwrap();
    symlink("../canary/x", root.join(".file.zarr-lock")).unwrap();
}

/// Does all that can be done by one name. What it answers is not asked here, but that what is said
/// to be read is not the canary's.
fn abuse(store: &LocalStore, name: &str) {
    if let Ok(key) = Key::new(name) {
        if let Ok(Some(found)) = store.get(&key, ByteRange::All, None) {
            assert_ne!(&found.data[..], b"alive", "{name:?}");
        }
        let _ = store.head(&key);
        for mode in [
            PutMode::Create,
            PutMode::Overwrite,
            PutMode::Update(1.into()),
        ] {
            let _ = store.put(&key, &vec![1].into(), mode);
        }
        let _ = wait(Store::lock(&*store.clone().into_store(), &key));
        let _ = store.delete(&key, None);
    }
    if let Ok(prefix) = Prefix::new(name) {
        for entry in store.list(&prefix).unwrap_or_default() {
            assert!(!entry.key.name().starts_with("secret"), "{name:?}");
        }
        let _ = store.delete_prefix(&prefix);
    }
}

#[test]
fn hostile_names_stay_inside() {
    let dir = tempfile::tempdir().unwrap();
    let canary = dir.path().join("canary");
    fs::create_dir_all(canary.join("sub")).unwrap();
    for file in ["x", "sub/x", "secret"] {
        fs::write(canary.join(file), "alive").unwrap();
    }
    let before = snapshot(&canary);
    let store = LocalStore::new(dir.path().join("root")).symlinks(Symlinks::Inside);
    let names = hostile_names();
    for name in &names {
        let _ = fs::remove_dir_all(store.root());
        plant(store.root());
        abuse(&store, name);
        assert_eq!(snapshot(&canary), before, "{name:?}");
    }
    let _ = store.clean_temp(std::time::Duration::ZERO);
    store.delete_prefix(&Prefix::root()).unwrap();
    assert_eq!(snapshot(&canary), before);
    let beside: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(beside.len(), 2, "nothing new beside the root");
    println!(
        "H6: {} names x 6 operations, 0 files touched outside",
        names.len()
    );
}

#[test]
fn links_that_lead_out_are_errors_and_those_inside_are_not() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("canary")).unwrap();
    fs::write(dir.path().join("canary/x"), "alive").unwrap();
    let follow = LocalStore::new(dir.path().join("root"));
    plant(follow.root());
    fs::write(follow.root().join("a/b/x"), "inside").unwrap();
    symlink("a/b", follow.root().join("in")).unwrap();
    let inside = follow.clone().symlinks(Symlinks::Inside);

    let key = |name| Key::new(name).unwrap();
    let get = |store: &LocalStore, name| store.get(&key(name), ByteRange::All, None);
    assert_eq!(&get(&follow, "out/x").unwrap().unwrap().data[..], b"alive");
    for name in ["out/x", "out/missing", "file", "a/canary/x"] {
        let error = get(&inside, name).unwrap_err().to_string();
        assert!(error.contains("Symlinks::Follow"), "{name}: {error}");
        assert!(inside.head(&key(name)).is_err());
    }
    let put = inside.put(&key("out/new"), &vec![1].into(), PutMode::Overwrite);
    assert!(put.unwrap_err().to_string().contains("Symlinks::Follow"));
    // A value that is a link is replaced by a value.
    inside
        .put(&key("file"), &vec![1].into(), PutMode::Overwrite)
        .unwrap();
    assert_eq!(&get(&inside, "file").unwrap().unwrap().data[..], [1]);

    #[cfg(target_os = "linux")]
    assert_eq!(&get(&inside, "in/x").unwrap().unwrap().data[..], b"inside");
    let names = |store: &LocalStore| {
        let listing = store.list_dir(&Prefix::root()).unwrap();
        let names = listing.prefixes.iter().map(|p| p.name().to_owned());
        names.collect::<Vec<_>>()
    };
    fs::remove_file(follow.root().join("loop")).unwrap();
    assert_eq!(names(&inside), ["a", "in"]);
    // `up` leads to a directory that holds the root, and so around for ever.
    assert_eq!(names(&follow), ["a", "in", "out"]);
    assert_eq!(
        &get(&follow, "up/canary/x").unwrap().unwrap().data[..],
        b"alive"
    );
}
