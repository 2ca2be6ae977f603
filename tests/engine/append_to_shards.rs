//! Parts of shards that are put behind them: D6.

use std::fs;
use std::path::PathBuf;

use ndarray::Array2;
use proptest::prelude::*;
use tempfile::TempDir;
use zarr::blocking::Wait;
use zarr::{Array, ArrayConfig, sel};

/// An array of 16 × 16 with inner chunks of 4 × 4 in one shard, all of it 5, and the file of that shard.
fn sharded(index_location: &str) -> (TempDir, Array, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let array = zarr::create_array(dir.path(), [16, 16], "int64")
        .chunks([4, 4])
        .shards([16, 16])
        .index_location(index_location)
        .compressors(())
        .fill_value(-1)
        .wait()
        .unwrap()
        .with_config(ArrayConfig {
            append_to_shards: true,
            ..ArrayConfig::default()
        });
    array.write(.., 5_i64).wait().unwrap();
    let shard = dir.path().join("c/0/0");
    (dir, array, shard)
}

/// The bytes of an inner chunk, and of an index with its checksum.
const INNER: usize = 4 * 4 * 8;
const INDEX: usize = 16 * 16 + 4;

fn cells(array: &Array) -> Array2<i64> {
    array
        .read(..)
        .wait()
        .unwrap()
        .into_dimensionality()
        .unwrap()
}

/// The same array without anything that a handle remembers.
fn opened(dir: &TempDir) -> Array {
    zarr::open_array(dir.path()).wait().unwrap()
}

#[test]
fn d6_what_changes_comes_behind_the_shard() {
    let (dir, array, shard) = sharded("end");
    let old = fs::read(&shard).unwrap();
    let link = dir.path().join("link");
    fs::hard_link(&shard, &link).unwrap();
    array.write(sel![1, 1], 7_i64).wait().unwrap();
    let new = fs::read(&shard).unwrap();
    assert!(new.starts_with(&old));
    assert_eq!(new.len(), old.len() + INNER + INDEX);
    assert_eq!(
        fs::read(&link).unwrap(),
        old,
        "whoever has the old file keeps it"
    );
    let mut expected = Array2::from_elem((16, 16), 5);
    expected[[1, 1]] = 7;
    assert_eq!(cells(&opened(&dir)), expected);
    assert_eq!(cells(&array), expected, "no index of the old shard is used");
    let chunk = array.chunk([0, 0]).unwrap();
    let unused = (INNER + INDEX) as u64;
    assert_eq!(chunk.unused_bytes().wait().unwrap(), unused);
    assert_eq!(chunk.compact().wait().unwrap(), unused);
    assert_eq!(cells(&opened(&dir)), expected);
}

#[test]
fn d6_a_shard_is_made_anew_once_most_of_it_is_unused() {
    let (dir, array, shard) = sharded("end");
    let whole = fs::metadata(&shard).unwrap().len();
    let mut lengths = Vec::new();
    for i in 0..50 {
        array.write(sel![0..4, 0..4], i).wait().unwrap();
        lengths.push(fs::metadata(&shard).unwrap().len());
        assert_eq!(cells(&opened(&dir))[[3, 3]], i);
    }
    let most = 2 * whole + (INNER + INDEX) as u64;
    assert!(lengths.iter().all(|&length| length <= most), "{lengths:?}");
    assert!(lengths.contains(&whole), "{lengths:?}");
}

/// Twice its inner chunks and an index, which is the most that a reader takes of a shard that it fetches whole.
#[test]
fn d6_no_shard_becomes_larger_than_readers_accept() {
    let (dir, array, shard) = sharded("end");
    for i in 0..6 {
        // All inner chunks change, and one cell does not.
        array.write(sel![..15, ..], i).wait().unwrap();
        array.write(sel![15, ..15], i).wait().unwrap();
        let length = fs::metadata(&shard).unwrap().len() as usize;
        assert!(length <= 2 * 16 * INNER + INDEX, "{length}");
        assert_eq!(cells(&opened(&dir))[[14, 15]], i);
    }
}

#[test]
fn d6_inner_chunks_of_fill_values_go_and_the_last_one_takes_the_shard_with_it() {
    let (dir, array, shard) = sharded("end");
    array.write(sel![0..4, ..], -1).wait().unwrap();
    assert_eq!(opened(&dir).nchunks_initialized().wait().unwrap(), 12);
    array.write(sel![4.., ..], -1).wait().unwrap();
    assert!(!shard.exists());
    assert_eq!(cells(&opened(&dir)), Array2::from_elem((16, 16), -1));
}

#[test]
fn d6_a_shard_with_its_index_at_the_start_is_made_anew() {
    let (dir, array, shard) = sharded("start");
    let whole = fs::metadata(&shard).unwrap().len();
    array.write(sel![1, 1], 7).wait().unwrap();
    assert_eq!(fs::metadata(&shard).unwrap().len(), whole);
    assert_eq!(cells(&opened(&dir))[[1, 1]], 7);
}

#[test]
fn d6_writers_beside_each_other_lose_nothing() {
    let (dir, array, _) = sharded("end");
    std::thread::scope(|scope| {
        for row in 0..16 {
            let array = &array;
            scope.spawn(move || {
                for column in 0..16 {
                    let value = (row * 16 + column) as i64;
                    array.write(sel![row, column], value).wait().unwrap();
                }
            });
        }
    });
    let expected = Array2::from_shape_fn((16, 16), |(i, j)| (i * 16 + j) as i64);
    assert_eq!(cells(&opened(&dir)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Boxes written one over another are what an ndarray holds.
    #[test]
    fn d6_boxes_are_those_of_an_ndarray(
        writes in prop::collection::vec((0..16_usize, 0..16_usize, 1..9_usize, 1..9_usize, -2..3_i64), 1..24),
    ) {
        let (dir, array, _) = sharded("end");
        let mut expected = Array2::from_elem((16, 16), 5);
        for (i, j, rows, columns, value) in writes {
            let (bottom, right) = ((i + rows).min(16), (j + columns).min(16));
            array.write(sel![i..bottom, j..right], value).wait().unwrap();
            expected.slice_mut(ndarray::s![i..bottom, j..right]).fill(value);
        }
        prop_assert_eq!(cells(&opened(&dir)), expected);
    }
}
