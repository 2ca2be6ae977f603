//! How much there is to do for some cells: arithmetic, which decides where it is done.

use zarr_codecs::{ChunkAccess, CodecChain, Region};

use crate::ChunkError;
use crate::cells::Cells;

/// Work up to this many bytes is done where it is asked for: waking a worker would cost more.
const SMALL: u64 = 64 << 10;

/// How much a task will do, which decides where it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WorkSize {
    /// Pieces that could run at the same time.
    pub(crate) pieces: usize,
    /// Decoded bytes of all pieces.
    pub(crate) bytes: u64,
}

impl WorkSize {
    /// Nothing to do.
    pub(crate) const NONE: Self = Self {
        pieces: 0,
        bytes: 0,
    };

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            pieces: self.pieces.saturating_add(other.pieces),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    /// Whether the calling thread should do it: it may, and a worker would not be faster.
    pub(super) fn is_small(self) -> bool {
        self.bytes <= SMALL || self.pieces <= 1
    }
}

/// To read the cells of so many chunks: of what is not encoded only the wanted bytes, of all else whole
/// pieces.
pub(super) fn to_read(chain: &CodecChain, chunks: usize, wanted: &Cells) -> WorkSize {
    let (work, spec) = (to_write(chain, chunks, wanted), smallest(chain).spec());
    match smallest(chain).access(&Region::whole(&spec.shape)) {
        ChunkAccess::Cells(_) => WorkSize {
            bytes: wanted.count().saturating_mul(spec.elem() as u64),
            ..work
        },
        ChunkAccess::Whole | ChunkAccess::Shard(_) => work,
    }
}

/// To write the cells of so many chunks: each piece is made as a whole. Pieces are chunks, or the
/// smallest inner chunks of shards, which lie on a regular grid from the origin of the array on,
/// whatever shapes the shards have. Chunks that differ are taken to be as large as the largest.
pub(super) fn to_write(chain: &CodecChain, chunks: usize, wanted: &Cells) -> WorkSize {
    let spec = smallest(chain).spec();
    let pieces = match chain.shard() {
        Some(_) => wanted.most_chunks(&spec.shape),
        None => chunks,
    };
    let each = spec.byte_len().unwrap_or(0) as u64;
    WorkSize {
        pieces,
        bytes: each.saturating_mul(pieces as u64),
    }
}

/// Bytes that one worker fills in one go.
const FILL: usize = 4 << 20;

/// How many absent chunks one worker fills in one go.
pub(super) fn at_once(chain: &CodecChain) -> usize {
    let each = chain.spec().byte_len().unwrap_or(usize::MAX);
    (FILL / each.max(1)).max(1)
}

/// Bytes that an element of variable length is taken to have: there is no bound below the largest
/// chunk there can be, and reserving that would leave one chunk on its way at a time.
const VARIABLE: u64 = 64;

/// `Ok` where a decoded chunk may be in memory as a whole, and so may the records whose fields it is. Of
/// absent chunks and of such as are stored as they are, no more is than what is wanted of them.
pub(crate) fn check_held(chain: &CodecChain, limit: u64) -> Result<(), ChunkError> {
    let bytes = chain.decoded_len();
    let asked = bytes.map_or(u64::MAX, |bytes| bytes as u64);
    match asked <= limit {
        true => Ok(()),
        false => Err(ChunkError::TooLarge { asked, limit }),
    }
}

/// The most bytes that an encoded chunk takes.
pub(super) fn most_encoded(chain: &CodecChain) -> u64 {
    let spec = chain.spec();
    let most = chain.encoded_len().max() as u64;
    match spec.fill.is_variable() {
        true => {
            most.min(zarr_codecs::volume(&spec.shape).map_or(most, |n| n.saturating_mul(VARIABLE)))
        }
        false => most,
    }
}

/// The most bytes that are fetched for a part of a chunk from a store that answers later, where
/// reads are merged over gaps of so many bytes.
pub(super) fn most_fetched(chain: &CodecChain, cells: &Cells, gap: u64) -> u64 {
    let whole = most_encoded(chain);
    let Some(shard) = chain.shard() else {
        return whole;
    };
    let inner = shard.inner();
    let count = cells.most_chunks(&inner.spec().shape) as u64;
    let some = most_encoded(inner)
        .saturating_add(gap)
        .saturating_mul(count);
    some.max(shard.index_len().0).min(whole)
}

/// The codecs of what is encoded by itself.
fn smallest(mut chain: &CodecChain) -> &CodecChain {
    while let Some(shard) = chain.shard() {
        chain = shard.inner();
    }
    chain
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use zarr_codecs::testing;
    use zarr_metadata::DataType;

    use super::*;

    /// Of 8 × 8 elements of two bytes.
    fn chain(codecs: &Value) -> CodecChain {
        testing::chain(codecs, &testing::spec(&[8, 8], DataType::UInt16)).unwrap()
    }

    /// A shard of chunks of `side`².
    fn shard(side: u64, inner: &Value) -> Value {
        json!([{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [side, side], "codecs": inner,
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        }}])
    }

    fn check(codecs: &Value, read: (usize, u64), write: (usize, u64)) {
        let chain = chain(codecs);
        // Two cells, in two chunks and, within these, in two inner chunks.
        let region = Cells::from(Region::dense(&[7, 3], &[2, 1]));
        let found = |work: WorkSize| (work.pieces, work.bytes);
        assert_eq!(found(to_read(&chain, 2, &region)), read);
        assert_eq!(found(to_write(&chain, 2, &region)), write);
    }

    #[test]
    fn what_is_not_encoded_is_read_by_the_cell() {
        let raw = json!([{"name": "bytes", "configuration": {"endian": "big"}}]);
        check(&raw, (2, 4), (2, 256));
        check(&shard(4, &raw), (2, 4), (2, 64));
        check(&shard(4, &shard(2, &raw)), (2, 4), (2, 16));
    }

    #[test]
    fn what_is_encoded_is_decoded_whole() {
        let packed = json!([
            {"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"},
        ]);
        check(&packed, (2, 256), (2, 256));
        check(&shard(4, &packed), (2, 64), (2, 64));
    }
}
