//! No more bytes on their way than the context allows.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread::sleep;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Array, DataType, sel};
use zarr_store::Store;

use crate::support::far::{Flying, far};

/// Bytes of a chunk, of which there are 16.
const CHUNK: u64 = 1000;

/// 16 chunks in a store that takes its time.
fn array(memory: u64) -> (Array, Arc<Flying>) {
    let (store, _, flying) = far(Duration::from_millis(10));
    let store: Arc<dyn Store> = store;
    let context = zarr::Context::builder().memory(memory).threads(2).build();
    let create = zarr::create_array(store, [16 * CHUNK], DataType::UInt8).context(&context);
    let array = create.chunks([CHUNK]).compressors(()).wait().unwrap();
    flying.most();
    (array, flying)
}

/// The most chunks that are on their way at once: of whole writes, of merges, of reads.
fn most(memory: u64) -> [u64; 3] {
    let (array, flying) = array(memory);
    array.write(.., 7_u8).wait().unwrap();
    let written = flying.most();
    array.write(sel![..;2], 9_u8).wait().unwrap();
    let merged = flying.most();
    let all = array.read::<u8>(..).wait().unwrap();
    assert_eq!(
        all.iter().map(|&n| u64::from(n)).sum::<u64>(),
        8 * 16 * CHUNK
    );
    [written, merged, flying.most()].map(|bytes| bytes / CHUNK)
}

#[test]
fn never_more_in_flight_than_the_budget() {
    assert_eq!(most(5 * CHUNK + 500), [5, 2, 5]);
}

#[test]
fn a_chunk_above_the_budget_is_alone() {
    assert_eq!(most(CHUNK / 2), [1, 1, 1]);
}

#[test]
fn without_need_nothing_waits() {
    assert_eq!(most(1 << 20), [16, 16, 16]);
}

#[test]
fn what_is_dropped_gives_everything_back() {
    let (array, flying) = array(5 * CHUNK);
    array.write(.., 7_u8).wait().unwrap();
    for _ in 0..20 {
        let mut read = array.read::<u8>(..).into_future();
        let mut write = array.write(.., 7_u8).into_future();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(read.as_mut().poll(&mut cx).is_pending());
        let _ = write.as_mut().poll(&mut cx);
        sleep(Duration::from_millis(2));
    }
    flying.most();
    array.read::<u8>(..).wait().unwrap();
    assert_eq!(flying.most(), 5 * CHUNK);
}

#[test]
fn shards_in_shards_pass_a_tiny_budget() {
    let (store, ..) = far(Duration::from_millis(1));
    let store: Arc<dyn Store> = store;
    let context = zarr::Context::builder().memory(1).threads(1).build();
    let create = zarr::create_array(store, [64, 64], DataType::UInt32).context(&context);
    let array = create.chunks([4, 4]).shards([32, 32]).wait().unwrap();
    array.write(.., 1_u32).wait().unwrap();
    array.write(sel![3..40, 5..60], 2_u32).wait().unwrap();
    let all = array.read::<u32>(..).wait().unwrap();
    assert_eq!(all.sum(), 64 * 64 + 37 * 55);
    let some = array.read::<u32>(sel![2..4, 4..6]).wait().unwrap();
    assert_eq!(some.sum(), 3 + 2);
}
