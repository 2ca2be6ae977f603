//! Codecs of users that wait for operations of the context that runs them: with one worker or two, with
//! every store, and with a budget that the outer operation holds all of.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::testing::{ByteLen, BytesToBytesCodec, CodecError, DecodeTarget, Scratch};
use zarr::{Array, CodecRegistry, Context, DataType, Extension, sel};
use zarr_store::Store;

use super::within_a_minute;
use crate::support::far::far;
use crate::support::stores::{KINDS, store};

const NAME: &str = "x.lookup";

/// Encodes by a table, which it reads each time, and counts in another array.
#[derive(Debug)]
struct Lookup(Arc<OnceLock<[Array; 2]>>);

impl Lookup {
    /// What is added to each byte. Larger than what is read without a worker.
    fn read(&self) -> u8 {
        let [table, _] = self.0.get().unwrap();
        table.read::<u8>(..).wait().unwrap()[[500, 500]]
    }
}

impl BytesToBytesCodec for Lookup {
    fn name(&self) -> &str {
        NAME
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
        let by = self.read();
        let bytes: Vec<u8> = src.iter().map(|byte| byte.wrapping_sub(by)).collect();
        dst.put(NAME, &bytes)
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>, _: &mut Scratch) -> Result<(), CodecError> {
        let by = self.read();
        let [_, notes] = self.0.get().unwrap();
        // Covers all of some chunks and a part of others.
        notes.write(sel![1.., 1..], by).wait().unwrap();
        dst.extend(src.iter().map(|byte| byte.wrapping_add(by)));
        Ok(())
    }
}

/// The array that is encoded by the table, and the one that tells of it.
fn arrays(store: Arc<dyn Store>, threads: usize) -> [Array; 2] {
    let both = Arc::<OnceLock<[Array; 2]>>::default();
    let of_codec = Arc::clone(&both);
    let lookup = move |_: &Extension| Ok(Arc::new(Lookup(Arc::clone(&of_codec))) as _);
    let context = Context::builder()
        .registry(CodecRegistry::default().bytes_to_bytes(NAME, lookup))
        .threads(threads)
        .memory(1)
        .build();
    let root = zarr::create_group(store).context(&context).wait().unwrap();
    let plain = |name| {
        let create = root.create_array(name, [512, 512], DataType::UInt8);
        create.chunks([64, 64]).wait().unwrap()
    };
    let [table, notes] = ["table", "notes"].map(plain);
    table.write(.., 3_u8).wait().unwrap();
    both.set([table, notes.clone()]).unwrap();
    let create = root.create_array("encoded", [512, 512], DataType::UInt8);
    let create = create.chunks([128, 256]).compressors(Extension::new(NAME));
    [create.wait().unwrap(), notes]
}

fn check(store: Arc<dyn Store>, threads: usize) {
    let [encoded, notes] = arrays(store, threads);
    encoded.write(.., 4_u8).wait().unwrap();
    encoded.write(sel![100..300, 7], 5_u8).wait().unwrap();
    let all = encoded.read::<u8>(..).wait().unwrap();
    assert_eq!((all[[0, 0]], all[[99, 7]], all[[100, 7]]), (4, 4, 5));
    let one = encoded.read::<u8>(sel![299, 7]).wait().unwrap();
    assert_eq!(one.sum(), 5);
    let notes = notes.read::<u8>(..).wait().unwrap();
    assert_eq!((notes[[0, 0]], notes[[1, 1]], notes[[511, 511]]), (0, 3, 3));
}

#[test]
fn a_codec_may_wait_for_the_context_that_runs_it() {
    for threads in [1, 2] {
        for kind in KINDS {
            within_a_minute(move || {
                let (store, _dir) = store(kind);
                check(store, threads);
            });
        }
        within_a_minute(move || check(far(Duration::from_micros(100)).0, threads));
    }
}

#[test]
fn under_a_runtime_a_codec_may_wait_too() {
    within_a_minute(|| {
        let (store, _dir) = store(crate::support::stores::Kind::HighLatency);
        let [encoded, _] = arrays(store, 1);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            encoded.write(.., 4_u8).await.unwrap();
            let all = encoded.read::<u8>(..).await.unwrap();
            assert!(all.iter().all(|&byte| byte == 4));
        });
    });
}
