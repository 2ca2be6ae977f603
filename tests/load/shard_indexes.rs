//! H5: indexes of shards that somebody made up. No byte outside of the shard is asked for, and what is read is what the
//! index says, or an error.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;
use zarr::blocking::Wait;
use zarr::json;
use zarr_store::{
    BlockingStore, BoxFuture, ByteRange, Found, IoHints, Key, Listing, MemoryStore, Payload,
    Prefix, PutMode, Result, Store, Version,
};

use crate::random::Random;
use crate::rounds;

/// Inner chunks of a shard, each of so many bytes.
const INNER: usize = 8;
const LEN: u64 = 4;
const FILL: u8 = 255;

/// Values in memory that count the reads of bytes that they do not have.
#[derive(Debug)]
struct Watched {
    inner: Arc<dyn Store>,
    outside: AtomicU64,
    /// The reads of a version that was seen before.
    known: AtomicU64,
}

impl Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("watched")
    }
}

impl Store for Watched {
    fn get<'a>(
        &'a self,
        key: &'a Key,
        range: ByteRange,
        same: Option<&'a Version>,
    ) -> BoxFuture<'a, Result<Option<Found<Bytes>>>> {
        Box::pin(async move {
            let head = self.inner.head(key).await?;
            let (size, version) = head.map_or((0, None), |found| (found.size, found.version));
            // An index says where these are, of a version whose size is known. What it says of an older version is
            // refused.
            let is_outside = match &range {
                ByteRange::Bounded(range) if same.is_some() && same == version.as_ref() => {
                    range.end > size || range.start > range.end
                }
                _ => false,
            };
            self.outside.fetch_add(u64::from(is_outside), Relaxed);
            self.known.fetch_add(u64::from(same.is_some()), Relaxed);
            self.inner.get(key, range, same).await
        })
    }

    fn head<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Found<()>>>> {
        self.inner.head(key)
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        value: Payload,
        mode: PutMode,
    ) -> BoxFuture<'a, Result<Option<Version>>> {
        self.inner.put(key, value, mode)
    }

    fn delete<'a>(&'a self, key: &'a Key, same: Option<&'a Version>) -> BoxFuture<'a, Result<()>> {
        self.inner.delete(key, same)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<()>> {
        self.inner.delete_prefix(prefix)
    }

    fn list_dir<'a>(&'a self, prefix: &'a Prefix) -> BoxFuture<'a, Result<Listing>> {
        self.inner.list_dir(prefix)
    }

    fn hints(&self) -> IoHints {
        self.inner.hints()
    }
}

/// Offset and length of each inner chunk.
type Index = [[u64; 2]; INNER];

/// An index of which some entries are right for a shard of `size` bytes, some are absent and some are neither.
fn made_up(random: &mut Random, size: u64) -> Index {
    let wild = random.one_of(&[0, 0, 1, 4]);
    std::array::from_fn(|_| match random.below(8) {
        0 => [u64::MAX; 2],
        n if n <= wild => {
            let ends = [
                0,
                1,
                LEN,
                size - 1,
                size,
                size + 1,
                1 << 32,
                1 << 63,
                u64::MAX - LEN,
                u64::MAX,
            ];
            let offset = random
                .one_of(&ends)
                .wrapping_add(random.below(3))
                .wrapping_sub(1);
            // Among them those that lead around the end of the numbers, back into the shard.
            let around = 0_u64.wrapping_sub(offset).wrapping_add(random.below(size));
            let end = random.one_of(&ends);
            [offset, random.one_of(&[around, LEN, end])]
        }
        _ => [random.below(size - LEN + 1), LEN],
    })
}

/// What a shard decodes to by the specification, of which an index with a chunk outside is no index at all.
fn expected(shard: &[u8], index: &Index) -> Option<Vec<u8>> {
    let mut cells = vec![];
    for &[offset, len] in index {
        if [offset, len] == [u64::MAX; 2] {
            cells.extend([FILL; LEN as usize]);
            continue;
        }
        let range = offset as usize..usize::try_from(offset.checked_add(len)?).ok()?;
        let bytes = shard.get(range).filter(|bytes| bytes.len() as u64 == LEN)?;
        cells.extend(bytes);
    }
    Some(cells)
}

pub(crate) fn run() {
    let memory = MemoryStore::new();
    let store = Arc::new(Watched {
        inner: memory.clone().into_store(),
        outside: AtomicU64::new(0),
        known: AtomicU64::new(0),
    });
    let document = json!({
        "zarr_format": 3, "node_type": "array", "shape": [INNER as u64 * LEN], "data_type": "uint8", "fill_value": FILL,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [INNER as u64 * LEN]}},
        "chunk_key_encoding": {"name": "default"},
        // No checksum, so that whatever it says is believed as far as it can be.
        "codecs": [{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [LEN], "codecs": [{"name": "bytes"}], "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        }}],
    });
    let put = |key: &str, value: Vec<u8>| {
        let key = Key::new(key).unwrap();
        BlockingStore::put(&memory, &key, &value.into(), PutMode::Overwrite).unwrap();
    };
    put("zarr.json", document.to_string().into_bytes());
    let array = zarr::open_array(Arc::clone(&store) as Arc<dyn Store>)
        .wait()
        .unwrap();
    let (all, mut right, mut refused) = (rounds(1_000_000, 3_000), 0_u64, 0_u64);
    let mut random = Random::new(5);
    for round in 0..all {
        let data: Vec<u8> = (0..random.below(64)).map(|_| random.next() as u8).collect();
        let size = (data.len() + INNER * 16) as u64;
        let index = made_up(&mut random, size);
        let mut shard = data;
        shard.extend(
            index
                .as_flattened()
                .iter()
                .flat_map(|number| number.to_le_bytes()),
        );
        let expected = expected(&shard, &index);
        put("c/0", shard);
        let read = array.read::<u8>(..).wait();
        match (read, &expected) {
            (Ok(cells), Some(expected)) => {
                assert_eq!(
                    cells.as_slice(),
                    Some(expected.as_slice()),
                    "round {round}: {index:?}"
                );
                right += 1;
            }
            (Err(_), None) => refused += 1,
            (read, _) => panic!("round {round}: {index:?} of {size} bytes: {read:?}"),
        }
        // One cell needs one inner chunk, and never another's.
        let at = random.below(INNER as u64 * LEN) as i64;
        let cell = array.read::<u8>(at).wait();
        match (cell, &expected) {
            (Ok(cell), Some(expected)) => assert_eq!(cell[[]], expected[at as usize]),
            (Err(error), Some(_)) => panic!("round {round}: {index:?}: {error}"),
            _ => {}
        }
    }
    let outside = store.outside.load(Relaxed);
    assert_eq!(outside, 0, "reads outside of a shard");
    assert!(store.known.load(Relaxed) > all / 10, "reads by an index");
    assert!(right > all / 10 && refused > all / 10, "{right} {refused}");
    println!(
        "H5: {all} made-up indexes, {right} read as they say, {refused} refused, {outside} reads outside"
    );
}
