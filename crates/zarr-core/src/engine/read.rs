//! Reading: the two drivers, and the one way a chunk is read, whatever it is. Knows no element type.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{Access, Chain, NdViewMut, Projection, Projections, Region, Shard, Split, fill};
use zarr_store::{ByteRange, Key, StoreError};

use super::cells;
use super::output::Output;
use super::pool::{self, Crew, Work, with_scratch};
use super::source::Source;
use super::work;
use crate::{ChunkError, ChunkedArray, Resolved, Result};

/// Reads the cells of a selection into memory aligned for the caller's elements.
pub(crate) async fn read(
    array: Arc<ChunkedArray>,
    selection: Resolved,
    align: usize,
) -> Result<Output> {
    let chain = Arc::clone(array.chain()?);
    let projections = array.project(&selection)?;
    let work = work::to_read(&chain, &selection.region());
    let (shape, spec) = (selection.full_shape(), chain.spec());
    let output = Output::new(shape, spec.elem(), align, projections, &spec.fill)?;
    if output.len() == 0 {
        return Ok(output);
    }
    if array.store().as_blocking().is_some() {
        let (on_pool, heap) = (Arc::clone(&array), Arc::clone(output.heap()));
        let task = move |crew: Crew<'_>| blocking(&on_pool, &chain, output, crew);
        return pool::run(array.context(), work, heap, task)
            .await
            .map_err(|e| array.chunk_error(&[], e))?;
    }
    remote(&array, &chain, Arc::new(output), work.pieces).await
}

/// The driver for stores that a worker may wait for: fetch, decode and place are one step on one
/// thread, while the bytes are in its cache.
fn blocking(array: &ChunkedArray, chain: &Chain, output: Output, crew: Crew<'_>) -> Result<Output> {
    crew.each(output.len(), |i| {
        // Nobody will see what is missing then.
        if !crew.is_wanted() {
            return Ok(());
        }
        output.fill(i, |projection, dst| {
            let read = || {
                let key = array.chunk_key(&projection.chunk)?;
                let store = array.store().as_blocking().ok_or(ChunkError::Worker)?;
                match store.open(&key)? {
                    Some(object) => {
                        let source = Source::Object(&*object);
                        chunk(&source, chain, &projection.part, dst, crew)
                    }
                    None => {
                        absent(chain, dst, output.is_filled());
                        Ok(())
                    }
                }
            };
            read().map_err(|error| array.chunk_error(&projection.chunk, error))
        })
    })?;
    Ok(output)
}

/// What was never written holds the fill value.
fn absent(chain: &Chain, mut dst: NdViewMut<'_>, filled: bool) {
    if !filled {
        fill(&mut dst, chain.spec().fill_element());
    }
}

/// Reads the cells of `part` of a chunk into `dst`, which has their shape.
///
/// A shard's inner chunk is a chunk in a window of the shard, so this calls itself: once per level.
pub(crate) fn chunk(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    match chain.access(part) {
        Access::Shard(shard) => inner_chunks(source, shard, part, dst, crew),
        Access::Cells(at) => match cells::apart(source, chain, &at, &dst)? {
            Some(apart) => apart.read(&at, dst),
            None => whole(source, chain, part, dst, crew),
        },
        Access::Whole => whole(source, chain, part, dst, crew),
    }
}

fn whole(
    source: &Source<'_>,
    chain: &Chain,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    crew.scratch(|cx| {
        source.lend(chain.encoded_len(), cx, |bytes, cx| {
            Ok(chain.decode_part(bytes, part, dst, cx)?)
        })
    })
}

/// Reads the wanted inner chunks, each by whichever worker is free.
fn inner_chunks(
    source: &Source<'_>,
    shard: &Shard,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let size = source.size()?;
    let index_bytes = source.read(shard.index_range(size)?)?;
    let index = with_scratch(|cx| shard.decode_index(&index_bytes, size, cx))?;
    let parts = Split::new(dst, shard.project(part)?);
    each(&parts, crew, |_, projection, dst| {
        let range = index.get(shard.number(&projection.chunk));
        let source = range.map(|range| source.window(range));
        inner_chunk(source.as_ref(), shard, &projection.part, dst, crew)
    })
}

fn inner_chunk(
    source: Option<&Source<'_>>,
    shard: &Shard,
    part: &Region,
    dst: NdViewMut<'_>,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    match source {
        Some(source) => chunk(source, shard.inner(), part, dst, crew),
        None => {
            absent(shard.inner(), dst, false);
            Ok(())
        }
    }
}

/// Runs `read` over all parts.
fn each(
    parts: &Split<'_>,
    crew: Crew<'_>,
    read: impl Fn(usize, &Projection, NdViewMut<'_>) -> Result<(), ChunkError> + Sync,
) -> Result<(), ChunkError> {
    crew.each(parts.len(), |i| match parts.take(i) {
        Some((projection, dst)) => read(i, &projection, dst),
        None => Ok(()),
    })
}

/// The driver for stores that answer later: many requests at once inside this one future, each
/// answer decoded on the pool. Dropping the future drops the requests.
async fn remote(
    array: &Arc<ChunkedArray>,
    chain: &Arc<Chain>,
    output: Arc<Output>,
    pieces: usize,
) -> Result<Output> {
    let limit = array.store().hints().concurrency.max(1);
    stream::iter(0..output.len())
        .map(|i| remote_chunk(array, chain, Arc::clone(&output), i, pieces))
        .buffer_unordered(limit)
        .try_collect::<()>()
        .await?;
    // Every task has ended, so this is the last handle.
    Arc::try_unwrap(output).map_err(|_| array.chunk_error(&[], ChunkError::Worker))
}

async fn remote_chunk(
    array: &Arc<ChunkedArray>,
    chain: &Arc<Chain>,
    output: Arc<Output>,
    i: usize,
    pieces: usize,
) -> Result<()> {
    let Some(projection) = output.projection(i) else {
        return Ok(());
    };
    let fetched = async {
        let key = array.chunk_key(&projection.chunk)?;
        // Once more where the object was replaced between two requests.
        match fetch(array, &key, chain, &projection.part).await {
            Err(error) if error.is_conflict() => fetch(array, &key, chain, &projection.part).await,
            other => other,
        }
        .map_err(|error| {
            if error.is_conflict() {
                ChunkError::Changed
            } else {
                error.into()
            }
        })
    };
    let decoded = async {
        let fetched = fetched.await?;
        let chain = Arc::clone(chain);
        // Others of the same read may be decoded meanwhile.
        let work = Work {
            pieces,
            ..work::to_read(&chain, &projection.part)
        };
        let heap = Arc::clone(output.heap());
        let task = move |crew: Crew<'_>| {
            output.fill(i, |projection, dst| match fetched {
                Fetched::Absent => {
                    absent(&chain, dst, output.is_filled());
                    Ok(())
                }
                Fetched::Whole(bytes) => {
                    chunk(&Source::Bytes(bytes), &chain, &projection.part, dst, crew)
                }
                Fetched::InnerChunks(inner) => {
                    let Some(shard) = chain.shard() else {
                        return Err(ChunkError::Worker);
                    };
                    let parts = Split::new(dst, shard.project(&projection.part)?);
                    each(&parts, crew, |number, projection, dst| {
                        let source = inner.get(number).cloned().flatten().map(Source::Bytes);
                        inner_chunk(source.as_ref(), shard, &projection.part, dst, crew)
                    })
                }
            })
        };
        pool::run(array.context(), work, heap, task).await?
    };
    decoded
        .await
        .map_err(|error| array.chunk_error(&projection.chunk, error))
}

/// What the network gave for one chunk.
enum Fetched {
    Absent,
    Whole(bytes::Bytes),
    /// The wanted inner chunks of a shard, in the order of their projections.
    InnerChunks(Vec<Option<bytes::Bytes>>),
}

async fn fetch(
    array: &ChunkedArray,
    key: &Key,
    chain: &Chain,
    part: &Region,
) -> Result<Fetched, FetchError> {
    let store = array.store();
    if let Some(shard) = chain.shard() {
        let wanted = shard.project(part)?;
        // Nearly all of a shard is one request for all of it.
        if wanted.len().saturating_mul(4) < shard.count().saturating_mul(3) {
            return fetch_inner(array, key, shard, &wanted).await;
        }
    }
    let found = store.get(key, ByteRange::All, None).await?;
    Ok(found.map_or(Fetched::Absent, |found| Fetched::Whole(found.data)))
}

async fn fetch_inner(
    array: &ChunkedArray,
    key: &Key,
    shard: &Shard,
    wanted: &Projections,
) -> Result<Fetched, FetchError> {
    let store = array.store();
    let range = match shard.index_len() {
        (len, true) => ByteRange::Last(len),
        (len, false) => ByteRange::Bounded(0..len),
    };
    let Some(found) = store.get(key, range, None).await? else {
        return Ok(Fetched::Absent);
    };
    shard.index_range(found.size)?;
    let index = with_scratch(|cx| shard.decode_index(&found.data, found.size, cx))?;
    let places: Vec<_> = wanted
        .iter()
        .map(|p| index.get(shard.number(&p.chunk)))
        .collect();
    let ranges: Vec<_> = places.iter().flatten().cloned().collect();
    if ranges.is_empty() {
        return Ok(Fetched::InnerChunks(vec![None; places.len()]));
    }
    let same = found.version.as_ref();
    let Some(found) = store.get_ranges(key, &ranges, same).await? else {
        return Err(FetchError::Changed);
    };
    let mut data = found.data.into_iter();
    let chunks = places
        .into_iter()
        .map(|place| place.and_then(|_| data.next()));
    Ok(Fetched::InnerChunks(chunks.collect()))
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
