//! What several requests want of chunks: each chunk once, with what every request wants of it. Chunks of
//! an array and inner chunks of a shard are planned alike. Pure, and nothing is kept per chunk where
//! there is one request.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use zarr_codecs::{CodecError, Dims, ShardingCodec};

use crate::cells::{Cells, ChunkSelections};

/// The chunks that hold the cells of some requests.
pub(super) struct ChunkPlan {
    /// Of each request, in their order.
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
    pub(super) fn of_shard(shard: &ShardingCodec, cells: &[Cells]) -> Result<Self, CodecError> {
        let requests = cells.iter().map(|cells| cells.by_inner_chunk(shard));
        Ok(Self::new(requests.collect::<Result<_, _>>()?))
    }

    /// How many chunks there are.
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

    /// The selections of the only request, if there is one.
    pub(super) fn only(&self) -> Option<&ChunkSelections> {
        match (self.requests.as_slice(), &self.shared) {
            ([only], None) => Some(only),
            _ => None,
        }
    }

    /// The number of a chunk, if something of it is wanted.
    pub(super) fn find(&self, chunk: &[u64]) -> Option<usize> {
        match &self.shared {
            Some(chunks) => chunks
                .binary_search_by(|(at, _)| at.as_slice().cmp(chunk))
                .ok(),
            None => self.requests.first()?.find(chunk),
        }
    }

    /// Which requests want something of the `i`-th chunk, and which of their selections that is.
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
