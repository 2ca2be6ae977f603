//! What one process can show of locks between processes: two open files exclude each other wherever
//! they were opened.

use std::{fs, path::PathBuf, time::Duration};

use tempfile::tempdir;

use super::*;
use crate::{BlockingStore, LocalStore, PutMode, Store, StoreExt, runtime::wait, tests::key};

/// As another process would see it: the same file, and no part in this process's queue.
fn other(store: &LocalStore, key: &Key) -> Option<Held> {
    let other = LockFile {
        root: store.root.clone(),
        durability: store.durability,
        key: key.clone(),
    };
    other.attempt().unwrap()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn one_at_a_time_and_nothing_stays() {
    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    let key = key("a/b/c");
    let held = other(&store, &key).unwrap();
    assert!(other(&store, &key).is_none());
    assert!(other(&store, &self::key("a/b/d")).is_some());
    drop(held);
    assert!(files(dir.path()).is_empty(), "the file and its directories");
    assert!(other(&store, &key).is_some());
}

// Elsewhere a file that is open keeps its name, and its lock.
#[cfg(unix)]
#[test]
fn a_lock_on_a_removed_file_is_worth_nothing() {
    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    let key = key("a");
    let path = dir.path().join(".a.zarr-lock");
    let old = other(&store, &key).unwrap();
    fs::remove_file(&path).unwrap();
    let new = other(&store, &key).unwrap();
    drop(old);
    assert!(path.exists(), "it is the new holder's");
    assert!(other(&store, &key).is_none());
    drop(new);
    assert!(!path.exists());
}

#[test]
fn what_a_killed_holder_leaves_is_in_nobodys_way() {
    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    fs::write(dir.path().join(".a.zarr-lock"), "").unwrap();
    drop(other(&store, &key("a")).unwrap());
    assert!(files(dir.path()).is_empty());
}

#[test]
fn locks_go_through_the_store() {
    let dir = tempdir().unwrap();
    let local = LocalStore::new(dir.path());
    let store = local.clone().into_store();
    let key = key("a");
    let mut update = wait(store.update(&key)).unwrap();
    assert!(other(&local, &key).is_none());
    wait(update.get(crate::ByteRange::All)).unwrap();
    let _ = wait(update.commit(Some(vec![1].into()))).unwrap();
    assert!(other(&local, &key).is_none(), "until it is dropped");
    drop(update);
    assert!(other(&local, &key).is_some());

    let alone = local.clone().locking(Locking::None).into_store();
    let _lock = wait(alone.lock(&key)).unwrap();
    assert!(other(&local, &key).is_some());
}

#[tokio::test]
async fn waits_for_the_other_process_and_a_dropped_waiter_leaves_nothing() {
    let dir = tempdir().unwrap();
    let local = LocalStore::new(dir.path());
    let store = local.clone().into_store();
    let key = key("a");
    let held = other(&local, &key).unwrap();
    for _ in 0..20 {
        let wait = Duration::from_millis(3);
        assert!(tokio::time::timeout(wait, store.lock(&key)).await.is_err());
    }
    drop(held);
    let lock = tokio::time::timeout(Duration::from_secs(5), store.lock(&key)).await;
    drop(lock.unwrap().unwrap());
    assert!(files(dir.path()).is_empty());
}

#[test]
fn a_lock_may_end_on_another_thread() {
    let dir = tempdir().unwrap();
    let local = LocalStore::new(dir.path());
    let lock = wait(local.clone().into_store().lock(&key("a"))).unwrap();
    std::thread::spawn(move || drop(lock)).join().unwrap();
    assert!(files(dir.path()).is_empty());
}

#[test]
fn deleting_a_directory_breaks_no_lock() {
    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    let put = |name| store.put(&key(name), &vec![1].into(), PutMode::Overwrite);
    put("a/b/c").unwrap();
    put("a/d").unwrap();
    let held = other(&store, &key("a/b/c")).unwrap();
    let prefix = crate::Prefix::new("a").unwrap();
    store.delete_prefix(&prefix).unwrap();
    assert!(store.list(&prefix).unwrap().is_empty());
    assert!(other(&store, &key("a/b/c")).is_none());
    assert_eq!(store.clean_temp(Duration::ZERO).unwrap(), 0);
    drop(held);
    store.delete_prefix(&prefix).unwrap();
    assert!(files(dir.path()).is_empty());
}

#[test]
fn long_names_have_locks_too() {
    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    let names = [
        "x".repeat(244),
        "x".repeat(245),
        "ü".repeat(127),
        "y".repeat(255),
    ];
    let held: Vec<_> = names.iter().map(|name| other(&store, &key(name))).collect();
    assert!(held.iter().all(Option::is_some));
    assert!(files(dir.path()).iter().all(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        AuxiliaryFile::of(name) == Some(AuxiliaryFile::Lock) && Key::new(name).is_err()
    }));
}

#[cfg(unix)]
#[test]
fn hostile_lock_files_lead_nowhere() {
    let dir = tempdir().unwrap();
    let canary = dir.path().join("canary");
    fs::write(&canary, "alive").unwrap();
    let store = LocalStore::new(dir.path().join("root"));
    fs::create_dir(store.root()).unwrap();
    std::os::unix::fs::symlink(&canary, store.root().join(".a.zarr-lock")).unwrap();
    assert!(wait(store.clone().into_store().lock(&key("a"))).is_err());
    assert_eq!(fs::read(&canary).unwrap(), b"alive");
}

#[cfg(unix)]
#[test]
fn a_lock_could_be_written_as_nfs_wants_it() {
    use rustix::fs::OFlags;

    let dir = tempdir().unwrap();
    let store = LocalStore::new(dir.path());
    // Made by us, and left by somebody.
    fs::write(dir.path().join(".b.zarr-lock"), "").unwrap();
    for name in ["a", "b"] {
        let held = other(&store, &key(name)).unwrap();
        let access = rustix::fs::fcntl_getfl(held.file.as_ref().unwrap()).unwrap() & OFlags::RWMODE;
        assert_eq!(access, OFlags::RDWR, "{name}");
    }
}
