//! Requests over a socket, against a server in this process.

mod http;
mod ways_out;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use clap::Parser;
use hyper::StatusCode;
use zarr::Location;
use zarr::blocking::Wait;
use zarr::tools::{Budget, Hook, Hooked};

use super::served_store::{PIECE, PIECES};
use super::*;
use crate::Cli;
use crate::Command;

/// A server of a directory with a group, an array `a b` of 3 by 4 numbers, and what must not be seen.
struct Server {
    address: SocketAddr,
    home: tempfile::TempDir,
    served: Arc<ServedStore>,
    _runtime: tokio::runtime::Runtime,
}

/// Status, headers in small letters, body.
type Said = (u16, String, Vec<u8>);

impl Server {
    fn start() -> Self {
        Self::with(&[], |_| {})
    }

    /// With options of the command, and with other limits.
    fn with(options: &[&str], change: impl FnOnce(&mut ServedStore)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("g.zarr");
        make(&root);
        std::fs::write(home.path().join("secret"), "secret").unwrap();
        std::fs::write(root.join(".env"), "secret").unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), root.join("link")).unwrap();
        let line = ["zarr", "serve", root.to_str().unwrap()];
        let cli = Cli::try_parse_from(line.iter().chain(options)).unwrap();
        let Command::Serve(args) = cli.command else {
            unreachable!("it was asked for");
        };
        let location = args.path.confined().location().unwrap();
        let mut served = ServedStore::new(location, "g.zarr".to_owned(), args.access);
        change(&mut served);
        let served = Arc::new(served);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&served)));
        Self {
            address,
            home,
            served,
            _runtime: runtime,
        }
    }

    /// A value `big` in the store, each byte of which says where it is.
    fn put_big(&self, size: usize) -> Vec<u8> {
        let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        std::fs::write(self.home.path().join("g.zarr/big"), &bytes).unwrap();
        bytes
    }

    /// A client that has asked for a path, and has read the head of the answer: its length, and what came behind it.
    fn begin(&self, path: &str) -> (TcpStream, usize, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut got = Vec::new();
        loop {
            let mut some = [0; 1024];
            let count = stream.read(&mut some).unwrap();
            got.extend_from_slice(&some[..count]);
            if let Some(end) = got.windows(4).position(|end| end == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&got[..end]).to_lowercase();
                let length = head.split("content-length: ").nth(1).unwrap();
                let length = length.split("\r\n").next().unwrap().parse().unwrap();
                return (stream, length, got.split_off(end + 4));
            }
            assert!(count > 0, "the head was cut");
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Said {
        self.ask_raw(method, path.as_bytes(), headers)
    }

    /// With a path of any bytes.
    fn ask_raw(&self, method: &str, path: &[u8], headers: &str) -> Said {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let rest = format!(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
        let request = [method.as_bytes(), b" ", path, rest.as_bytes()].concat();
        stream.write_all(&request).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let end = all.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(all[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, all[end + 4..].to_vec())
    }

    fn get(&self, path: &str) -> Said {
        self.ask("GET", path, "")
    }
}

fn make(root: &Path) {
    let group = zarr::create_group(root).wait().unwrap();
    let numbers = zarr::ndarray::Array2::<i16>::from_shape_fn((3, 4), |(i, j)| (4 * i + j) as i16);
    let array = group
        .create_array("a b", [3, 4], zarr::DataType::Int16)
        .chunks([3, 4]);
    let array = array
        .compressors(Vec::<zarr::Extension>::new())
        .wait()
        .unwrap();
    array.write(.., numbers).wait().unwrap();
}

#[test]
fn values_and_parts_of_them() {
    let server = Server::start();
    let chunk = std::fs::read(server.home.path().join("g.zarr/a b/c/0/0")).unwrap();
    assert_eq!(chunk.len(), 24);
    let path = "/a%20b/c/0/0";
    let (status, head, body) = server.get(path);
    assert_eq!((status, body.as_slice()), (200, chunk.as_slice()));
    for header in [
        "content-length: 24",
        "accept-ranges: bytes",
        "access-control-allow-origin: *",
        "nosniff",
    ] {
        assert!(head.contains(header), "{header}: {head}");
    }
    let tag = head
        .split("etag: ")
        .nth(1)
        .unwrap()
        .split("\r\n")
        .next()
        .unwrap()
        .to_owned();

    let range = |range: &str| server.ask("GET", path, &format!("Range: {range}\r\n"));
    for (asked, part) in [
        ("bytes=0-3", 0..4),
        ("bytes=20-", 20..24),
        ("bytes=-5", 19..24),
        ("bytes=4-99", 4..24),
        ("bytes=-99", 0..24),
    ] {
        let (status, head, body) = range(asked);
        assert_eq!(
            (status, body.as_slice()),
            (206, &chunk[part.clone()]),
            "{asked}"
        );
        assert!(
            head.contains(&format!(
                "content-range: bytes {}-{}/24",
                part.start,
                part.end - 1
            )),
            "{head}"
        );
    }
    for asked in ["bytes=24-", "bytes=-0", "bytes=99-100"] {
        let (status, head, _) = range(asked);
        assert_eq!(status, 416, "{asked}");
        assert!(head.contains("content-range: bytes */24"), "{head}");
    }
    // Everything is an answer to what makes no sense, and to several parts.
    for asked in ["bytes=3-1", "bytes=0-1,4-5", "lines=1-2", "bytes=x-"] {
        assert_eq!(range(asked).0, 200, "{asked}");
    }

    let (status, head, body) = server.ask("HEAD", path, "");
    assert_eq!((status, body.len()), (200, 0));
    assert!(head.contains("content-length: 24"), "{head}");
    assert_eq!(
        server
            .ask("GET", path, &format!("If-None-Match: {tag}\r\n"))
            .0,
        304
    );
    assert_eq!(
        server.ask("GET", path, "If-None-Match: \"other\"\r\n").0,
        200
    );
    let part = |tag: &str| {
        server
            .ask(
                "GET",
                path,
                &format!("Range: bytes=0-1\r\nIf-Range: {tag}\r\n"),
            )
            .0
    };
    assert_eq!((part(&tag), part("\"other\"")), (206, 200));

    std::fs::write(server.home.path().join("g.zarr/a b/c/0/0"), [7; 24]).unwrap();
    assert_eq!(
        server
            .ask("GET", path, &format!("If-None-Match: {tag}\r\n"))
            .0,
        200
    );
}

#[test]
fn nothing_else_is_seen_or_changed() {
    let server = Server::start();
    for path in [
        "/../secret",
        "/%2e%2e/secret",
        "/a%20b/../../secret",
        "/..%2fsecret",
        "/%2e%2e%2fsecret",
        "/.env",
        "//secret",
        "/a%20b/%2e%2e/%2e%2e/secret",
        "/%00",
        "/%",
        "/%zz",
        "/..\\secret",
        "/a%20b/.git/config",
        "/%252e%252e/secret",
        "/./zarr.json/../../secret",
    ] {
        let (status, _, body) = server.get(path);
        assert!([400, 404].contains(&status), "{path}: {status}");
        assert!(
            !String::from_utf8_lossy(&body).contains("secret\n"),
            "{path}"
        );
        assert!(!body.starts_with(b"secret"), "{path}");
    }
    let (status, _, body) = server.get("/link");
    assert!(status >= 400 && !body.starts_with(b"secret"), "{status}");
    for method in ["PUT", "POST", "DELETE", "PATCH"] {
        let (status, head, _) = server.ask(method, "/zarr.json", "");
        assert_eq!(status, 405);
        assert!(head.contains("allow: get, head, options"));
    }
    let (status, head, _) = server.ask(
        "OPTIONS",
        "/zarr.json",
        "Origin: https://viewer\r\nAccess-Control-Request-Method: GET\r\n",
    );
    assert_eq!(status, 204);
    assert!(
        head.contains("access-control-allow-headers: range"),
        "{head}"
    );
    assert_eq!(server.get("/no/zarr.json").0, 404);
}

#[test]
fn the_page_and_what_it_asks_for() {
    let server = Server::start();
    let (status, head, page) = server.get("/");
    assert_eq!(status, 200);
    assert!(
        head.contains("content-security-policy: default-src 'none'"),
        "{head}"
    );
    assert!(!page.is_empty() && !head.contains("unsafe"), "{head}");
    for (file, kind) in [
        ("page.css", "text/css"),
        ("page.js", "text/javascript"),
        ("picture.js", "text/javascript"),
        ("chunks.js", "text/javascript"),
        ("dom.js", "text/javascript"),
    ] {
        let (status, head, text) = server.get(&format!("/~/{file}"));
        assert_eq!(status, 200, "{file}");
        assert!(head.contains(&format!("content-type: {kind}")), "{head}");
        let text = String::from_utf8(text).unwrap();
        assert!(
            !text.contains("innerHTML") && !text.contains("http"),
            "{file}"
        );
    }

    let json = |path: &str| {
        let (status, _, body) = server.get(path);
        (
            status,
            serde_json::from_slice::<serde_json::Value>(&body).unwrap(),
        )
    };
    let (_, tree) = json("/~/tree");
    assert_eq!(tree["nodes"][1]["path"], "/a b");
    let (_, node) = json("/~/node?path=a+b");
    assert_eq!(
        (&node["kind"], &node["shape"]),
        (&"array".into(), &serde_json::json!([3, 4]))
    );
    let (_, chunks) = json("/~/chunks?path=a%20b");
    assert_eq!(
        (&chunks["nstored"], &chunks["cells"]),
        (&1.into(), &serde_json::json!([24.0]))
    );
    let (status, head, picture) = server.get("/~/picture?path=a+b&selection=1:,%20::2");
    assert!(status == 200 && picture.starts_with(b"\x89PNG"));
    assert!(head.contains("\"rows\":2,\"columns\":2"), "{head}");
    assert!(head.contains("\"origin\":[1,0]"), "{head}");
    assert!(
        head.contains("\"axes\":[{\"axis\":0,\"step\":1},{\"axis\":1,\"step\":2}]"),
        "{head}"
    );
    for (path, expected) in [
        ("/~/node?path=no", 404),
        ("/~/nothing", 404),
        ("/~/picture?path=a+b&selection=x", 400),
        ("/~/picture?path=", 400),
        ("/~/elements?path=a+b&selection=9,9&format=text", 400),
        ("/~/elements?path=a+b&format=exe", 400),
        ("/~/node?path=../secret", 400),
    ] {
        let (status, said) = json(path);
        assert_eq!(status, expected, "{path}");
        assert!(said["error"].is_string());
    }
}

#[test]
fn elements_of_what_is_shown() {
    let server = Server::start();
    let get = |query: &str| {
        let (status, _, body) = server.get(&format!("/~/elements?path=a+b&{query}"));
        (status, body)
    };
    let cell = get("selection=2,3&format=text");
    assert_eq!(cell, (200, b"11\n".to_vec()));
    let rows = get("selection=1:,::2&format=csv");
    assert_eq!(rows, (200, b"4,6\n8,10\n".to_vec()));
    let (status, file) = get("format=npy");
    assert_eq!((status, file.len()), (200, 128 + 24));
    assert!(file.starts_with(b"\x93NUMPY"));
    assert_eq!(
        file[128..],
        (0..12).flat_map(i16::to_le_bytes).collect::<Vec<u8>>()
    );
}

#[test]
fn more_elements_than_fit_are_refused() {
    let server = Server::start();
    let large = zarr::create_array(
        server.home.path().join("g.zarr"),
        [5000, 5000],
        zarr::DataType::Int64,
    );
    large.path("large").wait().unwrap();
    let (status, _, body) = server.get("/~/elements?path=large&format=npy");
    let said = String::from_utf8(body).unwrap();
    assert!(
        status == 400 && said.contains("select a smaller part"),
        "{said}"
    );
    let (status, _, body) = server.get("/~/elements?path=large&format=text&selection=4999,4999");
    assert_eq!((status, body.as_slice()), (200, b"0\n".as_slice()));
}

/// The values are those of CF's and xarray's convention: an array beside it that is named as the axis.
#[test]
fn axes_have_names_units_and_coordinates() {
    let server = Server::start();
    let root = server.home.path().join("g.zarr");
    let latitude = zarr::create_array(&root, [2], zarr::DataType::Float32).path("lat");
    let latitude = latitude
        .attributes([("units", "degrees_north")])
        .wait()
        .unwrap();
    latitude.write(.., [48.5_f32, 48.25]).wait().unwrap();
    let height = zarr::create_array(&root, [2, 3], zarr::DataType::Int16).path("height");
    height.dimension_names(["lat", "lon"]).wait().unwrap();
    let (_, _, body) = server.get("/~/node?path=height");
    let node: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        node["axes"],
        serde_json::json!([
            {"name": "lat", "length": 2, "units": "degrees_north", "coordinates": [48.5, 48.25]},
            {"name": "lon", "length": 3, "units": null, "coordinates": null},
        ])
    );
    assert_eq!(node["has_data"], false);
}

/// Slow clients, as many as a process may have here.
#[test]
fn whoever_only_holds_connections_keeps_nobody_out() {
    let server = Server::start();
    let slow: Vec<TcpStream> = (0..CONNECTIONS + 40)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\nHost").unwrap();
            stream
        })
        .collect();
    let begun = std::time::Instant::now();
    assert_eq!(server.get("/zarr.json").0, 200);
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(slow);
}

#[test]
fn headers_have_an_end() {
    let server = Server::start();
    let long = format!("X-Long: {}\r\n", "x".repeat(2 * HEADERS));
    let mut stream = TcpStream::connect(server.address).unwrap();
    // It may break off before all of it is sent.
    drop(stream.write_all(format!("GET / HTTP/1.1\r\nHost: localhost\r\n{long}\r\n").as_bytes()));
    let mut said = Vec::new();
    drop(stream.read_to_end(&mut said));
    let said = String::from_utf8_lossy(&said);
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 431"),
        "{said}"
    );
    assert_eq!(server.get("/zarr.json").0, 200);
}

#[test]
fn large_values_go_out_in_pieces() {
    let server = Server::start();
    for size in [0, 1, PIECE as usize, 2 * PIECE as usize] {
        let bytes = server.put_big(size);
        let (status, _, body) = server.get("/big");
        assert_eq!((status, body == bytes), (200, true), "{size}");
    }
    let bytes = server.put_big(3 * PIECE as usize + 17);
    let (status, head, body) = server.get("/big");
    assert_eq!((status, body == bytes), (200, true));
    assert!(head.contains(&format!("content-length: {}", bytes.len())));
    let (from, to) = (1000, 2 * PIECE as usize + 5);
    let range = format!("Range: bytes={from}-{to}\r\n");
    let (status, _, body) = server.ask("GET", "/big", &range);
    assert_eq!((status, body == bytes[from..=to]), (206, true));
    let (status, head, body) = server.ask("HEAD", "/big", "");
    assert_eq!((status, body.len()), (200, 0));
    assert!(head.contains(&format!("content-length: {}", bytes.len())));
}

/// More than sockets hold between the two.
const ENDLESS: usize = 64 << 20;

#[test]
fn two_writings_of_a_value_are_never_mixed() {
    let server = Server::start();
    let old = server.put_big(ENDLESS);
    for replaced in [true, false] {
        let (mut stream, length, mut got) = server.begin("/big");
        assert_eq!(length, ENDLESS);
        let path = server.home.path().join("g.zarr/big");
        match replaced {
            true => {
                let new = path.with_file_name("new");
                std::fs::write(&new, vec![255; ENDLESS]).unwrap();
                std::fs::rename(new, path).unwrap();
            }
            false => std::fs::remove_file(path).unwrap(),
        }
        drop(stream.read_to_end(&mut got));
        assert!(got.len() < length, "it looks complete");
        assert!(got == old[..got.len()], "bytes of another writing");
        server.put_big(ENDLESS);
    }
}

#[test]
fn whoever_takes_nothing_is_left() {
    let server = Server::with(&[], |served| served.slowness = Duration::from_millis(200));
    server.put_big(ENDLESS);
    let without_clients = Arc::strong_count(&server.served);
    let (mut stream, length, mut got) = server.begin("/big");
    let begun = std::time::Instant::now();
    // A connection holds what is served to its end. Memory alone tells no end: between two pieces none is in use.
    let is_left = || Arc::strong_count(&server.served) == without_clients;
    while !is_left() || server.served.pieces.try_take(PIECES).is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "it is waited for"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(stream.read_to_end(&mut got));
    assert!(got.len() < length);
}

#[test]
fn a_download_is_not_cut_for_those_who_say_nothing() {
    let server = Server::start();
    let bytes = server.put_big(ENDLESS);
    let (mut stream, _, mut got) = server.begin("/big");
    let silent: Vec<TcpStream> = (0..CONNECTIONS + 40)
        .map(|_| TcpStream::connect(server.address).unwrap())
        .collect();
    // The last of them was taken in.
    assert_eq!(server.get("/zarr.json").0, 200);
    stream.read_to_end(&mut got).unwrap();
    assert!(got == bytes, "{} of {} bytes", got.len(), bytes.len());
    drop(silent);
}

/// A store that takes its time, and counts who is being served.
#[derive(Debug)]
struct Slow(Arc<std::sync::atomic::AtomicUsize>);

impl Hook for Slow {
    const READS: zarr::tools::Reads = zarr::tools::Reads::Take;

    fn before(&self, _: &zarr::tools::Call<'_>) -> Result<Duration, zarr::tools::StoreErrorKind> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(Duration::from_millis(50))
    }
}

#[test]
fn work_ends_with_whoever_asked_for_it() {
    let calls = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = Server::with(&[], |served| {
        let slow = Hooked::with(
            Arc::clone(served.location.store()),
            Slow(Arc::clone(&calls)),
        );
        served.location = Location::new(Arc::new(slow), served.location.path().clone());
    });
    let clients: Vec<TcpStream> = (0..40)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            let request = b"GET /~/picture?path=a+b HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(request).unwrap();
            stream
        })
        .collect();
    let begun = std::time::Instant::now();
    while calls.load(std::sync::atomic::Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody began");
        std::thread::sleep(Duration::from_millis(1));
    }
    drop(clients);
    while server.served.work.try_take(WORK).is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "work goes on");
        std::thread::sleep(Duration::from_millis(1));
    }
    // Each has a few; forty of them would have over a hundred.
    let made = calls.load(std::sync::atomic::Ordering::SeqCst);
    assert!(made < 40, "{made} calls for nobody");
    assert_eq!(server.get("/~/picture?path=a+b").0, 200);
}

/// A store in which a part costs as much as all.
#[derive(Debug)]
struct Packed;

impl Hook for Packed {
    fn hints(&self, mut inner: zarr::tools::IoHints) -> zarr::tools::IoHints {
        inner.whole_values = true;
        inner
    }
}

#[test]
fn what_comes_only_whole_has_a_limit() {
    let server = Server::with(&[], |served| {
        let packed = Hooked::with(Arc::clone(served.location.store()), Packed);
        served.location = Location::new(Arc::new(packed), served.location.path().clone());
        served.work = Budget::new(4 * PIECE);
    });
    let bytes = server.put_big(4 * PIECE as usize);
    assert!(server.get("/big").2 == bytes);
    let bytes = server.put_big(4 * PIECE as usize + 1);
    let (status, _, said) = server.ask("GET", "/big", "Range: bytes=0-9\r\n");
    let expected = StatusCode::NOT_IMPLEMENTED.as_u16();
    assert_eq!(status, expected, "{}", String::from_utf8_lossy(&said));
    let (status, head, _) = server.ask("HEAD", "/big", "");
    assert!(status == 200 && head.contains(&format!("content-length: {}", bytes.len())));
}

#[test]
fn only_names_of_its_own_are_answered() {
    let server = Server::start();
    let called = |server: &Server, host: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let request =
            format!("GET /zarr.json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).unwrap();
        let status: u16 = said.split(' ').nth(1).unwrap().parse().unwrap();
        (status, said.contains("node_type"))
    };
    let own = server.address.to_string();
    assert_eq!(called(&server, &own), (200, true));
    assert_eq!(called(&server, "rebound.example"), (421, false));
    let named = Server::with(&["--allow-host", "box.example"], |_| {});
    assert_eq!(called(&named, "box.example:80"), (200, true));
    assert_eq!(called(&named, "rebound.example"), (421, false));
}

#[test]
fn only_pages_that_were_named_may_read() {
    let allowed = |server: &Server, method: &str, origin: &str| {
        let (_, head, _) = server.ask(method, "/zarr.json", &format!("Origin: {origin}\r\n"));
        let allowed = head.split("access-control-allow-origin: ").nth(1);
        allowed.map(|rest| rest.split("\r\n").next().unwrap().to_owned())
    };
    let viewer = "https://viewer.example";
    let named = Server::with(&["--allow-origin", viewer], |_| {});
    let none = Server::with(&["--allow-origin", "none"], |_| {});
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert_eq!(allowed(&named, method, viewer).as_deref(), Some(viewer));
        assert_eq!(allowed(&named, method, "https://evil.example"), None);
        assert_eq!(allowed(&none, method, viewer), None);
    }
    assert!(named.get("/zarr.json").1.contains("vary: origin"));
}
