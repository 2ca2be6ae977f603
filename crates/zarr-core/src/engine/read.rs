//! Reading: which chunks, and the two drivers that bring them. How a chunk is read is `wants`' and
//! `chunk`'s. Knows no element type.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use smallvec::SmallVec;
use zarr_codecs::{Chain, Heap};

use super::fetch::{ChunkFetch, Fetched};
use super::listing::{self, LIST_FROM};
use super::output::{Destination, Output};
use super::pieces::InnerChunks;
use super::plan::{ChunkTask, ReadPlan};
use super::pool::{self, WorkSize, Workers};
use super::request::{self, ChunkData, ChunkRequest, ChunkRequests};
use super::source::{ChunkId, ChunkSource};
use super::{decode, work};
use crate::cells::{Part, Units};
use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, Resolved, Result};
use zarr_store::runtime::Budget;

/// What one read shares between its tasks.
struct ReadJob {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<Chain>,
    joined: ReadPlan,
    /// Where the cells of each selection go.
    outputs: Vec<Output>,
    heap: Arc<Heap>,
    work: WorkSize,
    /// Where stores answer later: what is fetched and not yet decoded.
    budget: Arc<Budget>,
    /// How many chunks were not there.
    absent: AtomicUsize,
}

/// Which chunks are asked for, by their numbers.
enum ChunkNumbers {
    /// All, until it turns out that most are absent: see [`Job::is_sparse`].
    Each,
    /// Those from there on, whatever turns out.
    From(usize),
    /// Those that were listed.
    Listed(Vec<usize>),
}

/// Reads the cells of a selection to where there is room for them.
pub(crate) async fn read(
    array: Arc<ChunkedArray>,
    selection: Resolved,
    destination: Destination,
) -> Result<Output> {
    let budget = array.context().budget();
    one_of(1, array, selection, destination, budget).await
}

/// Reads the cells of several selections; what several of them want is fetched and decoded once.
pub(crate) async fn read_many(
    array: Arc<ChunkedArray>,
    selections: Vec<Resolved>,
    align: usize,
) -> Result<Vec<Output>> {
    let budget = array.context().budget();
    let destination = |selection| (selection, Destination::New { align });
    all(
        1,
        array,
        selections.into_iter().map(destination).collect(),
        budget,
    )
    .await
}

/// As [`read`], of which so many run beside each other, and with a budget of their own.
pub(super) async fn one_of(
    count: usize,
    array: Arc<ChunkedArray>,
    selection: Resolved,
    destination: Destination,
    budget: Arc<Budget>,
) -> Result<Output> {
    let outputs = all(
        count,
        Arc::clone(&array),
        vec![(selection, destination)],
        budget,
    )
    .await?;
    let only = outputs.into_iter().next();
    only.ok_or_else(|| array.chunk_error(&[], ChunkError::Worker))
}

async fn all(
    count: usize,
    array: Arc<ChunkedArray>,
    selections: Vec<(Resolved, Destination)>,
    budget: Arc<Budget>,
) -> Result<Vec<Output>> {
    let chain = Arc::clone(array.decoder()?);
    let spec = chain.spec();
    let heap = Heap::new(spec.fill.as_bytes().to_vec());
    let heap = Arc::new(heap.at_most(array.context().memory()));
    let many = selections.len();
    let (mut outputs, mut units) = (Vec::with_capacity(many), Vec::with_capacity(many));
    let mut work = WorkSize::NONE;
    for (selection, destination) in selections {
        let (shape, elem, fill) = (selection.full_shape(), spec.elem(), (&spec.fill, &heap));
        let cells = array.project(&selection)?;
        work = work.and(work::to_read(&chain, cells.len(), selection.cells()));
        outputs.push(match &cells {
            Units::Boxes(boxes) => Output::new(shape, elem, destination, boxes.clone(), fill),
            Units::Groups(_) => Output::scattered(shape, elem, destination, fill),
        }?);
        units.push(cells);
    }
    work.pieces = work.pieces.max(count);
    let joined = ReadPlan::of(units);
    if joined.len() == 0 {
        return Ok(outputs);
    }
    let job = ReadJob {
        array,
        chain,
        joined,
        outputs,
        heap,
        work,
        budget,
        absent: AtomicUsize::new(0),
    };
    let array = Arc::clone(&job.array);
    let (outputs, found_absent) = drive(job).await?;
    if found_absent {
        check_presence(array.location()).await?;
    }
    Ok(outputs)
}

/// Brings what is wanted of all chunks, and says whether some of them were absent.
async fn drive(job: ReadJob) -> Result<(Vec<Output>, bool)> {
    let (mut job, done) = ask(job, ChunkNumbers::Each).await?;
    let all = job.joined.len();
    if done < all {
        // Begun after the read, so that what was stored before is in it.
        job = match listing::numbers(&job.array, &job.joined, done).await? {
            None => ask(job, ChunkNumbers::From(done)).await?.0,
            Some(listed) => {
                let runs = listing::between(done..all, &listed, work::at_once(&job.chain));
                let job = ask(job, ChunkNumbers::Listed(listed)).await?.0;
                on_pool(job, move |job, workers| job.fill(&runs, workers))
                    .await?
                    .0
            }
        };
    }
    Ok(job.into_outputs())
}

/// Brings what is wanted of some chunks, and says how many that were.
async fn ask(job: ReadJob, asked: ChunkNumbers) -> Result<(ReadJob, usize)> {
    match job.array.store().as_blocking() {
        Some(_) => on_pool(job, move |job, workers| blocking(job, &asked, workers)).await,
        None => remote(Arc::new(job), asked).await,
    }
}

/// Does work on the pool and brings the job back.
async fn on_pool<T: Send + 'static>(
    job: ReadJob,
    work: impl FnOnce(&ReadJob, Workers<'_>) -> Result<T> + Send + 'static,
) -> Result<(ReadJob, T)> {
    let (array, heap, size) = (Arc::clone(&job.array), Arc::clone(&job.heap), job.work);
    let task = move |workers: Workers<'_>| {
        let done = work(&job, workers)?;
        Ok((job, done))
    };
    let done = pool::run(array.context(), size, heap, task).await;
    done.map_err(|e| array.chunk_error(&[], e))?
}

impl ChunkNumbers {
    fn len(&self, all: usize) -> usize {
        match self {
            Self::Each => all,
            Self::From(first) => all.saturating_sub(*first),
            Self::Listed(listed) => listed.len(),
        }
    }

    fn get(&self, i: usize) -> Option<usize> {
        match self {
            Self::Each => Some(i),
            Self::From(first) => first.checked_add(i),
            Self::Listed(listed) => listed.get(i).copied(),
        }
    }
}

/// What is wanted of one chunk, and the memory for it.
struct Taken<'j> {
    wants: ChunkRequests<'j>,
    bytes: SmallVec<[(&'j Output, usize); 1]>,
}

impl ReadJob {
    fn into_outputs(self) -> (Vec<Output>, bool) {
        (self.outputs, self.absent.into_inner() > 0)
    }

    /// Whether a listing could save more than was asked for so far: of these chunks half were absent.
    fn is_sparse(&self, asked: usize) -> bool {
        let absent = self.absent.load(Ordering::Relaxed);
        let enough = asked >= LIST_FROM && absent >= asked - asked / 2;
        enough && listing::can_list(&self.array)
    }

    /// Brings fill values to runs of absent chunks.
    fn fill(&self, runs: &[Range<usize>], workers: Workers<'_>) -> Result<()> {
        let lone = self
            .outputs
            .first()
            .filter(|_| self.joined.boxes().is_some());
        workers.each(runs.len(), |i| match (runs.get(i), lone) {
            (Some(run), Some(output)) => {
                self.absent.fetch_add(run.len(), Ordering::Relaxed);
                let parts = output.take_run(run.clone());
                let parts = parts.ok_or_else(|| self.array.chunk_error(&[], ChunkError::Worker))?;
                for part in parts {
                    let bytes = part.byte_len();
                    if !output.is_filled() {
                        decode::absent(&self.chain, part);
                    }
                    output.wrote(bytes);
                }
                Ok(())
            }
            (Some(run), None) => {
                run.clone()
                    .filter_map(|i| self.joined.get(i))
                    .try_for_each(|touched| {
                        let placed = self.place(
                            &touched,
                            &mut self.take(&touched),
                            ChunkData::Nothing,
                            workers,
                        );
                        placed.map_err(|error| self.array.chunk_error(&touched.chunk, error))
                    })
            }
            (None, _) => Ok(()),
        })
    }

    /// Brings what is wanted of a chunk to its place; where there is no chunk, fill values. May be
    /// done again where it failed.
    fn place(
        &self,
        touched: &ChunkTask,
        taken: &mut Taken<'_>,
        there: ChunkData<'_>,
        workers: Workers<'_>,
    ) -> Result<(), ChunkError> {
        if matches!(there, ChunkData::Nothing) {
            if !self.array.config().read_missing_chunks {
                return Err(ChunkError::NotFound);
            }
            self.absent.fetch_add(1, Ordering::Relaxed);
        }
        let chain = self.array.decoder_of(&self.chain, &touched.chunk)?;
        taken.read(there, &chain, workers)
    }

    /// What is wanted of a chunk. It can be taken once.
    fn take(&self, touched: &ChunkTask) -> Taken<'_> {
        let (mut wants, mut bytes) = (ChunkRequests::new(), SmallVec::new());
        for &(selection, unit, ref part) in &touched.parts {
            let Some(output) = self.outputs.get(selection) else {
                continue;
            };
            let filled = output.is_filled();
            match part {
                Part::Places(places) => {
                    bytes.push((output, places.len() * self.chain.spec().elem()));
                    let (places, to) = (places.clone(), output);
                    wants.push(ChunkRequest::Places { places, to, filled });
                }
                Part::Box { .. } => {
                    if let Some((projection, to)) = output.take(unit) {
                        bytes.push((output, to.byte_len()));
                        let part = projection.part;
                        wants.push(ChunkRequest::Box { part, to, filled });
                    }
                }
            }
        }
        Taken { wants, bytes }
    }
}

impl Taken<'_> {
    fn read(
        &mut self,
        there: ChunkData<'_>,
        chain: &Chain,
        workers: Workers<'_>,
    ) -> Result<(), ChunkError> {
        let wants = self.wants.iter_mut().map(ChunkRequest::again).collect();
        request::read(there, chain, wants, workers)?;
        for (output, bytes) in self.bytes.drain(..) {
            output.wrote(bytes);
        }
        Ok(())
    }
}

/// The driver for stores that a worker may wait for: fetch, decode and place are one step on one
/// thread, while the bytes are in its cache.
///
/// As many chunks again are asked for as before, so that whoever meets few absent ones waits for no
/// worker but at a few ends.
fn blocking(job: &ReadJob, asked: &ChunkNumbers, workers: Workers<'_>) -> Result<usize> {
    let (all, mut done) = (asked.len(job.joined.len()), 0);
    while done < all {
        let left = all - done;
        let round = match asked {
            ChunkNumbers::Each if job.is_sparse(done) => break,
            ChunkNumbers::Each => left.min(done.max(LIST_FROM)),
            ChunkNumbers::From(_) | ChunkNumbers::Listed(_) => left,
        };
        workers.each(round, |i| match asked.get(done + i) {
            // Nobody will see what is missing then.
            Some(i) if workers.is_wanted() => blocking_one(job, i, workers),
            _ => Ok(()),
        })?;
        done += round;
    }
    Ok(done)
}

fn blocking_one(job: &ReadJob, i: usize, workers: Workers<'_>) -> Result<()> {
    let Some(touched) = job.joined.get(i) else {
        return Ok(());
    };
    let mut taken = job.take(&touched);
    let read = match blocking_chunk(job, &touched, &mut taken, workers) {
        // A file that is not kept open may be another one by the next read of it.
        Err(error) if error.is_conflict() => {
            let again = blocking_chunk(job, &touched, &mut taken, workers);
            again.map_err(|error| match error.is_conflict() {
                true => ChunkError::Changed,
                false => error,
            })
        }
        read => read,
    };
    read.map_err(|error| job.array.chunk_error(&touched.chunk, error))
}

fn blocking_chunk(
    job: &ReadJob,
    touched: &ChunkTask,
    taken: &mut Taken<'_>,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let key = job.array.chunk_key(&touched.chunk)?;
    let store = job.array.store().as_blocking().ok_or(ChunkError::Worker)?;
    let object = store.open(&key)?;
    let source = match object.as_deref() {
        Some(object) => {
            // Only what is kept asks of which version it is.
            let version = match job.array.cached().is_on() {
                true => object.version()?,
                false => None,
            };
            let known = ChunkId::new(&job.array, &key, version);
            Some(ChunkSource::object(object).known(known))
        }
        None => None,
    };
    let there = source.as_ref().map_or(ChunkData::Nothing, ChunkData::Chunk);
    job.place(touched, taken, there, workers)
}

/// The driver for stores that answer later: many requests at once inside this one future, each
/// answer decoded on the pool. Dropping the future drops the requests.
async fn remote(job: Arc<ReadJob>, asked: ChunkNumbers) -> Result<(ReadJob, usize)> {
    let limit = job.array.store().hints().concurrency.max(1);
    let (all, done) = (asked.len(job.joined.len()), AtomicUsize::new(0));
    let next = std::iter::from_fn(|| {
        let i = done.load(Ordering::Relaxed);
        if i >= all || matches!(asked, ChunkNumbers::Each) && job.is_sparse(i) {
            return None;
        }
        done.store(i + 1, Ordering::Relaxed);
        asked.get(i)
    });
    stream::iter(next)
        .map(|i| remote_chunk(&job, i))
        .buffer_unordered(limit)
        .try_collect::<()>()
        .await?;
    let array = Arc::clone(&job.array);
    // Every task has ended, so this is the last handle.
    let job = Arc::try_unwrap(job).map_err(|_| array.chunk_error(&[], ChunkError::Worker))?;
    Ok((job, done.into_inner()))
}

async fn remote_chunk(job: &Arc<ReadJob>, i: usize) -> Result<()> {
    let Some(touched) = job.joined.get(i) else {
        return Ok(());
    };
    let chunk = touched.chunk.clone();
    let decoded = async {
        let key = job.array.chunk_key(&touched.chunk)?;
        let chain = job.array.decoder_of(&job.chain, &touched.chunk)?;
        let remote = ChunkFetch {
            array: &job.array,
            chain: &chain,
            budget: &job.budget,
            key: &key,
        };
        let (fetched, reserved) = remote.fetch(touched.parts()).await?;
        let each = touched.parts().map(|part| work::to_read(&chain, 1, part));
        // Others of the same read may be decoded meanwhile.
        let work = WorkSize {
            pieces: job.work.pieces,
            ..each.fold(WorkSize::NONE, WorkSize::and)
        };
        let on_pool = Arc::clone(job);
        let task = move |workers: Workers<'_>| {
            let _until_decoded = reserved;
            let known = |version| ChunkId::new(&on_pool.array, &key, version);
            let mut taken = on_pool.take(&touched);
            let mut read =
                |there: ChunkData<'_>| on_pool.place(&touched, &mut taken, there, workers);
            match fetched {
                Fetched::Absent => read(ChunkData::Nothing),
                Fetched::Whole(at, version) => {
                    let source = ChunkSource::from(at).known(known(version));
                    read(ChunkData::Chunk(&source))
                }
                Fetched::InnerChunks(inner, version) => read(ChunkData::InnerChunks(
                    &InnerChunks::Fetched(&inner, known(version)),
                )),
            }
        };
        pool::run(job.array.context(), work, Arc::clone(&job.heap), task).await?
    };
    decoded
        .await
        .map_err(|error| job.array.chunk_error(&chunk, error))
}
