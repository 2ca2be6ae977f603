//! Several writers append to one array at once: every row is there exactly once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, arr1};
use zarr::blocking::Wait;
use zarr::{Array, DataType};
use zarr_store::testing::{Fault, Faulty};
use zarr_store::{Op, Store, runtime::wait};

use super::within_a_minute;
use crate::support::stores::{KINDS, Kind, store};

#[test]
fn no_append_takes_anothers_place() {
    const WRITERS: i32 = 4;
    const ROUNDS: i32 = 12;
    within_a_minute(|| {
        for kind in KINDS {
            let (store, _dir) = store(kind);
            let create = zarr::create_array(store.clone(), [0, 2], DataType::Int32);
            create.chunks([5, 2]).wait().unwrap();
            std::thread::scope(|scope| {
                for writer in 0..WRITERS {
                    let store = store.clone();
                    scope.spawn(move || {
                        let mut array = zarr::open_array(store).wait().unwrap();
                        for round in 0..ROUNDS {
                            let rows = Array2::from_elem((3, 2), writer * 1000 + round + 1);
                            array.append(rows).wait().unwrap();
                        }
                    });
                }
            });
            let array = zarr::open_array(store).wait().unwrap();
            let rows = array.read::<i32>(..).wait().unwrap();
            assert_eq!(
                array.shape(),
                [(WRITERS * ROUNDS * 3) as u64, 2],
                "{kind:?}"
            );
            let mut seen: BTreeMap<i32, usize> = BTreeMap::new();
            rows.iter()
                .for_each(|&value| *seen.entry(value).or_default() += 1);
            assert_eq!(seen.len(), (WRITERS * ROUNDS) as usize, "{kind:?}");
            assert!(
                seen.iter().all(|(&value, &count)| value > 0 && count == 6),
                "{kind:?} {seen:?}"
            );
        }
    });
}

/// How long the slow one of two writers takes for a step that the other must wait for.
const SLOW: Duration = Duration::from_millis(300);

/// A store that can be made slow.
type Slow = Arc<Faulty<Arc<dyn Store>>>;

/// An array of 21 fives in chunks of 7.
fn fives(kind: Kind) -> (Slow, Array, Option<tempfile::TempDir>) {
    let (store, dir) = store(kind);
    let slow = Arc::new(Faulty::new(store));
    let create = zarr::create_array(slow.clone() as Arc<dyn Store>, [21], DataType::Int64);
    let array = create.chunks([7]).wait().unwrap();
    array.write(.., 5_i64).wait().unwrap();
    (slow, array, dir)
}

#[test]
fn a_shrink_deletes_nothing_that_is_appended_meanwhile() {
    within_a_minute(|| {
        for kind in KINDS {
            let (slow, mut array, _dir) = fives(kind);
            let mut other = array.clone();
            slow.add(Fault::delay(Op::Delete, SLOW));
            std::thread::scope(|scope| {
                scope.spawn(|| array.resize([7]).wait().unwrap());
                scope.spawn(|| {
                    // The smaller shape is there by now, and chunks are being deleted.
                    while other.shape() != [7] {
                        other.refresh().wait().unwrap();
                    }
                    other.append(arr1(&[7_i64; 7])).wait().unwrap();
                });
            });
            let all = other.read::<i64>(..).wait().unwrap();
            assert_eq!(all.sum(), 7 * 5 + 7 * 7, "{kind:?} {all}");
        }
    });
}

#[test]
fn chunks_outside_of_the_array_stay_while_they_are_appended() {
    within_a_minute(|| {
        for kind in KINDS {
            let (slow, mut array, _dir) = fives(kind);
            let old = array.clone();
            slow.add(Fault::delay(Op::Put, SLOW).on("zarr.json"));
            std::thread::scope(|scope| {
                scope.spawn(|| array.append(arr1(&[7_i64; 7])).wait().unwrap());
                let key = zarr_store::Key::new("c/3").unwrap();
                while wait(slow.head(&key)).unwrap().is_none() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                // As seen by who opened the array before: it lies outside.
                let deleted = old.chunked().delete_outside(vec![vec![3]]).wait().unwrap();
                assert_eq!(deleted, Vec::<Vec<u64>>::new(), "{kind:?}");
            });
            let all = array.read::<i64>(..).wait().unwrap();
            assert_eq!(all.sum(), 21 * 5 + 7 * 7, "{kind:?} {all}");
        }
    });
}
