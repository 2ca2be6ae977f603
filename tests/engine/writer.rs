//! Parts of chunks through a writer: each chunk is made and stored once, and what is held is bounded.

use std::sync::Arc;

use ndarray::{Array2, ArrayD, Dimension, IxDyn};
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, Selection, Values, sel};
use zarr_core::Elements;
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, Counting, MemoryStore, Op, Store, StoreErrorKind};

use crate::support::slices::Chosen;
use crate::support::stores::{KINDS, store};

type Counted = Arc<Counting<Arc<dyn Store>>>;

/// Planes of 8 × 8 in shards of twenty, over a counting store.
fn planes(count: u64, context: &Context) -> (Array, Counted) {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let create = zarr::create_array(store, [count, 8, 8], DataType::UInt16);
    let create = create.chunks([1, 8, 8]).shards([20, 8, 8]);
    let array = create.context(context).wait().unwrap();
    counting.take();
    (array, counting)
}

fn plane(i: i64) -> Array2<u16> {
    Array2::from_shape_fn((8, 8), |(y, x)| i as u16 * 64 + y as u16 * 8 + x as u16)
}

fn check_planes(array: &Array, planes: std::ops::Range<i64>) {
    for i in planes {
        let found = array.read::<u16>(sel![i, .., ..]).wait().unwrap();
        assert_eq!(found, plane(i).into_dyn(), "plane {i}");
    }
}

/// The bytes of a held shard: two for each element, and one more.
const SHARD: u64 = 20 * 64 * 3;

#[test]
fn i8_two_hundred_planes_are_stored_as_ten_shards() {
    let (array, counting) = planes(200, &Context::default());
    let mut writer = array.writer();
    for i in 0..200 {
        writer.write(sel![i, .., ..], plane(i)).wait().unwrap();
        let held = if i % 20 == 19 { 0 } else { SHARD };
        assert_eq!(writer.held_bytes(), held);
        assert_eq!(counting.counts().puts, (i as u64 + 1) / 20);
    }
    writer.finish().wait().unwrap();
    let counts = counting.take();
    assert_eq!(
        (counts.puts, counts.opens, counts.reads),
        (10, 0, 0),
        "{counts:?}"
    );
    // As many bytes as from whole shards.
    let (whole, counting) = planes(200, &Context::default());
    for i in 0..10 {
        let shard = ndarray::Array3::from_shape_fn((20, 8, 8), |(z, y, x)| {
            plane(i * 20 + z as i64)[[y, x]]
        });
        whole
            .write(sel![i * 20..i * 20 + 20, .., ..], shard)
            .wait()
            .unwrap();
    }
    assert_eq!(counts.bytes_written, counting.take().bytes_written);
    check_planes(&array, 0..200);
}

#[test]
fn i8_the_fullest_shard_goes_if_there_is_no_room() {
    let context = Context::builder().memory(2 * SHARD).build();
    let (array, counting) = planes(60, &context);
    let mut writer = array.writer();
    for i in [0, 20, 21] {
        writer.write(sel![i, .., ..], plane(i)).wait().unwrap();
    }
    assert_eq!(
        (counting.counts().puts, writer.held_bytes()),
        (0, 2 * SHARD)
    );
    writer.write(sel![40, .., ..], plane(40)).wait().unwrap();
    assert_eq!((counting.take().puts, writer.held_bytes()), (1, 2 * SHARD));
    check_planes(&array, 20..22);
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 2);
    // The rest of that shard is merged.
    writer.write(sel![22, .., ..], plane(22)).wait().unwrap();
    writer.finish().wait().unwrap();
    check_planes(&array, 20..23);
    check_planes(&array, 0..1);
    check_planes(&array, 40..41);
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 5);
}

#[test]
fn i8_a_shard_larger_than_the_memory_is_not_held() {
    let context = Context::builder().memory(SHARD - 1).build();
    let (array, _) = planes(20, &context);
    let mut writer = array.writer();
    writer.write(sel![3, .., ..], plane(3)).wait().unwrap();
    assert_eq!(writer.held_bytes(), 0);
    check_planes(&array, 3..4);
}

#[test]
fn i8_what_is_dropped_is_not_stored() {
    let (array, counting) = planes(20, &Context::default());
    let mut writer = array.writer();
    writer.write(sel![3, .., ..], plane(3)).wait().unwrap();
    drop(writer);
    assert_eq!(counting.take().puts, 0);
}

#[test]
fn i8_the_cells_of_others_stay() {
    let (array, counting) = planes(20, &Context::default());
    let [mut odd, mut even] = [array.writer(), array.writer()];
    for i in 0..20 {
        let writer = if i % 2 == 0 { &mut even } else { &mut odd };
        writer.write(sel![i, .., ..], plane(i)).wait().unwrap();
    }
    even.flush().wait().unwrap();
    odd.flush().wait().unwrap();
    assert_eq!((even.held_bytes(), odd.held_bytes()), (0, 0));
    check_planes(&array, 0..20);
    assert_eq!(counting.take().puts, 2);
}

#[test]
fn i8_what_cannot_be_stored_is_held_and_tried_again() {
    let faulty = Arc::new(Faulty::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = faulty.clone();
    let create = zarr::create_array(store, [8], DataType::UInt8).chunks([4]);
    let array = create.wait().unwrap();
    let mut writer = array.writer();
    writer.write(sel![..6], 7_u8).wait().unwrap();
    faulty.add(Fault::fail(Op::Put, || StoreErrorKind::Timeout));
    writer.write(sel![6..], 7_u8).wait().unwrap_err();
    assert_eq!(writer.held_bytes(), 8);
    faulty.clear();
    writer.finish().wait().unwrap();
    assert_eq!(array.read::<u8>(..).wait().unwrap().sum(), 56);
}

#[test]
fn i8_texts_of_any_length() {
    let (store, _dir) = store(KINDS[0]);
    let context = Context::builder().memory(1 << 10).build();
    let create = zarr::create_array(store, [40], DataType::String).chunks([4]);
    let array = create.context(&context).wait().unwrap();
    let mut writer = array.writer();
    let text = |i: i64| "x".repeat(i as usize);
    // Evens, then odds: all chunks are held at the same time, as far as there is room.
    for i in (0..40).step_by(2).chain((1..40).step_by(2)) {
        writer.write(sel![i], text(i)).wait().unwrap();
        assert!(writer.held_bytes() <= 1 << 10);
    }
    writer.finish().wait().unwrap();
    for i in 0..40 {
        let found = array.read::<String>(sel![i]).wait().unwrap();
        assert_eq!(found.first(), Some(&text(i)));
    }
}

#[test]
fn i8_cells_of_a_mask_are_written_and_others_stay() {
    let (array, counting) = planes(20, &Context::default());
    array.write(.., 5_u16).wait().unwrap();
    let old: Vec<_> = inner_ranges(&array);
    // Two cells of plane 3, and one of plane 9, of which one is written already.
    let mut mask = vec![0; 20 * 64];
    let cells = [3 * 64, 3 * 64 + 63, 9 * 64 + 7];
    cells.iter().for_each(|&i| mask[i] = 1);
    let sevens: Vec<u8> = 7_u16.to_ne_bytes().repeat(20 * 64);
    let write = |selection: Selection, mask: Vec<u8>| {
        let selection = array.chunked().resolve(&selection).unwrap();
        let values = Values::Fixed(sevens.clone().into());
        let elements = Elements::Masked(values, mask.into());
        Arc::clone(array.chunked())
            .write(selection, elements)
            .wait()
    };
    counting.take();
    write(sel![..], mask.clone()).unwrap();
    assert_eq!(counting.take().puts, 1);
    let found = array.read::<u16>(..).wait().unwrap();
    let found: Vec<usize> = (0..20 * 64)
        .filter(|&i| found.as_slice().unwrap()[i] == 7)
        .collect();
    assert_eq!(
        (found, old.len()),
        (cells.to_vec(), inner_ranges(&array).len())
    );
    write(sel![..], vec![2; 20 * 64]).unwrap_err();
    write(sel![..], vec![1; 20]).unwrap_err();
    let list: Vec<i64> = (0..20).map(|i| i ^ 1).collect();
    write(Selection::orthogonal((list, ..)), mask).unwrap_err();
}

fn inner_ranges(array: &Array) -> Vec<std::ops::Range<u64>> {
    let shard = array.chunk([0, 0, 0]).unwrap();
    let inner = shard.inner_chunks().wait().unwrap();
    inner.filter_map(|inner| inner.range()).collect()
}

#[test]
fn i8_a_row_is_broadcast() {
    let (array, _) = planes(20, &Context::default());
    let mut writer = array.writer();
    let row = ndarray::Array1::from_iter(0..8_u16);
    writer.write(.., row).wait().unwrap();
    assert_eq!(writer.held_bytes(), 0);
    assert_eq!(array.read::<u16>(..).wait().unwrap().sum(), 28 * 8 * 20);
    writer.write(sel![0], 1.0).wait().unwrap();
    writer
        .write(sel![1], ndarray::array![2.5])
        .cast()
        .wait()
        .unwrap();
    writer.finish().wait().unwrap();
    assert_eq!(array.read::<u16>(sel![..2]).wait().unwrap().sum(), 64 + 128);
}

#[test]
fn i8_a_writer_does_what_writes_do() {
    let shape = [7, 9];
    for kind in KINDS {
        for (sharded, memory) in [(false, 1 << 20), (true, 1 << 20), (true, 100), (false, 40)] {
            let (store, _dir) = store(kind);
            let context = Context::builder().memory(memory).threads(2).build();
            let create = zarr::create_array(store, shape.map(|n| n as u64), DataType::Int16);
            let create = create.chunks([2, 2]).fill_value(-1).context(&context);
            let create = if sharded {
                create.shards([4, 4])
            } else {
                create
            };
            let array = create.wait().unwrap();
            let mut model = ArrayD::from_elem(IxDyn(&shape), -1_i16);
            let mut writer = array.writer();
            for (i, chosen) in all_kinds(&shape).into_iter().cycle().take(60).enumerate() {
                let data = ArrayD::from_shape_fn(IxDyn(&chosen.shape), |at| {
                    (i * 100 + at.slice().iter().sum::<usize>()) as i16
                });
                chosen.write(&mut model, &data);
                let selection: Selection = chosen.selection;
                writer.write(selection, data).wait().unwrap();
                if i % 7 == 6 {
                    writer.flush().wait().unwrap();
                    assert_eq!(array.read::<i16>(..).wait().unwrap(), model, "{kind:?} {i}");
                }
            }
            writer.finish().wait().unwrap();
            assert_eq!(array.read::<i16>(..).wait().unwrap(), model, "{kind:?}");
        }
    }
}

/// Boxes, steps in both directions, lists, points and masks, which overlap.
fn all_kinds(shape: &[usize]) -> Vec<Chosen> {
    let basic = |slices: &[zarr::Slice]| Chosen::basic(slices, shape);
    let range = |start, stop, step| zarr::Slice::Range { start, stop, step };
    let bits: Vec<bool> = (0..63).map(|i| i % 5 == 0).collect();
    vec![
        basic(&[range(Some(1), Some(6), 1), range(Some(2), None, 1)]),
        basic(&[zarr::Slice::Index(3), range(None, None, 1)]),
        basic(&[range(None, None, 3), range(None, None, -2)]),
        Chosen::orthogonal(&[vec![5_i64, 0, 5].into(), vec![8_i64, 1].into()], shape),
        Chosen::points(&[vec![0, 0], vec![6, 8], vec![0, 0], vec![-1, 3]], shape),
        Chosen::mask(&bits, shape),
        basic(&[range(None, None, 1), zarr::Slice::Index(-1)]),
    ]
}
