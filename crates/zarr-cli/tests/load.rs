//! `zarr serve` under load, as a process: clients by the thousand that send nearly nothing, and readers beside writers.
//! Each test prints its figures. `cargo xtask test --load` runs them as long as docs/reliability.md says; plain `cargo
//! test` runs the same for some seconds.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that panics says what is wrong, and where"
)]

mod support;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use zarr::blocking::Wait;

use support::{Server, skipped};

/// Whether the load is that of the promise.
fn full() -> bool {
    std::env::var_os("ZARR_LOAD").is_some_and(|form| form == "full")
}

/// How long: as promised, or some seconds.
fn seconds(all: u64, few: u64) -> Duration {
    Duration::from_secs(if full() { all } else { few })
}

/// One test at a time: each has the machine for itself.
static ALONE: Mutex<()> = Mutex::new(());

/// A figure, past the harness, which would keep it from whoever runs the tests.
fn say(line: &str) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// What is connected to a server.
fn connect(server: &Server) -> TcpStream {
    let host = server.address.strip_prefix("http://").unwrap();
    TcpStream::connect(host).unwrap()
}

/// Whether this process may have so many files open, more than which it is often given.
fn may_open(files: u64) -> bool {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= files) {
        return true;
    }
    let wanted = Rlimit {
        current: Some(files),
        maximum,
    };
    maximum.is_none_or(|maximum| maximum >= files) && setrlimit(Resource::Nofile, wanted).is_ok()
}

/// How a client is slow, by its number.
struct Slow {
    stream: TcpStream,
    number: usize,
    sent: usize,
}

impl Slow {
    /// Headers without end. What a tenth of the clients ask for is larger than what sockets hold.
    fn start(server: &Server, number: usize) -> Self {
        let mut stream = connect(server);
        stream.set_nonblocking(true).unwrap();
        if number.is_multiple_of(10) {
            drop(stream.write_all(b"GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
        Self {
            stream,
            number,
            sent: 0,
        }
    }

    /// Does the least that keeps it connected; `false` if it is not any more.
    fn go_on(&mut self) -> bool {
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
        let byte = request.get(self.sent).copied().unwrap_or(b'x');
        let mut one = [0];
        let went_on = match self.number % 10 {
            // One byte of what it asked for.
            0 => self.stream.read(&mut one),
            // Nothing at all.
            1 | 2 => self.stream.peek(&mut one),
            _ => self.stream.write(&[byte]),
        };
        self.sent += 1;
        match went_on {
            Ok(count) => count > 0,
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
}

/// S3: whoever is closed to make room comes back at once, and others are answered all the same.
#[test]
fn slow_clients_keep_nobody_out() {
    const CLIENTS: usize = 1000;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // Beside other tests, this one waits for its turn.
    let limit = Duration::from_secs(if full() { 1 } else { 5 });
    if !may_open(CLIENTS as u64 + 200) {
        let how = "ulimit -Hn 2000, or more";
        skipped("S3", "a process may open too few files here", how);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("s.zarr");
    zarr::create_group(&path).wait().unwrap();
    File::create(path.join("big"))
        .unwrap()
        .set_len(1 << 40)
        .unwrap();
    let server = Server::start(&path);
    let (ended, closed) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut worst = Duration::ZERO;
    let mut answers = 0;
    thread::scope(|scope| {
        let mut slow: Vec<Slow> = (0..CLIENTS).map(|n| Slow::start(&server, n)).collect();
        let (server, ended, closed) = (&server, &ended, &closed);
        scope.spawn(move || {
            // One byte of each in a second.
            for at in (0..CLIENTS).cycle() {
                if ended.load(Relaxed) {
                    return;
                }
                if !slow[at].go_on() {
                    closed.fetch_add(1, Relaxed);
                    slow[at] = Slow::start(server, at);
                }
                thread::sleep(Duration::from_secs(1) / CLIENTS as u32);
            }
        });
        let begun = Instant::now();
        while begun.elapsed() < seconds(60, 2) {
            let asked = Instant::now();
            let mut stream = connect(server);
            stream
                .write_all(
                    b"GET /zarr.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                )
                .unwrap();
            let mut said = String::new();
            let read = stream.read_to_string(&mut said);
            worst = worst.max(asked.elapsed());
            answers += usize::from(read.is_ok() && said.contains("node_type"));
            if !said.contains("node_type") || worst > limit {
                ended.store(true, Relaxed);
            }
            assert!(
                said.contains("node_type"),
                "not answered: {said:?}, {read:?}"
            );
            assert!(worst < limit, "answered after {worst:?}");
            thread::sleep(Duration::from_millis(20));
        }
        ended.store(true, Relaxed);
    });
    say(&format!(
        "S3: {answers} answers beside {CLIENTS} slow clients, which were closed {} times; after {} ms at most",
        closed.into_inner(),
        worst.as_millis()
    ));
}

const CHUNKS: u64 = 16;
const CHUNK: usize = 64 << 10;

/// A client that keeps its connection.
struct Reader(BufReader<TcpStream>);

impl Reader {
    /// The status and the body of the answer to a request.
    fn get(&mut self, path: &str) -> std::io::Result<(u16, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        self.0.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            }
            if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body)?;
        Ok((status, body))
    }
}

/// Writes whole chunks, each of one value, until told to stop; how many it wrote.
fn write(array: &zarr::Array, writer: u64, ended: &AtomicBool) -> u64 {
    for count in 0.. {
        if ended.load(Relaxed) {
            return count;
        }
        let at = ((count * 7 + writer) % CHUNKS) as i64 * CHUNK as i64;
        // Not the fill value, which is not stored.
        let value = (1 + (count + writer) % 255) as u8;
        array.write(at..at + CHUNK as i64, value).wait().unwrap();
    }
    0
}

/// B7: each answer is one whole chunk as some writer wrote it.
#[test]
fn readers_beside_writers_see_whole_chunks() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (readers, writers) = (64, 4);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("s.zarr");
    let array = zarr::create_array(&path, [CHUNKS * CHUNK as u64], zarr::DataType::UInt8)
        .chunks([CHUNK as u64])
        .compressors(());
    let array = array.wait().unwrap();
    array.write(.., 1_u8).wait().unwrap();
    let server = Server::start(&path);
    let ended = AtomicBool::new(false);
    let (times, written) = thread::scope(|scope| {
        let (server, array, ended) = (&server, &array, &ended);
        let write = |n| scope.spawn(move || write(array, n, ended));
        let writers: Vec<_> = (0..writers).map(write).collect();
        let read = |n: u64| {
            scope.spawn(move || {
                let mut reader = Reader(BufReader::new(connect(server)));
                let mut times = Vec::new();
                while !ended.load(Relaxed) {
                    let at = (n + times.len() as u64 * 5) % CHUNKS;
                    let asked = Instant::now();
                    let (status, body) = reader.get(&format!("/c/{at}")).unwrap();
                    times.push(asked.elapsed());
                    let said = || String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
                    assert_eq!((status, body.len()), (200, CHUNK), "{}", said());
                    assert!(body.iter().all(|byte| *byte == body[0]), "a mixture");
                }
                times
            })
        };
        let readers: Vec<_> = (0..readers).map(read).collect();
        thread::sleep(seconds(60, 2));
        ended.store(true, Relaxed);
        let times: Vec<_> = readers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        let written: u64 = writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum();
        (times, written)
    });
    let errors = times.iter().filter(|times| times.is_err()).count();
    assert_eq!(errors, 0, "readers had errors");
    let mut times: Vec<Duration> = times.into_iter().flat_map(Result::unwrap).collect();
    times.sort_unstable();
    assert!(
        times.len() > 100 && written > 10,
        "{} answers, {written} writes",
        times.len()
    );
    say(&format!(
        "B7: {} answers to {readers} clients beside {written} writes, 0 errors, 0 mixtures; 99 of 100 within {} ms",
        times.len(),
        times[times.len() * 99 / 100].as_millis()
    ));
}
