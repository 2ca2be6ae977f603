//! Zip archives behind web servers: found by their name, and told from directories and from pages.

use std::fs;

use zarr_remote_tests::faulty::Faulty;
use zarr_store::{
    BlockingStore, PutMode, Store, StoreErrorKind, StoreExt, ZipStore, open_store, runtime::wait,
};

use crate::key;

/// An archive with the values `a` and `d/b`.
fn archive() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.zip");
    let writer = ZipStore::create(&path).unwrap();
    for (name, value) in [("a", 1), ("d/b", 2)] {
        let value = vec![value].into();
        BlockingStore::put(&writer, &key(name), &value, PutMode::Create).unwrap();
    }
    writer.finish().unwrap();
    fs::read(path).unwrap()
}

fn found(address: &str, name: &str) -> Option<Vec<u8>> {
    let store = wait(open_store(address, &[("max_retries", "0")])).unwrap();
    wait(store.get_all(&key(name))).unwrap().map(Into::into)
}

#[test]
fn an_archive_is_opened_by_its_address() {
    let server = Faulty::new();
    for name in ["x.zip", "x.ozx", "X.ZIP"] {
        server.set(&format!("/w/{name}"), archive());
        let address = format!("{}/w/{name}", server.url());
        assert_eq!(found(&address, "a"), Some(vec![1]), "{address}");
        assert_eq!(found(&format!("{address}?sig=1"), "d/b"), Some(vec![2]));
        for layer in ["::d", "|zip:d", "::d/"] {
            let address = format!("{address}{layer}");
            assert_eq!(found(&address, "b"), Some(vec![2]), "{address}");
        }
    }
    // One of another name is one for those who say so.
    server.set("/w/x.ome.zarr", archive());
    let address = format!("{}/w/x.ome.zarr|zip:", server.url());
    assert_eq!(found(&address, "a"), Some(vec![1]));
    let store = wait(open_store(&address, &[])).unwrap();
    let put = wait(store.put(&key("a"), vec![3].into(), PutMode::Overwrite)).unwrap_err();
    assert!(matches!(put.kind, StoreErrorKind::ReadOnly), "{put}");
}

#[test]
fn a_directory_of_such_a_name_is_a_directory() {
    let server = Faulty::new();
    server.set("/w/x.zip/a", [1]);
    let address = format!("{}/w/x.zip", server.url());
    assert_eq!(found(&address, "a"), Some(vec![1]));
    // Servers show a page there.
    server.set("/w/x.zip", b"<html>Index of x.zip</html>".to_vec());
    assert_eq!(found(&address, "a"), Some(vec![1]));
    assert_eq!(found(&format!("{address}/"), "a"), Some(vec![1]));
}

#[test]
fn an_archive_that_was_cut_off_is_an_error() {
    let server = Faulty::new();
    let mut whole = archive();
    whole.truncate(whole.len() - 30);
    server.set("/w/x.zip", whole);
    let error = wait(open_store(&format!("{}/w/x.zip", server.url()), &[])).unwrap_err();
    assert!(error.to_string().contains("cut off"), "{error}");
}
