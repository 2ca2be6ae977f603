//! Reading: which chunks, and the two drivers that bring them. How a chunk is read is `wants`' and
//! `chunk`'s. Knows no element type.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use smallvec::SmallVec;
use zarr_codecs::{CodecChain, VlenHeap};

use super::fetch::{Fetched, Remote};
use super::joined::{Joined, Touched};
use super::output::{Output, Room};
use super::pieces::Pieces;
use super::pool::{self, Crew, Work};
use super::source::{Known, Source};
use super::stored::{self, LIST_FROM};
use super::wants::{self, There, Want, Wants};
use super::{chunk, work};
use crate::hierarchy::check_presence;
use crate::units::{Part, Units};
use crate::{ChunkError, ChunkedArray, Resolved, Result};
use zarr_store::runtime::Budget;

/// What one read shares between its tasks.
struct Job {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<CodecChain>,
    joined: Joined,
    /// Where the cells of each selection go.
    outputs: Vec<Output>,
    heap: Arc<VlenHeap>,
    work: Work,
    /// Where stores answer later: what is fetched and not yet decoded.
    budget: Arc<Budget>,
    /// How many chunks were not there.
    absent: AtomicUsize,
}

/// Which chunks are asked for, by their numbers.
enum Asked {
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
    room: Room,
) -> Result<Output> {
    let budget = array.context().budget();
    one_of(1, array, selection, room, budget).await
}

/// Reads the cells of several selections; what several of them want is fetched and decoded once.
pub(crate) async fn read_many(
    array: Arc<ChunkedArray>,
    selections: Vec<Resolved>,
    align: usize,
) -> Result<Vec<Output>> {
    let budget = array.context().budget();
    let room = |selection| (selection, Room::New { align });
    all(1, array, selections.into_iter().map(room).collect(), budget).await
}

/// As [`read`], of which so many run beside each other, and with a budget of their own.
pub(super) async fn one_of(
    count: usize,
    array: Arc<ChunkedArray>,
    selection: Resolved,
    room: Room,
    budget: Arc<Budget>,
) -> Result<Output> {
    let outputs = all(count, Arc::clone(&array), vec![(selection, room)], budget).await?;
    let only = outputs.into_iter().next();
    only.ok_or_else(|| array.chunk_error(&[], ChunkError::Worker))
}

async fn all(
    count: usize,
    array: Arc<ChunkedArray>,
    selections: Vec<(Resolved, Room)>,
    budget: Arc<Budget>,
) -> Result<Vec<Output>> {
    let chain = Arc::clone(array.decoder()?);
    let spec = chain.spec();
    let heap = VlenHeap::new(spec.fill.as_bytes().to_vec());
    let heap = Arc::new(heap.at_most(array.context().memory()));
    let many = selections.len();
    let (mut outputs, mut units) = (Vec::with_capacity(many), Vec::with_capacity(many));
    let mut work = Work::NONE;
    for (selection, room) in selections {
        let (shape, elem, fill) = (selection.full_shape(), spec.elem(), (&spec.fill, &heap));
        let cells = array.project(&selection)?;
        work = work.and(work::to_read(&chain, cells.len(), selection.cells()));
        outputs.push(match &cells {
            Units::Boxes(boxes) => Output::new(shape, elem, room, boxes.clone(), fill),
            Units::Groups(_) => Output::scattered(shape, elem, room, fill),
        }?);
        units.push(cells);
    }
    work.pieces = work.pieces.max(count);
    let joined = Joined::of(units);
    if joined.len() == 0 {
        return Ok(outputs);
    }
    let job = Job {
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
async fn drive(job: Job) -> Result<(Vec<Output>, bool)> {
    let (mut job, done) = ask(job, Asked::Each).await?;
    let all = job.joined.len();
    if done < all {
        // Begun after the read, so that what was stored before is in it.
        job = match stored::numbers(&job.array, &job.joined, done).await? {
            None => ask(job, Asked::From(done)).await?.0,
            Some(listed) => {
                let runs = stored::between(done..all, &listed, work::at_once(&job.chain));
                let job = ask(job, Asked::Listed(listed)).await?.0;
                on_pool(job, move |job, crew| job.fill(&runs, crew))
                    .await?
                    .0
            }
        };
    }
    Ok(job.into_outputs())
}

/// Brings what is wanted of some chunks, and says how many that were.
async fn ask(job: Job, asked: Asked) -> Result<(Job, usize)> {
    match job.array.store().as_blocking() {
        Some(_) => on_pool(job, move |job, crew| blocking(job, &asked, crew)).await,
        None => remote(Arc::new(job), asked).await,
    }
}

/// Does work on the pool and brings the job back.
async fn on_pool<T: Send + 'static>(
    job: Job,
    work: impl FnOnce(&Job, Crew<'_>) -> Result<T> + Send + 'static,
) -> Result<(Job, T)> {
    let (array, heap, size) = (Arc::clone(&job.array), Arc::clone(&job.heap), job.work);
    let task = move |crew: Crew<'_>| {
        let done = work(&job, crew)?;
        Ok((job, done))
    };
    let done = pool::run(array.context(), size, heap, task).await;
    done.map_err(|e| array.chunk_error(&[], e))?
}

impl Asked {
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
    wants: Wants<'j>,
    bytes: SmallVec<[(&'j Output, usize); 1]>,
}

impl Job {
    fn into_outputs(self) -> (Vec<Output>, bool) {
        (self.outputs, self.absent.into_inner() > 0)
    }

    /// Whether a listing could save more than was asked for so far: of these chunks half were absent.
    fn is_sparse(&self, asked: usize) -> bool {
        let absent = self.absent.load(Ordering::Relaxed);
        let enough = asked >= LIST_FROM && absent >= asked - asked / 2;
        enough && stored::can_list(&self.array)
    }

    /// Brings fill values to runs of absent chunks.
    fn fill(&self, runs: &[Range<usize>], crew: Crew<'_>) -> Result<()> {
        let lone = self
            .outputs
            .first()
            .filter(|_| self.joined.boxes().is_some());
        crew.each(runs.len(), |i| match (runs.get(i), lone) {
            (Some(run), Some(output)) => {
                self.absent.fetch_add(run.len(), Ordering::Relaxed);
                let parts = output.take_run(run.clone());
                let parts = parts.ok_or_else(|| self.array.chunk_error(&[], ChunkError::Worker))?;
                for part in parts {
                    let bytes = part.byte_len();
                    if !output.is_filled() {
                        chunk::absent(&self.chain, part);
                    }
                    output.wrote(bytes);
                }
                Ok(())
            }
            (Some(run), None) => {
                run.clone()
                    .filter_map(|i| self.joined.get(i))
                    .try_for_each(|touched| {
                        let placed =
                            self.place(&touched, &mut self.take(&touched), There::Nothing, crew);
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
        touched: &Touched,
        taken: &mut Taken<'_>,
        there: There<'_>,
        crew: Crew<'_>,
    ) -> Result<(), ChunkError> {
        if matches!(there, There::Nothing) {
            if !self.array.config().read_missing_chunks {
                return Err(ChunkError::NotFound);
            }
            self.absent.fetch_add(1, Ordering::Relaxed);
        }
        let chain = self.array.decoder_of(&self.chain, &touched.chunk)?;
        taken.read(there, &chain, crew)
    }

    /// What is wanted of a chunk. It can be taken once.
    fn take(&self, touched: &Touched) -> Taken<'_> {
        let (mut wants, mut bytes) = (Wants::new(), SmallVec::new());
        for &(selection, unit, ref part) in &touched.parts {
            let Some(output) = self.outputs.get(selection) else {
                continue;
            };
            let filled = output.is_filled();
            match part {
                Part::Places(places) => {
                    bytes.push((output, places.len() * self.chain.spec().elem()));
                    let (places, to) = (places.clone(), output);
                    wants.push(Want::Places { places, to, filled });
                }
                Part::Box { .. } => {
                    if let Some((projection, to)) = output.take(unit) {
                        bytes.push((output, to.byte_len()));
                        let part = projection.part;
                        wants.push(Want::Box { part, to, filled });
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
        there: There<'_>,
        chain: &CodecChain,
        crew: Crew<'_>,
    ) -> Result<(), ChunkError> {
        let wants = self.wants.iter_mut().map(Want::again).collect();
        wants::read(there, chain, wants, crew)?;
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
fn blocking(job: &Job, asked: &Asked, crew: Crew<'_>) -> Result<usize> {
    let (all, mut done) = (asked.len(job.joined.len()), 0);
    while done < all {
        let left = all - done;
        let round = match asked {
            Asked::Each if job.is_sparse(done) => break,
            Asked::Each => left.min(done.max(LIST_FROM)),
            Asked::From(_) | Asked::Listed(_) => left,
        };
        crew.each(round, |i| match asked.get(done + i) {
            // Nobody will see what is missing then.
            Some(i) if crew.is_wanted() => blocking_one(job, i, crew),
            _ => Ok(()),
        })?;
        done += round;
    }
    Ok(done)
}

fn blocking_one(job: &Job, i: usize, crew: Crew<'_>) -> Result<()> {
    let Some(touched) = job.joined.get(i) else {
        return Ok(());
    };
    let mut taken = job.take(&touched);
    let read = match blocking_chunk(job, &touched, &mut taken, crew) {
        // A file that is not kept open may be another one by the next read of it.
        Err(error) if error.is_conflict() => {
            let again = blocking_chunk(job, &touched, &mut taken, crew);
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
    job: &Job,
    touched: &Touched,
    taken: &mut Taken<'_>,
    crew: Crew<'_>,
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
            let known = Known::new(&job.array, &key, version);
            Some(Source::object(object).known(known))
        }
        None => None,
    };
    let there = source.as_ref().map_or(There::Nothing, There::Chunk);
    job.place(touched, taken, there, crew)
}

/// The driver for stores that answer later: many requests at once inside this one future, each
/// answer decoded on the pool. Dropping the future drops the requests.
async fn remote(job: Arc<Job>, asked: Asked) -> Result<(Job, usize)> {
    let limit = job.array.store().hints().concurrency.max(1);
    let (all, done) = (asked.len(job.joined.len()), AtomicUsize::new(0));
    let next = std::iter::from_fn(|| {
        let i = done.load(Ordering::Relaxed);
        if i >= all || matches!(asked, Asked::Each) && job.is_sparse(i) {
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

async fn remote_chunk(job: &Arc<Job>, i: usize) -> Result<()> {
    let Some(touched) = job.joined.get(i) else {
        return Ok(());
    };
    let chunk = touched.chunk.clone();
    let decoded = async {
        let key = job.array.chunk_key(&touched.chunk)?;
        let chain = job.array.decoder_of(&job.chain, &touched.chunk)?;
        let remote = Remote {
            array: &job.array,
            chain: &chain,
            budget: &job.budget,
            key: &key,
        };
        let (fetched, reserved) = remote.fetch(touched.parts()).await?;
        let each = touched.parts().map(|part| work::to_read(&chain, 1, part));
        // Others of the same read may be decoded meanwhile.
        let work = Work {
            pieces: job.work.pieces,
            ..each.fold(Work::NONE, Work::and)
        };
        let on_pool = Arc::clone(job);
        let task = move |crew: Crew<'_>| {
            let _until_decoded = reserved;
            let known = |version| Known::new(&on_pool.array, &key, version);
            let mut taken = on_pool.take(&touched);
            let mut read = |there: There<'_>| on_pool.place(&touched, &mut taken, there, crew);
            match fetched {
                Fetched::Absent => read(There::Nothing),
                Fetched::Whole(at, version) => {
                    let source = Source::from(at).known(known(version));
                    read(There::Chunk(&source))
                }
                Fetched::InnerChunks(inner, version) => {
                    read(There::Pieces(&Pieces::Fetched(&inner, known(version))))
                }
            }
        };
        pool::run(job.array.context(), work, Arc::clone(&job.heap), task).await?
    };
    decoded
        .await
        .map_err(|error| job.array.chunk_error(&chunk, error))
}
