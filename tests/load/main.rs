//! Promises that need many rounds: damaged stores, made-up indexes, a million chunks, many nodes, a runtime that has other
//! tasks. Each prints its figure; `ZARR_LOAD=full`, or `cargo xtask test --load`, runs as much as docs/reliability.md says,
//! and plain `cargo test` a little of it with the same code. One after another, since some measure the whole process: an
//! argument picks those whose name contains it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails shall stop, and reads better without ceremony"
)]

mod chunks;
mod damaged;
mod json;
mod nodes;
mod random;
mod shard_indexes;
mod soak;
mod timer;

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: usize = 1 << 20;

/// So many rounds: those of the promise, or a few.
fn rounds(all: u64, few: u64) -> u64 {
    let full = std::env::var_os("ZARR_LOAD").is_some_and(|form| form == "full");
    if full { all } else { few }
}

fn main() {
    let tests: [(&str, fn()); 7] = [
        ("b2_million_chunks", chunks::run),
        ("b4_timer_beside_files", timer::run),
        ("b6_soak", soak::run),
        ("b9_many_nodes", nodes::run),
        ("h3_documents", json::run),
        ("h5_shard_indexes", shard_indexes::run),
        ("h9_changed_bytes", damaged::run),
    ];
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = wanted.unwrap_or_default();
    for (name, run) in tests {
        if name.contains(&wanted) {
            run();
        }
    }
}
