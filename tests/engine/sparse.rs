//! What is not stored costs next to nothing, in whatever pattern chunks are absent, and is never taken for
//! what is.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use ndarray::{Array2, Axis, s as sliced};
use proptest::prelude::*;
use zarr::blocking::Wait;
use zarr::{Array, DataType, ErrorKind, LocalStore, Selection, Symlinks, sel};
use zarr_store::runtime::wait;
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{BlockingStore, Counting, Entry, Listed, MemoryStore, Op, Store, StoreErrorKind};

use crate::support::far::far;

/// So many absent chunks may be asked for before a store is listed.
const FEW: u64 = 1 << 11;

type Counted = Arc<Counting<Arc<dyn Store>>>;

fn counting() -> (Arc<dyn Store>, Counted) {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    (counting.clone(), counting)
}

/// Some cells of a long array, each in a chunk of its own.
const CELLS: [u64; 5] = [0, 1500, 1501, 70_000, (1 << 17) - 1];

fn long(store: Arc<dyn Store>) -> Array {
    let array = zarr::create_array(store, [1_u64 << 17], DataType::Int16)
        .chunks([1])
        .fill_value(-1)
        .wait()
        .unwrap();
    for (i, cell) in CELLS.into_iter().enumerate() {
        array.write(sel![cell as i64], i as i16).wait().unwrap();
    }
    array
}

/// A directory that nobody may leave, as `zarr serve` and `--no-follow` open one.
fn confined(root: &Path) -> (Array, Counted) {
    drop(long(LocalStore::new(root).into_store()));
    let inside = LocalStore::new(root).symlinks(Symlinks::Inside);
    let counting = Arc::new(Counting::new(inside.into_store() as Arc<dyn Store>));
    let array = zarr::open_array(counting.clone() as Arc<dyn Store>);
    (array.wait().unwrap(), counting)
}

fn check(array: &Array, selection: impl Into<Selection>, cell: impl Fn(u64) -> u64, len: usize) {
    let found = array.read::<i16>(selection).wait().unwrap();
    assert_eq!(found.len(), len);
    for (at, found) in found.iter().enumerate() {
        let stored = CELLS.iter().position(|&stored| stored == cell(at as u64));
        assert_eq!(*found, stored.map_or(-1, |i| i as i16), "{at}");
    }
}

#[test]
fn absent_chunks_are_not_asked_for_one_by_one() {
    let (store, counting) = counting();
    let near = long(store);
    let (distant, ..) = far(Duration::ZERO);
    let remote = long(distant.clone());
    let last = (1 << 17) - 1;
    for (array, taken) in [
        (&near, &(|| counting.take()) as &dyn Fn() -> _),
        (&remote, &|| distant.take()),
    ] {
        let all = 1 << 17;
        taken();
        check(array, .., |at| at, all);
        let first = taken();
        check(array, sel![..;-1], |at| last - at, all);
        check(array, sel![3..;7], |at| 3 + 7 * at, (all - 3).div_ceil(7));
        let uneven: Vec<i64> = (0..5000).map(|i| i * 2 + i % 2).collect();
        let list = Selection::orthogonal(uneven);
        check(array, list, |at| 2 * at + at % 2, 5000);
        let calls = taken();
        for (calls, reads) in [(first, 1), (calls, 3)] {
            assert!(
                calls.opens + calls.heads + calls.reads < reads * FEW,
                "{calls:?}"
            );
            assert!((1..4 * reads).contains(&calls.lists), "{calls:?}");
        }
    }
}

#[test]
fn a_stream_asks_for_no_absent_chunk_one_by_one() {
    let (store, counting) = counting();
    let near = long(store);
    let (distant, ..) = far(Duration::ZERO);
    let remote = long(distant.clone());
    for (array, taken) in [
        (&near, &(|| counting.take()) as &dyn Fn() -> _),
        (&remote, &|| distant.take()),
    ] {
        let all = sel![..20_000].resolve(array.chunked().grid()).unwrap();
        taken();
        let blocks = Arc::clone(array.chunked()).stream_as::<i16>(all, None);
        let blocks = blocks.unwrap().map(|block| {
            let (at, block) = block.unwrap();
            assert_eq!(block.len(), 1);
            (at.ranges[0].start(), block[[0]])
        });
        let mut blocks: Vec<_> = wait(blocks.collect());
        blocks.sort_unstable();
        let stored = |at| CELLS.iter().position(|&stored| stored == at);
        let wanted = (0..20_000).map(|at| (at, stored(at).map_or(-1, |i| i as i16)));
        assert!(blocks.into_iter().eq(wanted));
        // Whoever finds a chunk absent looks whether the store is there.
        let calls = taken();
        let asked = calls.opens + calls.heads + calls.reads;
        assert!(
            asked < 2 * FEW && (1..4).contains(&calls.lists),
            "{calls:?}"
        );
    }
}

#[test]
fn a_directory_that_nobody_may_leave_is_listed_too() {
    let dir = tempfile::tempdir().unwrap();
    let (array, counting) = confined(dir.path());
    counting.take();
    check(&array, sel![..80_000], |at| at, 80_000);
    let calls = counting.take();
    assert!(calls.opens < FEW && calls.lists > 0, "{calls:?}");
}

#[test]
fn what_is_stored_is_not_listed() {
    let (store, counting) = counting();
    let array = zarr::create_array(store, [5000], DataType::UInt8).chunks([1]);
    let array = array.wait().unwrap();
    array.write(.., 1_u8).wait().unwrap();
    // Fewer are absent than there.
    array.erase(sel![..400]).wait().unwrap();
    counting.take();
    assert_eq!(
        array
            .read::<u8>(..)
            .wait()
            .unwrap()
            .iter()
            .map(|&n| u64::from(n))
            .sum::<u64>(),
        4600
    );
    let calls = counting.take();
    assert_eq!((calls.lists, calls.opens), (0, 5000));
}

#[test]
fn a_listing_is_given_up_where_it_costs_more_than_asking() {
    let (store, counting) = counting();
    let array = zarr::create_array(store, [40_000], DataType::UInt8).chunks([1]);
    let array = array.wait().unwrap();
    array.write(sel![20_000..], 1_u8).wait().unwrap();
    counting.take();
    // 3,000 chunks could be absent, and 20,000 are stored elsewhere.
    assert_eq!(array.read::<u8>(sel![..3000]).wait().unwrap().sum(), 0);
    assert_eq!(counting.take().opens, 3000);
}

#[test]
fn a_store_that_refuses_to_list_is_asked() {
    let inner = MemoryStore::new();
    let array = long(inner.clone().into_store());
    drop(array);
    let faulty = Faulty::new(inner.into_store());
    faulty.add(Fault::fail(Op::List, || {
        StoreErrorKind::Permission(std::io::ErrorKind::PermissionDenied.into())
    }));
    let array = zarr::open_array(Arc::new(faulty) as Arc<dyn Store>)
        .wait()
        .unwrap();
    check(&array, sel![..80_000], |at| at, 80_000);
}

#[test]
fn a_listing_that_passes_over_something_proves_nothing() {
    let (store, counting) = counting();
    drop(long(store.clone()));
    // Somebody's word, from before anything was written.
    let key = "zarr.json".parse().unwrap();
    let listed = Listed::new(store, [Entry { key, size: 9 }]);
    let listed = zarr::open_array(Arc::new(listed) as Arc<dyn Store>)
        .wait()
        .unwrap();
    counting.take();
    check(&listed, sel![..80_000], |at| at, 80_000);
    assert_eq!(counting.take().lists, 0);
    // A link out of a directory that nobody may leave is an error, and is not listed.
    let dir = tempfile::tempdir().unwrap();
    let local = LocalStore::new(dir.path().join("a.zarr"));
    drop(long(local.clone().into_store()));
    let chunk = dir.path().join("a.zarr/c/70000");
    fs::rename(&chunk, dir.path().join("outside")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("outside"), &chunk).unwrap();
    let open = |store: LocalStore| zarr::open_array(store).wait().unwrap();
    check(&open(local.clone()), sel![..80_000], |at| at, 80_000);
    let inside = open(local.symlinks(Symlinks::Inside));
    let error = inside.read::<i16>(sel![..80_000]).wait().unwrap_err();
    assert!(
        error.to_string().contains("leads out of the store"),
        "{error}"
    );
}

#[test]
fn absent_chunks_are_errors_where_that_is_asked_for() {
    let (store, _) = counting();
    let array = long(store.clone());
    let mut config = array.config().clone();
    config.read_missing_chunks = false;
    let error = array
        .with_config(config)
        .read::<i16>(..)
        .wait()
        .unwrap_err();
    assert!(error.to_string().contains("it is not stored"), "{error}");
}

#[test]
fn a_sparse_store_that_is_gone_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("a.zarr");
    let local = LocalStore::new(&root);
    let arrays = [long(local.clone().into_store()), {
        let far: Arc<dyn Store> = local.high_latency().into_store();
        zarr::open_array(far).wait().unwrap()
    }];
    for array in &arrays {
        check(array, sel![..80_000], |at| at, 80_000);
        fs::rename(&root, dir.path().join("b")).unwrap();
        fs::create_dir(&root).unwrap();
        for error in [
            array.read::<i16>(..).wait().unwrap_err(),
            array.erase(..).wait().unwrap_err(),
        ] {
            assert!(
                matches!(error.kind(), ErrorKind::StoreGone { .. }),
                "{error}"
            );
        }
        fs::remove_dir(&root).unwrap();
        fs::rename(dir.path().join("b"), &root).unwrap();
    }
}

#[test]
fn fill_values_are_written_where_something_is() {
    let (store, counting) = counting();
    let array = long(store);
    counting.take();
    array.write(sel![1..;3], -1_i16).wait().unwrap();
    // All but the first two of those that are stored.
    let calls = counting.take();
    assert!(calls.puts + calls.deletes + calls.heads < 5, "{calls:?}");
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 2);
    let mask: Vec<bool> = (0..1 << 17).map(|i| i % 2 == 0 && i > 0).collect();
    let mask = Selection::from(zarr::Mask::new([1 << 17], mask));
    array.erase(mask).wait().unwrap();
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 1);
    // Those that are to be stored all the same are.
    let mut config = array.config().clone();
    config.write_empty_chunks = true;
    let array = array.with_config(config);
    array.write(sel![..2000], -1_i16).wait().unwrap();
    assert_eq!(array.nchunks_initialized().wait().unwrap(), 2000);
}

#[test]
fn absent_inner_chunks_are_filled_at_once() {
    for store in [
        MemoryStore::new().into_store(),
        far(Duration::ZERO).0 as Arc<dyn Store>,
    ] {
        let array = zarr::create_array(store, [1 << 10, 1 << 10], DataType::UInt8)
            .chunks([4, 4])
            .shards([1 << 10, 1 << 10])
            .fill_value(9)
            .wait()
            .unwrap();
        array.write(sel![510..520, 77], 1_u8).wait().unwrap();
        array.write(sel![-1, -1], 2_u8).wait().unwrap();
        let mut all = array.read::<u8>(..).wait().unwrap();
        assert!(all.slice(sliced![510..520, 77]).iter().all(|&n| n == 1));
        assert_eq!(all[[1023, 1023]], 2);
        all.slice_mut(sliced![510..520, 77]).fill(9);
        all[[1023, 1023]] = 9;
        assert!(all.iter().all(|&n| n == 9));
    }
}

/// Arrays of 60 × 40 with nearly a chunk for each cell, more than are found by asking.
fn arrays(fill: i32, far_away: bool) -> Vec<Array> {
    let store = || match far_away {
        true => far(Duration::ZERO).0 as Arc<dyn Store>,
        false => MemoryStore::new().into_store(),
    };
    let create = || zarr::create_array(store(), [60, 40], DataType::Int32).fill_value(fill);
    let lengths = |n: u64| (0..n).map(|i| 1 + i % 2).collect::<Vec<_>>();
    vec![
        create().chunks([1, 1]).wait().unwrap(),
        create().chunks([2, 1]).wait().unwrap(),
        create().chunks([lengths(40), lengths(27)]).wait().unwrap(),
        create().chunks([1, 1]).shards([30, 40]).wait().unwrap(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_stored_is_read(
        cells in prop::collection::vec((0_usize..60, 0_usize..40), 0..20),
        rows in (10_usize..60, 10_usize..40),
        steps in prop::sample::select(vec![(1, 1), (-1, 1), (1, -1), (-1, -1), (1, 2)]),
        fill in prop::sample::select(vec![0, 7]),
        far_away: bool,
    ) {
        for array in arrays(fill, far_away) {
            let mut model = Array2::from_elem((60, 40), fill);
            for (i, &(y, x)) in cells.iter().enumerate() {
                let value = 100 + i as i32;
                array.write(sel![y as i64, x as i64], value).wait().unwrap();
                model[[y, x]] = value;
            }
            // A block of which all is stored.
            let (top, left) = (rows.0 as i64, rows.1 as i64);
            array.write(sel![top.., left..], 5).wait().unwrap();
            model.slice_mut(sliced![rows.0.., rows.1..]).fill(5);
            let found = array.read::<i32>(sel![..;steps.0, ..;steps.1]).wait().unwrap();
            let wanted = model.slice(sliced![..;steps.0, ..;steps.1]).to_owned().into_dyn();
            prop_assert_eq!(found, wanted);
            let two = array.read_many::<i32>([sel![.., 1..], sel![3.., ..]]);
            let two = two.wait().unwrap();
            prop_assert_eq!(&two[0], &model.slice(sliced![.., 1..]).to_owned().into_dyn());
            prop_assert_eq!(&two[1], &model.slice(sliced![3.., ..]).to_owned().into_dyn());
            let lists = [(0..60).chain([59, 3]).rev().collect(), (0..40).collect::<Vec<i64>>()];
            let found = array.oindex(lists.clone().map(zarr::AxisSelection::from));
            let found = found.read::<i32>().wait().unwrap();
            let [rows, columns] = lists.map(|list| list.iter().map(|&i| i as usize).collect::<Vec<_>>());
            let wanted = model.select(Axis(0), &rows).select(Axis(1), &columns).into_dyn();
            prop_assert_eq!(found, wanted);
            let mask = |at: usize| at % 60 != 7;
            let wanted: Vec<i32> = (0..2400).zip(&model).filter(|(i, _)| mask(*i)).map(|(_, n)| *n).collect();
            let found = array.read::<i32>(zarr::Mask::new([60, 40], (0..2400).map(mask).collect::<Vec<_>>()));
            prop_assert_eq!(found.wait().unwrap().into_raw_vec_and_offset().0, wanted);
            array.erase(sel![2.., 3..]).wait().unwrap();
            model.slice_mut(sliced![2.., 3..]).fill(fill);
            prop_assert_eq!(array.read::<i32>(..).wait().unwrap(), model.into_dyn());
        }
    }
}
