//! Operations whose future is dropped: they end soon, and nothing of them lands on newer data.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread::sleep;
use std::time::{Duration, Instant};

use zarr::blocking::Wait;
use zarr::{Array, DataType, Selection, sel};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, Counting, MemoryStore, Op, Store};

use super::within_a_minute;

type Slow = Arc<Faulty<Arc<dyn Store>>>;

/// 64 elements, four in a chunk, in a store that can be slow, and what reached it.
fn array(threads: usize) -> (Array, Slow, Arc<Counting<Slow>>) {
    let faulty = Arc::new(Faulty::new(MemoryStore::new().into_store()));
    let counting = Arc::new(Counting::new(Arc::clone(&faulty)));
    let store: Arc<dyn Store> = counting.clone();
    let context = zarr::Context::builder().threads(threads).build();
    let create = zarr::create_array(store, [64], DataType::Int32).context(&context);
    let array = create.chunks([4]).wait().unwrap();
    array.write(.., 7).wait().unwrap();
    counting.take();
    (array, faulty, counting)
}

/// Begins an operation, drops it when `begun` says so, and does not wait for it.
fn begin_and_drop(operation: impl IntoFuture, begun: impl Fn() -> bool) {
    let mut future = Box::pin(operation.into_future());
    // A worker may be so fast that it is ready now; that is as good.
    let _ = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    let start = Instant::now();
    while !begun() && start.elapsed() < Duration::from_secs(10) {
        sleep(Duration::from_millis(1));
    }
}

/// A write of 1 is dropped while its put is slow, then 2 is written: it stays.
fn check(older: Selection, newer: Selection) {
    let (array, slow, counting) = array(2);
    slow.add(Fault::delay(Op::Put, Duration::from_millis(100)).times(1));
    begin_and_drop(array.write(older, 1), || counting.counts().puts > 0);
    array.write(newer.clone(), 2).wait().unwrap();
    sleep(Duration::from_millis(150));
    let all = array.read::<i32>(newer).wait().unwrap();
    assert!(all.iter().all(|&element| element == 2), "{all}");
}

#[test]
fn an_older_write_never_lands_on_a_newer_one() {
    within_a_minute(|| {
        // Whole chunks and parts of one, over each other.
        let (whole, part) = (|| sel![0..4], || sel![1..3]);
        check(whole(), whole());
        check(whole(), part());
        check(part(), whole());
        check(part(), part());
        check(sel![..], whole());
    });
}

#[test]
fn a_dropped_write_begins_no_further_chunk() {
    within_a_minute(|| {
        let (array, slow, counting) = array(1);
        slow.add(Fault::delay(Op::Put, Duration::from_millis(20)));
        begin_and_drop(array.write(.., 1), || counting.counts().puts > 0);
        sleep(Duration::from_millis(200));
        assert!(counting.counts().puts <= 2, "{:?}", counting.counts());
    });
}

#[test]
fn a_dropped_read_begins_no_further_chunk() {
    within_a_minute(|| {
        let (array, slow, counting) = array(1);
        slow.add(Fault::delay(Op::Open, Duration::from_millis(20)));
        begin_and_drop(array.read::<i32>(..), || counting.counts().opens > 0);
        sleep(Duration::from_millis(200));
        assert!(counting.counts().opens <= 2, "{:?}", counting.counts());
    });
}

#[test]
fn writes_that_are_given_up_all_the_time_hold_nobody_up() {
    within_a_minute(|| {
        let (array, ..) = array(1);
        for i in 0..200 {
            begin_and_drop(array.write(.., 1), || true);
            array.write(.., i).wait().unwrap();
            assert_eq!(array.read::<i32>(..).wait().unwrap().sum(), 64 * i);
        }
    });
}
