//! What the writer promises.

use std::{collections::BTreeMap, fs, path::Path, thread};

use zarr_store::{
    BlockingStore, ByteRange, Key, LocalStore, Payload, Prefix, PutMode, Store, ZipStore,
    ZipWriter, runtime::wait, testing, zip::ZipError,
};

use crate::{key, values_of_file, why};

fn put(writer: &ZipWriter, name: &str, value: &str) {
    let value = Payload::from(value.to_owned());
    writer.put(&key(name), &value, PutMode::Overwrite).unwrap();
}

pub(crate) fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub(crate) fn map<const N: usize>(values: [(&str, &str); N]) -> BTreeMap<String, Vec<u8>> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.as_bytes().to_vec());
    values.map(owned).into()
}

#[test]
fn conforms() {
    let dir = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    let path = || {
        count.set(count.get() + 1);
        dir.path().join(format!("{}.zip", count.get()))
    };
    testing::conformance(|| ZipStore::create(path()).unwrap().into_store());
    testing::conformance(|| ZipStore::append(path()).unwrap().deflate(1).into_store());
    // Over a finished archive, so that the first write begins a copy.
    testing::conformance(|| {
        let path = path();
        ZipStore::create(&path).unwrap().finish().unwrap();
        ZipStore::append(path).unwrap().into_store()
    });
}

#[test]
fn others_see_it_when_it_is_finished() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/x.zip");
    let writer = ZipStore::create(&path).unwrap();
    put(&writer, "a", "1");
    assert!(!path.exists());
    writer.finish().unwrap();
    assert_eq!(values_of_file(&path), map([("a", "1")]));
    put(&writer, "a", "2");
    put(&writer, "b", "3");
    let read = writer
        .get(&key("a"), ByteRange::All, None)
        .unwrap()
        .unwrap();
    assert_eq!(read.data, "2");
    assert_eq!(values_of_file(&path), map([("a", "1")]));
    // `sync` is another name for it, and doing it twice is nothing.
    wait(Store::sync(&writer.into_store())).unwrap();
    assert_eq!(values_of_file(&path), map([("a", "2"), ("b", "3")]));
    assert_eq!(names(path.parent().unwrap()), ["x.zip"]);
}

#[test]
fn dropping_it_unfinished_leaves_the_old_archive_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    put(&writer, "a", "1");
    writer.finish().unwrap();
    drop(writer);
    for writer in [ZipStore::create, ZipStore::append] {
        let writer = writer(&path).unwrap();
        put(&writer, "b", "2");
        // Nor does a listing show what there is meanwhile.
        let listing = LocalStore::new(dir.path()).list(&Prefix::root()).unwrap();
        assert_eq!(listing.len(), 1);
        assert_eq!(listing[0].key, key("x.zip"));
        drop(writer);
        assert_eq!(values_of_file(&path), map([("a", "1")]));
        assert_eq!(names(dir.path()), ["x.zip"]);
    }
}

fn create(path: &Path) -> ZipWriter {
    ZipStore::create(path).unwrap()
}

fn append(path: &Path) -> ZipWriter {
    ZipStore::append(path).unwrap()
}

#[test]
fn creating_replaces_and_appending_keeps() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    for (begin, name, want) in [
        (append as fn(&Path) -> _, "a", map([("a", "a")])),
        (append, "b", map([("a", "a"), ("b", "b")])),
        (create, "c", map([("c", "c")])),
    ] {
        let writer: ZipWriter = begin(&path);
        put(&writer, name, name);
        writer.finish().unwrap();
        assert_eq!(values_of_file(&path), want);
    }
    let writer = ZipStore::append(&path).unwrap();
    writer.delete(&key("c"), None).unwrap();
    writer.delete(&key("not there"), None).unwrap();
    writer.finish().unwrap();
    assert_eq!(values_of_file(&path), map([]));
}

#[test]
fn equal_values_give_equal_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = [1, 2].map(|n| {
        let path = dir.path().join(format!("{n}.zip"));
        let writer = ZipStore::create(&path).unwrap().deflate(6);
        put(&writer, "zarr.json", &"{}".repeat(100));
        put(&writer, "ü", "x");
        writer.finish().unwrap();
        thread::sleep(std::time::Duration::from_millis(2100 * (2 - n)));
        fs::read(path).unwrap()
    });
    assert_eq!(bytes[0], bytes[1]);
    assert!(bytes[0].len() < 330, "deflated");
}

#[test]
fn one_writer_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    put(&writer, "a", "1");
    for begin in [ZipStore::create, ZipStore::append] {
        let e = begin(&path).unwrap_err();
        assert_eq!(why(&e), ZipError::Locked, "{e}");
    }
    writer.finish().unwrap();
    assert!(ZipStore::append(&path).is_err(), "held until it is dropped");
}

#[cfg(unix)]
#[test]
fn one_writer_at_a_time_by_whatever_way() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    put(&writer, "a", "1");
    writer.finish().unwrap();
    let link = dir.path().join("link.zip");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert!(ZipStore::append(&link).is_err());
    drop(writer);
    let writer = ZipStore::append(&link).unwrap();
    put(&writer, "a", "2");
    writer.finish().unwrap();
    assert!(link.is_symlink());
    assert_eq!(values_of_file(&path), map([("a", "2")]));
}

#[cfg(unix)]
#[test]
fn what_a_link_of_the_drafts_name_points_to_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let (path, canary) = (dir.path().join("x.zip"), dir.path().join("canary"));
    fs::write(&canary, "here").unwrap();
    std::os::unix::fs::symlink(&canary, dir.path().join(".x.zip.zarr-tmp")).unwrap();
    let writer = ZipStore::create(&path).unwrap();
    put(&writer, "a", "1");
    writer.finish().unwrap();
    assert_eq!(fs::read(&canary).unwrap(), b"here");
    std::os::unix::fs::symlink(&canary, dir.path().join(".y.zip.zarr-lock")).unwrap();
    assert!(ZipStore::create(dir.path().join("y.zip")).is_err());
}

#[test]
fn many_threads_write_at_once_and_finish_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::append(&path).unwrap();
    thread::scope(|threads| {
        for n in 0..4 {
            let writer = &writer;
            threads.spawn(move || {
                for m in 0..50 {
                    put(writer, &format!("{n}/{m}"), &format!("{n} {m}").repeat(500));
                    if m % 10 == n {
                        writer.finish().unwrap();
                    }
                }
            });
        }
    });
    writer.finish().unwrap();
    let values = values_of_file(&path);
    assert_eq!(values.len(), 200);
    for (name, value) in values {
        assert_eq!(value, name.replace('/', " ").repeat(500).into_bytes());
    }
}

#[test]
fn a_directory_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("x.zip")).unwrap();
    assert!(ZipStore::create(dir.path().join("x.zip")).is_err());
    assert!(ZipStore::append(dir.path().join("x.zip")).is_err());
    assert_eq!(names(dir.path()), ["x.zip"]);
}

#[test]
fn an_archive_that_is_none_is_not_appended_to() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    fs::write(&path, "notes").unwrap();
    assert!(ZipStore::append(&path).is_err());
    assert_eq!(names(dir.path()), ["x.zip"]);
    assert_eq!(fs::read(&path).unwrap(), b"notes");
}

#[test]
fn seventy_thousand_entries() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    for n in 0..70_000 {
        let key = Key::new(format!("c/{n}")).unwrap();
        writer
            .put(&key, &Payload::from(vec![n as u8]), PutMode::Create)
            .unwrap();
    }
    writer.finish().unwrap();
    let store = wait(ZipStore::open_file(&path)).unwrap();
    assert_eq!(store.len(), 70_000);
    let value = wait(Store::get(&store, &key("c/69999"), ByteRange::All, None));
    assert_eq!(value.unwrap().unwrap().data[..], [69_999_u32 as u8]);
}
