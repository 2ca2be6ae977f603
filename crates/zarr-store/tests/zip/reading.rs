//! What a read costs, that it conforms, and that it never mixes two archives.

use std::sync::Arc;

use zarr_store::{
    BlockingStore, ByteRange, Counting, Key, LocalStore, MemoryStore, Prefix, PutMode, Store,
    StoreExt, ZipStore,
    runtime::wait,
    testing,
    zip::{ZipError, ZipLimits},
};

use crate::{forge::archive, in_memory, key, open, values, why};

#[test]
fn conforms() {
    let bytes = archive(&[("there", b"x")]);
    testing::conformance(|| open(&bytes).unwrap());
}

#[test]
fn conforms_without_a_blocking_face() {
    let bytes = archive(&[("there", b"x")]);
    testing::conformance(|| {
        let dir = tempfile::tempdir().unwrap().keep();
        std::fs::write(dir.join("x.zip"), &bytes).unwrap();
        let far = LocalStore::new(&dir).high_latency().into_store();
        let store = wait(ZipStore::open(far, key("x.zip"))).unwrap();
        std::fs::remove_dir_all(dir).unwrap();
        store
    });
}

/// An archive over a store that counts.
fn counted(bytes: &[u8]) -> (ZipStore, Counting<Arc<dyn Store>>) {
    let counting = Counting::new(in_memory(bytes));
    let store = wait(ZipStore::open(Arc::new(counting.clone()), key("x.zip"))).unwrap();
    (store, counting)
}

#[test]
fn a_small_archive_opens_in_one_request_and_an_entry_reads_in_one() {
    let bytes = archive(&[("a", &[1; 5000]), ("b", &[2; 5000])]);
    let (store, counting) = counted(&bytes);
    assert_eq!(counting.take().reads, 1);
    let value = wait(store.get_all(&key("a"))).unwrap().unwrap();
    assert_eq!(value, vec![1; 5000]);
    let counts = counting.take();
    // Header and name, 31 bytes, come with the value.
    assert_eq!((counts.reads, counts.bytes_read), (1, 5031));
    // The place of the data is known now.
    wait(store.get_all(&key("a"))).unwrap();
    assert_eq!(counting.take().bytes_read, 5000);
}

#[test]
fn a_large_directory_costs_one_request_more() {
    let names: Vec<String> = (0..5000).map(|n| format!("group/array/c/{n}")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), &b"x"[..]))
        .collect();
    let (store, counting) = counted(&archive(&entries));
    assert_eq!(counting.take().reads, 2);
    assert_eq!(store.len(), 5000);
    assert_eq!(
        wait(store.get_all(&key("group/array/c/77")))
            .unwrap()
            .unwrap(),
        "x"
    );
}

#[test]
fn ranges_of_an_entry_are_ranges_of_the_archive() {
    let value: Vec<u8> = (0..200_000_u32).map(|n| (n / 7) as u8).collect();
    let (store, counting) = counted(&archive(&[("a", b"x"), ("b", &value), ("c", b"y")]));
    counting.take();
    let ranges = [100_000..100_010, 4..8, 199_990..300_000, 8..10];
    let found = wait(Store::get_ranges(&store, &key("b"), &ranges, None))
        .unwrap()
        .unwrap();
    for (range, part) in ranges.iter().zip(&found.data) {
        let (start, end) = (range.start as usize, range.end.min(200_000) as usize);
        assert_eq!(part, &value[start..end]);
    }
    // The header with the first range, two others merged into it by no gap at all.
    let counts = counting.take();
    assert!(counts.reads <= 4 && counts.bytes_read < 100, "{counts:?}");
    wait(Store::get_ranges(&store, &key("b"), &ranges, None))
        .unwrap()
        .unwrap();
    assert_eq!(counting.take().bytes_read, 10 + 6 + 10);
}

#[test]
fn an_archive_in_an_archive_is_read_in_ranges() {
    let inner = archive(&[("a/b", b"deep")]);
    let outer = Arc::new(open(&archive(&[("inner.zip", &inner)])).unwrap());
    let store = wait(ZipStore::open(outer, key("inner.zip"))).unwrap();
    assert_eq!(store.to_string(), "memory/x.zip/inner.zip");
    assert_eq!(values(&store).unwrap()["a/b"], b"deep");
}

#[test]
fn two_archives_are_never_mixed() {
    let memory = MemoryStore::new();
    let put = |bytes: Vec<u8>| memory.put(&key("x.zip"), &bytes.into(), PutMode::Overwrite);
    put(archive(&[("a", b"old"), ("b", b"old")])).unwrap();
    let inner = memory.clone().into_store();
    let store = wait(ZipStore::open(Arc::clone(&inner), key("x.zip"))).unwrap();
    let opened = store
        .as_blocking()
        .unwrap()
        .open(&key("a"))
        .unwrap()
        .unwrap();
    put(archive(&[("a", b"new"), ("b", b"new")])).unwrap();
    // An open archive stays what it was; a request by name finds another one, and says so.
    assert_eq!(opened.read(0..3).unwrap(), "old");
    let e = wait(store.get_all(&key("b"))).unwrap_err();
    assert_eq!(why(&e), ZipError::Changed, "{e}");
    assert_eq!(e.key.as_deref(), Some("b"));
    assert!(!e.retry);
    let store = wait(ZipStore::open(inner, key("x.zip"))).unwrap();
    assert_eq!(wait(store.get_all(&key("b"))).unwrap().unwrap(), "new");
    memory.delete(&key("x.zip"), None).unwrap();
    let e = wait(store.get_all(&key("b"))).unwrap_err();
    assert_eq!(why(&e), ZipError::Changed, "{e}");
    let e = store
        .as_blocking()
        .unwrap()
        .open(&key("b"))
        .map(drop)
        .unwrap_err();
    assert_eq!(why(&e), ZipError::Changed, "{e}");
}

#[test]
fn what_is_no_archive_is_an_error() {
    for bytes in [&b""[..], b"PK", &[0; 100], b"{}", &[b'P'; 70_000]] {
        let e = open(bytes).unwrap_err();
        assert_eq!(why(&e), ZipError::NoEnd, "{e}");
    }
    let e = wait(ZipStore::open(in_memory(b""), key("other.zip"))).unwrap_err();
    assert_eq!(why(&e), ZipError::Absent, "{e}");
    assert_eq!(
        e.to_string(),
        "open the store in memory/other.zip: there is no archive; create it, or check its name"
    );
}

#[test]
fn an_empty_archive_is_an_empty_store() {
    let store = open(&archive(&[])).unwrap();
    assert!(store.is_empty());
    assert!(
        store
            .as_blocking()
            .unwrap()
            .list(&Prefix::root())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_larger_directory_than_allowed_is_not_read() {
    let names: Vec<String> = (0..5000).map(|n| format!("group/array/c/{n}")).collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), &b"x"[..]))
        .collect();
    let limits = ZipLimits {
        directory_bytes: 1000,
        ..ZipLimits::default()
    };
    let store = in_memory(&archive(&entries));
    let e = wait(ZipStore::open_within(store, key("x.zip"), limits)).unwrap_err();
    assert!(
        matches!(why(&e), ZipError::DirectoryTooLarge { limit: 1000, .. }),
        "{e}"
    );
}

#[test]
fn directories_and_names_that_stores_keep_are_not_shown() {
    let store = open(&archive(&[
        ("a/", b""),
        ("a/b", b"x"),
        (".c.1.zarr-tmp", b"x"),
    ]))
    .unwrap();
    let names: Vec<_> = values(&store).unwrap().into_keys().collect();
    assert_eq!(names, ["a/b"]);
    assert!(Key::new(".c.1.zarr-tmp").is_err());
}

#[test]
fn damage_is_found_when_a_whole_value_is_read() {
    let mut bytes = archive(&[("a", b"value")]);
    let at = bytes.windows(5).position(|five| five == b"value").unwrap();
    bytes[at] ^= 1;
    let store = open(&bytes).unwrap();
    let e = wait(store.get_all(&key("a"))).unwrap_err();
    assert!(matches!(why(&e), ZipError::Checksum { .. }), "{e}");
    let face = store.as_blocking().unwrap();
    let object = face.open(&key("a")).unwrap().unwrap();
    assert!(object.read(0..5).is_err());
    assert!(object.slice(0..5).is_none());
    let mut whole = [std::mem::MaybeUninit::uninit(); 5];
    assert!(
        object
            .read_at(0, &mut whole)
            .is_ok_and(|filled| filled.is_empty())
    );
    // A part has no checksum.
    assert_eq!(object.read(1..5).unwrap(), "alue");
    assert_eq!(
        face.get(&key("a"), ByteRange::From(1), None)
            .unwrap()
            .unwrap()
            .data,
        "alue"
    );
}
