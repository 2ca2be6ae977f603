//! Stores on web servers, which cannot be listed: on `zarr serve`, and on a server here that checks who asks.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zarr::DataType;
use zarr::blocking::Wait;

use support::Server;

fn zarr(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zarr"));
    command.args(arguments).output().unwrap()
}

#[test]
fn consolidated_metadata_tells_what_cannot_be_listed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("w.zarr");
    let root = zarr::create_group(&path).wait().unwrap();
    let x = root
        .create_array("g/x", [3], DataType::Int8)
        .wait()
        .unwrap();
    x.write(.., 7_i8).wait().unwrap();
    let server = Server::start(&path);
    let at = |node: &str| format!("{}{node}", server.address);

    let read = zarr(&["read", &at("/g/x"), "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&read.stdout), "7,7,7\n");
    let blind = zarr(&["tree", &at("")]);
    assert!(!blind.status.success(), "a server that does not list");

    zarr::consolidate_metadata(&root).wait().unwrap();
    let tree = zarr(&["tree", &at("")]);
    let text = String::from_utf8_lossy(&tree.stdout);
    assert_eq!(text, "/\n└── g\n    └── x (3,) int8\n", "{tree:?}");
}

/// A web server that answers 403 where nothing is, as buckets do whose keys nobody may list; and 403 to whoever sends no
/// such query.
fn strict(directory: PathBuf, query: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move |mut client: TcpStream| -> std::io::Result<()> {
        let mut lines = BufReader::new(client.try_clone()?).lines();
        let asked = lines.next().transpose()?.unwrap_or_default();
        lines.map_while(Result::ok).find(String::is_empty);
        let target = asked.split(' ').nth(1).unwrap_or_default();
        let (path, sent) = target.split_once('?').unwrap_or((target, ""));
        let found = std::fs::read(directory.join(path.trim_start_matches('/')));
        let (status, body) = match found {
            Ok(body) if sent == query => ("200 OK", body),
            _ => ("403 Forbidden", b"AccessDenied".to_vec()),
        };
        write!(
            client,
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )?;
        match asked.starts_with("HEAD") {
            true => Ok(()),
            false => client.write_all(&body),
        }
    };
    // Ends with the process.
    std::thread::spawn(move || {
        listener
            .incoming()
            .flatten()
            .for_each(|client| drop(answer(client)));
    });
    format!("http://{address}")
}

/// An array of format 2 behind such a server, of which one chunk is stored.
fn half_there(home: &Path) -> Vec<u8> {
    let array = zarr::create_array(home.join("x.zarr").as_path(), [8], DataType::Int32)
        .chunks([4])
        .zarr_format(zarr::ZarrFormat::V2)
        .fill_value(7)
        .wait()
        .unwrap();
    array.write(4..8, 1_i32).wait().unwrap();
    b"7\n7\n7\n7\n1\n1\n1\n1\n".to_vec()
}

#[test]
fn options_reach_the_store() {
    let home = tempfile::tempdir().unwrap();
    let expected = half_there(home.path());
    let x = strict(home.path().to_owned(), "") + "/x.zarr";

    let read = zarr(&["read", &x, "--format", "jsonl"]);
    let told = String::from_utf8_lossy(&read.stderr);
    assert_eq!(read.status.code(), Some(4), "{told}");
    assert!(
        told.contains("missing_statuses=403") && told.contains("--option NAME=VALUE"),
        "{told}"
    );

    let missing = ["--option", "missing_statuses=403"];
    let read = zarr(&[&["read", &x, "--format", "jsonl"], missing.as_slice()].concat());
    assert_eq!(read.stdout, expected, "{read:?}");
    let read = zarr(&[missing.as_slice(), &["read", &x, "--format", "jsonl"]].concat());
    assert_eq!(read.stdout, expected, "before the command: {read:?}");
    let copy = home.path().join("copy.zarr");
    let copied = zarr(&[&["copy", &x, copy.to_str().unwrap()], missing.as_slice()].concat());
    assert!(copied.status.success(), "{copied:?}");
    let told = String::from_utf8_lossy(&copied.stderr);
    assert!(told.contains("this store cannot be listed"), "{told}");
    let read = zarr(&["read", copy.to_str().unwrap(), "--format", "jsonl"]);
    assert_eq!(read.stdout, expected);
}

#[test]
fn a_signed_query_is_shown_nowhere() {
    let home = tempfile::tempdir().unwrap();
    half_there(home.path());
    let server = strict(home.path().to_owned(), "sv=1&sig=s3cr3t");
    let x = format!("{server}/x.zarr?sv=1&sig=s3cr3t");
    let wrong = format!("{server}/x.zarr?sv=2&sig=s3cr3t");
    let copy = home.path().join("copy.zarr");
    let copy = copy.to_str().unwrap();
    let missing = "--option=missing_statuses=403";
    for (works, arguments) in [
        (true, vec!["info", "--json", &x, missing]),
        (true, vec!["read", &x, "--format", "csv", missing]),
        (true, vec!["tree", &x, missing]),
        (true, vec!["stats", "--json", &x, missing]),
        (true, vec!["view", &x, missing]),
        (
            true,
            vec!["copy", &x, copy, "--json", "--progress", "json", missing],
        ),
        (
            true,
            vec!["diff", &x, copy, "--json", "--progress", "json", missing],
        ),
        (false, vec!["chunks", "--json", &x, missing]),
        (false, vec!["info", &wrong]),
        (false, vec!["info", &x, &x]),
        (
            false,
            vec!["info", &wrong, "--option", "authorization=Bearer s3cr3t"],
        ),
        (false, vec!["info", &wrong, "--option", "s3cr3t"]),
        (false, vec!["info", &wrong, "--option", "token=s3cr3t"]),
        (false, vec!["write", "/dev/null", &x]),
        (
            false,
            vec!["create", &x, "--shape", "2", "--dtype", "int8", missing],
        ),
        (
            false,
            vec![
                "create",
                &format!("{x}::a"),
                "--shape",
                "2",
                "--dtype",
                "int8",
            ],
        ),
        (true, vec!["doctor", &x, missing]),
        (false, vec!["migrate", "v3", &x, missing]),
        (false, vec!["serve", &wrong]),
        (false, vec!["attrs", "get", &wrong]),
    ] {
        let output = zarr(&arguments);
        let texts = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        assert!(
            !texts.concat().contains("s3cr3t"),
            "{arguments:?}: {texts:?}"
        );
        assert_eq!(output.status.success(), works, "{arguments:?}: {texts:?}");
    }
}

#[test]
fn archives_are_opened_by_their_address() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("w.zarr");
    zarr::create_group(&path).wait().unwrap();
    for name in ["x.zip", "y.ozx"] {
        let a = zarr::ndarray::array![7_i8, 8];
        let saved = zarr::save_group(path.join(name)).named("a", a).wait();
        saved.unwrap();
    }
    let server = Server::start(&path);
    for name in ["x.zip", "y.ozx"] {
        let at = |node: &str| format!("{}/{name}{node}", server.address);
        for node in ["::a", "|zip:a"] {
            let read = zarr(&["read", &at(node), "--format", "csv"]);
            assert_eq!(String::from_utf8_lossy(&read.stdout), "7,8\n", "{read:?}");
        }
        for root in ["", "::"] {
            let tree = zarr(&["tree", &at(root)]);
            let text = String::from_utf8_lossy(&tree.stdout);
            assert_eq!(text, "/\n└── a (2,) int8\n", "{tree:?}");
        }
    }
}
