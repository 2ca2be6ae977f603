//! What only a directory can show: files that are left behind, hostile names, threads that delete while others write.

use std::{fs, thread, time::Duration};

use tempfile::{TempDir, tempdir};

use super::*;
use crate::{ByteRange, Prefixed, ReadOnly, Store, testing, tests::key};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

/// A store in a directory that lives as long as the second value.
fn local() -> (LocalStore, TempDir) {
    let dir = tempdir().unwrap();
    (LocalStore::new(dir.path().join("root")), dir)
}

fn all(store: &LocalStore, name: &str) -> Option<Vec<u8>> {
    store
        .get(&key(name), ByteRange::All, None)
        .unwrap()
        .map(|found| found.data.to_vec())
}

/// Every file in the tree, by name.
fn files(dir: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => names.extend(files(&entry.path())),
            false => names.push(entry.path().to_string_lossy().into_owned()),
        }
    }
    names
}

/// Runs the suite on stores in directories of their own.
fn conforms<S: Store>(make: impl Fn(LocalStore) -> S) {
    let dir = tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    testing::conformance(|| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        make(LocalStore::new(dir.path().join(n.to_string())))
    });
}

#[test]
fn conforms_bare() {
    conforms(LocalStore::into_store);
}

#[test]
fn conforms_inside() {
    conforms(|store| store.symlinks(Symlinks::Inside).into_store());
}

#[test]
fn conforms_without_locks() {
    conforms(|store| store.locking(Locking::None).into_store());
}

#[test]
fn conforms_durably() {
    // The asynchronous half alone: the other would wait for the disk thousands of times.
    let dir = tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    crate::runtime::wait(testing::exercise(|| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let store = LocalStore::new(dir.path().join(n.to_string()));
        store.durability(Durability::FileAndDir).into_store()
    }));
}

#[test]
fn conforms_wrapped() {
    conforms(|store| ReadOnly::new(store.into_store()));
    conforms(|store| Prefixed::new(store.into_store(), Prefix::new("below/here").unwrap()));
}

#[tokio::test]
async fn conforms_inside_a_runtime() {
    let dir = tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    testing::exercise(|| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        LocalStore::new(dir.path().join(n.to_string()))
            .high_latency()
            .into_store()
    })
    .await;
}

#[test]
fn high_latency_is_asked_asynchronously() {
    let (store, _dir) = local();
    assert!(store.clone().into_store().as_blocking().is_some());
    assert!(store.high_latency().into_store().as_blocking().is_none());
}

#[test]
fn writes_leave_nothing_but_values() {
    let (store, dir) = local();
    for n in 0..3 {
        store
            .put(&key("a/b"), &vec![n].into(), PutMode::Overwrite)
            .unwrap();
    }
    store
        .put(&key("a/c"), &vec![1].into(), PutMode::Create)
        .unwrap();
    store
        .put(&key("a/c"), &vec![2].into(), PutMode::Create)
        .unwrap_err();
    store
        .put(&key("a/c"), &vec![2].into(), PutMode::Update(1.into()))
        .unwrap_err();
    let mut files = files(dir.path());
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(
        files[0].ends_with("b") && files[1].ends_with("c"),
        "{files:?}"
    );
}

#[test]
fn what_a_killed_writer_leaves_is_hidden_and_cleaned() {
    let (store, _dir) = local();
    store
        .put(&key("a/b"), &vec![1].into(), PutMode::Create)
        .unwrap();
    // As if killed between write and rename.
    let place = store.root.path_at("a/b").unwrap();
    let mut temp = temp_file::TempFile::create(&place, None).unwrap();
    temp.fill(&content::Content::Payload(&vec![2].into()), false)
        .unwrap();
    std::mem::forget(temp);
    fs::write(store.root.path("a/.b.zarr-lock"), "").unwrap();
    assert_eq!(files(store.root()).len(), 3);

    let listing = store.list_dir(&Prefix::new("a").unwrap()).unwrap();
    assert_eq!(
        listing
            .keys
            .iter()
            .map(|e| e.key.as_str())
            .collect::<Vec<_>>(),
        ["a/b"]
    );
    assert_eq!(store.list(&Prefix::root()).unwrap().len(), 1);
    assert_eq!(store.clean_temp(Duration::from_secs(3600)).unwrap(), 0);
    assert_eq!(store.clean_temp(Duration::ZERO).unwrap(), 2);
    assert_eq!(all(&store, "a/b"), Some(vec![1]));
}

#[test]
fn no_name_leaves_the_root() {
    let (store, dir) = local();
    fs::write(dir.path().join("canary"), "alive").unwrap();
    let dots = [
        "..",
        "../canary",
        "a/../../canary",
        "./canary",
        ".",
        "a/..",
        "../root/../canary",
        "a/./b",
    ];
    let roots = [
        "/etc/passwd",
        "//canary",
        "/",
        "~/../canary/",
        "C:/x",
        "c:\\x",
        "\\\\host\\share",
    ];
    let odd = [
        "a\0b",
        "a\\..\\..\\canary",
        "..\\canary",
        "a//b",
        "a/",
        "",
        "x.zarr-tmp",
        ".canary.zarr-lock",
    ];
    for name in dots.iter().chain(&roots).chain(&odd) {
        assert!(Key::new(name).is_err(), "{name:?} is no key");
    }
    // These look hostile but are names like any other: they stay inside.
    let tame = [
        "..a",
        "%2e%2e/canary",
        "..%2fcanary",
        "~",
        "$HOME",
        "-rf",
        "a b",
        "..\u{2215}canary",
    ];
    for name in tame {
        store
            .put(&key(name), &vec![1].into(), PutMode::Overwrite)
            .unwrap();
        assert_eq!(all(&store, name), Some(vec![1]), "{name:?}");
    }
    // Those that end in dots, too, where the system has them.
    for name in ["...", "a.."] {
        if store
            .put(&key(name), &vec![1].into(), PutMode::Overwrite)
            .is_ok()
        {
            assert_eq!(all(&store, name), Some(vec![1]), "{name:?}");
            store.delete(&key(name), None).unwrap();
        }
    }
    assert_eq!(store.list(&Prefix::root()).unwrap().len(), tame.len());
    store.delete_prefix(&Prefix::root()).unwrap();
    assert_eq!(files(dir.path()).len(), 1);
    assert_eq!(fs::read(dir.path().join("canary")).unwrap(), b"alive");
}

#[test]
fn equal_bytes_written_again_are_another_version() {
    let (store, _dir) = local();
    let mut versions: Vec<_> = (0..200)
        .map(|_| {
            store
                .put(&key("a"), &vec![1].into(), PutMode::Overwrite)
                .unwrap()
                .unwrap()
        })
        .collect();
    let last = versions.pop().unwrap();
    assert!(!versions.contains(&last));
    assert_eq!(store.head(&key("a")).unwrap().unwrap().version, Some(last));
}

#[test]
fn writers_survive_deletes_of_their_directory() {
    let (store, _dir) = local();
    thread::scope(|threads| {
        for t in 0..3 {
            let store = &store;
            threads.spawn(move || {
                for n in 0..200 {
                    let key = key(&format!("a/b/{t}/{n}"));
                    store
                        .put(&key, &vec![1, 2, 3].into(), PutMode::Overwrite)
                        .unwrap();
                }
            });
        }
        for _ in 0..200 {
            store.delete_prefix(&Prefix::new("a").unwrap()).unwrap();
        }
    });
    store.delete_prefix(&Prefix::root()).unwrap();
    assert!(files(store.root()).is_empty());
}

#[test]
fn readers_see_one_writers_value() {
    let (store, _dir) = local();
    let whole = |n: u8| Payload::from_iter([vec![n; 5000], vec![n; 3000]]);
    store.put(&key("a"), &whole(0), PutMode::Overwrite).unwrap();
    thread::scope(|threads| {
        let store = &store;
        for t in 1..3 {
            threads.spawn(move || {
                for _ in 0..300 {
                    store.put(&key("a"), &whole(t), PutMode::Overwrite).unwrap();
                }
            });
        }
        for _ in 0..1000 {
            let value = all(store, "a").unwrap();
            assert!(value.len() == 8000 && value.iter().all(|b| *b == value[0]));
        }
    });
}

#[test]
fn many_parts_are_written_in_order() {
    let (store, _dir) = local();
    let parts: Payload = (0..5000_u32).map(|n| n.to_le_bytes().to_vec()).collect();
    store.put(&key("a"), &parts, PutMode::Overwrite).unwrap();
    assert_eq!(all(&store, "a").unwrap(), parts.into_bytes());
}

#[test]
fn the_longest_names_fit() {
    let (store, _dir) = local();
    let name = "ü".repeat(127);
    store
        .put(&key(&name), &vec![1].into(), PutMode::Create)
        .unwrap();
    assert_eq!(all(&store, &name), Some(vec![1]));
}

#[test]
fn syncs_even_where_nothing_is() {
    let (store, _dir) = local();
    BlockingStore::sync(&store).unwrap();
    store
        .put(&key("a"), &vec![1].into(), PutMode::Create)
        .unwrap();
    BlockingStore::sync(&store).unwrap();
}
