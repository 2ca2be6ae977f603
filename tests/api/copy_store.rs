//! `copy_store`. zarr-python 3 has it no more; outcomes are those of zarr-python 2.18.7, as measured.

use zarr::blocking::Wait;
use zarr::{CopyStats, CopyStore, ErrorClass, ErrorKind, IfExists, Result};
use zarr_store::{BlockingStore, Key, MemoryStore, Prefix, PutMode};

fn put(store: &MemoryStore, key: &str, value: &[u8]) {
    let key = Key::new(key).unwrap();
    store
        .put(&key, &value.to_vec().into(), PutMode::Overwrite)
        .unwrap();
}

fn keys(store: &MemoryStore) -> Vec<String> {
    let mut keys: Vec<String> = BlockingStore::list(store, &Prefix::root())
        .unwrap()
        .into_iter()
        .map(|entry| entry.key.as_str().to_owned())
        .collect();
    keys.sort();
    keys
}

/// What comes of a copy of five keys to a store that has these, and what is there then.
fn copy(
    there: &[(&str, &[u8])],
    set: impl FnOnce(CopyStore) -> CopyStore,
) -> (Result<CopyStats>, Vec<String>) {
    let (from, to) = (MemoryStore::new(), MemoryStore::new());
    for key in ["foo", "bar/qux", "bar/baz", "x/1", "x/2"] {
        put(&from, key, b"abc");
    }
    there.iter().for_each(|(key, value)| put(&to, key, value));
    let stats = set(zarr::copy_store(from, to.clone())).wait();
    (stats, keys(&to))
}

fn check(
    there: &[(&str, &[u8])],
    set: impl FnOnce(CopyStore) -> CopyStore,
    counts: (u64, u64, u64),
    expected: &[&str],
) {
    let (stats, keys) = copy(there, set);
    let stats = stats.unwrap();
    assert_eq!((stats.copied, stats.skipped, stats.bytes), counts);
    assert_eq!(keys, expected);
}

const ALL: [&str; 5] = ["bar/baz", "bar/qux", "foo", "x/1", "x/2"];

#[test]
fn copy_store_everything() {
    check(&[], |copy| copy, (5, 0, 15), &ALL);
    check(&[], |copy| copy.verify(true), (5, 0, 15), &ALL);
}

#[test]
fn copy_store_source_path_and_dest_path() {
    let set = |copy: CopyStore| copy.source_path("bar").dest_path("new");
    check(&[], set, (2, 0, 6), &["new/baz", "new/qux"]);
}

#[test]
fn copy_store_excludes() {
    check(
        &[],
        |copy| copy.excludes(["ba"]),
        (3, 0, 9),
        &["foo", "x/1", "x/2"],
    );
    let (wrong, _) = copy(&[], |copy| copy.excludes(["["]));
    assert_eq!(wrong.unwrap_err().class(), ErrorClass::Invalid);
}

#[test]
fn copy_store_includes() {
    let set = |copy: CopyStore| copy.excludes(["ba"]).includes(["qux"]);
    check(&[], set, (4, 0, 12), &["bar/qux", "foo", "x/1", "x/2"]);
}

#[test]
fn copy_store_flags() {
    // Flags stand in the pattern.
    check(
        &[],
        |copy| copy.excludes(["(?i)BA"]),
        (3, 0, 9),
        &["foo", "x/1", "x/2"],
    );
}

#[test]
fn copy_store_if_exists() {
    let there: &[(&str, &[u8])] = &[("foo", b"1")];
    let (raised, keys) = copy(there, |copy| copy);
    assert_eq!(raised.unwrap_err().class(), ErrorClass::Exists);
    assert_eq!(keys, ["foo"]); // zarr-python copied what comes before it.
    check(
        there,
        |copy| copy.if_exists(IfExists::Skip),
        (4, 1, 12),
        &ALL,
    );
    check(
        there,
        |copy| copy.if_exists(IfExists::Replace),
        (5, 0, 15),
        &ALL,
    );
    // Beyond zarr-python: what is there in the same size stays.
    check(
        there,
        |copy| copy.if_exists(IfExists::Update),
        (5, 0, 15),
        &ALL,
    );
    check(
        &[("foo", b"123")],
        |copy| copy.if_exists(IfExists::Update),
        (4, 1, 12),
        &ALL,
    );
    let (wrong, _) = copy(there, |copy| copy.if_exists(IfExists::SkipInitialized));
    let error = wrong.unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::Argument {
            name: "if_exists",
            ..
        }
    ));
}

#[test]
fn copy_store_dry_run() {
    check(&[], |copy| copy.dry_run(true), (5, 0, 0), &[]);
}

#[test]
fn copy_store_log() {
    use std::sync::{Arc, Mutex};
    let lines = Arc::new(Mutex::new(vec![]));
    let said = Arc::clone(&lines);
    let set = move |copy: CopyStore| {
        let copy = copy
            .source_path("bar")
            .dest_path("new")
            .if_exists(IfExists::Skip);
        copy.progress(move |progress| match progress.to_string() {
            line if line.ends_with(" of 2 done") => {}
            line => said.lock().unwrap().push(line),
        })
    };
    check(
        &[("new/qux", b"1")],
        set,
        (1, 1, 3),
        &["new/baz", "new/qux"],
    );
    assert_eq!(
        *lines.lock().unwrap(),
        [
            "skip bar/qux",
            "copy bar/baz -> new/baz",
            "all done: 1 copied, 1 skipped, 3 bytes copied"
        ]
    );
}
