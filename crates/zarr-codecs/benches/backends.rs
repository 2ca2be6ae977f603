//! The libraries behind codecs: where a format has one in C and one in Rust, both take turns on the same bytes, contexts
//! kept, on one thread. It prints the table of `docs/performance.md`.
//!
//! `cargo bench -p zarr-codecs --all-features --bench backends`

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that fails shall stop"
)]

mod data;

use std::time::{Duration, Instant};

use zarr_codecs::testing::libraries::{LIBRARIES, Library};

/// What is encoded: the bytes of a chunk.
const BYTES: u64 = 4 << 20;
/// How long each row is measured.
const TIME: Duration = Duration::from_secs(2);

fn main() {
    // `cargo test --benches` only wants to know whether it runs.
    let time = if std::env::args().any(|arg| arg == "--bench") {
        TIME
    } else {
        Duration::ZERO
    };
    println!(
        "| bytes | codec | C | Rust | encode, MB/s: C, Rust | ratio | decode, MB/s: C, Rust | ratio | size: C, Rust |"
    );
    println!("|---|---|---|---|---:|---:|---:|---:|---:|");
    let shape = |elem: u64| [BYTES / elem / 256, 256];
    let counts = data::counts(&shape(2));
    let heights = data::heights(&shape(4));
    let shuffled = shuffled(&heights, 4);
    let all = [
        ("`u16`", &counts),
        ("`f32`", &heights),
        ("`f32`, shuffled", &shuffled),
    ];
    for (name, data) in all {
        for c in LIBRARIES.iter().filter(|library| library.is_c) {
            let is_twin = |other: &&Library| other.format == c.format && !other.is_c;
            if let Some(rust) = LIBRARIES.iter().find(is_twin) {
                row(name, data, [c, rust], time);
            }
        }
    }
}

/// The first bytes of all elements, then the second ones, as Blosc and `shuffle` have them.
fn shuffled(data: &[u8], elem: usize) -> Vec<u8> {
    let plane = |i| data.iter().skip(i).step_by(elem).copied();
    (0..elem).flat_map(plane).collect()
}

fn row(name: &str, data: &[u8], libraries: [&Library; 2], time: Duration) {
    let mut workers = libraries.map(|library| (library.start)());
    let mut frames = [vec![], vec![]];
    let mut room = vec![0; data.len()];
    let mut best = [[Duration::MAX; 2]; 2];
    let begin = Instant::now();
    loop {
        for (i, worker) in workers.iter_mut().enumerate() {
            frames[i].clear();
            let start = Instant::now();
            worker.encode(data, &mut frames[i]);
            best[0][i] = best[0][i].min(start.elapsed());
        }
        // Both decode the same frame, that of the C library.
        for (i, worker) in workers.iter_mut().enumerate() {
            let start = Instant::now();
            let made = worker.decode(&frames[0], &mut room);
            best[1][i] = best[1][i].min(start.elapsed());
            assert_eq!(made, Some(data.len()));
        }
        assert!(room == data);
        if begin.elapsed() >= time {
            break;
        }
    }
    let [encode, decode] = best.map(|times| {
        let speed = times.map(|time| data.len() as f64 / time.as_secs_f64() / 1e6);
        format!(
            "{:.0}, {:.0} | {:.2}",
            speed[0],
            speed[1],
            speed[1] / speed[0]
        )
    });
    let size = |frame: &Vec<u8>| 100.0 * frame.len() as f64 / data.len() as f64;
    let [c, rust] = libraries;
    println!(
        "| {name} | {} | {} | {} | {encode} | {decode} | {:.1} %, {:.1} % |",
        c.format,
        c.name,
        rust.name,
        size(&frames[0]),
        size(&frames[1])
    );
}
