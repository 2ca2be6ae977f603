//! Plain HTTP, over a socket, against a server that runs here.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use super::*;

/// A server of a directory with a group, an array `a b` of 3 by 4 numbers, and what must not be seen.
struct Server {
    address: SocketAddr,
    home: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

/// Status, headers in small letters, body.
type Said = (u16, String, Vec<u8>);

impl Server {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("g.zarr");
        make(&root);
        std::fs::write(home.path().join("secret"), "secret").unwrap();
        std::fs::write(root.join(".env"), "secret").unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), root.join("link")).unwrap();
        let location = root
            .to_str()
            .unwrap()
            .parse::<Address>()
            .unwrap()
            .confined()
            .unwrap();
        let served = Arc::new(Served::new(location, "g.zarr".to_owned()));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, served));
        Self {
            address,
            home,
            _runtime: runtime,
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Said {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
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
    use zarr::blocking::Wait;
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
    let page = String::from_utf8(page).unwrap();
    assert!(!page.contains("innerHTML") && !page.contains("http://") && !page.contains("https://"));

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
    for (path, expected) in [
        ("/~/node?path=no", 404),
        ("/~/nothing", 404),
        ("/~/picture?path=a+b&selection=x", 400),
        ("/~/picture?path=", 400),
        ("/~/node?path=../secret", 400),
    ] {
        let (status, said) = json(path);
        assert_eq!(status, expected, "{path}");
        assert!(said["error"].is_string());
    }
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
    drop(stream.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n{long}\r\n").as_bytes()));
    let mut said = Vec::new();
    drop(stream.read_to_end(&mut said));
    let said = String::from_utf8_lossy(&said);
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 431"),
        "{said}"
    );
    assert_eq!(server.get("/zarr.json").0, 200);
}
