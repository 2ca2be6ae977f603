//! Fetching what is wanted of one chunk from a store that answers later: which requests, within the
//! budget, and once more where the object was replaced in between. Decodes nothing but indexes.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{Chain, Shard, ShardIndex};
use zarr_store::{ByteRange, Found, Key, StoreError, Version, coalesce};

use super::budget::{Budget, Reserved};
use super::pool::with_scratch;
use super::work;
use crate::units::Part;
use crate::{ChunkError, ChunkedArray};

/// What came for one chunk.
pub(super) enum Fetched {
    Absent,
    Whole(Bytes),
    /// The wanted inner chunks of a shard that are there, by their numbers.
    InnerChunks(HashMap<usize, Bytes>),
}

/// One chunk in a store that answers later.
pub(super) struct Remote<'a> {
    pub(super) array: &'a ChunkedArray,
    pub(super) chain: &'a Chain,
    pub(super) budget: &'a Arc<Budget>,
    pub(super) key: &'a Key,
}

impl Remote<'_> {
    /// Fetches all that is wanted, of one version. What comes with it is to be kept until the bytes
    /// are decoded.
    pub(super) async fn fetch(
        &self,
        parts: impl Iterator<Item = &Part> + Clone,
    ) -> Result<(Fetched, Reserved), ChunkError> {
        let fetched = match self.once(parts.clone()).await {
            Err(error) if error.is_conflict() => self.once(parts).await,
            other => other,
        };
        fetched.map_err(|error| match error.is_conflict() {
            true => ChunkError::Changed,
            false => error.into(),
        })
    }

    async fn once(
        &self,
        parts: impl Iterator<Item = &Part>,
    ) -> Result<(Fetched, Reserved), FetchError> {
        if let Some(shard) = self.chain.shard() {
            let wanted = wanted(shard, parts)?;
            // Nearly all of a shard is one request for all of it.
            if wanted.len().saturating_mul(4) < shard.count().saturating_mul(3) {
                return self.inner_chunks(shard, &wanted).await;
            }
        }
        let mut reserved = self.budget.take(work::most_encoded(self.chain)).await;
        let store = self.array.store();
        let found = store.get(self.key, ByteRange::All, None).await?;
        let fetched = found.map_or(Fetched::Absent, |found| Fetched::Whole(found.data));
        reserved.keep(match &fetched {
            Fetched::Whole(bytes) => bytes.len() as u64,
            _ => 0,
        });
        Ok((fetched, reserved))
    }

    async fn inner_chunks(
        &self,
        shard: &Shard,
        wanted: &BTreeSet<usize>,
    ) -> Result<(Fetched, Reserved), FetchError> {
        let indexes = self.array.indexes();
        if let Some(kept) = indexes.get(self.key) {
            let places = places(&kept.index, wanted);
            if places.is_empty() {
                // Nobody would be asked for anything, so nobody would say that the index is old.
                let found = self.array.store().head(self.key).await?;
                if found.and_then(|found| found.version).as_ref() == Some(&kept.version) {
                    let none = Fetched::InnerChunks(HashMap::new());
                    return Ok((none, self.budget.take(0).await));
                }
                indexes.forget(self.key);
            } else {
                match self.ranges(&places, Some(&kept.version)).await {
                    Err(error) if error.is_conflict() => indexes.forget(self.key),
                    other => return other,
                }
            }
        }
        let Some(found) = self.index(shard).await? else {
            return Ok((Fetched::Absent, self.budget.take(0).await));
        };
        let places = places(&found.data, wanted);
        let fetched = self.ranges(&places, found.version.as_ref()).await?;
        indexes.keep(self.key, &Arc::new(found.data), found.version);
        Ok(fetched)
    }

    /// Fetches inner chunks of this version of the shard by their places in it.
    async fn ranges(
        &self,
        places: &[(usize, Range<u64>)],
        same: Option<&Version>,
    ) -> Result<(Fetched, Reserved), FetchError> {
        let ranges: Vec<_> = places.iter().map(|(_, range)| range.clone()).collect();
        let reserved = self.budget.take(self.requested(&ranges)).await;
        let mut data = Vec::new().into_iter();
        if !ranges.is_empty() {
            let found = self
                .array
                .store()
                .get_ranges(self.key, &ranges, same)
                .await?;
            data = found.ok_or(FetchError::Changed)?.data.into_iter();
        }
        let chunks = places.iter().map(|(number, _)| *number).zip(data);
        Ok((Fetched::InnerChunks(chunks.collect()), reserved))
    }

    /// The index of a shard, which holds its bytes of the budget no longer than until it is decoded.
    async fn index(&self, shard: &Shard) -> Result<Option<Found<ShardIndex>>, FetchError> {
        let (len, at_end) = shard.index_len();
        let range = match at_end {
            true => ByteRange::Last(len),
            false => ByteRange::Bounded(0..len),
        };
        let _reserved = self.budget.take(len).await;
        let Some(found) = self.array.store().get(self.key, range, None).await? else {
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

/// The numbers of the inner chunks that hold the parts.
fn wanted<'p>(
    shard: &Shard,
    parts: impl Iterator<Item = &'p Part>,
) -> Result<BTreeSet<usize>, ChunkError> {
    let mut numbers = BTreeSet::new();
    for part in parts {
        let units = part.split(&shard.inner().spec().shape);
        let units = units.ok_or(ChunkError::Worker)?;
        numbers.extend(units.iter().map(|unit| shard.number(&unit.chunk)));
    }
    Ok(numbers)
}

/// Where those of the wanted inner chunks lie that are there.
fn places(index: &ShardIndex, wanted: &BTreeSet<usize>) -> Vec<(usize, Range<u64>)> {
    let there = |&number: &usize| Some((number, index.get(number)?));
    wanted.iter().filter_map(there).collect()
}

/// Why a fetch failed, with the one case that is tried again kept apart.
#[derive(Debug)]
enum FetchError {
    Changed,
    Other(ChunkError),
}

impl FetchError {
    fn is_conflict(&self) -> bool {
        match self {
            Self::Changed => true,
            Self::Other(ChunkError::Store(error)) => error.is_conflict(),
            Self::Other(_) => false,
        }
    }
}

impl From<ChunkError> for FetchError {
    fn from(error: ChunkError) -> Self {
        Self::Other(error)
    }
}

impl From<StoreError> for FetchError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl From<zarr_codecs::CodecError> for FetchError {
    fn from(error: zarr_codecs::CodecError) -> Self {
        Self::Other(error.into())
    }
}

impl From<FetchError> for ChunkError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Changed => Self::Changed,
            FetchError::Other(error) => error,
        }
    }
}
