//! Archives by their address: one store for all who write it in this process, finished by the last of them.

use std::{fs, path::Path, sync::Arc};

use zarr_store::{
    Key, LocalStore, Payload, PutMode, Result, Store, StoreExt, ZipStore, open_path, open_store,
    runtime::wait, zip::ZipError,
};

use crate::{key, values_of_file, why, writing::map, writing::names};

fn open(path: &Path) -> Arc<dyn Store> {
    wait(open_path(path, &[])).unwrap()
}

fn put(store: &Arc<dyn Store>, name: &str, value: &str) -> Result<()> {
    let value = Payload::from(value.to_owned());
    wait(store.put(&key(name), value, PutMode::Overwrite)).map(drop)
}

#[test]
fn looking_at_one_makes_no_files() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("no/x.zip");
    let store = open(&path);
    assert!(!wait(store.exists(&key("a"))).unwrap());
    wait(store.delete(&key("a"), None)).unwrap();
    wait(store.sync()).unwrap();
    drop(store);
    assert!(names(dir.path()).is_empty());
    // Nor does it lock anybody out.
    let path = dir.path().join("x.zip");
    put(&open(&path), "a", "1").unwrap();
    let reading = open(&path);
    drop(ZipStore::append(&path).unwrap());
    assert_eq!(wait(reading.get_all(&key("a"))).unwrap().unwrap(), "1");
    assert_eq!(names(dir.path()), ["x.zip"]);
}

#[test]
fn the_last_handle_finishes_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let one = open(&path);
    put(&one, "a", "1").unwrap();
    let two = open(
        &dir.path()
            .join("../")
            .join(dir.path().file_name().unwrap())
            .join("x.zip"),
    );
    put(&two, "b", "2").unwrap();
    assert_eq!(wait(one.get_all(&key("b"))).unwrap().unwrap(), "2");
    drop(one);
    assert!(!path.exists());
    drop(two);
    assert_eq!(values_of_file(&path), map([("a", "1"), ("b", "2")]));
    assert_eq!(names(dir.path()), ["x.zip"]);
}

#[test]
fn who_wrote_nothing_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    put(&open(&path), "a", "1").unwrap();
    let begin = || zarr_store::BlockingStore::into_store(ZipStore::create(&path).unwrap());
    drop(begin());
    assert_eq!(values_of_file(&path), map([("a", "1")]));
    put(&begin(), "b", "2").unwrap();
    assert_eq!(values_of_file(&path), map([("b", "2")]));
}

#[test]
fn who_wants_to_say_when_gets_the_old_one_otherwise() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let asked = || wait(open_path(&path, &[("finish", "sync")])).unwrap();
    put(&asked(), "a", "1").unwrap();
    assert!(names(dir.path()).is_empty());
    let store = asked();
    put(&store, "a", "2").unwrap();
    wait(store.sync()).unwrap();
    put(&store, "a", "3").unwrap();
    drop(store);
    assert_eq!(values_of_file(&path), map([("a", "2")]));
    // One that is to be finished all the same is enough.
    let (one, two) = (asked(), open(&path));
    put(&one, "a", "4").unwrap();
    drop(two);
    drop(one);
    assert_eq!(values_of_file(&path), map([("a", "4")]));
    assert!(wait(open_path(&path, &[("finish", "never")])).is_err());
}

// Elsewhere an archive that is open cannot be replaced.
#[cfg(unix)]
#[test]
fn what_others_changed_meanwhile_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    put(&open(&path), "a", "1").unwrap();
    let old = open(&path);
    let others = ZipStore::create(dir.path().join("y.zip")).unwrap();
    zarr_store::BlockingStore::put(&others, &key("b"), &"2".to_owned().into(), PutMode::Create)
        .unwrap();
    others.finish().unwrap();
    drop(others);
    fs::rename(dir.path().join("y.zip"), &path).unwrap();
    // It goes on with the archive that it opened, and whoever comes now gets the new one.
    assert_eq!(wait(old.get_all(&key("a"))).unwrap().unwrap(), "1");
    assert_eq!(why(&put(&old, "a", "3").unwrap_err()), ZipError::Changed);
    let new = open(&path);
    put(&new, "c", "3").unwrap();
    // Somebody who knows of no locks.
    fs::write(&path, "not even an archive").unwrap();
    assert_eq!(why(&wait(new.sync()).unwrap_err()), ZipError::Changed);
    drop(new);
    assert_eq!(fs::read(&path).unwrap(), b"not even an archive");
    assert_eq!(names(dir.path()), ["x.zip"]);
}

#[test]
fn one_that_is_written_elsewhere_is_locked_until_it_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::append(&path).unwrap();
    let store = open(&path);
    assert_eq!(why(&put(&store, "a", "1").unwrap_err()), ZipError::Locked);
    drop(writer);
    put(&store, "a", "1").unwrap();
    assert!(ZipStore::append(&path).is_err());
    wait(store.sync()).unwrap();
    assert!(
        ZipStore::append(&path).is_ok(),
        "between two changes anybody may"
    );
}

/// RFC 9 of OME-NGFF keeps its version there.
#[test]
fn the_comment_of_an_archive_stays() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("image.ozx");
    let comment = br#"{"ome": {"version": "0.5"}}"#;
    put(&open(&path), "a", "1").unwrap();
    let mut archive = fs::read(&path).unwrap();
    let at = archive.len() - 2;
    archive[at..].copy_from_slice(&(comment.len() as u16).to_le_bytes());
    archive.extend(comment);
    fs::write(&path, archive).unwrap();
    put(&open(&path), "b", "2").unwrap();
    assert_eq!(values_of_file(&path), map([("a", "1"), ("b", "2")]));
    assert!(fs::read(&path).unwrap().ends_with(comment));
}

#[test]
fn an_archive_is_one_by_its_name_or_its_first_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first.zip");
    put(&open(&first), "a", "1").unwrap();
    for name in ["X.ZIP", "x.ozx", "x.ome.zarr", "x"] {
        let path = dir.path().join(name);
        fs::copy(&first, &path).unwrap();
        put(&open(&path), "b", "2").unwrap();
        assert_eq!(
            values_of_file(&path),
            map([("a", "1"), ("b", "2")]),
            "{name}"
        );
        let text = path.to_str().unwrap();
        let url = format!(
            "file:///{}",
            text.replace('\\', "/").trim_start_matches('/')
        );
        for address in [format!("{text}|zip:"), url] {
            let store = wait(open_store(&address, &[])).unwrap();
            assert_eq!(
                wait(store.get_all(&key("b"))).unwrap().unwrap(),
                "2",
                "{address}"
            );
        }
    }
    // A directory of such a name is a directory, and any other file none.
    fs::create_dir(dir.path().join("d.zip")).unwrap();
    assert_eq!(open(&dir.path().join("d.zip")).kind(), "LocalStore");
    fs::write(dir.path().join("notes"), "PK, a town").unwrap();
    assert_eq!(open(&dir.path().join("notes")).kind(), "LocalStore");
    assert!(wait(open_path(dir.path().join("x.zip"), &[])).is_ok_and(|x| x.kind() == "ZipStore"));
    // By another store it is read.
    let files = zarr_store::BlockingStore::into_store(LocalStore::new(dir.path()));
    let archive = wait(ZipStore::open(files, Key::new("x.ozx").unwrap())).unwrap();
    assert_eq!(archive.len(), 2);
}

/// What no key can name is not shown, and not lost either.
#[test]
fn an_archive_with_what_would_be_lost_is_not_changed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    put(&open(&path), "a", "1").unwrap();
    put(&open(&path), &"b".repeat(40), "2").unwrap();
    // The same name as one that no key may have: both headers have it.
    let archive = fs::read(&path).unwrap();
    let (name, reserved) = ("b".repeat(40), format!("{}.zarr-tmp", "b".repeat(31)));
    let mut text = Vec::new();
    let mut rest = &archive[..];
    while let Some(at) = rest.windows(40).position(|part| part == name.as_bytes()) {
        text.extend(&rest[..at]);
        text.extend(reserved.as_bytes());
        rest = &rest[at + 40..];
    }
    text.extend(rest);
    fs::write(&path, &text).unwrap();
    let store = open(&path);
    assert_eq!(wait(store.get_all(&key("a"))).unwrap().unwrap(), "1");
    assert_eq!(
        why(&put(&store, "a", "2").unwrap_err()),
        ZipError::Hidden(1)
    );
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), text);
}
