//! Reading: which chunks, and the two drivers that bring them. How a chunk is read is `request`'s. Knows
//! no element type.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use smallvec::SmallVec;
use zarr_codecs::{CodecChain, Dims, VlenHeap};
use zarr_metadata::Order;
use zarr_store::runtime::Budget;

use super::fetch;
use super::listing::{self, LIST_FROM};
use super::output::{Destination, Output};
use super::plan::ChunkPlan;
use super::pool::{self, Workers};
use super::request::{self, ChunkRequest, ChunkRequests};
use super::source::{ChunkData, ChunkId, ChunkSource};
use super::work::{self, WorkSize};
use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, ResolvedSelection, Result};

impl ChunkedArray {
    /// Reads the cells of a selection, in C order, into memory of this alignment.
    ///
    /// Dropping the future leaves nothing behind but tasks that end by themselves.
    ///
    /// # Errors
    /// Where a chunk cannot be fetched or decoded. Absent chunks hold the fill value; a chunk that
    /// could not be read never does.
    pub async fn read(
        self: Arc<Self>,
        selection: ResolvedSelection,
        align: usize,
    ) -> Result<Output> {
        let order = Order::C;
        self.read_to(selection, Destination::New { align, order })
            .await
    }

    /// Reads the cells of a selection to where they are wanted.
    pub(crate) async fn read_to(
        self: Arc<Self>,
        selection: ResolvedSelection,
        destination: Destination,
    ) -> Result<Output> {
        let job = ReadJob::new(self, vec![(selection, destination)])?;
        Ok(job.run_one().await?.0)
    }

    /// Reads the cells of several selections, each in the array's order; what several of them want is fetched and decoded once.
    pub(crate) async fn read_all(
        self: Arc<Self>,
        selections: Vec<ResolvedSelection>,
        align: usize,
    ) -> Result<Vec<Output>> {
        let order = self.order();
        let new = |selection| (selection, Destination::New { align, order });
        let job = ReadJob::new(self, selections.into_iter().map(new).collect())?;
        Ok(job.run().await?.0)
    }
}

/// One read, and what it shares between its tasks.
pub(super) struct ReadJob {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<CodecChain>,
    plan: ChunkPlan,
    /// Where the cells of each selection go.
    outputs: Vec<Output>,
    heap: Arc<VlenHeap>,
    work: WorkSize,
    /// Where stores answer later: what is fetched and not yet decoded.
    budget: Arc<Budget>,
    /// How many chunks were not there.
    absent: AtomicUsize,
}

/// Which chunks of the plan are asked for.
enum ChunkNumbers {
    /// All, until it turns out that most are absent: see [`ReadJob::is_sparse`].
    All,
    /// Those from there on, whatever turns out.
    From(usize),
    /// Those that were listed.
    Listed(Vec<usize>),
}

impl ChunkNumbers {
    fn len(&self, all: usize) -> usize {
        match self {
            Self::All => all,
            Self::From(first) => all.saturating_sub(*first),
            Self::Listed(listed) => listed.len(),
        }
    }

    fn get(&self, i: usize) -> Option<usize> {
        match self {
            Self::All => Some(i),
            Self::From(first) => first.checked_add(i),
            Self::Listed(listed) => listed.get(i).copied(),
        }
    }
}

impl ReadJob {
    pub(super) fn new(
        array: Arc<ChunkedArray>,
        selections: Vec<(ResolvedSelection, Destination)>,
    ) -> Result<Self> {
        let chain = Arc::clone(array.decoder()?);
        let spec = chain.spec();
        let heap = VlenHeap::new(spec.fill.as_bytes().to_vec());
        let heap = Arc::new(heap.at_most(array.context().memory()));
        let (mut outputs, mut requests) = (Vec::new(), SmallVec::new());
        let mut work = WorkSize::NONE;
        for (selection, destination) in selections {
            let chunks = array.project(&selection)?;
            work = work.and(work::to_read(&chain, chunks.len(), selection.cells()));
            let (shape, fill) = (selection.full_shape(), (&spec.fill, &heap));
            let output = Output::new(shape, spec.elem(), destination, chunks.boxes(), fill);
            outputs.push(output?);
            requests.push(chunks);
        }
        Ok(Self {
            budget: array.context().budget(),
            array,
            chain,
            plan: ChunkPlan::new(requests),
            outputs,
            heap,
            work,
            absent: AtomicUsize::new(0),
        })
    }

    /// The same beside others, so many of them, and with a budget of its own.
    pub(super) fn beside(mut self, others: usize, budget: Arc<Budget>) -> Self {
        self.work.pieces = self.work.pieces.max(others);
        self.budget = budget;
        self
    }

    /// Reads the only selection, and says whether chunks were absent.
    pub(super) async fn run_one(self) -> Result<(Output, bool)> {
        let array = Arc::clone(&self.array);
        let (mut outputs, were_absent) = self.run().await?;
        let only = outputs.pop();
        let only = only.ok_or_else(|| array.chunk_error(&[], ChunkError::INTERNAL))?;
        Ok((only, were_absent))
    }

    /// The only selection, whose chunks are all absent, as a listing said.
    pub(super) async fn run_absent(self) -> Result<Output> {
        let runs = listing::between(0..self.plan.len(), &[], work::at_once(&self.chain));
        let fill = move |job: &Self, workers: Workers<'_>| job.fill(&runs, workers);
        let (mut job, ()) = self.on_pool(fill).await?;
        let only = job.outputs.pop();
        only.ok_or_else(|| job.array.chunk_error(&[], ChunkError::INTERNAL))
    }

    /// Brings what is wanted of all chunks, and says whether some of them were absent.
    async fn run(self) -> Result<(Vec<Output>, bool)> {
        let all = self.plan.len();
        if all == 0 {
            return Ok((self.outputs, false));
        }
        let (mut job, done) = self.ask(ChunkNumbers::All).await?;
        if done < all {
            // Begun after the read, so that what was stored before is in it.
            let find = |chunk: &[u64]| job.plan.find(chunk);
            job = match listing::numbers(&job.array, done..all, find).await? {
                None => job.ask(ChunkNumbers::From(done)).await?.0,
                Some(listed) => {
                    let runs = listing::between(done..all, &listed, work::at_once(&job.chain));
                    let job = job.ask(ChunkNumbers::Listed(listed)).await?.0;
                    let fill = move |job: &Self, workers: Workers<'_>| job.fill(&runs, workers);
                    job.on_pool(fill).await?.0
                }
            };
        }
        let were_absent = job.absent.into_inner() > 0;
        if were_absent {
            check_presence(job.array.location()).await?;
        }
        Ok((job.outputs, were_absent))
    }

    /// Brings what is wanted of some chunks, and says how many that were.
    async fn ask(self, numbers: ChunkNumbers) -> Result<(Self, usize)> {
        match self.array.store().as_blocking() {
            Some(_) => {
                let read = move |job: &Self, workers: Workers<'_>| job.local(&numbers, workers);
                self.on_pool(read).await
            }
            None => remote(Arc::new(self), numbers).await,
        }
    }

    /// Does work on the pool and brings the job back.
    async fn on_pool<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self, Workers<'_>) -> Result<T> + Send + 'static,
    ) -> Result<(Self, T)> {
        let (array, heap, size) = (Arc::clone(&self.array), Arc::clone(&self.heap), self.work);
        let task = move |workers: Workers<'_>| {
            let done = work(&self, workers)?;
            Ok((self, done))
        };
        let done = pool::run(array.context(), size, heap, task).await;
        done.map_err(|e| array.chunk_error(&[], e))?
    }

    fn is_sparse(&self, asked: usize) -> bool {
        listing::is_sparse(&self.array, asked, self.absent.load(Ordering::Relaxed))
    }

    /// Brings fill values to runs of absent chunks.
    fn fill(&self, runs: &[Range<usize>], workers: Workers<'_>) -> Result<()> {
        let lone = self.plan.only().zip(self.outputs.first());
        let fill = self.chain.spec().fill_element();
        workers.each(runs.len(), |i| {
            let mut run = runs.get(i).cloned().unwrap_or_default();
            if let Some((selections, output)) = lone
                && let Some(filled) = request::fill_run(output, selections, run.clone(), fill)
            {
                self.absent.fetch_add(run.len(), Ordering::Relaxed);
                output.wrote(filled.map_err(|error| self.array.chunk_error(&[], error))?);
                return Ok(());
            }
            run.try_for_each(|i| {
                let Some((chunk, mut requests)) = self.take(i) else {
                    return Ok(());
                };
                let absent = ChunkData::Absent;
                let filled = self.place(i, &absent, &self.chain, None, &mut requests, workers);
                filled.map_err(|error| self.array.chunk_error(&chunk, error))
            })
        })
    }

    /// What is wanted of a chunk of the plan, and which one that is. It can be taken once.
    fn take(&self, i: usize) -> Option<(Dims<u64>, ChunkRequests<'_>)> {
        let mut chunk = None;
        let mut requests = ChunkRequests::new();
        for (request, number) in self.plan.parts(i) {
            let (output, selections) = (
                self.outputs.get(request)?,
                self.plan.requests().get(request)?,
            );
            let (index, request) = ChunkRequest::take(output, selections, number)?;
            chunk = Some(index);
            requests.push(request);
        }
        Some((chunk?, requests))
    }

    /// Brings what is wanted of a chunk to its place; where there is no chunk, fill values. May be
    /// done again where it failed.
    fn place(
        &self,
        i: usize,
        data: &ChunkData<'_>,
        chain: &CodecChain,
        inner: Option<&ChunkPlan>,
        requests: &mut ChunkRequests<'_>,
        workers: Workers<'_>,
    ) -> Result<(), ChunkError> {
        if matches!(data, ChunkData::Absent) {
            if !self.array.config().read_missing_chunks {
                return Err(ChunkError::NotFound);
            }
            self.absent.fetch_add(1, Ordering::Relaxed);
        }
        let again = requests.iter_mut().map(ChunkRequest::again).collect();
        request::read(data, chain, again, inner, workers)?;
        for ((output, _), request) in self.plan.parts(i).iter().zip(requests) {
            if let Some(output) = self.outputs.get(*output) {
                output.wrote(request.byte_len(self.chain.spec().elem()));
            }
        }
        Ok(())
    }

    /// The driver for stores that a worker may wait for: fetch, decode and place are one step on one
    /// thread, while the bytes are in its cache.
    ///
    /// As many chunks again are asked for as before, so that whoever meets few absent ones waits for no
    /// worker but at a few ends.
    fn local(&self, numbers: &ChunkNumbers, workers: Workers<'_>) -> Result<usize> {
        let (all, mut done) = (numbers.len(self.plan.len()), 0);
        while done < all {
            let left = all - done;
            let round = match numbers {
                ChunkNumbers::All if self.is_sparse(done) => break,
                ChunkNumbers::All => left.min(done.max(LIST_FROM)),
                ChunkNumbers::From(_) | ChunkNumbers::Listed(_) => left,
            };
            workers.each(round, |i| match numbers.get(done + i) {
                // Nobody will see what is missing then.
                Some(i) if workers.is_wanted() => self.local_chunk(i, workers),
                _ => Ok(()),
            })?;
            done += round;
        }
        Ok(done)
    }

    fn local_chunk(&self, i: usize, workers: Workers<'_>) -> Result<()> {
        let Some((chunk, mut requests)) = self.take(i) else {
            return Ok(());
        };
        let mut read = || {
            let (key, chain) = self.array.chunk_to_read(&self.chain, &chunk)?;
            let store = self
                .array
                .store()
                .as_blocking()
                .ok_or(ChunkError::INTERNAL)?;
            let object = store.open(&key)?;
            let data = match object.as_deref() {
                Some(object) => {
                    // Only what is kept asks of which version it is.
                    let version = match self.array.cached().is_on() {
                        true => object.version()?,
                        false => None,
                    };
                    let id = ChunkId::new(&self.array, &key, version);
                    ChunkData::Whole(ChunkSource::object(object).of(id))
                }
                None => ChunkData::Absent,
            };
            self.place(i, &data, &chain, None, &mut requests, workers)
        };
        let read = match read() {
            // A file that is not kept open may be another one by the next read of it.
            Err(error) if error.is_conflict() => {
                read().map_err(|error| match error.is_conflict() {
                    true => ChunkError::Changed,
                    false => error,
                })
            }
            read => read,
        };
        read.map_err(|error| self.array.chunk_error(&chunk, error))
    }

    /// Fetches what is wanted of one chunk, and decodes it on the pool.
    async fn remote_chunk(self: &Arc<Self>, i: usize) -> Result<()> {
        let fetched = fetch::fetch(&self.array, &self.chain, &self.plan, i, &self.budget);
        let Some((fetch, fetched)) = fetched.await? else {
            return Ok(());
        };
        // Others of the same read may be decoded meanwhile.
        let work = WorkSize {
            pieces: self.work.pieces,
            ..fetch.work
        };
        let (job, chunk) = (Arc::clone(self), fetch.chunk.clone());
        let decode = move |workers: Workers<'_>| {
            let _until_decoded = fetched.reserved;
            let data = fetch.identified(fetched.data, fetched.version);
            let (_, mut requests) = job.take(i).ok_or(ChunkError::INTERNAL)?;
            let inner = fetch.inner.as_ref();
            job.place(i, &data, &fetch.chain, inner, &mut requests, workers)
        };
        let heap = Arc::clone(&self.heap);
        let done = pool::run(self.array.context(), work, heap, decode).await;
        let done: Result<(), ChunkError> = done.and_then(|done| done);
        done.map_err(|error| self.array.chunk_error(&chunk, error))
    }
}

/// The driver for stores that answer later: many requests at once inside this one future, each
/// answer decoded on the pool. Dropping the future drops the requests.
async fn remote(job: Arc<ReadJob>, numbers: ChunkNumbers) -> Result<(ReadJob, usize)> {
    let limit = job.array.store().hints().concurrency.max(1);
    let (all, done) = (numbers.len(job.plan.len()), AtomicUsize::new(0));
    let next = std::iter::from_fn(|| {
        let i = done.load(Ordering::Relaxed);
        if i >= all || matches!(numbers, ChunkNumbers::All) && job.is_sparse(i) {
            return None;
        }
        done.store(i + 1, Ordering::Relaxed);
        numbers.get(i)
    });
    stream::iter(next)
        .map(|i| job.remote_chunk(i))
        .buffer_unordered(limit)
        .try_collect::<()>()
        .await?;
    let array = Arc::clone(&job.array);
    // Every task has ended, so this is the last handle.
    let job = Arc::try_unwrap(job).map_err(|_| array.chunk_error(&[], ChunkError::INTERNAL))?;
    Ok((job, done.into_inner()))
}
