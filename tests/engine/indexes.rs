//! What is remembered of shards spares requests, and never shows what is no longer there.

use std::sync::Arc;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Array, DataType, sel};
use zarr_store::{BlockingStore, Counting, Key, LocalStore, MemoryStore, Store};

use crate::support::far::{Far, far};

/// 16 × 16 elements, inner chunks of 4 × 4, in shards of 16 × 8: read here, written by somebody else.
struct Case {
    ours: Array,
    theirs: Array,
    counting: Arc<Counting<Far>>,
    memory: MemoryStore,
}

fn case(index_cache: u64) -> Case {
    let (counting, memory, _) = far(Duration::ZERO);
    let context = zarr::Context::builder().index_cache(index_cache).build();
    let store: Arc<dyn Store> = counting.clone();
    let theirs = zarr::create_array(Arc::clone(&store), [16, 16], DataType::UInt32)
        .chunks([4, 4])
        .shards([16, 8])
        .compressors(())
        .wait()
        .unwrap();
    theirs.write(sel![0..12, ..], 1_u32).wait().unwrap();
    let open = zarr::open_array(store).context(&context);
    let ours = open.wait().unwrap();
    counting.take();
    Case {
        ours,
        theirs,
        counting,
        memory,
    }
}

impl Case {
    /// Reads rows of the first two columns: the sum, and what it cost in reads and heads.
    fn sum(&self, rows: std::ops::Range<i64>) -> (u32, u64, u64) {
        let sum = self
            .ours
            .read::<u32>(sel![rows, 0..2])
            .wait()
            .unwrap()
            .sum();
        let counts = self.counting.take();
        (sum, counts.reads, counts.heads)
    }
}

#[test]
fn a_second_inner_chunk_costs_one_request() {
    let case = case(1 << 20);
    assert_eq!(case.sum(0..2), (4, 2, 0));
    assert_eq!(case.sum(4..6), (4, 1, 0));
    assert_eq!(case.sum(0..8), (16, 1, 0));
    // Another handle on the same array knows it too, as long as it is the same opened array.
    let read = case.ours.clone().read::<u32>(sel![5, 1]);
    assert_eq!(read.wait().unwrap().sum(), 1);
    assert_eq!(case.counting.take().reads, 1);
}

#[test]
fn without_room_each_read_asks_for_the_index() {
    let case = case(0);
    assert_eq!(case.sum(0..2), (4, 2, 0));
    assert_eq!(case.sum(4..6), (4, 2, 0));
}

#[test]
fn what_is_absent_is_asked_for_once() {
    let case = case(1 << 20);
    assert_eq!(case.sum(12..14), (0, 1, 0));
    assert_eq!(case.sum(12..14), (0, 0, 1));
    case.theirs.write(sel![12..16, ..], 5_u32).wait().unwrap();
    case.counting.take();
    let (sum, ..) = case.sum(12..14);
    assert_eq!(sum, 20);
}

#[test]
fn a_shard_that_somebody_replaced_is_seen() {
    let case = case(1 << 20);
    for value in 2..20 {
        case.sum(0..2);
        // Other inner chunks come and go, so that all lie elsewhere.
        let rest = if value % 2 == 0 { 0_u32 } else { value };
        case.theirs.write(sel![4..16, ..], rest).wait().unwrap();
        case.theirs.write(sel![0..4, ..], value).wait().unwrap();
        case.counting.take();
        let (sum, reads, _) = case.sum(0..2);
        assert_eq!(sum, 4 * value);
        assert!(reads <= 3, "{reads}");
        assert_eq!(case.sum(0..2).1, 1);
    }
}

#[test]
fn a_shard_that_is_gone_is_fill_values() {
    let case = case(1 << 20);
    for rows in [0..2, 12..14] {
        case.theirs.write(sel![0..12, ..], 1_u32).wait().unwrap();
        case.sum(rows.clone());
        for key in ["c/0/0", "c/0/1"] {
            BlockingStore::delete(&case.memory, &Key::new(key).unwrap(), None).unwrap();
        }
        assert_eq!(case.sum(rows).0, 0);
    }
}

#[test]
fn our_own_write_is_read_back() {
    let case = case(1 << 20);
    case.sum(0..2);
    case.ours.write(sel![0..4, ..], 9_u32).wait().unwrap();
    case.counting.take();
    assert_eq!(case.sum(0..2), (36, 2, 0));
    case.ours.write(.., 8_u32).wait().unwrap();
    case.counting.take();
    assert_eq!(case.sum(0..2), (32, 2, 0));
    assert_eq!(case.sum(0..2), (32, 1, 0));
}

#[test]
fn readers_and_a_writer_never_mix_two_versions() {
    let case = case(1 << 20);
    case.ours.write(.., 1_u32).wait().unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for value in 2..200_u32 {
                // One put for each shard, of differently placed inner chunks.
                let mut all = ndarray::Array2::from_elem((16, 16), value);
                let gap = (value as usize % 3) * 4 + 4;
                all.slice_mut(ndarray::s![gap..gap + 4, ..]).fill(0);
                case.theirs.write(.., all).wait().unwrap();
            }
        });
        let mut reads = 0;
        while !writer.is_finished() || reads == 0 {
            // Only a shard that is replaced again and again during one read is an error.
            let Ok(read) = case.ours.read::<u32>(sel![0..16;4, 0..4]).wait() else {
                continue;
            };
            reads += 1;
            let values: Vec<u32> = read.iter().copied().filter(|&v| v != 0).collect();
            assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "{read}");
        }
    });
}

#[test]
fn files_are_read_with_the_index_of_the_file_that_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let counting = Arc::new(Counting::new(LocalStore::new(dir.path()).into_store()));
    let store: Arc<dyn Store> = counting.clone();
    let create = zarr::create_array(Arc::clone(&store), [16, 16], DataType::UInt32);
    let theirs = create.chunks([4, 4]).shards([16, 8]).wait().unwrap();
    let ours = zarr::open_array(store).wait().unwrap();
    for value in 1..20_u32 {
        let rest = if value % 2 == 0 { 0 } else { value * 1000 };
        theirs.write(sel![4..16, ..], rest).wait().unwrap();
        theirs.write(sel![0..4, ..], value).wait().unwrap();
        for wanted_reads in [2, 1] {
            counting.take();
            let read = ours.read::<u32>(sel![0..2, 0..2]).wait().unwrap();
            assert_eq!(read.sum(), 4 * value);
            assert_eq!(counting.take().reads, wanted_reads);
        }
        let absent = ours.read::<u32>(sel![4..6, 0..2]).wait().unwrap();
        assert_eq!(absent.sum(), 4 * rest);
    }
}
