//! What Windows has besides: names that it refuses, names that it does not tell apart, long paths, and files that are in
//! the way because somebody has them open.

use std::fs::{File, OpenOptions};

use super::*;

fn put(store: &LocalStore, name: &str, value: u8) -> Result<Option<Version>> {
    store.put(&key(name), &vec![value].into(), PutMode::Overwrite)
}

#[test]
fn f21_names_of_devices_and_odd_characters_are_refused_with_the_reason() {
    let (store, dir) = local();
    for name in ["nul", "a/CON.json/b", "x:1", "a?", "a./b", "..."] {
        for error in [
            put(&store, name, 1).unwrap_err(),
            store.get(&key(name), ByteRange::All, None).unwrap_err(),
            store.delete(&key(name), None).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("choose another name"), "{name}: {text}");
        }
    }
    assert!(files(dir.path()).is_empty());
    for name in ["nul", "a/CON.zarr/b"] {
        let error = put(&LocalStore::new(dir.path().join(name)), "a", 1).unwrap_err();
        assert!(error.to_string().contains("choose another name"), "{error}");
    }
    assert!(files(dir.path()).is_empty());
}

#[test]
fn f21_names_that_differ_in_case_are_told_apart_or_refused() {
    let (store, _dir) = local();
    put(&store, "Temp/zarr.json", 1).unwrap();
    assert_eq!(all(&store, "temp/zarr.json"), None, "that is another key");
    let error = put(&store, "temp/zarr.json", 2).unwrap_err().to_string();
    assert!(
        error.contains("`Temp`") && error.contains("case"),
        "{error}"
    );
    assert_eq!(all(&store, "Temp/zarr.json"), Some(vec![1]));
    // The file itself.
    put(&store, "a", 1).unwrap();
    put(&store, "A", 2).unwrap_err();
    assert_eq!(all(&store, "a"), Some(vec![1]));
    // Once it is gone, the name is free.
    store.delete_prefix(&Prefix::new("Temp").unwrap()).unwrap();
    put(&store, "temp/zarr.json", 2).unwrap();
    assert_eq!(all(&store, "temp/zarr.json"), Some(vec![2]));
}

#[test]
fn f21_paths_may_be_longer_than_260_characters() {
    let (store, _dir) = local();
    let long = vec!["a".repeat(100); 6].join("/");
    put(&store, &long, 1).unwrap();
    put(&store, &long, 2).unwrap();
    assert_eq!(all(&store, &long), Some(vec![2]));
    assert_eq!(store.list(&Prefix::root()).unwrap().len(), 1);
    store.delete_prefix(&Prefix::root()).unwrap();
    assert_eq!(all(&store, &long), None);
}

#[test]
fn f21_whoever_has_a_value_open_for_a_moment_is_waited_for() {
    let (store, _dir) = local();
    put(&store, "a", 1).unwrap();
    let path = store.root().join("a");
    // As a virus scanner does: nobody else may write, rename or remove it.
    let hold = || {
        use std::os::windows::fs::OpenOptionsExt;
        OpenOptions::new().read(true).share_mode(1).open(&path)
    };
    for change in [
        &(|| drop(put(&store, "a", 2).unwrap())) as &(dyn Fn() + Sync),
        &|| store.delete(&key("a"), None).unwrap(),
    ] {
        let held: File = hold().unwrap();
        thread::scope(|threads| {
            let changes = threads.spawn(change);
            thread::sleep(Duration::from_millis(100));
            assert!(!changes.is_finished());
            drop(held);
        });
    }
    assert_eq!(all(&store, "a"), None);
}

#[test]
fn f21_readers_are_not_in_the_way_of_writers() {
    let (store, _dir) = local();
    put(&store, "a", 1).unwrap();
    let reader = store.open(&key("a")).unwrap().unwrap();
    assert_eq!(reader.size().unwrap(), 1);
    put(&store, "a", 2).unwrap();
    assert!(reader.read(0..1).unwrap_err().is_conflict());
    store.delete(&key("a"), None).unwrap();
    assert_eq!(all(&store, "a"), None);
}

#[test]
fn a_conditional_write_waits_for_whoever_else_replaces() {
    let (store, _dir) = local();
    let first = put(&store, "a", 1).unwrap().unwrap();
    let dir = store.root.open_dir("").unwrap();
    // As another process would hold it.
    let other = system::lock_dir(&dir, dir_lock::LockMode::Shared).unwrap();
    thread::scope(|threads| {
        let update = PutMode::Update(first);
        let updates = threads.spawn(|| store.put(&key("a"), &vec![2].into(), update).unwrap());
        thread::sleep(Duration::from_millis(100));
        assert!(!updates.is_finished());
        drop(other);
    });
    assert_eq!(all(&store, "a"), Some(vec![2]));
    assert_eq!(files(store.root()).len(), 1, "the lock's file is gone");
}

#[test]
fn paths_are_shown_as_people_write_them() {
    let (store, dir) = local();
    let shown = store.to_string();
    assert!(!shown.contains(r"\\?\"), "{shown}");
    assert_eq!(LocalStore::new(&shown).root(), store.root());
    assert!(dir.path().exists());
}
