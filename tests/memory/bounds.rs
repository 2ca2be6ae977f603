//! Few bytes that stand for many: texts that are stored once and wanted often, small documents of many
//! values. Each is refused at a limit, or takes no more than a small multiple of what it is.

use std::sync::Arc;

use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, ErrorClass, sel};
use zarr_store::{BlockingStore, Key, MemoryStore, PutMode, Store};

use crate::{MEMORY, MIB};

/// What the operations here may take.
const LIMIT: u64 = 16 * MIB;
const TEXT: usize = MIB as usize;
const CELLS: u64 = 1 << 10;

fn context() -> Context {
    Context::builder().threads(2).memory(LIMIT).build()
}

/// How many bytes were held above what was before, and what came of it.
fn held<T>(run: impl FnOnce() -> T) -> (u64, T) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let result = run();
    let held = MEMORY.peak_usage().saturating_sub(before);
    (held as u64, result)
}

/// Runs what must be refused at a limit before it holds more than so many bytes.
#[track_caller]
fn refused<T>(what: &str, most: u64, run: impl FnOnce() -> zarr::Result<T>) {
    let (held, result) = held(|| run().map(drop));
    println!("{what}: refused, {} MiB held at most", held / MIB);
    let error = result.expect_err(what);
    assert_eq!(error.class(), ErrorClass::Limit, "{what}: {error}");
    assert!(held <= most, "{what}: {held} bytes held");
}

fn put(store: &MemoryStore, key: &str, bytes: Vec<u8>) {
    let key = Key::new(key).expect("a key");
    let put = store.put(&key, &bytes.into(), PutMode::Overwrite);
    put.expect("stored");
}

/// A row of 512 KiB that is written to an array of 1 GiB.
fn broadcast() {
    let shape = [2 << 10, 128 << 10];
    let create = zarr::create_array(MemoryStore::new().into_store(), shape, DataType::UInt32);
    let create = create.chunks([256, 4 << 10]).context(&context());
    let array = create.wait().expect("a new array");
    let row: Vec<u32> = (0..128 << 10).map(|n| n % 100).collect();
    let (held, written) = held(|| array.write(.., row).wait());
    written.expect("written");
    println!("a row written to 1 GiB, {} MiB held at most", held / MIB);
    assert!(held <= LIMIT + 16 * MIB, "{held} bytes held");
    let last = array.read::<u32>((-1, -1)).wait().expect("a cell");
    assert_eq!(last[[]], ((128 << 10) - 1) % 100);
}

/// An array of one chunk of so many cells, none of which is stored, with a fill value of 1 MiB.
fn filled(cells: u64) -> Array {
    let fill = "x".repeat(TEXT);
    let create = zarr::create_array(MemoryStore::new().into_store(), [cells], DataType::String);
    let create = create.chunks([cells]).fill_value(fill.as_str());
    create.context(&context()).wait().expect("a new array")
}

fn fill_values() {
    let array = filled(CELLS);
    let few = array.read::<String>(sel![0..4]).wait().expect("four cells");
    assert!(few.iter().all(|text| text.len() == TEXT));
    let most = LIMIT + 8 * MIB;
    refused("fill values", most, || array.read::<String>(..).wait());
    refused("fill values of any type", most, || {
        array.read_dyn(..).wait()
    });
    // All others of the chunk would be written out: 4 GiB, and a chunk may have 2.
    let array = filled(4 * CELLS);
    refused("a cell among fill values", most, || {
        array.write(sel![0], "y".to_owned()).wait()
    });
}

/// A shard whose entries all point at one text.
fn shard() {
    let memory = MemoryStore::new();
    let store: Arc<dyn Store> = memory.clone().into_store();
    let create = zarr::create_array(store, [CELLS], DataType::String);
    let create = create.chunks([1]).shards([CELLS]).compressors(());
    let array = create.context(&context()).wait().expect("a new array");
    // One element, its length, the text; then the index with its checksum.
    let mut shard = [1_u32, TEXT as u32].map(u32::to_le_bytes).concat();
    shard.extend(vec![b'y'; TEXT]);
    let entry = [0, shard.len() as u64].map(u64::to_le_bytes).concat();
    let index = entry.repeat(CELLS as usize);
    let sum = crc32c(&index);
    shard.extend(index);
    shard.extend(sum.to_le_bytes());
    put(&memory, "c/0", shard);
    let few = array.read::<String>(sel![5..9]).wait().expect("four cells");
    assert!(few.iter().all(|text| text.len() == TEXT));
    refused("one text of a shard", LIMIT + 8 * MIB, || {
        array.read::<String>(..).wait()
    });
    refused("a part of such a shard", 8 * MIB, || {
        array.write(sel![0], "new".to_owned()).wait()
    });
}

/// An index as long as 64 inner chunks make it, in a file of which nothing is stored.
fn index() {
    let store = MemoryStore::new().into_store();
    let context = Context::builder().chunk_bytes(1000).build();
    let create = zarr::create_array(store, [64], DataType::UInt8).context(&context);
    let create = create.chunks([1]).shards([64]);
    refused("an index of 1 KiB", MIB, || {
        create.wait()?.read::<u8>(sel![0]).wait()
    });
}

/// Bit by bit: one index is summed.
fn crc32c(bytes: &[u8]) -> u32 {
    let step = |sum: u32| (sum >> 1) ^ (0x82f6_3b78 * (sum & 1));
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum))
    })
}

/// Attributes of two or three bytes a value.
fn documents() {
    let open = |value: &str, count: usize| {
        let store = MemoryStore::new();
        let values = vec![value; count].join(",");
        let text = format!(
            "{{\"zarr_format\": 3, \"node_type\": \"group\", \"attributes\": {{\"a\": [{values}]}}}}"
        );
        put(&store, "zarr.json", text.into_bytes());
        store.into_store()
    };
    for value in ["[]", "0", "{}", "NaN"] {
        let store = open(value, 4 << 20);
        // The text once more, of `NaN` with the quotes it lacks.
        let what = format!("a document of {value}");
        refused(&what, 64 * MIB, || {
            zarr::open_group(Arc::clone(&store)).wait()
        });
    }
    let store = open("[]", 500_000);
    let source = zarr::open_group(store).wait().expect("within the limits");
    let (held, copied) = held(|| zarr::copy_all(&source, &new_group()).wait());
    println!("a copy of 500,000 values: {} MiB held at most", held / MIB);
    copied.expect("a copy");
    assert!(held <= 512 * MIB, "{held} bytes held");
}

fn new_group() -> zarr::Group {
    let store = MemoryStore::new().into_store();
    zarr::create_group(store).wait().expect("a new group")
}

pub(crate) fn run() {
    broadcast();
    fill_values();
    shard();
    index();
    documents();
}
