//! Values that a service copies by itself: no byte of them passes through this process.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{DataType, Group, Store};
use zarr_remote_tests::s3::S3;
use zarr_store::{Counting, Counts, ObjectStore, PutMode, StoreExt, runtime::wait};

use crate::key;

type Counted = Arc<Counting<ObjectStore>>;

/// A directory of the bucket whose calls are counted.
fn counted(server: &S3, path: &str) -> Counted {
    Arc::new(Counting::new(server.store(path)))
}

fn shared(store: &Counted) -> Arc<dyn Store> {
    Arc::clone(store) as Arc<dyn Store>
}

/// A group with the array `a`, of eight chunks of 1,000 bytes each.
fn filled(store: &Counted) -> Group {
    let root = zarr::create_group(shared(store)).wait().unwrap();
    let create = root.create_array("a", [8000], DataType::UInt8);
    let a = create.chunks([1000]).compressors(()).wait().unwrap();
    let cells = ndarray::Array1::from_shape_fn(8000, |i| (i % 251) as u8);
    a.write(.., cells).wait().unwrap();
    store.take();
    root
}

fn holds_the_cells(group: &Group, name: &str) {
    let read = group.array(name).wait().unwrap().read::<u8>(..).wait();
    let read = read.unwrap();
    let cells = ndarray::Array1::from_shape_fn(8000, |i| (i % 251) as u8);
    assert_eq!(read, cells.into_dyn());
}

/// Documents are read and written, and take less than a chunk.
#[track_caller]
fn no_chunk_passed(counts: Counts) {
    assert!(counts.bytes_read < 10_000, "{counts:?}");
    assert!(counts.bytes_written < 10_000, "{counts:?}");
}

/// Eight chunks, each copied by the service: `chunks` are those that were, with documents or without.
#[track_caller]
fn only_documents_passed(counts: Counts, chunks: u64) {
    no_chunk_passed(counts);
    assert_eq!(counts.copies, chunks, "{counts:?}");
}

#[test]
fn f12_a_value_is_copied_in_its_bucket() {
    let server = S3::new();
    let (whole, part) = (counted(&server, ""), counted(&server, "some/part"));
    let (a, b) = (key("a"), key("b/c"));
    wait(part.put(&a, vec![7; 100_000].into(), PutMode::Overwrite)).unwrap();
    part.take();
    assert!(wait(part.copy(&a, &b)).unwrap());
    let counts = part.take();
    assert_eq!((counts.copies, counts.reads, counts.puts), (1, 0, 0));
    assert_eq!(wait(part.get_all(&b)).unwrap().unwrap(), vec![7; 100_000]);
    assert!(!wait(part.copy(&key("none"), &b)).unwrap());
    assert_eq!(wait(part.get_all(&b)).unwrap().unwrap().len(), 100_000);
    // Another handle, on another directory of the same bucket.
    let found = wait(part.copy_into(&b, &*whole, &key("x"), u64::MAX)).unwrap();
    assert_eq!(found, zarr_store::Copied::Stored { size: None });
    assert_eq!(
        wait(whole.get_all(&key("x"))).unwrap().unwrap().len(),
        100_000
    );
    // Another server, where it is not.
    let other = S3::new();
    let found = wait(part.copy_into(&b, &other.store(""), &key("x"), u64::MAX)).unwrap();
    assert_eq!(found, zarr_store::Copied::Elsewhere);
}

#[test]
fn a3_11_copy_store_in_one_bucket() {
    let server = S3::new();
    let (from, to) = (counted(&server, "from"), counted(&server, "to"));
    filled(&from);
    let stats = zarr::copy_store(shared(&from), shared(&to)).wait().unwrap();
    assert_eq!((stats.copied, stats.chunks), (10, 8));
    assert!(stats.bytes > 8000, "{stats:?}");
    assert_eq!((from.counts().reads, to.counts().puts), (0, 0));
    only_documents_passed(to.take(), 10);
    holds_the_cells(&zarr::open_group(shared(&to)).wait().unwrap(), "a");
    // Who wants to compare has to read.
    let again = zarr::copy_store(shared(&from), shared(&counted(&server, "third")));
    again.verify(true).wait().unwrap();
    assert_eq!(from.take().reads, 10);
}

#[test]
fn a3_11_copy_of_nodes_in_one_bucket() {
    let server = S3::new();
    let (from, to) = (counted(&server, "from"), counted(&server, "to"));
    let root = filled(&from);
    let there = zarr::create_group(shared(&to)).wait().unwrap();
    to.take();
    let a = root.array("a").wait().unwrap();
    let stats = zarr::copy(&a, &there).wait().unwrap();
    assert_eq!((stats.copied, stats.chunks, stats.bytes), (1, 8, 8000));
    only_documents_passed(to.take(), 8);
    no_chunk_passed(from.take());
    holds_the_cells(&there, "a");
}

#[test]
fn b1_27_arrays_and_nodes_move_in_their_bucket() {
    let server = S3::new();
    let store = counted(&server, "t");
    let root = filled(&store);
    root.move_node("a", "g/b").wait().unwrap();
    only_documents_passed(store.take(), 9);
    holds_the_cells(&root, "g/b");
    let mut array = root.array("g/b").wait().unwrap();
    store.take();
    array.move_to("c").wait().unwrap();
    only_documents_passed(store.take(), 9);
    assert_eq!(array.name(), "/c");
    holds_the_cells(&root, "c");
    assert!(!root.contains("g/b").wait().unwrap());
}
