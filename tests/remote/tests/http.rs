//! Plain web servers: to read from, by any path, with what such servers lack.

use zarr_remote_tests::faulty::{Fault, Faulty};
use zarr_store::{
    ByteRange, Key, Location, ObjectStore, Payload, Prefix, PutMode, Store, StoreErrorKind,
    StoreExt, open_store, runtime::wait, testing::hostile_names,
};

use crate::{key, reads::value};

fn open(server: &Faulty, path: &str) -> ObjectStore {
    let options = [
        ("max_retries", "2"),
        ("init_backoff", "1ms"),
        ("read_timeout", "500ms"),
    ];
    ObjectStore::open(&format!("{}{path}", server.url()), options).unwrap()
}

#[test]
fn reads_and_refuses_the_rest() {
    let server = Faulty::new();
    server.set("/data/a.zarr/c/0", value(300));
    for path in ["/data/a.zarr", "/data/a.zarr/"] {
        let store = open(&server, path);
        let name = key("c/0");
        let found = wait(store.get(&name, ByteRange::Last(10), None))
            .unwrap()
            .unwrap();
        assert_eq!((&found.data[..], found.size), (&value(300)[290..], 300));
        let ranges = wait(store.get_ranges(&name, &[0..3, 7..9], found.version.as_ref()));
        assert_eq!(
            ranges.unwrap().unwrap().data.concat(),
            [&value(300)[..3], &value(300)[7..9]].concat()
        );
        assert_eq!(wait(store.size(&name)).unwrap(), Some(300));
        assert!(wait(store.get_all(&key("c/1"))).unwrap().is_none());
        let hints = store.hints();
        assert!(!hints.writable && !hints.listable);
        let put = wait(store.put(&name, Payload::default(), PutMode::Overwrite)).unwrap_err();
        assert!(matches!(put.kind, StoreErrorKind::ReadOnly));
        let list = wait(store.list_dir(&Prefix::root())).unwrap_err();
        assert!(
            matches!(list.kind, StoreErrorKind::Unsupported(_)),
            "{list}"
        );
    }
}

#[test]
fn conforms_as_what_is_read_only() {
    let server = Faulty::new();
    zarr_store::testing::conformance(|| open(&server, "/x"));
}

#[test]
fn names_are_encoded() {
    let server = Faulty::new();
    server.set("/d/a%20b/%C3%BC/x%3Fy/100%25%23", [7]);
    let store = open(&server, "/d");
    let got = wait(store.get_all(&key("a b/ü/x?y/100%#")))
        .unwrap()
        .unwrap();
    assert_eq!(&got[..], [7]);
}

#[test]
fn a_signed_query_goes_with_every_request() {
    let server = Faulty::new();
    server.set("/d/c/0", [1]);
    let store = open(&server, "/d?sig=abc&se=1");
    assert!(wait(store.get_all(&key("c/0"))).unwrap().is_some());
    assert_eq!(server.take_log()[0].query, "sig=abc&se=1");
    assert!(!store.to_string().contains("abc"));
}

#[test]
fn servers_without_ranges() {
    let server = Faulty::new();
    server.set("/d/c", value(5000));
    server.set("/d/empty", []);
    let store = open(&server, "/d");
    server.always(Some(Fault::WholeForRange));
    for range in [
        ByteRange::Bounded(1000..1100),
        ByteRange::Bounded(4990..6000),
        ByteRange::From(4000),
        ByteRange::Last(9),
        ByteRange::Last(9000),
    ] {
        let found = wait(store.get(&key("c"), range.clone(), None))
            .unwrap()
            .unwrap();
        let want = range.resolve(5000).unwrap();
        assert_eq!(
            found.data,
            value(5000)[want.start as usize..want.end as usize],
            "{range}"
        );
        assert_eq!(found.size, 5000);
    }
    let behind = wait(store.get(&key("c"), ByteRange::From(5000), None)).unwrap_err();
    assert!(
        matches!(behind.kind, StoreErrorKind::OutOfRange { .. }),
        "{behind}"
    );
    let empty = wait(store.get(&key("empty"), ByteRange::Last(4), None))
        .unwrap()
        .unwrap();
    assert!(empty.data.is_empty());
}

#[test]
fn what_lies_about_ranges_is_asked_otherwise() {
    let server = Faulty::new();
    server.set("/d/c", value(5000));
    let store = open(&server, "/d");
    server.always(Some(Fault::SuffixAsPrefix));
    let found = wait(store.get(&key("c"), ByteRange::Last(9), None))
        .unwrap()
        .unwrap();
    assert_eq!(found.data, value(5000)[4991..]);
    server.always(None);
    server.next([Fault::Status(501, "no suffixes".into()); 1]);
    server.next([
        Fault::Status(501, "no suffixes".into()),
        Fault::Status(501, "no suffixes".into()),
    ]);
    let found = wait(store.get(&key("c"), ByteRange::Last(9), None))
        .unwrap()
        .unwrap();
    assert_eq!(found.data, value(5000)[4991..]);
}

#[test]
fn pages_in_place_of_values_are_errors() {
    let server = Faulty::new();
    server.set("/d/c", value(50));
    let store = open(&server, "/d");
    for fault in [Fault::ErrorInside, Fault::Gzip] {
        server.always(Some(fault.clone()));
        for range in [
            ByteRange::All,
            ByteRange::Bounded(0..10),
            ByteRange::Last(3),
        ] {
            assert!(
                wait(store.get(&key("c"), range, None)).is_err(),
                "{fault:?}"
            );
        }
    }
}

/// One header must not end a process: memory is taken for what comes, not for what is announced.
#[test]
fn what_is_announced_takes_no_memory() {
    let server = Faulty::new();
    // More than comes in one piece.
    server.set("/d/c", value(1 << 20));
    let store = open(&server, "/d");
    server.always(Some(Fault::LongLength(1 << 40)));
    for range in [ByteRange::All, ByteRange::Last(9), ByteRange::From(0)] {
        let e = wait(store.get(&key("c"), range, None));
        assert!(e.is_err() || e.unwrap().unwrap().data == value(1 << 20)[(1 << 20) - 9..]);
    }
    let _before = server.take_log();
    for limit in [1 << 20, 0] {
        let e = wait(store.get_at_most(&key("c"), limit)).unwrap_err();
        let size = (1 << 20) + (1 << 40);
        assert!(
            matches!(e.kind, StoreErrorKind::TooLarge { size: s, limit: l } if s == size && l == limit),
            "{e}"
        );
        assert!(e.to_string().contains("`c`"), "{e}");
    }
    assert_eq!(server.take_log().len(), 2, "one question each, and no more");
}

#[test]
fn what_is_not_too_large_comes_whole() {
    let server = Faulty::new();
    server.set("/d/c", value(5000));
    server.set("/d/empty", []);
    let store = open(&server, "/d");
    let get = |name: &str, limit| wait(store.get_at_most(&key(name), limit));
    for tag in [None, Some(Fault::WholeForRange)] {
        server.always(tag);
        assert_eq!(get("c", 5000).unwrap().unwrap(), value(5000));
        assert_eq!(get("empty", 0).unwrap().unwrap(), [0_u8; 0].as_slice());
        assert!(get("none", 0).unwrap().is_none());
        assert!(matches!(
            get("c", 4999).unwrap_err().kind,
            StoreErrorKind::TooLarge {
                size: 5000,
                limit: 4999
            }
        ));
    }
}

#[test]
fn addresses_open_stores() {
    let server = Faulty::new();
    server.set("/d/a/zarr.json", b"{}".to_vec());
    let place = wait(Location::parse(&format!("{}/d", server.url())))
        .unwrap()
        .join("a")
        .unwrap();
    assert!(wait(place.store().exists(&place.key("zarr.json").unwrap())).unwrap());
    for (address, options, said) in [
        ("s3://b/x", &[("regoin", "eu")][..], "`regoin`"),
        ("https://h/x", &[("region", "eu")][..], "`region`"),
        ("https://me:pass@h/x", &[][..], "authorization"),
        ("s3://b/x", &[("max_retries", "many")][..], "`max_retries`"),
        ("s3:///x", &[][..], "bucket"),
        (
            "s3://b/x",
            &[("allow_invalid_certificates", "true")][..],
            "SSL_CERT_FILE",
        ),
    ] {
        let e = wait(open_store(address, options)).unwrap_err().to_string();
        assert!(e.contains(said) && !e.contains("pass@"), "{e}");
    }
    for address in [
        "gs://b/x",
        "abfs://c@acc.dfs.core.windows.net/x",
        "az://c/x",
    ] {
        let options = [("anonymous", "true")];
        let azure = [("anonymous", "true"), ("account_name", "acc")];
        let options = if address.starts_with("gs") {
            &options[..]
        } else {
            &azure[..]
        };
        let store = wait(open_store(address, options)).unwrap();
        assert!(store.hints().conditions.update && !store.hints().conditions.delete);
    }
}

/// The parts of a path as a server that decodes and resolves it would take them.
fn resolved(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part.replace("%2E", ".").replace("%2e", ".").as_str() {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other.to_owned()),
        }
    }
    parts
}

/// H6: whatever a name says, nothing outside of the address is asked for.
#[test]
fn h6_hostile_names_stay_below_their_address() {
    let server = Faulty::new();
    server.set("/canary", value(9));
    let store = open(&server, "/root");
    let (mut keys, mut asked) = (0, 0);
    for name in hostile_names() {
        let Ok(key) = Key::new(&name) else {
            continue;
        };
        keys += 1;
        if let Ok(found) = wait(store.get(&key, ByteRange::All, None)) {
            assert_eq!(found, None, "{name:?}");
        }
        for request in server.take_log() {
            asked += 1;
            let parts = resolved(&request.path);
            assert_eq!(
                parts.first().map(String::as_str),
                Some("root"),
                "{name:?}: {}",
                request.path
            );
            assert!(
                !request.path.contains(['\\', '\0']),
                "{name:?}: {}",
                request.path
            );
        }
    }
    assert!(keys > 20 && asked >= keys, "{keys} keys, {asked} requests");
    println!("H6: 200 names, {keys} of them keys, {asked} requests, 0 outside");
}
