//! Fetches what is wanted of one chunk from a remote store: which requests to make, within the budget, and once
//! more if the object was replaced in between. Decodes nothing but indexes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;
use zarr_codecs::{CodecChain, Dims, ShardIndex, ShardingCodec};
use zarr_store::runtime::{Budget, Reserved};
use zarr_store::{ByteRange, Key, StoreError, StoreErrorKind, Version, coalesce};

use super::decode;
use super::plan::{self, ChunkPlan, check_held};
use super::pool::WorkSize;
use super::source::{
    ByteSource, ChunkData, ChunkId, InnerChunks, PartialObject, check_exact, check_len,
};
use crate::cells::Cells;
use crate::{ChunkError, ChunkedArray, Result};

/// What was fetched of one chunk.
pub(super) struct Fetched {
    pub(super) data: ChunkData<'static>,
    /// The version of the whole object.
    pub(super) version: Option<Version>,
    /// The bytes of the budget that it takes until it is decoded.
    pub(super) reserved: Option<Reserved>,
}

impl Fetched {
    const ABSENT: Self = Self {
        data: ChunkData::Absent,
        version: None,
        reserved: None,
    };
}

/// One chunk in a remote store, and what is wanted of it.
pub(super) struct ChunkFetch {
    array: Arc<ChunkedArray>,
    budget: Arc<Budget>,
    pub(super) chunk: Dims<u64>,
    key: Key,
    pub(super) chain: Arc<CodecChain>,
    cells: SmallVec<[Cells; 1]>,
    /// The work to decode the cells.
    pub(super) work: WorkSize,
    /// Of a shard, the inner chunks that hold the cells.
    pub(super) inner: Option<ChunkPlan>,
}

/// Fetches what a plan wants of its `i`-th chunk, all of one version. `None` if there is no such chunk.
///
/// # Errors
/// If a request fails, or what the answer holds cannot be the chunk.
pub(super) async fn fetch(
    array: &Arc<ChunkedArray>,
    largest: &Arc<CodecChain>,
    plan: &ChunkPlan,
    i: usize,
    budget: &Arc<Budget>,
) -> Result<Option<(ChunkFetch, Fetched)>> {
    let Some((chunk, cells)) = plan.get(i) else {
        return Ok(None);
    };
    let error = |error| array.chunk_error(&chunk, error);
    let (key, chain) = array.chunk_to_read(largest, &chunk).map_err(error)?;
    let shard = chain.shard();
    let inner = shard.map(|shard| ChunkPlan::of_shard(shard, &cells));
    let each = cells.iter().map(|cells| plan::to_read(&chain, 1, cells));
    let fetch = ChunkFetch {
        work: each.fold(WorkSize::default(), WorkSize::and),
        inner: inner.transpose().map_err(|e| error(e.into()))?,
        array: Arc::clone(array),
        budget: Arc::clone(budget),
        chunk: chunk.clone(),
        key,
        chain,
        cells,
    };
    let fetched = match fetch.once().await {
        Err(error) if error.is_conflict() => fetch.once().await,
        other => other,
    };
    let fetched = fetched.map_err(|found| match found.is_conflict() {
        true => error(ChunkError::Changed),
        false => error(found),
    })?;
    Ok(Some((fetch, fetched)))
}

impl ChunkFetch {
    /// The fetched data, together with which chunk it is of.
    pub(super) fn identified(
        &self,
        data: ChunkData<'static>,
        version: Option<Version>,
    ) -> ChunkData<'_> {
        data.of(ChunkId::new(&self.array, &self.key, version))
    }

    async fn once(&self) -> Result<Fetched, ChunkError> {
        let most = most(&self.chain);
        if let (Some(shard), Some(plan)) = (self.chain.shard(), &self.inner) {
            let wanted = wanted(shard, plan);
            // Nearly all of a shard is one request for all of it, unless some of it may be cached.
            let few = wanted.len().saturating_mul(4) < shard.count().saturating_mul(3)
                || self.check_inner(shard.inner()).is_err();
            // Unused bytes may make a shard longer than its codecs do.
            let range = ByteRange::Bounded(0..most.max(1));
            return match few || self.array.cached().is_on() {
                true => self.inner_chunks(shard, &wanted).await,
                false => match self.whole(range).await? {
                    Some(fetched) => Ok(fetched),
                    // More than half of it is unused.
                    None => self.inner_chunks(shard, &wanted).await,
                },
            };
        }
        if let Some(kept) = self.kept().await? {
            return Ok(kept);
        }
        if let Err(too_large) = check_held(&self.chain, self.array.context().chunk_bytes()) {
            return self.cells(too_large).await;
        }
        let fetched = self.whole(ByteRange::AtMost(most)).await?;
        fetched.ok_or(ChunkError::INTERNAL)
    }

    /// Requests all of a chunk. `None` if the chunk is longer than the range.
    async fn whole(&self, range: ByteRange) -> Result<Option<Fetched>, ChunkError> {
        let mut reserved = self.budget.take(plan::most_encoded(&self.chain)).await;
        let found = self.array.store().get(&self.key, range, None).await;
        let Some(found) = found.map_err(|error| refused(error, &self.chain))? else {
            return Ok(Some(Fetched::ABSENT));
        };
        let len = found.data.len() as u64;
        reserved.keep(len);
        Ok((found.size <= len).then(|| Fetched {
            data: ChunkData::Whole(found.data.into()),
            version: found.version,
            reserved: Some(reserved),
        }))
    }

    /// Fetches the wanted cells of a chunk above the limit, if they are few enough and stored as they are;
    /// otherwise finds out whether the chunk is absent.
    async fn cells(&self, too_large: ChunkError) -> Result<Fetched, ChunkError> {
        let store = self.array.store();
        let ranges = match self.ranges_of(&self.chain, &self.cells, too_large) {
            Ok(ranges) => ranges,
            Err(too_large) => {
                return match store.head(&self.key).await? {
                    None => Ok(Fetched::ABSENT),
                    Some(_) => Err(too_large),
                };
            }
        };
        let reserved = self.budget.take(self.requested(&ranges)).await;
        let Some(found) = store.get_ranges(&self.key, &ranges, None).await? else {
            return Ok(Fetched::ABSENT);
        };
        check_exact(self.chain.encoded_len(), found.size)?;
        let version = found.version.clone();
        let partial = PartialObject::new(found.size, version, &ranges, found.data);
        let at = ByteSource::PartialObject(Arc::new(partial));
        Ok(Fetched {
            data: ChunkData::Whole(at.into()),
            version: found.version,
            reserved: Some(reserved),
        })
    }

    /// The bytes of a chunk above the limit that hold the wanted cells, if they are few enough and stored as
    /// they are.
    fn ranges_of(
        &self,
        chain: &CodecChain,
        cells: &[Cells],
        too_large: ChunkError,
    ) -> Result<Vec<Range<u64>>, ChunkError> {
        let limit = self.array.context().chunk_bytes();
        let ranges = decode::ranges(chain, cells);
        let ranges = ranges.filter(|ranges| self.requested(ranges) <= limit);
        ranges.ok_or(too_large)
    }

    /// The decoded chunk, if it is cached and the object is still the same.
    async fn kept(&self) -> Result<Option<Fetched>, ChunkError> {
        let cached = self.array.cached();
        let Some(version) = cached.version(&self.key) else {
            return Ok(None);
        };
        if !self.is_still(&version).await? {
            return Ok(None);
        }
        let kept = cached.get(&self.key, &[], &version);
        Ok(kept.map(|kept| Fetched {
            data: ChunkData::Whole(ByteSource::Decoded(kept).into()),
            version: Some(version),
            reserved: None,
        }))
    }

    /// Asks the store whether the object has this version.
    async fn is_still(&self, version: &Version) -> Result<bool, ChunkError> {
        let found = self.array.store().head(&self.key).await?;
        Ok(found.and_then(|found| found.version).as_ref() == Some(version))
    }

    /// Fetches the wanted inner chunks of a shard, by the cached index or after requesting the index.
    async fn inner_chunks(
        &self,
        shard: &ShardingCodec,
        wanted: &[(usize, usize)],
    ) -> Result<Fetched, ChunkError> {
        let indexes = self.array.indexes();
        if let Some(kept) = indexes.latest(&self.key) {
            let located = self.locate(&kept.data, wanted, Some(&kept.version));
            // Without a request for ranges, no answer would say that the index is old.
            let asks = matches!(&located, Ok(found) if !found.to_fetch.is_empty());
            let is_old = !asks && !self.is_still(&kept.version).await?;
            match is_old {
                true => indexes.forget(&self.key),
                false => match self.ranges(located?, Some(&kept.version)).await {
                    Err(error) if error.is_conflict() => indexes.forget(&self.key),
                    other => {
                        indexes.hit();
                        return other;
                    }
                },
            }
        }
        let found = {
            // The bytes of the index, and what they are decoded to.
            let index_len = shard.index_len().0;
            let _until_decoded = self.budget.take(index_len.saturating_mul(2)).await;
            self.array.shard_index(&self.key, shard).await?
        };
        let Some(found) = found else {
            return Ok(Fetched::ABSENT);
        };
        if found.version.is_none() {
            // The answer to another request might be of another version, and nobody could tell.
            let all = ByteRange::AtMost(self.array.context().value_bytes());
            return self.whole(all).await?.ok_or(ChunkError::INTERNAL);
        }
        let wanted = self.locate(&found.data, wanted, found.version.as_ref())?;
        let fetched = self.ranges(wanted, found.version.as_ref()).await?;
        indexes.keep(&self.key, &Arc::new(found.data), found.version);
        Ok(fetched)
    }

    /// Which of the wanted inner chunks this version of the shard has, and where.
    fn locate(
        &self,
        index: &ShardIndex,
        wanted: &[(usize, usize)],
        version: Option<&Version>,
    ) -> Result<WantedInnerChunks, ChunkError> {
        let inner = self.chain.shard().ok_or(ChunkError::INTERNAL)?.inner();
        // A shard may hold any number of unused bytes.
        let is_shard = inner.shard().is_some();
        let mut found = WantedInnerChunks::default();
        let cached = self.array.cached();
        for &(number, i) in wanted {
            let Some(range) = index.get(number) else {
                continue;
            };
            let len = range.end - range.start;
            if !is_shard {
                check_len(inner.encoded_len(), len)?;
                if let Err(too_large) = self.check_inner(inner) {
                    let task = self.inner.as_ref().and_then(|plan| plan.get(i));
                    let cells = task.map_or(SmallVec::new(), |(_, cells)| cells);
                    let cells = self.ranges_of(inner, &cells, too_large)?;
                    check_exact(inner.encoded_len(), len)?;
                    found.to_fetch.push((number, range, Some(cells)));
                    continue;
                }
            }
            let kept = version.filter(|_| cached.is_on());
            let kept = kept.and_then(|version| cached.get(&self.key, &[number], version));
            match kept {
                Some(kept) => drop(found.kept.insert(number, ByteSource::Decoded(kept))),
                None => found.to_fetch.push((number, range, None)),
            }
        }
        Ok(found)
    }

    /// Checks whether inner chunks may be in memory. If they are shards, theirs are checked one by one.
    fn check_inner(&self, inner: &CodecChain) -> Result<(), ChunkError> {
        match inner.shard() {
            Some(_) => Ok(()),
            None => check_held(inner, self.array.context().chunk_bytes()),
        }
    }

    /// Fetches inner chunks of this version of the shard by their places in it.
    async fn ranges(
        &self,
        wanted: WantedInnerChunks,
        same: Option<&Version>,
    ) -> Result<Fetched, ChunkError> {
        let WantedInnerChunks { mut kept, to_fetch } = wanted;
        let mut ranges = Vec::with_capacity(to_fetch.len());
        for (_, inner, cells) in &to_fetch {
            let within = |cells: &Range<u64>| inner.start + cells.start..inner.start + cells.end;
            match cells {
                Some(cells) => ranges.extend(cells.iter().map(within)),
                None => ranges.push(inner.clone()),
            }
        }
        let reserved = self.budget.take(self.requested(&ranges)).await;
        if !ranges.is_empty() {
            let store = self.array.store();
            let found = store.get_ranges(&self.key, &ranges, same).await?;
            let found = found.ok_or(ChunkError::Changed)?;
            let mut data = found.data.into_iter();
            for (number, inner, cells) in to_fetch {
                let source = match cells {
                    Some(cells) => {
                        let parts = data.by_ref().take(cells.len()).collect();
                        let (len, version) = (inner.end - inner.start, found.version.clone());
                        let partial = PartialObject::new(len, version, &cells, parts);
                        ByteSource::PartialObject(Arc::new(partial))
                    }
                    None => ByteSource::Bytes(data.next().ok_or(ChunkError::INTERNAL)?),
                };
                kept.insert(number, source);
            }
        }
        Ok(Fetched {
            data: ChunkData::Inner(InnerChunks::Fetched(kept, None)),
            version: same.cloned(),
            reserved: Some(reserved),
        })
    }

    /// How many bytes come for these ranges, with those between them that come along.
    fn requested(&self, ranges: &[Range<u64>]) -> u64 {
        let hints = self.array.store().hints();
        let groups = coalesce::plan(ranges, hints.merge_gap, hints.merge_limit);
        let lengths = groups
            .iter()
            .map(|group| group.range.end - group.range.start);
        lengths.fold(0, u64::saturating_add)
    }
}

/// The most bytes that codecs make of a chunk. No more is requested, whatever is stored.
pub(super) fn most(chain: &CodecChain) -> u64 {
    chain.encoded_len().max() as u64
}

/// The error for a store that refused a chunk: if the chunk is too long, how long it is.
pub(super) fn refused(error: StoreError, chain: &CodecChain) -> ChunkError {
    match error.kind {
        StoreErrorKind::TooLarge { size, limit } if limit == most(chain) => {
            check_len(chain.encoded_len(), size)
                .err()
                .unwrap_or(ChunkError::Store(error))
        }
        _ => error.into(),
    }
}

/// The inner chunks of a plan, each by its number in the shard and in the plan, in the order of the shard.
fn wanted(shard: &ShardingCodec, plan: &ChunkPlan) -> Vec<(usize, usize)> {
    let chunks = (0..plan.len()).filter_map(|i| Some((plan.chunk(i)?, i)));
    let mut wanted: Vec<(usize, usize)> =
        chunks.map(|(chunk, i)| (shard.number(&chunk), i)).collect();
    wanted.sort_unstable();
    wanted
}

/// The wanted inner chunks that exist.
#[derive(Default)]
struct WantedInnerChunks {
    /// Those that are cached.
    kept: HashMap<usize, ByteSource<'static>>,
    /// The others.
    to_fetch: Vec<InnerRange>,
}

/// The number of an inner chunk and its place in the shard; of one above the limit, also which of its bytes are
/// wanted.
type InnerRange = (usize, Range<u64>, Option<Vec<Range<u64>>>);
