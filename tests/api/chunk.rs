//! `Array::chunk` and `chunks_of`: handles on chunks, their places and their bytes.

use std::sync::Arc;

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{Array, DataType, Selection, Target, ZarrFormat, sel};
use zarr_store::{BlockingStore, Counting, LocalStore, MemoryStore, Store};

/// Row `y` and column `x` are `10 y + x`, little-endian as zarr-python writes `<u2`.
fn written(store: impl Into<Target>, sharded: bool) -> Array {
    let create = zarr::create_array(store, [5, 6], DataType::UInt16).compressors(());
    let create = match sharded {
        true => create.chunks([2, 3]).shards([4, 6]),
        false => create.chunks([4, 6]),
    };
    let array = create.wait().unwrap();
    let data = Array2::from_shape_fn((5, 6), |(y, x)| (10 * y + x) as u16);
    array.write(.., data).wait().unwrap();
    array
}

fn bytes(values: impl IntoIterator<Item = u16>) -> Vec<u8> {
    values.into_iter().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn b1_24_raw_chunk_access() {
    let array = written(Target::Memory, false);
    let first = array.chunk([0, 0]).unwrap();
    let expected = (0..4).flat_map(|y| (0..6).map(move |x| 10 * y + x));
    let expected = bytes(expected);
    assert_eq!(first.bytes().wait().unwrap().unwrap(), expected);
    assert_eq!(first.encoded_len().wait().unwrap(), Some(48));
    assert_eq!(
        (first.key().unwrap().as_str(), first.index()),
        ("c/0/0", &[0, 0][..])
    );
    let last = array.chunk([1, 0]).unwrap();
    assert_eq!(last.region().to_string(), "[4:5, 0:6]");
    assert_eq!(last.shape().as_slice(), [4, 6]);
    assert_eq!(
        last.decode::<u16>().wait().unwrap(),
        ndarray::array![[40_u16, 41, 42, 43, 44, 45]].into_dyn()
    );
    last.erase().wait().unwrap();
    assert!(!last.exists().wait().unwrap() && last.bytes().wait().unwrap().is_none());
    assert_eq!(last.decode::<u16>().wait().unwrap().sum(), 0);
    last.write_bytes(expected).wait().unwrap();
    assert_eq!(array.read::<u16>(sel![4, 5]).wait().unwrap().sum(), 5);
    assert!(last.inner_chunks().wait().unwrap().next().is_none());
}

#[test]
fn b1_24_keys_of_format_2() {
    let create = zarr::create_array(Target::Memory, [5, 6], DataType::UInt16).chunks([4, 6]);
    let array = create.zarr_format(ZarrFormat::V2).wait().unwrap();
    assert_eq!(array.chunk([1, 0]).unwrap().key().unwrap().as_str(), "1.0");
}

#[test]
fn b1_24_chunks_outside_of_the_grid() {
    let array = written(Target::Memory, false);
    for index in [&[2, 0][..], &[0, 1], &[0], &[0, 0, 0]] {
        let error = array.chunk(index).unwrap_err().to_string();
        assert!(error.contains("chunk grid is [2, 1]"), "{error}");
    }
}

#[test]
fn b1_24_bytes_that_are_no_chunk() {
    for sharded in [false, true] {
        let array = written(Target::Memory, sharded);
        let chunk = array.chunk([0, 0]).unwrap();
        let stored = chunk.bytes().wait().unwrap().unwrap();
        for wrong in [
            &stored[..stored.len() - 1],
            b"",
            &[stored.as_ref(), b"x"].concat(),
        ] {
            let wrong = wrong.to_vec();
            chunk.write_bytes(wrong).wait().unwrap_err();
        }
        assert_eq!(chunk.bytes().wait().unwrap().unwrap(), stored);
        chunk.write_bytes_unchecked(b"".as_slice()).wait().unwrap();
        array.read::<u16>(sel![0, 0]).wait().unwrap_err();
        chunk.write_bytes(stored).wait().unwrap();
        assert_eq!(array.read::<u16>(sel![1, 1]).wait().unwrap().sum(), 11);
    }
}

#[test]
fn b1_24_inner_chunks_and_their_bytes() {
    let array = written(Target::Memory, true);
    array.erase(sel![..2, 3..]).wait().unwrap();
    let shard = array.chunk([0, 0]).unwrap();
    let all: Vec<_> = shard.inner_chunks().wait().unwrap().collect();
    let places: Vec<_> = all.iter().map(|inner| inner.region().to_string()).collect();
    assert_eq!(
        places,
        ["[0:2, 0:3]", "[0:2, 3:6]", "[2:4, 0:3]", "[2:4, 3:6]"]
    );
    let indices: Vec<_> = all.iter().map(|inner| inner.index().to_vec()).collect();
    assert_eq!(indices, [[0, 0], [0, 1], [1, 0], [1, 1]]);
    // Inner chunks of 2 × 3 × 2 bytes, and an index of sixteen bytes for each of four, with a checksum.
    let lengths = all
        .iter()
        .map(|inner| inner.range().map(|range| range.end - range.start));
    assert_eq!(
        lengths.collect::<Vec<_>>(),
        [Some(12), None, Some(12), Some(12)]
    );
    assert_eq!(
        shard.encoded_len().wait().unwrap(),
        Some(3 * 12 + 4 * 16 + 4)
    );
    let inner = |i: usize| shard.inner_bytes(&all[i]).wait();
    assert_eq!(inner(3).unwrap().unwrap(), bytes([23, 24, 25, 33, 34, 35]));
    assert_eq!(inner(1).unwrap(), None);
    let stored = shard.bytes().wait().unwrap().unwrap();
    let range = all[2].range().unwrap();
    assert_eq!(
        stored[range.start as usize..range.end as usize],
        bytes([20, 21, 22, 30, 31, 32])
    );
    // The place of an older shard is not trusted.
    array.write(sel![..4, ..], 1_u16).wait().unwrap();
    inner(3).unwrap_err();
    // Beyond the end of the array an inner chunk has no cells.
    let edge: Vec<_> = array
        .chunk([1, 0])
        .unwrap()
        .inner_chunks()
        .wait()
        .unwrap()
        .collect();
    assert_eq!(edge[2].region().to_string(), "[5:5, 0:3]");
    shard.erase().wait().unwrap();
    assert!(
        shard
            .inner_chunks()
            .wait()
            .unwrap()
            .all(|inner| inner.range().is_none())
    );
}

#[test]
fn b1_23_chunks_of_a_selection() {
    let array =
        zarr::create_array(Target::Memory, [1_u64 << 40, 10], DataType::UInt8).chunks([4, 5]);
    let array = array.wait().unwrap();
    let of = |selection: Selection| {
        let chunks = array.chunks_of(selection).unwrap();
        chunks
            .take(3)
            .map(|chunk| chunk.index().to_vec())
            .collect::<Vec<_>>()
    };
    // Of an array with half a trillion chunks none is listed.
    assert_eq!(of(sel![..]), [[0, 0], [0, 1], [1, 0]]);
    assert_eq!(of(sel![7..9, 5]), [[1, 1], [2, 1]]);
    assert_eq!(of(sel![100..0;-50, 0]), [[25, 0], [12, 0]]);
    assert_eq!(
        of(Selection::points([vec![9, 0, 8], vec![0, 9, 1]])),
        [[0, 1], [2, 0]]
    );
    array.chunks_of(sel![.., 10]).map(drop).unwrap_err();
}

#[test]
fn b1_24_costs_one_request() {
    let counting = Arc::new(Counting::new(MemoryStore::new().into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let array = written(store, true);
    counting.take();
    let shard = array.chunk([0, 0]).unwrap();
    assert!(shard.exists().wait().unwrap());
    let counts = counting.take();
    assert_eq!((counts.heads, counts.reads), (1, 0));
    let inner: Vec<_> = shard.inner_chunks().wait().unwrap().collect();
    shard.inner_bytes(&inner[0]).wait().unwrap();
    let counts = counting.take();
    assert_eq!(
        (counts.heads, counts.reads, counts.bytes_read),
        (0, 2, 4 * 16 + 4 + 12)
    );
}

#[test]
fn b1_24_a_store_that_is_gone_has_no_absent_chunks() {
    let dir = tempfile::tempdir().unwrap();
    let array = written(LocalStore::new(dir.path()).into_store(), true);
    let shard = array.chunk([0, 0]).unwrap();
    std::fs::remove_dir_all(dir.path()).unwrap();
    shard.exists().wait().unwrap_err();
    shard.bytes().wait().unwrap_err();
    shard.inner_chunks().wait().map(drop).unwrap_err();
}

/// The specification of `sharding_indexed` allows bytes between inner chunks and index that belong to neither.
#[test]
fn j9_a_shard_is_stored_without_unused_bytes() {
    let array = written(Target::Memory, true);
    let shard = array.chunk([0, 0]).unwrap();
    let good = shard.bytes().wait().unwrap().unwrap();
    assert_eq!(shard.unused_bytes().wait().unwrap(), 0);
    assert_eq!(shard.compact().wait().unwrap(), 0);
    let before = array.read::<u16>(..).wait().unwrap();
    // Four inner chunks of 12 bytes, and the index behind them.
    let (inner, index) = good.split_at(48);
    let loose = [inner, &[7; 20], index].concat();
    shard.write_bytes(loose).wait().unwrap();
    assert_eq!(shard.unused_bytes().wait().unwrap(), 20);
    assert_eq!(shard.compact().wait().unwrap(), 20);
    assert_eq!(shard.bytes().wait().unwrap().unwrap(), good);
    assert_eq!(array.read::<u16>(..).wait().unwrap(), before);
    // What cannot be read stays as it is.
    shard.write_bytes_unchecked(vec![0; 90]).wait().unwrap();
    shard.compact().wait().unwrap_err();
    assert_eq!(shard.encoded_len().wait().unwrap(), Some(90));
    // Neither an absent shard nor a plain chunk has any.
    shard.erase().wait().unwrap();
    assert_eq!(shard.unused_bytes().wait().unwrap(), 0);
    assert_eq!(shard.compact().wait().unwrap(), 0);
    let plain = written(Target::Memory, false).chunk([0, 0]).unwrap();
    assert_eq!(plain.unused_bytes().wait().unwrap(), 0);
    assert_eq!(plain.compact().wait().unwrap(), 0);
}
