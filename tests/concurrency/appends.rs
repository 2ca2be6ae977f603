//! Several writers append to one array at once: every row is there exactly once.

use std::collections::BTreeMap;

use ndarray::Array2;
use zarr::DataType;
use zarr::blocking::Wait;

use super::within_a_minute;
use crate::support::stores::{KINDS, store};

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
