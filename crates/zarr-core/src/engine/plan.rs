//! Plans: what several requests want of each chunk, and how much work and memory that takes. Chunks of an
//! array and inner chunks of a shard are planned alike. Pure, and nothing is kept per chunk if there is one
//! request.

use std::collections::BTreeMap;
use std::ops::Range;

use smallvec::SmallVec;
use zarr_codecs::{ChunkAccess, CodecChain, CodecError, Dims, Region, ShardingCodec};

use super::pool::{self, WorkSize};
use crate::ChunkError;
use crate::cells::{Cells, ChunkSelections};

/// The chunks that hold the cells of some requests.
pub(super) struct ChunkPlan {
    /// The cells of each request, in the order of the requests.
    requests: SmallVec<[ChunkSelections; 1]>,
    /// In the order of the chunks. `None` for one request, whose selections are each the only one of their
    /// chunk.
    shared: Option<Vec<SharedChunk>>,
}

/// A chunk, and which selections of which requests are in it.
type SharedChunk = (Dims<u64>, Vec<(usize, usize)>);

impl ChunkPlan {
    pub(super) fn new(requests: SmallVec<[ChunkSelections; 1]>) -> Self {
        if let [_] = requests.as_slice() {
            let shared = None;
            return Self { requests, shared };
        }
        let mut chunks: BTreeMap<Dims<u64>, Vec<(usize, usize)>> = BTreeMap::new();
        for (request, selections) in requests.iter().enumerate() {
            let numbered = (0..selections.len()).filter_map(|i| Some((selections.get(i)?.0, i)));
            for (chunk, number) in numbered {
                chunks.entry(chunk).or_default().push((request, number));
            }
        }
        let shared = Some(chunks.into_iter().collect());
        Self { requests, shared }
    }

    /// The inner chunks of a shard that hold these cells of it.
    ///
    /// # Errors
    /// If a box does not lie in the shard.
    pub(super) fn of_shard(shard: &ShardingCodec, cells: &[Cells]) -> Result<Self, CodecError> {
        let requests = cells.iter().map(|cells| cells.by_inner_chunk(shard));
        Ok(Self::new(requests.collect::<Result<_, _>>()?))
    }

    /// The number of chunks.
    pub(super) fn len(&self) -> usize {
        match &self.shared {
            Some(chunks) => chunks.len(),
            None => self.requests.first().map_or(0, ChunkSelections::len),
        }
    }

    /// The requests that were planned.
    pub(super) fn requests(&self) -> &[ChunkSelections] {
        &self.requests
    }

    /// The number of a chunk, if cells of it are wanted.
    pub(super) fn find(&self, chunk: &[u64]) -> Option<usize> {
        match &self.shared {
            Some(chunks) => chunks
                .binary_search_by(|(at, _)| at.as_slice().cmp(chunk))
                .ok(),
            None => self.requests.first()?.find(chunk),
        }
    }

    /// Which requests want cells of the `i`-th chunk, and which of their selections these are.
    pub(super) fn parts(&self, i: usize) -> SmallVec<[(usize, usize); 1]> {
        match &self.shared {
            Some(chunks) => chunks.get(i).map(|(_, parts)| parts.as_slice().into()),
            None => Some(SmallVec::from_buf([(0, i)])),
        }
        .unwrap_or_default()
    }

    /// The index of the `i`-th chunk, and the cells in it that each request wants, if it wants any.
    pub(super) fn get(&self, i: usize) -> Option<(Dims<u64>, SmallVec<[Cells; 1]>)> {
        let (mut index, mut wanted) = (None, SmallVec::new());
        for (request, number) in self.parts(i) {
            let (chunk, cells) = self.requests.get(request)?.get(number)?;
            index = Some(chunk);
            wanted.push(cells);
        }
        Some((index?, wanted))
    }

    /// The index of the `i`-th chunk.
    pub(super) fn chunk(&self, i: usize) -> Option<Dims<u64>> {
        match &self.shared {
            Some(chunks) => Some(chunks.get(i)?.0.clone()),
            None => Some(self.requests.first()?.get(i)?.0),
        }
    }
}

/// The bytes that one worker fills in one go.
const FILL: usize = 4 << 20;

/// Divides the numbers in a range that are not `stored`, which are in order, into runs. The chunks of a run are
/// absent, and no more than one worker fills in one go.
pub(super) fn absent_runs(
    range: Range<usize>,
    stored: &[usize],
    chain: &CodecChain,
) -> Vec<Range<usize>> {
    let each = chain.spec().byte_len().unwrap_or(usize::MAX);
    runs_between(range, stored, (FILL / each.max(1)).max(1))
}

fn runs_between(range: Range<usize>, those: &[usize], most: usize) -> Vec<Range<usize>> {
    let (mut runs, mut at) = (Vec::new(), range.start);
    for &end in those.iter().chain([&range.end]) {
        while at < end {
            let next = end.min(at.saturating_add(most));
            runs.push(at..next);
            at = next;
        }
        at = end.saturating_add(1);
    }
    runs
}

/// The work to read cells that lie in so many chunks: only the wanted bytes of what is not encoded, and whole
/// pieces of all else.
pub(super) fn to_read(chain: &CodecChain, chunks: usize, wanted: &Cells) -> WorkSize {
    let (work, smallest) = (to_write(chain, chunks, wanted), smallest(chain));
    let spec = smallest.spec();
    match smallest.access(&Region::whole(&spec.shape)) {
        ChunkAccess::Cells(_) => WorkSize {
            bytes: wanted.count().saturating_mul(spec.elem() as u64),
            ..work
        },
        ChunkAccess::Whole | ChunkAccess::Shard(_) => work,
    }
}

/// The work to write cells that lie in so many chunks: each piece is made as a whole. Pieces are chunks, or the
/// smallest inner chunks of shards, which lie on a regular grid from the origin of the array on, whatever
/// shapes the shards have. Chunks that differ count as the largest one.
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

/// Whether reading all takes no longer than handing it to a worker: some small chunks, by codecs that are known not to
/// wait.
pub(super) fn is_tiny(mut chain: &CodecChain, work: WorkSize) -> bool {
    while let Some(shard) = chain.shard() {
        if shard.index_len().0 > pool::SMALL {
            return false;
        }
        chain = shard.inner();
    }
    work.is_tiny() && !chain.has_foreign()
}

/// The codecs of what is encoded by itself.
fn smallest(mut chain: &CodecChain) -> &CodecChain {
    while let Some(shard) = chain.shard() {
        chain = shard.inner();
    }
    chain
}

/// Checks that a decoded chunk, and the records if only their fields are read, may be in memory as a whole. Of
/// absent chunks, and of chunks that are stored as they are, only what is wanted is in memory.
///
/// # Errors
/// If the chunk is larger than the limit.
pub(super) fn check_held(chain: &CodecChain, limit: u64) -> Result<(), ChunkError> {
    let bytes = chain.decoded_len();
    let asked = bytes.map_or(u64::MAX, |bytes| bytes as u64);
    match asked <= limit {
        true => Ok(()),
        false => Err(ChunkError::TooLarge { asked, limit }),
    }
}

/// The assumed bytes of an element of variable length. There is no bound below the largest chunk there can be,
/// and reserving that much would let only one chunk be on its way at a time.
const VARIABLE: u64 = 64;

/// The most bytes that an encoded chunk takes.
pub(super) fn most_encoded(chain: &CodecChain) -> u64 {
    let spec = chain.spec();
    let most = chain.encoded_len().max() as u64;
    match zarr_codecs::volume(&spec.shape).filter(|_| spec.fill.is_variable()) {
        Some(cells) => most.min(cells.saturating_mul(VARIABLE)),
        None => most,
    }
}

/// The most bytes that are fetched for a part of a chunk from a remote store, if reads are merged over gaps of
/// so many bytes.
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

    #[test]
    fn runs_lie_between_the_stored_chunks() {
        assert_eq!(runs_between(3..9, &[4, 5, 8], 9), [3..4, 6..8]);
        assert_eq!(runs_between(0..5, &[], 2), [0..2, 2..4, 4..5]);
        assert_eq!(runs_between(2..4, &[2, 3], 2), []);
        assert_eq!(runs_between(2..2, &[], 2), []);
    }
}
