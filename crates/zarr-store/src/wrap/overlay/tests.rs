//! What two stores as one promise, and what stays in each.

use futures_util::FutureExt;

use super::*;
use crate::{
    BlockingStore, Commit, LocalStore, MemoryStore, ReadOnly, runtime::wait, testing, tests::key,
};

type Shared = Arc<dyn Store>;

fn put(store: &impl Store, name: &str, value: u8) {
    wait(store.put(&key(name), vec![value].into(), PutMode::Overwrite)).unwrap();
}

fn get(store: &impl Store, name: &str) -> Option<u8> {
    let found = wait(store.get_all(&key(name))).unwrap();
    found.map(|bytes| bytes[0])
}

fn names(store: &impl Store, prefix: &str) -> Vec<String> {
    let entries: Vec<Entry> = wait(store.list(&prefix_of(prefix)).try_collect()).unwrap();
    let names = entries
        .into_iter()
        .map(|entry| entry.key.as_str().to_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

fn prefix_of(name: &str) -> Prefix {
    match name {
        "" => Prefix::root(),
        name => Prefix::new(name).unwrap(),
    }
}

/// Direct children: keys, then directories.
fn children(store: &impl Store, prefix: &str) -> Vec<String> {
    let listing = wait(store.list_dir(&prefix_of(prefix))).unwrap();
    let keys = listing.keys.iter().map(|entry| entry.key.as_str());
    let directories = listing.prefixes.iter().map(Prefix::as_str);
    keys.chain(directories).map(str::to_owned).collect()
}

fn open(upper: &Shared, lower: &Shared) -> Overlay<Shared, ReadOnly<Shared>> {
    let lower = ReadOnly::new(Arc::clone(lower));
    wait(Overlay::open(Arc::clone(upper), lower)).unwrap()
}

/// A lower store with `a`, `b/c`, `b/d` and `e/f/g`, each with the value 1, and an empty upper one over it.
fn stacked() -> (Shared, Shared, Overlay<Shared, ReadOnly<Shared>>) {
    let (upper, lower) = (
        MemoryStore::new().into_store(),
        MemoryStore::new().into_store(),
    );
    for name in ["a", "b/c", "b/d", "e/f/g"] {
        put(&lower, name, 1);
    }
    let both = open(&upper, &lower);
    (upper, lower, both)
}

#[test]
fn conforms() {
    testing::conformance(|| {
        let lower = ReadOnly::new(MemoryStore::new().into_store());
        wait(Overlay::open(MemoryStore::new().into_store(), lower)).unwrap()
    });
}

#[test]
fn conforms_over_files_that_others_left() {
    let dir = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    testing::conformance(|| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let lower = MemoryStore::new().into_store();
        // Of these nothing is left to be seen.
        for name in ["a", "a/x", "d/e/f", "k1"] {
            put(&lower, name, 9);
        }
        let upper = LocalStore::new(dir.path().join(n.to_string())).into_store();
        let both = wait(Overlay::open(upper, ReadOnly::new(lower))).unwrap();
        wait(both.delete_prefix(&Prefix::root())).unwrap();
        both
    });
}

#[test]
fn f33_what_is_written_lies_above() {
    let (upper, lower, both) = stacked();
    assert_eq!(get(&both, "b/c"), Some(1));
    put(&both, "b/c", 2);
    put(&both, "b/n", 3);
    assert_eq!((get(&both, "b/c"), get(&lower, "b/c")), (Some(2), Some(1)));
    assert_eq!(names(&upper, ""), ["b/c", "b/n"]);
    assert_eq!(names(&both, ""), ["a", "b/c", "b/d", "b/n", "e/f/g"]);
    assert_eq!(children(&both, ""), ["a", "b/", "e/"]);
    assert_eq!(children(&both, "b"), ["b/c", "b/d", "b/n"]);
}

#[test]
fn f33_what_is_deleted_is_hidden_for_good() {
    let (upper, lower, both) = stacked();
    for name in ["a", "e/f/g", "nothing"] {
        wait(both.delete(&key(name), None)).unwrap();
    }
    put(&both, "b/new", 5);
    wait(both.delete_prefix(&prefix_of("b"))).unwrap();
    let left = |both: &Overlay<_, _>| {
        assert_eq!(
            [get(both, "a"), get(both, "b/c"), get(both, "b/new")],
            [None; 3]
        );
        assert!(wait(both.head(&key("e/f/g"))).unwrap().is_none());
        assert!(names(both, "").is_empty() && children(both, "").is_empty());
        assert!(children(both, "e").is_empty(), "an empty directory is none");
    };
    left(&both);
    left(&open(&upper, &lower));
    assert_eq!(names(&lower, "").len(), 4, "nothing was done to it");
    let marks = [
        ".zarr-overlay/a.zarr-deleted",
        ".zarr-overlay/b/.zarr-deleted",
        ".zarr-overlay/e/f/g.zarr-deleted",
    ];
    assert_eq!(names(&upper, ""), marks);
    // Written again, it is there again.
    put(&both, "b/c", 7);
    let again = open(&upper, &lower);
    assert_eq!((get(&again, "b/c"), get(&again, "b/d")), (Some(7), None));
    assert_eq!(names(&again, ""), ["b/c"]);
}

#[test]
fn f33_conditions_concern_what_is_seen() {
    let (_, _, both) = stacked();
    let a = key("a");
    let refused = |mode| wait(both.put(&a, vec![2].into(), mode)).unwrap_err().kind;
    assert!(matches!(
        refused(PutMode::Create),
        StoreErrorKind::AlreadyExists
    ));
    let version = wait(both.head(&a)).unwrap().unwrap().version.unwrap();
    let update = PutMode::Update(version.clone());
    wait(both.put(&a, vec![2].into(), update.clone())).unwrap();
    assert!(matches!(refused(update), StoreErrorKind::Conflict));
    let deleted = wait(both.delete(&a, Some(&version))).unwrap_err();
    assert!(deleted.is_conflict());
    let below = wait(both.head(&key("b/c"))).unwrap().unwrap().version;
    let deleted = wait(both.delete(&key("b/c"), Some(&version))).unwrap_err();
    assert!(deleted.is_conflict());
    wait(both.delete(&key("b/c"), below.as_ref())).unwrap();
    assert_eq!(get(&both, "b/c"), None);
    wait(both.put(&key("b/c"), vec![4].into(), PutMode::Create)).unwrap();
    // A value below is changed in part, as a chunk is.
    let d = key("b/d");
    let mut update = wait(both.update(&d)).unwrap();
    let old = wait(update.get(ByteRange::All)).unwrap().unwrap().data;
    let committed = wait(update.commit(Some(vec![old[0] + 1].into()))).unwrap();
    assert!(matches!(committed, Commit::Done(_)));
    assert_eq!(get(&both, "b/d"), Some(2));
}

#[test]
fn f33_its_own_names_are_refused_and_not_shown() {
    let (upper, _, both) = stacked();
    wait(both.delete(&key("a"), None)).unwrap();
    let mark = key(".zarr-overlay/a.zarr-deleted");
    let put = wait(both.put(&mark, vec![1].into(), PutMode::Overwrite)).unwrap_err();
    assert!(put.to_string().contains(".zarr-overlay"), "{put}");
    wait(both.delete(&mark, None)).unwrap_err();
    wait(both.delete_prefix(&prefix_of(".zarr-overlay"))).unwrap();
    assert!(names(&both, ".zarr-overlay").is_empty());
    assert_eq!(names(&upper, ".zarr-overlay").len(), 1);
}

#[test]
fn f33_locks_are_those_of_the_upper_store() {
    let (upper, _, both) = stacked();
    let _held = wait(both.lock(&key("a"))).unwrap();
    assert!(upper.lock(&key("a")).now_or_never().is_none());
}
