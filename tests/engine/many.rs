//! Several selections at once: what they share is fetched and decoded once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::{Array, CodecRegistry, Context, DataType, Extension, Selection, sel};
use zarr_codecs::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};
use zarr_store::{BlockingStore, Counting, LocalStore, MemoryStore, Store};

use crate::support::far::far;

/// Does nothing but count how often it decodes.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(Arc<AtomicUsize>);

impl Tally {
    /// How often since this was asked last.
    pub(super) fn take(&self) -> usize {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl BytesToBytesCodec for Tally {
    fn name(&self) -> &str {
        "tally"
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
        self.0.fetch_add(1, Ordering::Relaxed);
        dst.put("tally", src)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        dst.extend_from_slice(src);
        Ok(())
    }
}

fn array(store: Arc<dyn Store>, sharded: bool) -> (Array, Tally) {
    array_in(store, sharded, |registry| {
        Context::builder().registry(registry).threads(2).build()
    })
}

/// 32 × 32 elements, each its own number, in chunks of 4 × 4, of which 16 are a shard where `sharded`.
pub(super) fn array_in(
    store: Arc<dyn Store>,
    sharded: bool,
    context: impl FnOnce(CodecRegistry) -> Context,
) -> (Array, Tally) {
    let tally = Tally::default();
    let codec = tally.clone();
    let build = move |_: &Extension| Ok(Arc::new(codec.clone()) as Arc<dyn BytesToBytesCodec>);
    let context = context(CodecRegistry::default().bytes_to_bytes("tally", build));
    let create = zarr::create_array(store, [32, 32], DataType::UInt16).context(&context);
    let create = create.chunks([4, 4]).compressors(Extension::new("tally"));
    let create = match sharded {
        true => create.shards([16, 16]),
        false => create,
    };
    let array = create.wait().unwrap();
    let data = ndarray::Array2::from_shape_fn((32, 32), |(i, j)| (i * 32 + j) as u16);
    array.write(.., data).wait().unwrap();
    tally.take();
    (array, tally)
}

/// Many that want something of the same nine chunks.
fn selections() -> Vec<Selection> {
    let mut all: Vec<Selection> = (0..8).map(|i| sel![i..i + 5, 2..9;2]).collect();
    all.push(sel![11, 0]);
    all.push(Selection::points([vec![0, 5, 11], vec![1, 9, 11]]));
    all.push(Selection::orthogonal(([3, 8, 8, 0], 2..7)));
    all.push(sel![5..0;-1, ..12]);
    all
}

#[test]
fn a_chunk_is_decoded_once_whoever_wants_it() {
    for sharded in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let (far, ..) = far(Duration::ZERO);
        let stores: [Arc<dyn Store>; 3] = [
            MemoryStore::new().into_store(),
            LocalStore::new(dir.path()).into_store(),
            far,
        ];
        for store in stores {
            let (array, tally) = array(store, sharded);
            let alone: Vec<_> = (selections().into_iter())
                .map(|selection| array.read::<u16>(selection).wait().unwrap())
                .collect();
            assert!(tally.take() > 30);
            let many = array.read_many::<u16>(selections()).wait().unwrap();
            assert_eq!(many, alone);
            assert_eq!(tally.take(), 9);
        }
    }
}

#[test]
fn a_chunk_is_fetched_once_whoever_wants_it() {
    let (store, ..) = far(Duration::ZERO);
    let counting: Arc<Counting<_>> = store.clone();
    let (plain, _) = array(store, false);
    counting.take();
    plain.read_many::<u16>(selections()).wait().unwrap();
    assert_eq!(counting.take().reads, 9);

    let (store, ..) = far(Duration::ZERO);
    let counting: Arc<Counting<_>> = store.clone();
    let (sharded, _) = array(store, true);
    counting.take();
    sharded.read_many::<u16>(selections()).wait().unwrap();
    // All nine are in one shard: its index, and the ranges at once.
    assert_eq!(counting.take().reads, 2);
}

#[test]
fn none_and_empty_ones_are_read_too() {
    let (array, _) = array(MemoryStore::new().into_store(), true);
    assert!(
        array
            .read_many::<u16>(Vec::<Selection>::new())
            .wait()
            .unwrap()
            .is_empty()
    );
    let read = array
        .read_many::<u16>([sel![3..3, ..], sel![0, 1], sel![0, 1]])
        .wait()
        .unwrap();
    assert_eq!(read[0].shape(), [0, 32]);
    assert_eq!((read[1].sum(), read[2].sum()), (1, 1));
    assert!(array.read_many::<u16>([sel![0], sel![99]]).wait().is_err());
    assert!(array.read_many::<i16>([sel![0]]).wait().is_err());
}
