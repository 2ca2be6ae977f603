//! Boxes of chunks that are stored as they are: read in one piece or in many, they are the same.

use std::sync::Arc;

use ndarray::{Array3, ArrayD};
use zarr::blocking::Wait;
use zarr::{Array, DataType, Slice, sel};
use zarr_store::{BlockingStore, Counting, LocalStore, Store};

use crate::support::slices::Chosen;

const SHAPE: [usize; 3] = [70, 130, 70];

fn model() -> ArrayD<u16> {
    // Every element is its own, also with its bytes swapped.
    let [_, y, x] = SHAPE;
    Array3::from_shape_fn(SHAPE, |(i, j, k)| ((i * y + j) * x + k) as u16).into_dyn()
}

type Counted = (Array, Arc<Counting<Arc<dyn Store>>>, tempfile::TempDir);

/// Chunks of 1 MiB in files; of these, where `sharded`, there are two in a file.
fn written(endian: &str, sharded: bool) -> Counted {
    let dir = tempfile::tempdir().unwrap();
    let counting = Arc::new(Counting::new(LocalStore::new(dir.path()).into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let bytes = zarr::Extension::new("bytes").with("endian", endian);
    let mut create = zarr::create_array(store, SHAPE.map(|n| n as u64), DataType::UInt16)
        .chunks([64, 128, 64])
        .serializer(bytes)
        .compressors(());
    if sharded {
        create = create.shards([64, 256, 64]);
    }
    let array = create.wait().unwrap();
    array.write(.., model()).wait().unwrap();
    (array, counting, dir)
}

fn range(start: i64, stop: i64, step: i64) -> Slice {
    Slice::Range {
        start: Some(start),
        stop: (stop >= 0).then_some(stop),
        step,
    }
}

#[test]
fn any_box_is_what_a_plain_array_holds() {
    let model = model();
    let boxes = [
        // All of it: slabs, since rows are shorter than the output's.
        [range(0, 70, 1), range(0, 130, 1), range(0, 70, 1)],
        // Small, and over the corner of eight chunks.
        [range(3, 11, 1), range(60, 68, 1), range(9, 17, 1)],
        [range(60, 68, 1), range(124, 130, 1), range(60, 70, 1)],
        // Planes and rows far apart, in both directions.
        [range(0, 70, 2), range(10, 120, 3), range(0, 70, 1)],
        [range(69, -1, -5), range(129, -1, -40), range(69, -1, -3)],
        [range(0, 70, 30), range(0, 130, 126), range(0, 70, 63)],
        // A row, a column, an element.
        [Slice::Index(5), Slice::Index(7), range(0, 70, 1)],
        [range(0, 70, 1), Slice::Index(7), Slice::Index(6)],
        [Slice::Index(69), Slice::Index(129), Slice::Index(69)],
    ];
    for (endian, sharded) in [("little", false), ("big", false), ("little", true)] {
        let (array, _, _dir) = written(endian, sharded);
        for slices in &boxes {
            let chosen = Chosen::basic(slices, &SHAPE);
            let read = array.read::<u16>(chosen.selection.clone()).wait().unwrap();
            assert!(read == chosen.read(&model), "{endian} {sharded} {slices:?}");
        }
    }
}

#[test]
fn a_small_box_costs_its_planes_and_not_what_lies_between() {
    let (array, counting, _dir) = written("little", false);
    counting.take();
    array.read::<u16>(sel![8..16, 8..16, 8..16]).wait().unwrap();
    let counts = counting.take();
    // Eight planes, each of eight rows of 16 bytes that lie 128 bytes apart.
    assert_eq!((counts.reads, counts.bytes_read), (8, 8 * (7 * 128 + 16)));
}

#[test]
fn a_large_chunk_is_read_in_slabs() {
    let (array, counting, _dir) = written("little", false);
    counting.take();
    array.read::<u16>(sel![..64, ..128, ..63]).wait().unwrap();
    let counts = counting.take();
    assert_eq!((counts.opens, counts.reads), (1, 4));
}

#[test]
fn a_chunk_that_is_too_short_is_an_error_wherever_it_is_read() {
    let (array, _, dir) = written("little", false);
    let chunk = dir.path().join("c/0/0/0");
    let whole = std::fs::read(&chunk).unwrap();
    std::fs::write(&chunk, &whole[..whole.len() - 2]).unwrap();
    for window in [
        sel![8..16, 8..16, 8..16],
        sel![..64, ..128, ..63],
        sel![0, 0, 0],
    ] {
        let error = array.read::<u16>(window).wait().unwrap_err();
        assert_eq!(error.class(), zarr::ErrorClass::Corrupt, "{error}");
    }
}
