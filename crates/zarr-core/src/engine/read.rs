//! Reading: the two drivers, and the one way a chunk is read, whatever it is. Knows no element type.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{Access, Chain, NdViewMut, Projection, Region, Shard, Split, fill};

use super::cells;
use super::fetch::{Fetched, Remote};
use super::output::Output;
use super::pool::{self, Crew, Work};
use super::scattered;
use super::source::{Remembered, Source};
use super::work;
use crate::chains::ChainOf;
use crate::units::{Part, Unit, Units};
use crate::{ChunkError, ChunkedArray, Resolved, Result};
use zarr_store::runtime::Budget;

/// What one read shares between its tasks.
struct Job {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<Chain>,
    units: Units,
    output: Output,
    work: Work,
    /// Where stores answer later: what is fetched and not yet decoded.
    budget: Arc<Budget>,
}

/// Reads the cells of a selection into memory aligned for the caller's elements.
pub(crate) async fn read(
    array: Arc<ChunkedArray>,
    selection: Resolved,
    align: usize,
) -> Result<Output> {
    let budget = Arc::clone(array.context().budget());
    one_of(1, array, selection, align, budget).await
}

/// As [`read`], of which so many run beside each other, and with a budget of their own.
pub(super) async fn one_of(
    count: usize,
    array: Arc<ChunkedArray>,
    selection: Resolved,
    align: usize,
    budget: Arc<Budget>,
) -> Result<Output> {
    let chain = Arc::clone(array.chain()?);
    let units = array.project(&selection)?;
    let mut work = work::to_read(&chain, units.len(), selection.cells());
    work.pieces = work.pieces.max(count);
    let (shape, spec) = (selection.full_shape(), chain.spec());
    let output = match &units {
        Units::Boxes(boxes) => Output::new(shape, spec.elem(), align, boxes.clone(), &spec.fill),
        Units::Groups(_) => Output::scattered(shape, spec.elem(), align, &spec.fill),
    }?;
    if units.len() == 0 {
        return Ok(output);
    }
    let job = Job {
        array,
        chain,
        units,
        output,
        work,
        budget,
    };
    if job.array.store().as_blocking().is_some() {
        let (array, heap) = (Arc::clone(&job.array), Arc::clone(job.output.heap()));
        let task = move |crew: Crew<'_>| blocking(job, crew);
        return pool::run(array.context(), work, heap, task)
            .await
            .map_err(|e| array.chunk_error(&[], e))?;
    }
    remote(Arc::new(job)).await
}

impl Job {
    fn chain_of(&self, unit: &Unit) -> Result<ChainOf<'_>, ChunkError> {
        Ok(self.array.chain_of(&self.chain, &unit.chunk)?)
    }

    /// Brings the cells of the `i`-th unit to their place; where there is no chunk, fill values.
    fn place(
        &self,
        i: usize,
        unit: &Unit,
        source: Option<&Source<'_>>,
        crew: Crew<'_>,
    ) -> Result<(), ChunkError> {
        if source.is_none() && !self.array.config().read_missing_chunks {
            return Err(ChunkError::NotFound);
        }
        let chain = self.chain_of(unit)?;
        match &unit.cells {
            Part::Box { .. } => self.output.fill(i, |projection, dst| match source {
                Some(source) => chunk(source, &chain, &projection.part, dst, crew),
                None => {
                    absent(&chain, dst, self.output.is_filled());
                    Ok(())
                }
            }),
            Part::Places(places) => scattered::read(source, &chain, places, &self.output, crew),
        }
    }

    /// As `place`, from the inner chunks that were fetched of a shard.
    fn place_inner(
        &self,
        i: usize,
        unit: &Unit,
        inner: &[Option<bytes::Bytes>],
        crew: Crew<'_>,
    ) -> Result<(), ChunkError> {
        let chain = self.chain_of(unit)?;
        let shard = chain.shard().ok_or(ChunkError::Worker)?;
        let source = |number: usize| inner.get(number).cloned().flatten().map(Source::Bytes);
        match &unit.cells {
            Part::Box { .. } => self.output.fill(i, |projection, dst| {
                let parts = Split::new(dst, shard.project(&projection.part)?);
                each(&parts, crew, |number, projection, dst| {
                    inner_chunk(source(number).as_ref(), shard, &projection.part, dst, crew)
                })
            }),
            Part::Places(places) => {
                let groups = places.split(&shard.inner().spec().shape);
                crew.each(groups.len(), |number| match groups.get(number) {
                    Some((_, places)) => {
                        let source = source(number);
                        scattered::read(source.as_ref(), shard.inner(), &places, &self.output, crew)
                    }
                    None => Ok(()),
                })
            }
        }
    }
}

/// The driver for stores that a worker may wait for: fetch, decode and place are one step on one
/// thread, while the bytes are in its cache.
fn blocking(job: Job, crew: Crew<'_>) -> Result<Output> {
    crew.each(job.units.len(), |i| {
        // Nobody will see what is missing then.
        let Some(unit) = job.units.get(i).filter(|_| crew.is_wanted()) else {
            return Ok(());
        };
        let read = || {
            let key = job.array.chunk_key(&unit.chunk)?;
            let store = job.array.store().as_blocking().ok_or(ChunkError::Worker)?;
            let object = store.open(&key)?;
            let indexes = job.array.indexes();
            let known = Some(Remembered { indexes, key: &key });
            let source = object
                .as_deref()
                .map(|object| Source::Object(object, known));
            job.place(i, &unit, source.as_ref(), crew)
        };
        read().map_err(|error| job.array.chunk_error(&unit.chunk, error))
    })?;
    Ok(job.output)
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
    let index = source.index(shard)?;
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
async fn remote(job: Arc<Job>) -> Result<Output> {
    let limit = job.array.store().hints().concurrency.max(1);
    stream::iter(0..job.units.len())
        .map(|i| remote_chunk(&job, i))
        .buffer_unordered(limit)
        .try_collect::<()>()
        .await?;
    let array = Arc::clone(&job.array);
    // Every task has ended, so this is the last handle.
    let job = Arc::try_unwrap(job).map_err(|_| array.chunk_error(&[], ChunkError::Worker))?;
    Ok(job.output)
}

async fn remote_chunk(job: &Arc<Job>, i: usize) -> Result<()> {
    let Some(unit) = job.units.get(i) else {
        return Ok(());
    };
    let chunk = unit.chunk.clone();
    let decoded = async {
        let key = job.array.chunk_key(&unit.chunk)?;
        let chain = job.chain_of(&unit)?;
        let remote = Remote {
            array: &job.array,
            chain: &chain,
            budget: &job.budget,
            key: &key,
        };
        let (fetched, reserved) = remote.fetch(&unit.cells).await?;
        // Others of the same read may be decoded meanwhile.
        let work = Work {
            pieces: job.work.pieces,
            ..work::to_read(&chain, 1, &unit.cells)
        };
        let (on_pool, heap) = (Arc::clone(job), Arc::clone(job.output.heap()));
        let task = move |crew: Crew<'_>| {
            let _until_decoded = reserved;
            match fetched {
                Fetched::Absent => on_pool.place(i, &unit, None, crew),
                Fetched::Whole(bytes) => on_pool.place(i, &unit, Some(&Source::Bytes(bytes)), crew),
                Fetched::InnerChunks(inner) => on_pool.place_inner(i, &unit, &inner, crew),
            }
        };
        pool::run(job.array.context(), work, heap, task).await?
    };
    decoded
        .await
        .map_err(|error| job.array.chunk_error(&chunk, error))
}
