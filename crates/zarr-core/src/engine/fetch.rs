//! Fetching what is wanted of one chunk from a store that answers later: which requests, within the
//! budget, and once more where the object was replaced in between. Decodes nothing but indexes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;
use zarr_codecs::{CodecChain, CodecErrorKind, Dims, ShardIndex, ShardingCodec};
use zarr_store::runtime::{Budget, Reserved};
use zarr_store::{ByteRange, Found, Key, StoreError, StoreErrorKind, Version, coalesce};

use super::cache::InnerPath;
use super::partial_object::{self, PartialObject};
use super::plan::ChunkPlan;
use super::pool::with_scratch;
use super::source::{ByteSource, ChunkData, ChunkId, InnerChunks, check_len};
use super::work::{self, WorkSize, check_held};
use crate::cells::Cells;
use crate::{ChunkError, ChunkedArray, Result};

/// What came of one chunk.
pub(super) struct Fetched {
    pub(super) data: ChunkData<'static>,
    /// Of all of it.
    pub(super) version: Option<Version>,
    /// What it takes of the budget until it is decoded.
    pub(super) reserved: Reserved,
}

/// One chunk in a store that answers later, and what is wanted of it.
pub(super) struct ChunkFetch {
    array: Arc<ChunkedArray>,
    budget: Arc<Budget>,
    pub(super) chunk: Dims<u64>,
    pub(super) key: Key,
    pub(super) chain: Arc<CodecChain>,
    cells: SmallVec<[Cells; 1]>,
    /// To decode them.
    pub(super) work: WorkSize,
    /// Of a shard, the inner chunks that hold them.
    pub(super) inner: Option<ChunkPlan>,
}

/// Fetches what a plan wants of its `i`-th chunk, of one version. `None` where there is no such chunk.
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
    let each = cells.iter().map(|cells| work::to_read(&chain, 1, cells));
    let fetch = ChunkFetch {
        work: each.fold(WorkSize::NONE, WorkSize::and),
        inner: inner.transpose().map_err(|e| error(e.into()))?,
        array: Arc::clone(array),
        budget: Arc::clone(budget),
        chunk: chunk.clone(),
        key,
        chain: chain.into_arc(),
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
    /// What came, of this chunk.
    pub(super) fn identified(
        &self,
        data: ChunkData<'static>,
        version: Option<Version>,
    ) -> ChunkData<'_> {
        data.of(ChunkId::new(&self.array, &self.key, version))
    }

    async fn once(&self) -> Result<Fetched, ChunkError> {
        let mut in_pieces = None;
        if let (Some(shard), Some(plan)) = (self.chain.shard(), &self.inner) {
            let wanted = wanted(shard, plan);
            // Nearly all of a shard is one request for all of it: some of it may be kept decoded.
            let few = wanted.len().saturating_mul(4) < shard.count().saturating_mul(3)
                || self.check_inner(shard.inner()).is_err();
            if few || self.array.cached().is_on() {
                return self.inner_chunks(shard, &wanted).await;
            }
            in_pieces = Some((shard, wanted));
        } else if let Some(kept) = self.kept().await? {
            return Ok(kept);
        } else if let Err(too_large) = check_held(&self.chain, self.array.context().chunk_bytes()) {
            return self.cells(too_large).await;
        }
        let mut reserved = self.budget.take(work::most_encoded(&self.chain)).await;
        let store = self.array.store();
        let range = match in_pieces {
            // What is nobody's may make a shard longer than its codecs do.
            Some(_) => ByteRange::Bounded(0..most(&self.chain).max(1)),
            None => ByteRange::AtMost(most(&self.chain)),
        };
        let found = store.get(&self.key, range, None).await;
        let found = found.map_err(|error| refused(error, &self.chain))?;
        if let (Some((shard, wanted)), Some(found)) = (in_pieces, &found)
            && found.size > found.data.len() as u64
        {
            // What is nobody's is more than half of it.
            drop(reserved);
            return self.inner_chunks(shard, &wanted).await;
        }
        reserved.keep(found.as_ref().map_or(0, |found| found.data.len() as u64));
        Ok(Fetched::whole(found, reserved))
    }

    /// Of a chunk above the limit, the wanted cells, where they are less and stored as they are; else whether
    /// it is absent.
    async fn cells(&self, too_large: ChunkError) -> Result<Fetched, ChunkError> {
        let store = self.array.store();
        let ranges = match self.ranges_of(&self.chain, &self.cells, too_large) {
            Ok(ranges) => ranges,
            Err(too_large) => {
                return match store.head(&self.key).await? {
                    None => Ok(Fetched::whole(None, self.budget.take(0).await)),
                    Some(_) => Err(too_large),
                };
            }
        };
        let reserved = self.budget.take(self.requested(&ranges)).await;
        let Some(found) = store.get_ranges(&self.key, &ranges, None).await? else {
            return Ok(Fetched::whole(None, reserved));
        };
        check_exact(&self.chain, found.size)?;
        let version = found.version.clone();
        let partial = PartialObject::new(found.size, version, &ranges, found.data);
        let at = ByteSource::PartialObject(Arc::new(partial));
        Ok(Fetched {
            data: ChunkData::Whole(at.into()),
            version: found.version,
            reserved,
        })
    }

    /// Which bytes of a chunk above the limit hold the wanted cells, where these are less and stored as they
    /// are.
    fn ranges_of(
        &self,
        chain: &CodecChain,
        cells: &[Cells],
        too_large: ChunkError,
    ) -> Result<Vec<Range<u64>>, ChunkError> {
        let limit = self.array.context().chunk_bytes();
        let ranges = partial_object::ranges(chain, cells);
        let ranges = ranges.filter(|ranges| self.requested(ranges) <= limit);
        ranges.ok_or(too_large)
    }

    /// The decoded chunk, if it is kept and the object is still the same.
    async fn kept(&self) -> Result<Option<Fetched>, ChunkError> {
        let share = self.array.cached();
        let Some(version) = share.version(&self.key) else {
            return Ok(None);
        };
        let found = self.array.store().head(&self.key).await?;
        if found.and_then(|found| found.version).as_ref() != Some(&version) {
            return Ok(None);
        }
        let Some(kept) = share.get(&self.key, &InnerPath::new(), &version) else {
            return Ok(None);
        };
        Ok(Some(Fetched {
            data: ChunkData::Whole(ByteSource::Decoded(kept).into()),
            version: Some(version),
            reserved: self.budget.take(0).await,
        }))
    }

    async fn inner_chunks(
        &self,
        shard: &ShardingCodec,
        wanted: &[(usize, usize)],
    ) -> Result<Fetched, ChunkError> {
        let indexes = self.array.indexes();
        if let Some(kept) = indexes.get(&self.key) {
            let wanted = self.locate(&kept.index, wanted, Some(&kept.version))?;
            if wanted.to_fetch.is_empty() && wanted.in_pieces.is_empty() {
                // Nobody would be asked for anything, so nobody would say that the index is old.
                let found = self.array.store().head(&self.key).await?;
                if found.and_then(|found| found.version).as_ref() == Some(&kept.version) {
                    return self.ranges(wanted, Some(&kept.version)).await;
                }
                indexes.forget(&self.key);
            } else {
                match self.ranges(wanted, Some(&kept.version)).await {
                    Err(error) if error.is_conflict() => indexes.forget(&self.key),
                    other => return other,
                }
            }
        }
        let Some(found) = self.index(shard).await? else {
            return Ok(Fetched::whole(None, self.budget.take(0).await));
        };
        if found.version.is_none() {
            return self.in_one_answer().await;
        }
        let wanted = self.locate(&found.data, wanted, found.version.as_ref())?;
        let fetched = self.ranges(wanted, found.version.as_ref()).await?;
        indexes.keep(&self.key, &Arc::new(found.data), found.version);
        Ok(fetched)
    }

    /// All of a shard of which the store names no version: the answer to another question might be of
    /// another one, and nobody could tell.
    async fn in_one_answer(&self) -> Result<Fetched, ChunkError> {
        let mut reserved = self.budget.take(work::most_encoded(&self.chain)).await;
        let most = ByteRange::AtMost(self.array.context().value_bytes());
        let found = self.array.store().get(&self.key, most, None).await?;
        reserved.keep(found.as_ref().map_or(0, |found| found.data.len() as u64));
        Ok(Fetched::whole(found, reserved))
    }

    /// Which of the wanted inner chunks of this version of the shard are there, and where.
    fn locate(
        &self,
        index: &ShardIndex,
        wanted: &[(usize, usize)],
        version: Option<&Version>,
    ) -> Result<WantedInnerChunks, ChunkError> {
        let inner = self.chain.shard().ok_or(ChunkError::INTERNAL)?.inner();
        // A shard may hold any number of bytes that are nobody's.
        let is_shard = inner.shard().is_some();
        let mut found = WantedInnerChunks::default();
        let share = self.array.cached();
        for &(number, i) in wanted {
            let Some(range) = index.get(number) else {
                continue;
            };
            let len = range.end - range.start;
            if !is_shard {
                check_len(inner.encoded_len(), len)?;
                if let Err(too_large) = self.check_inner(inner) {
                    let task = self.inner.as_ref().and_then(|plan| plan.get(i));
                    let cells = task.map_or(vec![].into(), |(_, cells)| cells);
                    let cells = self.ranges_of(inner, &cells, too_large)?;
                    check_exact(inner, len)?;
                    found.in_pieces.push((number, range, cells));
                    continue;
                }
            }
            let kept = version.filter(|_| share.is_on());
            let kept = kept.and_then(|version| {
                share.get(&self.key, &InnerPath::from_slice(&[number]), version)
            });
            match kept {
                Some(kept) => drop(found.kept.insert(number, ByteSource::Decoded(kept))),
                None => found.to_fetch.push((number, range)),
            }
        }
        Ok(found)
    }

    /// Whether inner chunks may be in memory; those of a shard among them are looked at one by one.
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
        let WantedInnerChunks {
            mut kept,
            to_fetch,
            in_pieces,
        } = wanted;
        let (numbers, mut ranges): (Vec<_>, Vec<_>) = to_fetch.into_iter().unzip();
        for (_, inner, cells) in &in_pieces {
            let within = |cells: &Range<u64>| inner.start + cells.start..inner.start + cells.end;
            ranges.extend(cells.iter().map(within));
        }
        let reserved = self.budget.take(self.requested(&ranges)).await;
        if !ranges.is_empty() {
            let store = self.array.store();
            let found = store.get_ranges(&self.key, &ranges, same).await?;
            let found = found.ok_or(ChunkError::Changed)?;
            let mut data = found.data.into_iter();
            kept.extend(
                numbers
                    .into_iter()
                    .zip(data.by_ref().map(ByteSource::Bytes)),
            );
            for (number, inner, cells) in in_pieces {
                let parts = data.by_ref().take(cells.len()).collect();
                let len = inner.end - inner.start;
                let partial = PartialObject::new(len, found.version.clone(), &cells, parts);
                kept.insert(number, ByteSource::PartialObject(Arc::new(partial)));
            }
        }
        Ok(Fetched {
            data: ChunkData::Inner(InnerChunks::Fetched(kept, None)),
            version: same.cloned(),
            reserved,
        })
    }

    /// The index of a shard, which holds its bytes of the budget no longer than until it is decoded.
    async fn index(&self, shard: &ShardingCodec) -> Result<Option<Found<ShardIndex>>, ChunkError> {
        let (len, at_end) = shard.index_len();
        let range = match at_end {
            true => ByteRange::Last(len),
            false => ByteRange::Bounded(0..len),
        };
        // Its bytes, and what they are decoded to.
        let _reserved = self.budget.take(len.saturating_mul(2)).await;
        let Some(found) = self.array.store().get(&self.key, range, None).await? else {
            return Ok(None);
        };
        shard.index_range(found.size)?;
        let index = with_scratch(|cx| shard.decode_index(&found.data, found.size, cx))?;
        Ok(Some(found.map(|_| index)))
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

impl Fetched {
    /// All of a chunk, or that it is absent.
    fn whole(found: Option<Found<Bytes>>, reserved: Reserved) -> Self {
        let (data, version) = match found {
            Some(found) => (ChunkData::Whole(found.data.into()), found.version),
            None => (ChunkData::Absent, None),
        };
        Self {
            data,
            version,
            reserved,
        }
    }
}

/// The most bytes that codecs make of a chunk. No more is asked for, whatever has been put there.
pub(super) fn most(chain: &CodecChain) -> u64 {
    chain.encoded_len().max() as u64
}

/// A store that refused a chunk for being longer says how long it is.
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

/// Whether a chunk that is not compressed has as many bytes as its cells.
fn check_exact(chain: &CodecChain, found: u64) -> Result<(), ChunkError> {
    match most(chain) {
        expected if found != expected => Err(CodecErrorKind::Length { expected, found }
            .of("chunk")
            .into()),
        _ => Ok(()),
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

/// The wanted inner chunks that are there: what is kept, and where in the shard the others are.
#[derive(Default)]
struct WantedInnerChunks {
    kept: HashMap<usize, ByteSource<'static>>,
    to_fetch: Vec<(usize, Range<u64>)>,
    /// Of those above the limit, the bytes of the inner chunk that are wanted.
    in_pieces: Vec<(usize, Range<u64>, Vec<Range<u64>>)>,
}
