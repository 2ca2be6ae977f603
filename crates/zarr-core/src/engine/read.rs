//! Reads the cells of selections: the two drivers that bring the chunks. How one chunk is read is up to `request`.

use std::iter;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{StreamExt, TryStreamExt, stream};
use smallvec::SmallVec;
use zarr_codecs::{CodecChain, Dims, VlenHeap};
use zarr_metadata::Order;
use zarr_store::runtime::Budget;
use zarr_store::{Key, Object};

use super::fetch;
use super::output::{Destination, Output};
use super::plan::{self, ChunkPlan};
use super::pool::{self, WorkSize, Workers};
use super::request::{self, ChunkRequest};
use super::source::{ChunkData, ChunkId, ChunkSource};
use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, ResolvedSelection, Result};

impl ChunkedArray {
    /// Reads the cells of a selection, in C order, into memory of this alignment.
    ///
    /// If the future is dropped, tasks that already run end by themselves.
    ///
    /// # Errors
    /// If a chunk cannot be fetched or decoded. Absent chunks hold the fill value; a chunk that
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
        let job = ReadJob::new(self, iter::once((selection, destination)))?;
        Ok(job.run_one(false).await?.0)
    }

    /// Reads the cells of several selections, each in the array's order. A chunk that several of them touch is fetched
    /// and decoded once.
    pub(crate) async fn read_all(
        self: Arc<Self>,
        selections: Vec<ResolvedSelection>,
        align: usize,
    ) -> Result<Vec<Output>> {
        let order = self.order();
        let new = |selection| (selection, Destination::New { align, order });
        let job = ReadJob::new(self, selections.into_iter().map(new))?;
        Ok(job.run().await?.outputs)
    }

    /// Opens a stored chunk of a store that a worker may wait for.
    pub(super) fn open_chunk(
        &self,
        key: &Key,
        workers: Workers<'_>,
    ) -> Result<Option<Arc<dyn Object>>, ChunkError> {
        let store = self.blocking_store()?;
        Ok(match workers.are_at_once() {
            true => store.open_at_once(key)?,
            false => store.open(key)?,
        })
    }
}

/// One read: what its tasks share.
pub(super) struct ReadJob {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<CodecChain>,
    plan: ChunkPlan,
    /// Where the cells of each selection go.
    outputs: Vec<Output>,
    heap: Arc<VlenHeap>,
    work: WorkSize,
    /// For remote stores: the bytes that are fetched and not yet decoded; those of the context where there is none.
    budget: Option<Arc<Budget>>,
    /// How many chunks were absent.
    absent: AtomicUsize,
}

/// Which chunks of the plan are asked for.
enum ChunkNumbers {
    /// All, until most turn out to be absent: see [`ReadJob::is_sparse`].
    All,
    /// All from this number on, even if most are absent.
    From(usize),
    /// Those that a listing showed.
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
        selections: impl ExactSizeIterator<Item = (ResolvedSelection, Destination)>,
    ) -> Result<Box<Self>> {
        let chain = Arc::clone(array.decoder()?);
        let spec = chain.spec();
        let heap = VlenHeap::new(spec.fill.as_bytes().to_vec());
        let heap = Arc::new(heap.at_most(array.context().memory()));
        let (mut outputs, mut requests) = (Vec::with_capacity(selections.len()), SmallVec::new());
        let mut work = WorkSize::default();
        for (selection, destination) in selections {
            let chunks = array.project(&selection)?;
            work = work.and(plan::to_read(&chain, chunks.len(), selection.cells()));
            let (shape, fill) = (selection.full_shape(), (&spec.fill, &heap));
            let output = Output::new(shape, spec.elem(), destination, chunks.boxes(), fill);
            outputs.push(output?);
            requests.push(chunks);
        }
        // It goes from hand to hand, and is large.
        Ok(Box::new(Self {
            budget: None,
            array,
            chain,
            plan: ChunkPlan::new(requests),
            outputs,
            heap,
            work,
            absent: AtomicUsize::new(0),
        }))
    }

    /// The same job beside so many others, with this budget.
    pub(super) fn beside(mut self: Box<Self>, others: usize, budget: Arc<Budget>) -> Box<Self> {
        self.work.pieces = self.work.pieces.max(others);
        self.budget = Some(budget);
        self
    }

    /// Reads the only selection, and says whether chunks were absent. A listing may have shown that all are.
    pub(super) async fn run_one(self: Box<Self>, all_absent: bool) -> Result<(Output, bool)> {
        let mut job = match all_absent {
            true => {
                let all = 0..self.plan.len();
                self.fill(all, &[]).await?
            }
            false => self.run().await?,
        };
        let only = job.outputs.pop();
        let only = only.ok_or_else(|| job.array.chunk_error(&[], ChunkError::INTERNAL))?;
        Ok((only, job.absent.into_inner() > 0))
    }

    /// Reads what is wanted of all chunks.
    async fn run(self: Box<Self>) -> Result<Box<Self>> {
        let all = self.plan.len();
        if all == 0 {
            return Ok(self);
        }
        let (mut job, done) = self.ask(ChunkNumbers::All).await?;
        if done < all {
            // Begun after the read, so that it shows what was stored before.
            let find = |chunk: &[u64]| job.plan.find(chunk);
            job = match job.array.stored_among(done..all, find).await? {
                None => job.ask(ChunkNumbers::From(done)).await?.0,
                Some(listed) => {
                    let job = job.fill(done..all, &listed).await?;
                    job.ask(ChunkNumbers::Listed(listed)).await?.0
                }
            };
        }
        if job.absent.load(Ordering::Relaxed) > 0 {
            check_presence(job.array.location()).await?;
        }
        Ok(job)
    }

    /// Reads what is wanted of these chunks, and returns how many of them were asked for.
    async fn ask(mut self: Box<Self>, numbers: ChunkNumbers) -> Result<(Box<Self>, usize)> {
        match self.array.store().as_blocking() {
            Some(_) => {
                if pool::would_hand_over() && plan::is_tiny(&self.chain, self.work) {
                    let read = |workers: Workers<'_>| self.local(&numbers, workers);
                    match pool::at_once(self.array.context(), Some(&self.heap), read).await {
                        Err(error) if error.would_wait() => self.begin_again(),
                        done => return done.map(|done| (self, done)),
                    }
                }
                let read = move |job: &Self, workers: Workers<'_>| job.local(&numbers, workers);
                self.on_pool(read).await
            }
            None => remote(Arc::from(self), numbers).await,
        }
    }

    /// The same job before anything was read.
    fn begin_again(&mut self) {
        self.outputs.iter_mut().for_each(Output::begin_again);
        self.absent = AtomicUsize::new(0);
    }

    /// Runs work on the pool and returns the job.
    async fn on_pool<T: Send + 'static>(
        self: Box<Self>,
        work: impl FnOnce(&Self, Workers<'_>) -> Result<T> + Send + 'static,
    ) -> Result<(Box<Self>, T)> {
        let (array, heap, size) = (Arc::clone(&self.array), Arc::clone(&self.heap), self.work);
        let task = move |workers: Workers<'_>| {
            let done = work(&self, workers)?;
            Ok((self, done))
        };
        let done = pool::run(array.context(), size, Some(heap), task).await;
        done.map_err(|e| array.chunk_error(&[], e))?
    }

    fn is_sparse(&self, asked: usize) -> bool {
        let absent = self.absent.load(Ordering::Relaxed);
        self.array.is_sparse(asked, absent)
    }

    /// Puts fill values in place of the chunks in a range that are not stored.
    async fn fill(self: Box<Self>, range: Range<usize>, stored: &[usize]) -> Result<Box<Self>> {
        let runs = plan::absent_runs(range, stored, &self.chain);
        let fill = move |job: &Self, workers: Workers<'_>| {
            let fill_run = |i| job.fill_run(runs.get(i).cloned().unwrap_or_default(), workers);
            workers.each(runs.len(), fill_run)
        };
        Ok(self.on_pool(fill).await?.0)
    }

    fn fill_run(&self, mut run: Range<usize>, workers: Workers<'_>) -> Result<()> {
        let fill = self.chain.spec().fill_element();
        if let ([selections], [output]) = (self.plan.requests(), self.outputs.as_slice())
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
    }

    /// What is wanted of the `i`-th chunk of the plan, and which chunk that is. It can be taken once.
    fn take(&self, i: usize) -> Option<(Dims<u64>, SmallVec<[ChunkRequest<'_>; 1]>)> {
        let mut chunk = None;
        let mut requests = SmallVec::new();
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

    /// Reads what is wanted of a chunk to its place; of an absent chunk, fill values. If this fails, it can be
    /// repeated.
    fn place(
        &self,
        i: usize,
        data: &ChunkData<'_>,
        chain: &CodecChain,
        inner: Option<&ChunkPlan>,
        requests: &mut [ChunkRequest<'_>],
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
                _ if done == 0 => left.min(pool::MANY),
                ChunkNumbers::All => left.min(done),
                ChunkNumbers::From(_) | ChunkNumbers::Listed(_) => left,
            };
            let read = |i: usize, workers: Workers<'_>| match numbers.get(done + i) {
                // Nobody will see what is missing then.
                Some(i) if workers.is_wanted() => self.local_chunk(i, workers),
                _ => Ok(()),
            };
            // As the store answers by now. A shard is many pieces by itself.
            let knows = done > 0 || self.chain.shard().is_some();
            let workers = match knows && self.array.store().hints().awaits_device {
                true => workers.for_device(self.array.context().config().concurrency),
                false => workers,
            };
            workers.each_piece(round, self.chain.spec().byte_len(), read)?;
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
            let object = self.array.open_chunk(&key, workers)?;
            let data = match object.as_deref() {
                Some(object) => {
                    // Only the cache needs the version.
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
        let budget = self
            .budget
            .clone()
            .unwrap_or_else(|| self.array.context().budget());
        let fetched = fetch::fetch(&self.array, &self.chain, &self.plan, i, &budget);
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
        let done = pool::run(self.array.context(), work, Some(heap), decode).await;
        let done: Result<(), ChunkError> = done.and_then(|done| done);
        done.map_err(|error| self.array.chunk_error(&chunk, error))
    }
}

/// The driver for remote stores: this one future makes many requests at once, and each answer is decoded
/// on the pool. Dropping the future drops the requests.
async fn remote(job: Arc<ReadJob>, numbers: ChunkNumbers) -> Result<(Box<ReadJob>, usize)> {
    let limit = job.array.store().hints().concurrency.max(1);
    let (all, done) = (numbers.len(job.plan.len()), AtomicUsize::new(0));
    let next = iter::from_fn(|| {
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
    Ok((Box::new(job), done.into_inner()))
}
