//! Writes elements to the cells of a selection: which chunks are made of the new elements alone, which are
//! merged with their old bytes under a lock, and the two drivers. How a chunk is encoded is up to `encode`.
//!
//! A chunk at the edge of the array lies between the two. The new elements may be all that this handle knows
//! of it, while another handle has made the array longer and written the cells behind them. So such a chunk
//! is created if it is absent, and merged with the stored one otherwise.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{CodecChain, Dims};
use zarr_store::runtime::Reserved;
use zarr_store::{
    BlockingUpdate, ByteRange, Change, Commit, Key, KeyLock, Payload, PutMode, StoreError,
    StoreErrorKind, Update, Writers,
};

use super::barrier::CancelledWriteBarrier;
use super::elements::Elements;
use super::encode::{NewChunk, NewElements};
use super::fetch;
use super::plan;
use super::pool::{self, WorkSize, Workers, lock_permit};
use super::source::ChunkSource;
use crate::cells::{Cells, ChunkSelections};
use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, ResolvedSelection, Result};

/// One write: what its tasks share.
struct WriteJob {
    array: Arc<ChunkedArray>,
    chunks: ChunkSelections,
    /// The chunks that are written, and how much of each is new.
    wanted: Vec<(usize, Coverage)>,
    elements: NewElements,
    /// The work for all chunks.
    work: WorkSize,
}

/// How much of a chunk is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coverage {
    /// Every cell that is stored: the old chunk is replaced.
    Whole,
    /// Every cell inside the array as this handle knows it, but not every stored one: the chunk is created, and
    /// replaces no other.
    Known,
    /// Some cells: the other cells are kept.
    Part,
}

impl ChunkedArray {
    /// Writes elements to the cells of a selection.
    ///
    /// # Errors
    /// If there are not as many elements as cells, an array cannot be broadcast to the selection, a mask goes with
    /// lists or points, or a chunk cannot be read, encoded or stored.
    pub async fn write(
        self: Arc<Self>,
        selection: ResolvedSelection,
        elements: Elements,
    ) -> Result<()> {
        let elements = elements.checked(&selection, self.data_type())?;
        write(self, selection, elements, 1).await
    }
}

/// Writes as many elements as the selection has cells. Each chunk is old or new, never torn. If the future is
/// dropped, some chunks may be old and some new, and what a worker still stores arrives before anything that
/// is written later. The caller has `beside` writes go on at the same time.
pub(super) async fn write(
    array: Arc<ChunkedArray>,
    selection: ResolvedSelection,
    elements: Elements,
    beside: usize,
) -> Result<()> {
    let mut job = WriteJob::new(array, &selection, elements)?;
    job.work.pieces = job.work.pieces.max(beside);
    let barrier = barrier(&job.array).await?;
    job.choose().await?;
    let job = Arc::new(job);
    match barrier {
        Some(barrier) => local(&job, barrier).await,
        None => remote(&job).await,
    }
}

/// Waits for all writes to this array that were cancelled so far. `None` if workers do not store chunks.
pub(super) async fn barrier(
    array: &ChunkedArray,
) -> Result<Option<Arc<CancelledWriteBarrier>>, StoreError> {
    let Some(store) = array.store().as_blocking() else {
        return Ok(None);
    };
    // No chunk has this name.
    let name = store.lock_name(&array.location().key(".landing")?);
    let barrier = CancelledWriteBarrier::after_older(name).await;
    Ok(Some(Arc::new(barrier)))
}

fn coverage(
    array: &ChunkedArray,
    elements: &NewElements,
    (chunk, cells): &(Dims<u64>, Cells),
) -> Coverage {
    let is_some = array.picked().is_some() || elements.is_masked();
    let covers = |shape: &[u64]| !is_some && cells.covers(shape);
    if covers(&array.grid().chunk_shape(chunk)) {
        return Coverage::Whole;
    }
    let covers_known = covers(&array.grid().chunk_extent(chunk));
    // Where nothing can be written on a condition, no handle can have made the array longer.
    let conditions = array.store().hints().conditions;
    let can_grow = conditions.create && conditions.update;
    let is_known = array.shape_is_current() || !can_grow;
    match covers_known {
        true if is_known => Coverage::Whole,
        true => Coverage::Known,
        false => Coverage::Part,
    }
}

impl Coverage {
    /// How a chunk is stored that is all new.
    fn put_mode(self) -> PutMode {
        match self {
            Self::Whole => PutMode::Overwrite,
            Self::Known | Self::Part => PutMode::Create,
        }
    }
}

impl WriteJob {
    fn new(
        array: Arc<ChunkedArray>,
        selection: &ResolvedSelection,
        elements: Elements,
    ) -> Result<Self> {
        let elements = NewElements::new(&array, selection, elements)?;
        let chunks = array.project(selection)?;
        let work = plan::to_write(elements.chain(), chunks.len(), selection.cells());
        Ok(Self {
            array,
            chunks,
            wanted: Vec::new(),
            elements,
            work,
        })
    }

    /// Chooses the chunks to write. A listing shows what older writes have stored.
    async fn choose(&mut self) -> Result<()> {
        let (array, chunks) = (&self.array, &self.chunks);
        let listed = match self.elements.leave_absent() {
            true => {
                array
                    .stored_among(0..chunks.len(), |chunk| chunks.find(chunk))
                    .await?
            }
            false => None,
        };
        let coverage = |i| Some((i, coverage(array, &self.elements, &chunks.get(i)?)));
        self.wanted = match listed {
            Some(listed) => listed.into_iter().filter_map(coverage).collect(),
            None => (0..chunks.len()).filter_map(coverage).collect(),
        };
        Ok(())
    }

    /// The work for these cells of one chunk, while other chunks of the same write may be made.
    fn work_on(&self, cells: &Cells) -> WorkSize {
        WorkSize {
            pieces: self.work.pieces,
            ..plan::to_write(self.elements.chain(), 1, cells)
        }
    }
}

/// The driver for stores that a worker may wait for: new chunks in one go on the pool, those that
/// are merged each under its lock, which is taken here and travels with the task.
async fn local(job: &Arc<WriteJob>, barrier: Arc<CancelledWriteBarrier>) -> Result<()> {
    let array = &job.array;
    let is_part = |(_, coverage): &(usize, Coverage)| *coverage == Coverage::Part;
    let (to_merge, new): (Vec<_>, Vec<_>) = job.wanted.iter().copied().partition(is_part);
    let mut to_merge: Vec<usize> = to_merge.into_iter().map(|(i, _)| i).collect();
    if !new.is_empty() {
        let (on_pool, until_all_are_put) = (Arc::clone(job), Arc::clone(&barrier));
        let task = move |workers: Workers<'_>| {
            let _until_all_are_put = until_all_are_put;
            let put = |i: usize| -> Result<Option<usize>> {
                match new.get(i) {
                    Some(&(i, coverage)) if workers.is_wanted() => {
                        Ok(put_local(&on_pool, i, coverage, workers)?.then_some(i))
                    }
                    _ => Ok(None),
                }
            };
            workers.map(new.len(), put)
        };
        let guard = barrier.guard();
        let heap = Arc::clone(job.elements.heap());
        let done = pool::run(array.context(), job.work, Some(heap), task).await;
        guard.defuse();
        let there = done.map_err(|error| array.chunk_error(&[], error))?;
        to_merge.extend(there?.into_iter().flatten());
    }

    if !to_merge.is_empty() {
        // If the store is gone, chunks look absent, and nothing must be written in its place.
        check_presence(array.location()).await?;
    }
    let window = 2 * array.context().threads();
    stream::iter(to_merge.into_iter().filter_map(|i| job.chunks.get(i)))
        .map(|(chunk, cells)| async move {
            let merged = async {
                let (key, chain) = array.chunk_to_write(job.elements.chain(), &chunk)?;
                let permit = lock_permit().await;
                let lock = array.store().lock(&key).await?;
                let work = job.work_on(&cells);
                let on_pool = Arc::clone(job);
                let task = move |workers: Workers<'_>| {
                    // The lock goes first, since it is what the permit is for.
                    let (_until_unlocked, lock) = (permit, lock);
                    merge_local(&on_pool, &cells, &chain, &key, &lock, workers)
                };
                let heap = Some(Arc::clone(job.elements.heap()));
                pool::run(array.context(), work, heap, task).await?
            };
            let merged: Result<(), ChunkError> = merged.await;
            merged.map_err(|error| array.chunk_error(&chunk, error))
        })
        .buffer_unordered(window)
        .try_collect()
        .await
}

/// Stores a chunk that is all new. Returns whether it must be merged with a stored one instead.
fn put_local(job: &WriteJob, i: usize, coverage: Coverage, workers: Workers<'_>) -> Result<bool> {
    let Some((chunk, cells)) = job.chunks.get(i) else {
        return Ok(false);
    };
    let put = || {
        let (key, chain) = job.array.chunk_to_write(job.elements.chain(), &chunk)?;
        let store = job.array.blocking_store()?;
        let mode = coverage.put_mode();
        let payload = job.elements.encode(&chain, &cells, true, None, workers)?;
        match (payload, mode) {
            (Some(payload), mode) => was_there(store.put(&key, &payload, mode)),
            (None, PutMode::Overwrite) => Ok(store.delete(&key, None).map(|()| false)?),
            (None, _) => Ok(store.head(&key)?.is_some()),
        }
    };
    put().map_err(|error| job.array.chunk_error(&chunk, error))
}

/// Whether a chunk that was to be created is there already.
fn was_there<T>(put: Result<T, StoreError>) -> Result<bool, ChunkError> {
    match put {
        Ok(_) => Ok(false),
        Err(error) if matches!(error.kind, StoreErrorKind::AlreadyExists) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// Reads, merges and writes one chunk until no other write came between, or nobody waits for it any more.
fn merge_local(
    job: &WriteJob,
    cells: &Cells,
    chain: &CodecChain,
    key: &Key,
    lock: &KeyLock,
    workers: Workers<'_>,
) -> Result<(), ChunkError> {
    let store = job.array.blocking_store()?;
    let appends = job.array.config().append_to_shards && store.hints().appends;
    let mut update = BlockingUpdate::new(store, key, lock, Writers::Several)?;
    let made = |old: Option<ChunkSource<'_>>| {
        if appends {
            return job.elements.encode_or_append(chain, cells, old, workers);
        }
        let whole = job.elements.encode(chain, cells, false, old, workers)?;
        Ok(whole.map_or(NewChunk::Absent, NewChunk::Whole))
    };
    loop {
        let chunk = {
            let old = match update.open() {
                Err(error) if error.is_conflict() => continue,
                old => old?,
            };
            // If the driver goes after this, what anybody writes then is a conflict.
            if !workers.is_wanted() {
                return Ok(());
            }
            match made(old.as_deref().map(ChunkSource::object)) {
                // A file that is not kept open may be another one by the next read of it.
                Err(ChunkError::Store(error)) if error.is_conflict() => continue,
                made => made?,
            }
        };
        let change = match &chunk {
            NewChunk::Absent => Change::Delete,
            NewChunk::Whole(payload) => Change::Replace(payload),
            NewChunk::Tail(tail) => Change::Append(tail),
        };
        if let Commit::Done(_) = update.commit(change)? {
            return Ok(());
        }
    }
}

/// The driver for remote stores: chunks are made on the pool, and as many are sent at once as the store
/// advises.
async fn remote(job: &Arc<WriteJob>) -> Result<()> {
    let array = &job.array;
    let limit = array.store().hints().concurrency.max(1);
    let is_part = |(_, coverage): &(usize, Coverage)| *coverage == Coverage::Part;
    if job.wanted.iter().any(is_part) {
        check_presence(array.location()).await?;
    }
    stream::iter(job.wanted.iter().copied())
        .map(|(i, coverage)| async move {
            let Some((chunk, cells)) = job.chunks.get(i) else {
                return Ok(());
            };
            let stored = async {
                let (key, chain) = array.chunk_to_write(job.elements.chain(), &chunk)?;
                let remote = RemoteWrite {
                    job,
                    chain,
                    key,
                    cells: Arc::new(cells),
                };
                let stored = remote.store(coverage).await;
                // Readers would find out by themselves, a request later.
                array.indexes().forget(&remote.key);
                stored
            };
            let stored: Result<(), ChunkError> = stored.await;
            stored.map_err(|error| array.chunk_error(&chunk, error))
        })
        .buffer_unordered(limit)
        .try_collect()
        .await
}

/// The write of one chunk to a remote store.
struct RemoteWrite<'j> {
    job: &'j Arc<WriteJob>,
    chain: Arc<CodecChain>,
    key: Key,
    cells: Arc<Cells>,
}

impl RemoteWrite<'_> {
    async fn store(&self, coverage: Coverage) -> Result<(), ChunkError> {
        let must_merge = match coverage {
            Coverage::Part => true,
            _ => self.put(coverage.put_mode()).await?,
        };
        match must_merge {
            true => self.merge().await,
            false => Ok(()),
        }
    }

    /// Stores a chunk that is all new. Returns whether it must be merged with a stored one instead.
    async fn put(&self, mode: PutMode) -> Result<bool, ChunkError> {
        let array = &self.job.array;
        let most = plan::most_encoded(&self.chain);
        let reserved = Arc::new(array.context().budget().take(most).await);
        let payload = self.encode(true, None, &reserved).await?;
        let (store, key) = (array.store(), &self.key);
        match (payload, mode) {
            (Some(payload), mode) => was_there(store.put(key, payload, mode).await),
            (None, PutMode::Overwrite) => Ok(store.delete(key, None).await.map(|()| false)?),
            (None, _) => Ok(store.head(key).await?.is_some()),
        }
    }

    /// Reads, merges and writes the chunk until no other write came between.
    async fn merge(&self) -> Result<(), ChunkError> {
        let (array, chain) = (&self.job.array, &self.chain);
        let store = array.store();
        // First the permit, then the lock, then the bytes: whoever holds bytes waits for nothing else.
        let _until_unlocked = lock_permit().await;
        if let Err(too_large) = plan::check_held(chain, array.context().chunk_bytes())
            && store.head(&self.key).await?.is_some()
        {
            return Err(too_large);
        }
        let mut update = Update::new(&**store, &self.key, Writers::Several).await?;
        let old_and_new = plan::most_encoded(chain).saturating_mul(2);
        let reserved = Arc::new(array.context().budget().take(old_and_new).await);
        // All of a shard stays, however large it is.
        let most = match chain.shard() {
            Some(_) => array.context().value_bytes(),
            None => fetch::most(chain),
        };
        loop {
            let old = match update.get(ByteRange::AtMost(most)).await {
                Err(error) if error.is_conflict() => continue,
                old => old.map_err(|error| fetch::refused(error, chain))?,
            };
            let old = old.map(|found| found.data);
            let payload = self.encode(false, old, &reserved).await?;
            if let Commit::Done(_) = update.commit(payload).await? {
                return Ok(());
            }
        }
    }

    /// Makes the bytes of the chunk on the pool, within what was reserved for it, which the task holds too:
    /// it may outlive its driver.
    async fn encode(
        &self,
        covers: bool,
        old: Option<Bytes>,
        reserved: &Arc<Reserved>,
    ) -> Result<Option<Payload>, ChunkError> {
        let (job, chain, cells) = (self.job, Arc::clone(&self.chain), Arc::clone(&self.cells));
        let (on_pool, reserved) = (Arc::clone(job), Arc::clone(reserved));
        let task = move |workers: Workers<'_>| {
            let _until_made = reserved;
            let old = old.map(ChunkSource::from);
            on_pool
                .elements
                .encode(&chain, &cells, covers, old, workers)
        };
        let (work, heap) = (job.work_on(&self.cells), Arc::clone(job.elements.heap()));
        pool::run(job.array.context(), work, Some(heap), task).await?
    }
}
