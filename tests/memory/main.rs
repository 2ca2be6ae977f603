//! Arrays larger than the memory that is used to read them: what the whole process holds is counted.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that fails shall stop"
)]

mod bounds;
mod limited;

use std::num::NonZeroUsize;
use std::sync::Arc;

use futures_util::StreamExt;
use peak_alloc::PeakAlloc;
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, sel};
use zarr_core::ChunkedArray;
use zarr_store::runtime::wait;
use zarr_store::{BlockingStore, Key, LocalStore, PutMode, Store};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: u64 = 1 << 20;
/// Elements of 4 bytes along each side: 4 GiB.
const SIDE: u64 = 32 << 10;
/// Elements along each side of a chunk: 4 MiB.
const CHUNK: u64 = 1 << 10;

/// An array of 4 GiB of which all but the last two rows of chunks are stored, all as the same bytes.
fn large(store: &Arc<dyn Store>, files: &LocalStore, context: &Context) -> Array {
    let create = zarr::create_array(Arc::clone(store), [SIDE, SIDE], DataType::UInt32);
    let array = create.chunks([CHUNK, CHUNK]).fill_value(1).context(context);
    let array = array.wait().expect("a new array");
    let some = array.write(sel![0..CHUNK as i64, 0..CHUNK as i64], 3_u32);
    some.wait().expect("a chunk");
    let key = |row: u64, column: u64| Key::new(format!("c/{row}/{column}")).expect("a key");
    let chunk = files.open(&key(0, 0)).expect("readable").expect("stored");
    let bytes = chunk.read(0..chunk.size().expect("a size")).expect("bytes");
    let side = SIDE / CHUNK;
    for at in 0..side * (side - 2) {
        let put = files.put(
            &key(at / side, at % side),
            &bytes.clone().into(),
            PutMode::Overwrite,
        );
        put.expect("stored");
    }
    array
}

/// Streams all of the array and returns how many blocks are of ones and of threes, and how many bytes
/// were held above what was before.
fn stream(array: &Arc<ChunkedArray>) -> ([u64; 2], u64) {
    let cells = (CHUNK * CHUNK) as usize;
    let [ones, threes] = [1, 3].map(|value| vec![value; cells]);
    let all = sel![..].resolve(array.grid()).expect("all of it");
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    // More than fit in the budget.
    let ahead = NonZeroUsize::new(64);
    let blocks = Arc::clone(array).stream_as::<u32>(all, ahead);
    let mut blocks = Box::pin(blocks.expect("a stream"));
    let mut found = [0; 2];
    while let Some(block) = wait(blocks.next()) {
        let (_, block) = block.expect("a block");
        match block.as_slice() {
            Some(cells) if cells == ones => found[0] += 1,
            Some(cells) if cells == threes => found[1] += 1,
            other => panic!("{:?} is in no chunk", other.map(|cells| &cells[..4])),
        }
    }
    let held = MEMORY.peak_usage().saturating_sub(before);
    (found, held as u64)
}

/// Copies 128 MiB to chunks that cross those of the source, and returns how many bytes were held above
/// what was before.
fn copy(is_far: bool, context: &Context) -> u64 {
    let dir = tempfile::tempdir().expect("a directory");
    let store = |name: &str| {
        let files = LocalStore::new(dir.path().join(name));
        match is_far {
            true => files.high_latency().into_store(),
            false => files.into_store(),
        }
    };
    let from = zarr::create_array(store("from"), [4096, 8192], DataType::UInt32);
    let from = from.chunks([CHUNK, CHUNK]).context(context);
    let from = from.wait().expect("a new array");
    for row in 0..4_i64 {
        let rows = sel![row * CHUNK as i64..(row + 1) * CHUNK as i64, ..];
        from.write(rows, 7_u32 + row as u32).wait().expect("rows");
    }
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let copy = zarr::copy(&from, store("to")).name("copy").context(context);
    let copy = copy.with(|new| new.chunks([700, 900]));
    let stats = copy.wait().expect("a copy");
    let held = MEMORY.peak_usage().saturating_sub(before) as u64;
    assert_eq!(stats.bytes, 128 * MIB);
    let copied = zarr::open_array(store("to"))
        .path("copy")
        .wait()
        .expect("the copy");
    for row in 0..4_i64 {
        let cells = copied
            .read::<u32>(sel![row * CHUNK as i64 + 500, ..])
            .wait()
            .expect("a row");
        assert!(cells.iter().all(|&cell| cell == 7 + row as u32));
    }
    held
}

fn main() {
    if limited::is_child() {
        return;
    }
    limited::run();
    bounds::run();
    let memory = 32 * MIB;
    for is_far in [false, true] {
        let context = Context::builder().threads(2).memory(memory).build();
        let held = copy(is_far, &context);
        println!("a copy, far: {is_far}, {} MiB held at most", held / MIB);
        // Boxes that are read and not yet written; beside them what is on its way from and to the
        // stores, and the scratch memory of each worker.
        assert!(held <= 2 * memory + 2 * 8 * MIB, "{held} bytes held");
    }
    for is_far in [false, true] {
        let dir = tempfile::tempdir().expect("a directory");
        let files = LocalStore::new(dir.path());
        let store: Arc<dyn Store> = match is_far {
            true => files.clone().high_latency().into_store(),
            false => files.clone().into_store(),
        };
        let context = Context::builder().threads(2).memory(memory).build();
        let array = large(&store, &files, &context);
        let (found, held) = stream(array.chunked());
        let side = SIDE / CHUNK;
        assert_eq!(found, [side * 2, side * (side - 2)]);
        println!("far: {is_far}, {} MiB held at most", held / MIB);
        // The bytes of the stream, and the scratch memory of each worker.
        assert!(held <= memory + 2 * 8 * MIB, "{held} bytes held");
    }
}
