//! What needs more room than a test has: entries beyond 4 GiB, in a file with a hole.

use std::process::Command;

use crate::{BlockingStore, ByteRange, Key, PutMode, Store, ZipStore, ZipWriter, runtime::wait};

#[test]
fn zip64() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    let keys = ["a", "b", "c"].map(|name| Key::new(name).unwrap());
    for key in &keys {
        let value = key.to_string().into();
        BlockingStore::put(&writer, key, &value, PutMode::Create).unwrap();
        ZipWriter::skip(&writer, 3 << 30);
    }
    writer.finish().unwrap();
    assert!(path.metadata().unwrap().len() > 9 << 30);
    let store = wait(ZipStore::open_file(&path)).unwrap();
    for key in &keys {
        let value = wait(Store::get(&store, key, ByteRange::All, None)).unwrap();
        assert_eq!(value.unwrap().data, key.as_str());
    }
    let check = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None and archive.namelist() == ['a', 'b', 'c']";
    match Command::new("python3")
        .args(["-c", check])
        .arg(&path)
        .status()
    {
        Ok(status) => assert!(status.success()),
        Err(e) => println!("skipped: python3: {e}"),
    }
}

#[test]
fn a_part_of_what_is_compressed_costs_as_much_as_all() {
    let dir = tempfile::tempdir().unwrap();
    for (name, level, expected) in [("a.zip", None, false), ("b.zip", Some(6), true)] {
        let path = dir.path().join(name);
        let mut writer = ZipStore::create(&path).unwrap();
        if let Some(level) = level {
            writer = writer.deflate(level);
        }
        let key = Key::new("a").unwrap();
        let value = vec![7; 1000].into();
        BlockingStore::put(&writer, &key, &value, PutMode::Create).unwrap();
        writer.finish().unwrap();
        let store = wait(ZipStore::open_file(&path)).unwrap();
        assert_eq!(Store::hints(&store).whole_values, expected, "{name}");
    }
}

/// Nobody is left to be given the error when the last handle goes: it is an event.
#[test]
#[cfg(feature = "tracing")]
fn what_cannot_be_finished_at_last_is_told() {
    use std::fs;

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let text = crate::tests::events_of(|| {
        let store = wait(crate::open_path(&path, &[])).unwrap();
        let key = Key::new("a").unwrap();
        wait(store.put(&key, vec![1].into(), PutMode::Create)).unwrap();
        fs::write(&path, "somebody else's").unwrap();
        drop(store);
    });
    assert!(text.contains("ERROR") && text.contains("x.zip"), "{text}");
    assert!(
        text.contains("is lost") && text.contains("changed after"),
        "{text}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
}
