//! Reading block by block: every cell comes once, whatever was asked for, and nothing runs on.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use futures_util::StreamExt;
use ndarray::{ArrayD, IxDyn, Slice as Cut};
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, Selection, sel};
use zarr_store::Store;
use zarr_store::runtime::wait;

use crate::support::far::far;
use crate::support::stores::{KINDS, Kind, store};

/// 20 × 30 elements with some shards absent.
fn array(kind: Kind, memory: u64) -> (Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let context = Context::builder().memory(memory).threads(2).build();
    let create = zarr::create_array(store, [20, 30], DataType::Int32).context(&context);
    let create = create.chunks([3, 4]).shards([6, 8]).fill_value(-1);
    let array = create.wait().unwrap();
    let data = ArrayD::from_shape_fn(IxDyn(&[11, 30]), |at| (at[0] * 100 + at[1]) as i32);
    array.write(sel![2..13, ..], data).wait().unwrap();
    (array, dir)
}

/// The blocks, put together.
fn streamed(array: &Array, selection: Selection, ahead: Option<usize>) -> ArrayD<i32> {
    let resolved = selection.resolve(array.chunked().grid()).unwrap();
    let shape: Vec<usize> = resolved.out_shape().iter().map(|&n| n as usize).collect();
    let blocks =
        Arc::clone(array.chunked()).stream_as::<i32>(resolved, ahead.and_then(NonZeroUsize::new));
    let mut blocks = Box::pin(blocks.unwrap());
    let (mut all, mut cells) = (ArrayD::zeros(IxDyn(&shape)), 0);
    while let Some(block) = wait(blocks.next()) {
        let (region, block) = block.unwrap();
        cells += block.len();
        let at = |axis: ndarray::AxisDescription| {
            let span = region.ranges[axis.axis.index()];
            Cut::from(span.start() as usize..(span.start() + span.count()) as usize)
        };
        all.slice_each_axis_mut(at).assign(&block);
    }
    assert_eq!(cells, all.len());
    all
}

#[test]
fn blocks_are_what_a_read_gives() {
    for kind in KINDS {
        for memory in [1, 1 << 20] {
            let (array, _dir) = array(kind, memory);
            for selection in [
                sel![..],
                sel![5..15, 3..29],
                sel![..;-3, 1..;5],
                sel![7, ..],
                sel![.., 29, NewAxis],
                sel![NewAxis, 3..4, NewAxis, 2..9],
                sel![3, 3],
                sel![4..4, ..],
            ] {
                let wanted = array.read::<i32>(selection.clone()).wait().unwrap();
                for ahead in [None, Some(1), Some(3)] {
                    assert_eq!(streamed(&array, selection.clone(), ahead), wanted);
                }
            }
        }
    }
}

/// Every block names the cells of the array and the chunk that it comes from: what these hold is the block.
#[test]
fn g20_blocks_know_where_they_come_from() {
    for kind in KINDS {
        let (array, _dir) = array(kind, 1 << 20);
        for selection in [
            sel![..],
            sel![5..15, ..;7],
            sel![..;-3, 1..],
            sel![7, NewAxis, 3..],
        ] {
            let mut chunks = Vec::new();
            for block in array.stream::<i32>(selection).wait() {
                let (place, block) = block.unwrap();
                let chunk = array.chunk(place.chunk()).unwrap().region();
                let mut at = Vec::new();
                for (cells, chunk) in place.cells().ranges.iter().zip(&chunk.ranges) {
                    assert!(cells.cells().all(|cell| chunk.cells().any(|c| c == cell)));
                    at.push(cells.cells().collect::<Vec<_>>());
                }
                let rows = at[0].iter();
                let points = rows.flat_map(|&row| at[1].iter().map(move |&column| (row, column)));
                let (rows, columns): (Vec<_>, Vec<_>) = points.unzip();
                let points = Selection::points([rows, columns]);
                let wanted = array.read::<i32>(points).wait().unwrap();
                assert!(block.iter().eq(wanted.iter()), "{place}");
                chunks.push(place.chunk().to_vec());
            }
            let count = chunks.len();
            chunks.sort();
            chunks.dedup();
            assert_eq!(chunks.len(), count);
        }
    }
}

#[test]
fn a_place_prints_as_its_region_of_the_output() {
    let (array, _dir) = array(Kind::Memory, 1 << 20);
    let blocks = array.stream::<i32>(sel![12.., 8..16;2]).wait();
    let mut places: Vec<_> = blocks.map(|block| block.unwrap().0).collect();
    places.sort_by_key(|place| place.chunk().to_vec());
    let texts: Vec<_> = places
        .iter()
        .map(|p| format!("{p} of {}", p.cells()))
        .collect();
    // Shards of 6 x 8.
    let wanted = [
        "[0:6, 0:4] of [12:18, 8:15:2]",
        "[6:8, 0:4] of [18:20, 8:15:2]",
    ];
    assert_eq!(texts, wanted);
    assert_eq!(places[1].chunk(), [3, 1]);
}

#[test]
fn whoever_waits_gets_the_blocks_one_by_one() {
    for kind in KINDS {
        let (array, _dir) = array(kind, 1 << 20);
        let wanted = array.read::<i32>(sel![5.., ..;2]).wait().unwrap();
        for ahead in [0, 1, 5] {
            let mut all = ArrayD::from_elem(wanted.raw_dim(), i32::MIN);
            let blocks = array.stream::<i32>(sel![5.., ..;2]).prefetch(ahead);
            for block in blocks.wait() {
                let (place, block) = block.unwrap();
                let at = |axis: ndarray::AxisDescription| {
                    let span = place.ranges[axis.axis.index()];
                    Cut::from(span.start() as usize..(span.start() + span.count()) as usize)
                };
                all.slice_each_axis_mut(at).assign(&block);
            }
            assert_eq!(all, wanted);
        }
    }
}

#[test]
fn what_is_wrong_with_a_stream_is_its_only_item() {
    let (array, _dir) = array(Kind::Memory, 1 << 20);
    let errors = |mut blocks: zarr::StreamIter<zarr::BlockStream<u8>>| {
        let error = blocks.next().unwrap().unwrap_err().to_string();
        assert!(blocks.next().is_none() && blocks.next().is_none());
        error
    };
    assert!(errors(array.stream(..).wait()).contains("u8"));
    assert!(errors(array.stream(sel![0, 0, 0]).wait()).contains("indices"));
    assert!(errors(array.stream(..).field("a").wait()).contains("no fields"));
}

#[test]
fn what_is_no_box_is_refused() {
    let (array, _dir) = array(Kind::Memory, 1 << 20);
    let list = Selection::orthogonal([3, 1, 9]);
    let resolved = list.resolve(array.chunked().grid()).unwrap();
    let blocks = Arc::clone(array.chunked()).stream_as::<i32>(resolved, None);
    let error = blocks.err().unwrap().to_string();
    assert!(error.contains("slices"), "{error}");
}

#[test]
fn no_more_is_begun_than_asked_for_and_nothing_after_a_drop() {
    let (store, ..) = far(Duration::from_millis(1));
    let create = zarr::create_array(store.clone() as Arc<dyn Store>, [64], DataType::Int32);
    let array = create.chunks([1]).compressors(()).wait().unwrap();
    array.write(.., 7).wait().unwrap();
    store.take();
    let all = sel![..].resolve(array.chunked().grid()).unwrap();
    let blocks = Arc::clone(array.chunked()).stream_as::<i32>(all, NonZeroUsize::new(3));
    let mut blocks = Box::pin(blocks.unwrap());
    wait(blocks.next()).unwrap().unwrap();
    assert!(store.counts().reads <= 3, "{:?}", store.counts());
    wait(blocks.next()).unwrap().unwrap();
    drop(blocks);
    let reads = store.counts().reads;
    sleep(Duration::from_millis(20));
    assert!(reads <= 5 && store.counts().reads == reads, "{reads}");
}

#[test]
fn whoever_holds_a_stream_may_read_something_else() {
    for kind in KINDS {
        let (array, _dir) = array(kind, 1);
        let all = sel![..].resolve(array.chunked().grid()).unwrap();
        let blocks = Arc::clone(array.chunked()).stream_as::<i32>(all, None);
        let mut blocks = Box::pin(blocks.unwrap());
        while let Some(block) = wait(blocks.next()) {
            block.unwrap();
            array.read::<i32>(sel![2..9, ..]).wait().unwrap();
        }
    }
}
