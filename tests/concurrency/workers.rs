//! Who decodes and encodes: the workers of the context or the caller, and nobody else.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, Extension, sel};
use zarr_codecs::{ByteLen, BytesToBytesCodec, CodecError, CodecRegistry, DecodeTarget, Scratch};
use zarr_store::Store;

use crate::support::stores::{KINDS, store};

/// Copies bytes, slowly, and remembers on which threads and how many at a time.
#[derive(Clone, Debug, Default)]
struct Witness(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    threads: Mutex<BTreeSet<String>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Witness {
    fn sees(&self) {
        let name = std::thread::current().name().unwrap_or("?").to_owned();
        self.0.threads.lock().unwrap().insert(name);
        let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_micros(200));
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }

    /// The threads seen so far, but for the one that asks.
    fn others(&self) -> Vec<String> {
        let here = std::thread::current().name().unwrap_or("?").to_owned();
        let mut seen = self.0.threads.lock().unwrap().clone();
        seen.remove(&here);
        seen.into_iter().collect()
    }

    fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }
}

impl BytesToBytesCodec for Witness {
    fn name(&self) -> &str {
        "test.witness"
    }

    fn encoded_len(&self, decoded: ByteLen) -> ByteLen {
        decoded
    }

    fn decode(
        &self,
        src: &[u8],
        dst: &mut DecodeTarget<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        self.sees();
        dst.put(self.name(), src)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        self.sees();
        dst.extend_from_slice(src);
        Ok(())
    }
}

/// 16 inner chunks of `side`² bytes in each of `shards`² shards, or as many plain chunks.
fn array(
    store: Arc<dyn Store>,
    threads: usize,
    (side, shards): (u64, u64),
    sharded: bool,
) -> (Array, Witness) {
    let witness = Witness::default();
    let codec = witness.clone();
    let registry = CodecRegistry::default()
        .bytes_to_bytes("test.witness", move |_| Ok(Arc::new(codec.clone())));
    let context = Context::builder()
        .threads(threads)
        .registry(registry)
        .build();
    let all = side * 4 * shards;
    let mut create = zarr::create_array(store, [all, all], DataType::UInt8)
        .chunks([side, side])
        .compressors(Extension::new("test.witness"))
        .context(&context);
    if sharded {
        create = create.shards([side * 4, side * 4]);
    }
    (create.wait().unwrap(), witness)
}

/// Whole and partial writes and reads, of one shard and of several, waited for and awaited.
fn use_all_ways(array: &Array) {
    let n = array.shape()[0] as usize;
    let data = || Array2::from_shape_fn((n, n), |(y, x)| ((y * 7 + x * 3) % 251) as u8 + 1);
    array.write(.., data()).wait().unwrap();
    array.write(sel![1..-1, 1..-1], 9_u8).wait().unwrap();
    array.write(sel![0..2, ..], 8_u8).wait().unwrap();
    assert_eq!(array.read::<u8>(..).wait().unwrap()[[3, 3]], 9);
    assert_eq!(array.read::<u8>(sel![1, ..]).wait().unwrap()[[5]], 8);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        array.write(.., data()).await.unwrap();
        array.write(sel![1..-1, 1..-1], 9_u8).await.unwrap();
        assert_eq!(array.read::<u8>(..).await.unwrap()[[3, 3]], 9);
    });
}

#[test]
fn nobody_else_works_and_no_second_pool_is_started() {
    // In all 16 KiB and 100 KiB: below and above what is worth a worker.
    for (kind, side) in KINDS.into_iter().flat_map(|kind| [(kind, 16), (kind, 80)]) {
        for (sharded, threads) in [(true, 1), (true, 2), (false, 1), (false, 2)] {
            let (store, _dir) = store(kind);
            let shards = if side == 16 { 2 } else { 1 };
            let (array, witness) = array(store, threads, (side, shards), sharded);
            use_all_ways(&array);
            let ours: Vec<String> = (0..threads).map(|i| format!("zarr-{i}")).collect();
            let others = witness.others();
            let case = format!("{kind:?}, {side}, {sharded}, {threads}: {others:?}");
            assert!(others.iter().all(|name| ours.contains(name)), "{case}");
            assert!(witness.most() <= threads, "{case}, {}", witness.most());
        }
    }
    // Whoever runs in parallel outside of a pool has rayon start one for the whole process, and it
    // can be made only once. No test of this binary may do so.
    let first = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global();
    assert!(first.is_ok(), "{first:?}");
}

#[test]
fn large_work_is_shared_by_the_workers() {
    for kind in KINDS {
        for sharded in [true, false] {
            let (store, _dir) = store(kind);
            let (array, witness) = array(store, 2, (80, 1), sharded);
            use_all_ways(&array);
            assert_eq!(witness.most(), 2, "{kind:?} {sharded}");
        }
    }
}
