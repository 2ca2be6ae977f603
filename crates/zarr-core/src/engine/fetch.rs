//! Fetching what is wanted of one chunk from a store that answers later: which requests, within the
//! budget, and once more where the object was replaced in between. Decodes nothing but indexes.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{CodecChain, CodecErrorKind, ShardIndex, ShardingCodec};
use zarr_store::{ByteRange, Found, Key, StoreError, StoreErrorKind, Version, coalesce};

use super::chunk_cache::Path;
use super::pool::with_scratch;
use super::source::{At, check_len};
use super::sparse::{self, Sparse};
use super::work::{self, check_held};
use crate::units::Part;
use crate::{ChunkError, ChunkedArray};
use zarr_store::runtime::{Budget, Reserved};

/// What came for one chunk.
pub(super) enum Fetched {
    Absent,
    /// All of it, of this version.
    Whole(At<'static>, Option<Version>),
    /// The wanted inner chunks of a shard that are there, by their numbers.
    InnerChunks(HashMap<usize, At<'static>>, Option<Version>),
}

/// One chunk in a store that answers later.
pub(super) struct Remote<'a> {
    pub(super) array: &'a ChunkedArray,
    pub(super) chain: &'a CodecChain,
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
            false => error,
        })
    }

    async fn once(
        &self,
        parts: impl Iterator<Item = &Part>,
    ) -> Result<(Fetched, Reserved), ChunkError> {
        let mut in_pieces = None;
        if let Some(shard) = self.chain.shard() {
            let wanted = wanted(shard, parts)?;
            // Nearly all of a shard is one request for all of it: some of it may be kept decoded.
            let few = wanted.len().saturating_mul(4) < shard.count().saturating_mul(3)
                || self.check_inner(shard.inner()).is_err();
            if few || self.array.cached().is_on() {
                return self.inner_chunks(shard, &wanted).await;
            }
            in_pieces = Some((shard, wanted));
        } else if let Some(kept) = self.kept().await? {
            return Ok((kept, self.budget.take(0).await));
        } else if let Err(too_large) = check_held(self.chain, self.array.context().chunk_bytes()) {
            return self.cells(parts, too_large).await;
        }
        let mut reserved = self.budget.take(work::most_encoded(self.chain)).await;
        let store = self.array.store();
        let range = match in_pieces {
            // What is nobody's may make a shard longer than its codecs do.
            Some(_) => ByteRange::Bounded(0..most(self.chain).max(1)),
            None => ByteRange::AtMost(most(self.chain)),
        };
        let found = store.get(self.key, range, None).await;
        let found = found.map_err(|error| refused(error, self.chain))?;
        if let (Some((shard, wanted)), Some(found)) = (in_pieces, &found)
            && found.size > found.data.len() as u64
        {
            // What is nobody's is more than half of it.
            drop(reserved);
            return self.inner_chunks(shard, &wanted).await;
        }
        reserved.keep(found.as_ref().map_or(0, |found| found.data.len() as u64));
        let whole = |found: Found<Bytes>| Fetched::Whole(At::Bytes(found.data), found.version);
        Ok((found.map_or(Fetched::Absent, whole), reserved))
    }

    /// Of a chunk above the limit, the wanted cells, where they are less and stored as they are; else whether
    /// it is absent.
    async fn cells(
        &self,
        parts: impl Iterator<Item = &Part>,
        too_large: ChunkError,
    ) -> Result<(Fetched, Reserved), ChunkError> {
        let limit = self.array.context().chunk_bytes();
        let store = self.array.store();
        let ranges = sparse::ranges(self.chain, parts);
        let Some(ranges) = ranges.filter(|ranges| self.requested(ranges) <= limit) else {
            return match store.head(self.key).await? {
                None => Ok((Fetched::Absent, self.budget.take(0).await)),
                Some(_) => Err(too_large),
            };
        };
        let reserved = self.budget.take(self.requested(&ranges)).await;
        let Some(found) = store.get_ranges(self.key, &ranges, None).await? else {
            return Ok((Fetched::Absent, reserved));
        };
        let (expected, size) = (most(self.chain), found.size);
        if size != expected {
            let found = size;
            return Err(CodecErrorKind::Length { expected, found }
                .of("chunk")
                .into());
        }
        let sparse = Sparse::new(size, found.version.clone(), &ranges, found.data);
        Ok((
            Fetched::Whole(At::Sparse(Arc::new(sparse)), found.version),
            reserved,
        ))
    }

    /// The decoded chunk, if it is kept and the object is still the same.
    async fn kept(&self) -> Result<Option<Fetched>, ChunkError> {
        let share = self.array.cached();
        let Some(version) = share.version(self.key) else {
            return Ok(None);
        };
        let found = self.array.store().head(self.key).await?;
        let version = found
            .and_then(|found| found.version)
            .filter(|found| *found == version);
        Ok(version.and_then(|version| {
            let kept = share.get(self.key, &Path::new(), &version)?;
            Some(Fetched::Whole(At::Decoded(kept), Some(version)))
        }))
    }

    async fn inner_chunks(
        &self,
        shard: &ShardingCodec,
        wanted: &BTreeSet<usize>,
    ) -> Result<(Fetched, Reserved), ChunkError> {
        let indexes = self.array.indexes();
        if let Some(kept) = indexes.get(self.key) {
            let wanted = self.places(&kept.index, wanted, Some(&kept.version))?;
            if wanted.to_fetch.is_empty() {
                // Nobody would be asked for anything, so nobody would say that the index is old.
                let found = self.array.store().head(self.key).await?;
                if found.and_then(|found| found.version).as_ref() == Some(&kept.version) {
                    let kept = Fetched::InnerChunks(wanted.kept, Some(kept.version.clone()));
                    return Ok((kept, self.budget.take(0).await));
                }
                indexes.forget(self.key);
            } else {
                match self.ranges(wanted, Some(&kept.version)).await {
                    Err(error) if error.is_conflict() => indexes.forget(self.key),
                    other => return other,
                }
            }
        }
        let Some(found) = self.index(shard).await? else {
            return Ok((Fetched::Absent, self.budget.take(0).await));
        };
        if found.version.is_none() {
            return self.in_one_answer().await;
        }
        let wanted = self.places(&found.data, wanted, found.version.as_ref())?;
        let fetched = self.ranges(wanted, found.version.as_ref()).await?;
        indexes.keep(self.key, &Arc::new(found.data), found.version);
        Ok(fetched)
    }

    /// All of a shard of which the store names no version: the answer to another question might be of
    /// another one, and nobody could tell.
    async fn in_one_answer(&self) -> Result<(Fetched, Reserved), ChunkError> {
        let mut reserved = self.budget.take(work::most_encoded(self.chain)).await;
        let most = ByteRange::AtMost(self.array.context().value_bytes());
        let found = self.array.store().get(self.key, most, None).await?;
        reserved.keep(found.as_ref().map_or(0, |found| found.data.len() as u64));
        let whole = |found: Found<Bytes>| Fetched::Whole(At::Bytes(found.data), found.version);
        Ok((found.map_or(Fetched::Absent, whole), reserved))
    }

    /// Which of the wanted inner chunks of this version of the shard are there, and where.
    fn places(
        &self,
        index: &ShardIndex,
        wanted: &BTreeSet<usize>,
        version: Option<&Version>,
    ) -> Result<Places, ChunkError> {
        let inner = self.chain.shard().ok_or(ChunkError::Worker)?.inner();
        // A shard may hold any number of bytes that are nobody's.
        let is_shard = inner.shard().is_some();
        let mut places = Places::default();
        let share = self.array.cached();
        for &number in wanted {
            let Some(range) = index.get(number) else {
                continue;
            };
            let len = range.end - range.start;
            if !is_shard {
                check_len(inner.encoded_len(), len)?;
                self.check_inner(inner)?;
            }
            let kept = version.filter(|_| share.is_on());
            let kept =
                kept.and_then(|version| share.get(self.key, &Path::from_slice(&[number]), version));
            match kept {
                Some(kept) => drop(places.kept.insert(number, At::Decoded(kept))),
                None => places.to_fetch.push((number, range)),
            }
        }
        Ok(places)
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
        places: Places,
        same: Option<&Version>,
    ) -> Result<(Fetched, Reserved), ChunkError> {
        let Places { mut kept, to_fetch } = places;
        let (numbers, ranges): (Vec<_>, Vec<_>) = to_fetch.into_iter().unzip();
        let reserved = self.budget.take(self.requested(&ranges)).await;
        if !ranges.is_empty() {
            let store = self.array.store();
            let found = store.get_ranges(self.key, &ranges, same).await?;
            let found = found
                .ok_or(ChunkError::Changed)?
                .data
                .into_iter()
                .map(At::Bytes);
            kept.extend(numbers.into_iter().zip(found));
        }
        Ok((Fetched::InnerChunks(kept, same.cloned()), reserved))
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

/// The numbers of the inner chunks that hold the parts.
fn wanted<'p>(
    shard: &ShardingCodec,
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

/// The wanted inner chunks that are there: what is kept, and where in the shard the others are.
#[derive(Default)]
struct Places {
    kept: HashMap<usize, At<'static>>,
    to_fetch: Vec<(usize, Range<u64>)>,
}
