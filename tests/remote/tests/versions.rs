//! Servers without strong ETags: no condition is sent that cannot hold, and no bytes of two versions
//! are mixed.

use bytes::Bytes;
use zarr::{DataType, blocking::Wait, sel};
use zarr_remote_tests::faulty::{Fault, Faulty, Tags};
use zarr_store::{BlockingStore, ByteRange, LocalStore, Prefix, Store, StoreExt, runtime::wait};

use crate::{
    key,
    reads::{quick, value},
};

const OTHERS: [Tags; 3] = [Tags::Weak, Tags::Dated, Tags::None];

fn server(tags: Tags) -> (Faulty, zarr_store::ObjectStore) {
    let server = Faulty::new();
    server.tags(tags);
    server.set("/d/c", value(300_000));
    let options = [
        ("max_retries", "2"),
        ("init_backoff", "1ms"),
        ("read_timeout", "500ms"),
    ];
    let store = zarr_store::ObjectStore::open(&format!("{}/d", server.url()), options);
    (server, store.unwrap())
}

#[test]
fn weak_tags_are_never_sent() {
    for tags in OTHERS {
        let (server, store) = server(tags);
        let last = wait(store.get(&key("c"), ByteRange::Last(9), None));
        let last = last.unwrap().unwrap();
        assert_eq!(last.version.is_some(), tags == Tags::Dated, "{tags:?}");
        let ranges = [0..10, 200_000..200_010];
        let found = wait(store.get_ranges(&key("c"), &ranges, last.version.as_ref()));
        assert_eq!(
            found.unwrap().unwrap().data[1],
            value(300_000)[200_000..200_010]
        );
        let log = server.take_log();
        assert!(
            log.iter()
                .all(|request| request.header("if-match").is_none())
        );
    }
}

#[test]
fn the_second_of_the_last_change_tells_versions_apart() {
    let (server, store) = server(Tags::Dated);
    let found = wait(store.head(&key("c"))).unwrap().unwrap();
    server.set("/d/c", vec![9; 300_000]);
    let e = wait(store.get(&key("c"), ByteRange::Last(9), found.version.as_ref()));
    assert!(e.unwrap_err().is_conflict());
}

/// What broke off is asked for anew, whole: nobody can tell whether the rest is of the same value.
#[test]
fn an_answer_that_broke_off_is_asked_for_anew() {
    for tags in OTHERS {
        let (server, store) = server(tags);
        let changed: Vec<u8> = value(300_000).iter().map(|b| b ^ 0xff).collect();
        // The client below may ask for the rest before it sees that it can make no use of it.
        server.next([Fault::CloseAfter(1000), Fault::Changed, Fault::Changed]);
        let found: Bytes = wait(store.get_all(&key("c"))).unwrap().unwrap();
        assert!(found == changed, "{tags:?}: bytes of two versions");
    }
}

#[test]
fn a_version_of_a_weak_tag_is_not_replaced_on_condition() {
    let server = Faulty::new();
    server.tags(Tags::Weak);
    server.set("/bucket/a/c", value(9));
    let store = quick(&server, &[]);
    let found = wait(store.get(&key("c"), ByteRange::All, None)).unwrap();
    assert_eq!(found.unwrap().version, None);
}

/// A shard whose bytes change between its index and its inner chunks: an error, or one of the two.
#[test]
fn a_shard_is_never_mixed_of_two_versions() {
    let files = tempfile::tempdir().unwrap();
    let local = LocalStore::new(files.path());
    let create = zarr::create_array(local.clone().into_store(), [4096], DataType::UInt8);
    let array = create.chunks([64]).shards([4096]).compressors(()).wait();
    let elements: Vec<u8> = (0..4096).map(|i| (i % 251) as u8).collect();
    array
        .unwrap()
        .write(.., ndarray::Array1::from(elements.clone()))
        .wait()
        .unwrap();
    for tags in OTHERS {
        let (server, store) = server(tags);
        for entry in local.list(&Prefix::root()).unwrap() {
            let found = BlockingStore::get(&local, &entry.key, ByteRange::All, None);
            server.set(&format!("/d/{}", entry.key), found.unwrap().unwrap().data);
        }
        let store: std::sync::Arc<dyn Store> = std::sync::Arc::new(store);
        let array = zarr::open_array(store).wait().unwrap();
        let read = || array.read::<u8>(sel![128..192]).wait();
        let want = &elements[128..192];
        assert_eq!(read().unwrap().as_slice().unwrap(), want, "{tags:?}");
        let again = zarr::open_array(std::sync::Arc::clone(array.store()))
            .wait()
            .unwrap();
        server.next([Fault::None, Fault::Changed, Fault::Changed]);
        if let Ok(found) = again.read::<u8>(sel![128..192]).wait() {
            assert_eq!(found.as_slice().unwrap(), want, "{tags:?}: mixed");
        }
    }
}
