//! Decoded chunks that are kept: they spare decoding and fetching, and never show what is no longer
//! there.

use std::sync::Arc;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Array, CodecRegistry, Context, DataType, sel};
use zarr_store::{BlockingStore, Counting, LocalStore, MemoryStore, Store};

use super::many::{Tally, array_in};
use crate::support::far::far;
use crate::support::stores::{KINDS, store};

fn context(registry: CodecRegistry, chunk_cache: u64) -> Context {
    let context = Context::builder().registry(registry).threads(2);
    context.chunk_cache(chunk_cache).build()
}

/// 32 × 32 elements in chunks of 4 × 4, with room for so many bytes of them.
fn array(store: Arc<dyn Store>, sharded: bool, chunk_cache: u64) -> (Array, Tally) {
    array_in(store, sharded, |registry| context(registry, chunk_cache))
}

#[test]
fn what_is_kept_is_not_decoded_again() {
    for sharded in [false, true] {
        for kind in KINDS {
            let (store, _dir) = store(kind);
            let (array, tally) = array(store, sharded, 1 << 20);
            let rows = |i: i64| array.read::<u16>(sel![i, ..]).wait().unwrap().sum();
            let sum = |i: i64| (0..32).map(|j| (i * 32 + j) as u16).sum::<u16>();
            for i in 0..32 {
                assert_eq!(rows(i), sum(i));
            }
            assert_eq!(tally.take(), 64);
            // Points, several at once, and blocks take from the same.
            let points = zarr::Selection::points([vec![0, 31, 9], vec![31, 0, 9]]);
            let many = array
                .read_many::<u16>([points, sel![3..9, ..;5]])
                .wait()
                .unwrap();
            assert_eq!(many[0].sum(), 31 + 31 * 32 + 9 * 33);
            let blocks = array.stream::<u16>(..).wait();
            let cells: usize = blocks.map(|block| block.unwrap().1.len()).sum();
            assert_eq!((cells, tally.take()), (1024, 0));
        }
    }
}

#[test]
fn what_is_kept_is_not_fetched_again() {
    let (store, ..) = far(Duration::ZERO);
    let counting: Arc<Counting<_>> = store.clone();
    let (plain, _) = array(store, false, 1 << 20);
    let (store, ..) = far(Duration::ZERO);
    let sharded_counting: Arc<Counting<_>> = store.clone();
    let (sharded, _) = array(store, true, 1 << 20);
    let read = |array: &Array, counting: &Counting<_>, columns: std::ops::Range<i64>| {
        counting.take();
        array.read::<u16>(sel![0, columns]).wait().unwrap();
        let counts = counting.take();
        (counts.reads, counts.heads)
    };
    assert_eq!(read(&plain, &counting, 0..6), (2, 0));
    assert_eq!(read(&plain, &counting, 2..7), (0, 2));
    assert_eq!(read(&plain, &counting, 2..9), (1, 2));
    // The index and the inner chunks; whether they are the same; the new one, which says so itself.
    assert_eq!(read(&sharded, &sharded_counting, 0..6), (2, 0));
    assert_eq!(read(&sharded, &sharded_counting, 2..7), (0, 1));
    assert_eq!(read(&sharded, &sharded_counting, 2..9), (1, 0));
    assert_eq!(read(&sharded, &sharded_counting, 0..16), (1, 0));
    assert_eq!(read(&sharded, &sharded_counting, 0..16), (0, 1));
}

#[test]
fn files_are_only_looked_at() {
    let dir = tempfile::tempdir().unwrap();
    let counting = Arc::new(Counting::new(LocalStore::new(dir.path()).into_store()));
    let (array, _) = array(counting.clone() as Arc<dyn Store>, false, 1 << 20);
    for wanted in [8, 0, 0] {
        counting.take();
        array.read::<u16>(sel![7, ..]).wait().unwrap();
        assert_eq!(counting.take().reads, wanted);
    }
}

#[test]
fn what_another_handle_writes_is_seen() {
    for sharded in [false, true] {
        for kind in KINDS {
            let (store, _dir) = store(kind);
            let (ours, tally) = array(store.clone(), sharded, 1 << 20);
            let theirs = || {
                let open = zarr::open_array(store.clone());
                open.context(ours.chunked().context()).wait().unwrap()
            };
            for value in 1..20_u16 {
                let writer = if value % 2 == 0 {
                    ours.clone()
                } else {
                    theirs()
                };
                writer.write(sel![0..2, 3..5], value).wait().unwrap();
                let read = ours.read::<u16>(sel![0..2, 3..5]).wait().unwrap();
                assert_eq!(read.sum(), 4 * value, "{kind:?}");
                tally.take();
                let again = ours.read::<u16>(sel![1, 4]).wait().unwrap();
                assert_eq!((again.sum(), tally.take()), (value, 0));
            }
            // Gone altogether: the fill value.
            writer_deletes(&store, sharded);
            let read = ours.read::<u16>(sel![0..2, 3..5]).wait().unwrap();
            assert_eq!(read.sum(), 0);
        }
    }
}

fn writer_deletes(store: &Arc<dyn Store>, sharded: bool) {
    let keys: &[&str] = if sharded {
        &["c/0/0"]
    } else {
        &["c/0/0", "c/0/1"]
    };
    for key in keys {
        let key = zarr_store::Key::new(*key).unwrap();
        zarr_store::runtime::wait(store.delete(&key, None)).unwrap();
    }
}

#[test]
fn without_room_everything_is_decoded_each_time() {
    // None at all, less than a chunk, less than is read.
    for (bytes, kept) in [(0, 0), (100, 0), (1000, 1)] {
        let (array, tally) = array(MemoryStore::new().into_store(), false, bytes);
        for _ in 0..2 {
            array.read::<u16>(sel![.., 0]).wait().unwrap();
            assert!(tally.take() + kept >= 8);
        }
    }
}

#[test]
fn texts_are_read_as_if_nothing_were_kept() {
    let context = context(CodecRegistry::default(), 1 << 20);
    let create = zarr::create_array(MemoryStore::new(), [9], DataType::String);
    let array = create.chunks([4]).context(&context).wait().unwrap();
    let texts = ndarray::Array1::from_shape_fn(9, |i| format!("text {i}"));
    array.write(.., texts.clone()).wait().unwrap();
    for _ in 0..3 {
        let read = array.read::<String>(..).wait().unwrap();
        assert_eq!(read, texts.clone().into_dyn());
    }
}

#[test]
fn fields_are_kept_apart() {
    let field = |name: &str| zarr::Field::new(name, DataType::UInt8);
    let pair = DataType::record([field("a"), field("b")]);
    let context = context(CodecRegistry::default(), 1 << 20);
    let create = zarr::create_array(MemoryStore::new(), [9], pair).context(&context);
    let array = create.chunks([4]).wait().unwrap();
    array.write(.., 1_u8).field("a").wait().unwrap();
    array.write(.., 2_u8).field("b").wait().unwrap();
    for _ in 0..2 {
        for (name, sum) in [("a", 9), ("b", 18)] {
            assert_eq!(array.read::<u8>(..).field(name).wait().unwrap().sum(), sum);
        }
    }
}
