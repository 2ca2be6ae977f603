//! `zarr serve` as a process: the memory and threads that it uses, and that it shows no secrets of its address.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use zarr::blocking::Wait;

use support::Server;

/// A group with a value `big` of so many bytes, which takes no room on the disk.
fn store(home: &Path, size: u64) -> PathBuf {
    let path = home.join("s.zarr");
    zarr::create_group(&path).wait().unwrap();
    let big = File::create(path.join("big")).unwrap();
    big.set_len(size).unwrap();
    path
}

/// A client that has asked.
fn ask(server: &Server, path: &str) -> TcpStream {
    let host = server.address.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// What Linux says of a process: `VmHWM`, the most memory it ever had, in KiB, or `Threads`.
fn status(server: &Server, what: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(what));
    let mut words = line.unwrap().split_whitespace().skip(1);
    words.next().unwrap().parse().unwrap()
}

#[test]
fn slow_readers_of_large_values_take_a_piece_each() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&store(home.path(), 1 << 40));
    let begun = status(&server, "VmHWM");
    let mut slow: Vec<TcpStream> = (0..40).map(|_| ask(&server, "/big")).collect();
    // Each has its first bytes, so all have been seen to.
    for stream in &mut slow {
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"HTTP/1.1 200");
    }
    sleep(Duration::from_millis(500));
    let grown = (status(&server, "VmHWM") - begun) >> 10;
    assert!(grown < 64, "{grown} MiB for {} clients", slow.len());
    assert!(status(&server, "Threads") < 100);
}

#[test]
fn whoever_leaves_takes_the_work_along() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(&store(home.path(), 1 << 30));
    let begun = status(&server, "VmHWM");
    for _ in 0..200 {
        let client = ask(&server, "/big");
        // So that work is begun for it.
        sleep(Duration::from_millis(3));
        drop(client);
    }
    let mut said = String::new();
    let mut after = ask(&server, "/zarr.json");
    after.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let grown = (status(&server, "VmHWM") - begun) >> 10;
    assert!(grown < 64, "{grown} MiB");
    assert!(status(&server, "Threads") < 100);
}

#[test]
fn secrets_in_an_address_are_not_shown() {
    let home = tempfile::tempdir().unwrap();
    let behind = Server::start(&store(home.path(), 1));
    let host = behind.address.strip_prefix("http://").unwrap();
    let address = format!("{}?sig=hunter2", behind.address);
    let server = Server::start(Path::new(&address));
    for (report, word) in [("tree", host), ("node?path=none", "none")] {
        let mut said = String::new();
        let mut asked = ask(&server, &format!("/~/{report}"));
        asked.read_to_string(&mut said).unwrap();
        assert!(said.contains(word), "{said}");
        assert!(!said.contains("hunter"), "{said}");
    }
}
