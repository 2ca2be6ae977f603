//! Zip archives: those of other programs are read, ours are read by them, hostile ones are refused,
//! and no crash leaves one that cannot be read.

#![cfg(all(
    any(feature = "zip-zstd", feature = "zip-rust"),
    feature = "local",
    any(unix, windows)
))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod addresses;
mod crash;
mod forge;
mod hostile;
mod model;
mod peers;
mod reading;
mod writing;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use zarr_store::{
    BlockingStore, ByteRange, Key, MemoryStore, Prefix, PutMode, Result, Store, StoreError,
    StoreErrorKind, ZipStore, runtime::wait, zip::ZipError,
};

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

/// An archive in memory, under the key `x.zip`.
fn in_memory(archive: &[u8]) -> Arc<dyn Store> {
    let store = MemoryStore::new();
    store
        .put(&key("x.zip"), &archive.to_vec().into(), PutMode::Overwrite)
        .unwrap();
    store.into_store()
}

fn open(archive: &[u8]) -> Result<ZipStore> {
    wait(ZipStore::open(in_memory(archive), key("x.zip")))
}

/// What is wrong with the archive.
fn why(e: &StoreError) -> ZipError {
    let StoreErrorKind::Archive(why) = &e.kind else {
        panic!("{e}");
    };
    why.clone()
}

/// All values of an archive, read in both faces, which agree.
fn values(store: &ZipStore) -> Result<BTreeMap<String, Vec<u8>>> {
    let face = store.as_blocking().unwrap();
    let mut values = BTreeMap::new();
    for entry in face.list(&Prefix::root())? {
        let one = wait(Store::get(store, &entry.key, ByteRange::All, None))?.unwrap();
        let two = face.get(&entry.key, ByteRange::All, None)?.unwrap();
        assert_eq!(one, two, "{}", entry.key);
        assert_eq!(one.size, entry.size, "{}", entry.key);
        values.insert(entry.key.to_string(), one.data.to_vec());
    }
    Ok(values)
}

fn values_of_file(path: &Path) -> BTreeMap<String, Vec<u8>> {
    values(&wait(ZipStore::open_file(path)).unwrap()).unwrap()
}
