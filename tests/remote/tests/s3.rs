//! The promises of every store, kept over S3.

use std::sync::atomic::{AtomicU32, Ordering};

use zarr_remote_tests::s3::S3;
use zarr_store::{ObjectStore, Payload, PutMode, Store, StoreExt, runtime::wait, testing};

use crate::key;

#[test]
fn conforms() {
    let server = S3::new();
    let count = AtomicU32::new(0);
    let make = || server.store(&format!("t{}", count.fetch_add(1, Ordering::Relaxed)));
    testing::conformance(make);
}

#[test]
fn conforms_at_the_root_of_a_bucket() {
    let mut servers = Vec::new();
    let servers = std::cell::RefCell::new(&mut servers);
    testing::conformance(|| {
        let server = S3::new();
        let store = server.store("");
        servers.borrow_mut().push(server);
        store
    });
}

#[test]
fn large_values_are_written_in_parts() {
    let server = S3::new();
    let store = zarr_remote_tests::s3::store_at(&server.url(), "x", &[("put_limit", "1000")]);
    let value: Vec<u8> = (0..40 << 20).map(|i: u32| (i >> 7) as u8).collect();
    let parts: Payload = value.chunks(7_000_001).map(<[u8]>::to_vec).collect();
    let version = wait(store.put(&key("large"), parts, PutMode::Overwrite)).unwrap();
    assert_eq!(wait(store.get_all(&key("large"))).unwrap().unwrap(), value);
    let head = wait(store.head(&key("large"))).unwrap().unwrap();
    assert_eq!((head.size, head.version), (40 << 20, version));
}

#[test]
fn probe_finds_conditions() {
    let server = S3::new();
    let store: ObjectStore = server.store("p");
    let found = wait(store.probe()).unwrap();
    assert!(found.create && found.update && !found.delete);
    assert!(wait(store.is_empty(&zarr_store::Prefix::root())).unwrap());
}
