//! The same promises over servers that others wrote: `cargo xtask test --remote` starts those that are
//! installed and says by environment variables where they listen.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicU32, Ordering},
};

use futures_util::future::join_all;
use object_store::{
    azure::{AzureAccessKey, AzureAuthorizer},
    client::{HttpRequest, HttpRequestBody},
};
use zarr_remote_tests::s3::store_at;
use zarr_store::{ObjectStore, Payload, Store, StoreExt, runtime::wait, testing};

use crate::key;

/// Where a server listens, or a line that says that it does not.
fn server(name: &str, variable: &str) -> Option<String> {
    let address = std::env::var(variable).ok();
    if address.is_none() {
        println!("skipped: {name} ({variable} is not set; `cargo xtask test --remote` sets it)");
    }
    address
}

/// One request without a body, and the status of its answer.
fn ask(address: &str, head: &str) -> u16 {
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "{head}host: {address}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    println!("{address}: {}", answer.lines().next().unwrap_or_default());
    answer
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .parse()
        .unwrap_or(0)
}

/// Eight tasks, a hundred increments each, of one value.
fn increments(store: &ObjectStore) -> u64 {
    let name = key("r8-count");
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().parse::<u64>().unwrap();
    let increment = || async {
        for _ in 0..100 {
            let more = |old: Option<bytes::Bytes>| {
                let n = old.map_or(0, |old| number(&old)) + 1;
                Ok(Some(Payload::from(n.to_string())))
            };
            store.modify(&name, more).await.unwrap();
        }
    };
    wait(join_all((0..8).map(|_| increment())));
    number(&wait(store.get_all(&name)).unwrap().unwrap())
}

fn exercise(name: &str, open: impl Fn(&str) -> ObjectStore) {
    // A server may keep what an earlier run left.
    let run = std::process::id();
    let count = AtomicU32::new(0);
    let next = || count.fetch_add(1, Ordering::Relaxed);
    testing::conformance(|| open(&format!("{run}-{}", next())));
    let store = open(&format!("{run}-r8"));
    let found = wait(store.probe()).unwrap();
    assert!(found.create && found.update, "{name}: {found:?}");
    let sum = increments(&store);
    println!("R8: {name}, 8 tasks x 100 increments: {sum}");
    assert_eq!(sum, 800);
}

#[test]
fn moto() {
    let Some(address) = server("moto", "ZARR_TEST_MOTO") else {
        return;
    };
    let status = ask(&address, "PUT /bucket HTTP/1.1\r\n");
    assert!(status == 200 || status == 409, "{status}");
    exercise("moto", |path| {
        store_at(&format!("http://{address}"), path, &[])
    });
}

#[test]
fn azurite() {
    let Some(address) = server("azurite", "ZARR_TEST_AZURITE") else {
        return;
    };
    // The account that every Azurite knows.
    let (account, secret) = (
        "devstoreaccount1",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    );
    let endpoint = format!("http://{address}/{account}");
    let mut create = HttpRequest::new(HttpRequestBody::empty());
    *create.method_mut() = "PUT".parse().unwrap();
    *create.uri_mut() = format!("{endpoint}/data?restype=container")
        .parse()
        .unwrap();
    create
        .headers_mut()
        .insert("content-length", "0".parse().unwrap());
    let access = AzureAccessKey::try_new(secret).unwrap();
    let credential = object_store::azure::AzureCredential::AccessKey(access);
    AzureAuthorizer::new(&credential, account)
        .try_authorize(&mut create)
        .unwrap();
    let mut head = format!("PUT /{account}/data?restype=container HTTP/1.1\r\n");
    for (name, value) in create.headers() {
        if name != "content-length" {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
    }
    let status = ask(&address, &head);
    assert!(status == 201 || status == 409, "{status}");
    exercise("azurite", |path| {
        let options = [
            ("account_name", account),
            ("account_key", secret),
            ("endpoint", endpoint.as_str()),
            ("allow_http", "true"),
            ("max_retries", "3"),
            ("init_backoff", "10ms"),
        ];
        ObjectStore::open(&format!("az://data/{path}"), options).unwrap()
    });
}

#[test]
fn nginx() {
    let Some(address) = server("nginx", "ZARR_TEST_NGINX") else {
        return;
    };
    let none: [(&str, &str); 0] = [];
    let store = ObjectStore::open(&format!("http://{address}"), none).unwrap();
    let whole = wait(store.get_all(&key("value"))).unwrap().unwrap();
    let last = wait(store.get(&key("value"), zarr_store::ByteRange::Last(9), None))
        .unwrap()
        .unwrap();
    assert_eq!(
        (last.size, &last.data[..]),
        (whole.len() as u64, &whole[whole.len() - 9..])
    );
    assert!(wait(store.get_all(&key("missing"))).unwrap().is_none());
    let ranges = wait(store.get_ranges(&key("value"), &[0..3, 5..6], last.version.as_ref()));
    assert_eq!(
        ranges.unwrap().unwrap().data.concat(),
        [&whole[..3], &whole[5..6]].concat()
    );
    println!("nginx: whole, last, ranges, missing");
}
