//! Writing: which chunks can be made from the new elements alone, which need their old bytes under
//! a lock, and the two drivers. How a chunk's bytes are made is `assemble`'s.
//!
//! A chunk at the edge of the array is the case between: the new elements are all of it that this
//! handle knows, but another one may have made the array longer since, and written what comes after.
//! So such a chunk is created where there is none, and merged with where there is one.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{CodecChain, NdView, VlenHeap};
use zarr_store::{
    BlockingUpdate, ByteRange, Commit, KeyLock, Payload, PutMode, StoreError, StoreErrorKind,
    Update, Writers,
};

use super::assemble::{self, Change, Elements, New};
use super::fetch;
use super::landing::Landing;
use super::pool::{self, Crew, Work};
use super::source::Source;
use super::stored;
use super::work;
use crate::chains::ChainOf;
use crate::hierarchy::check_presence;
use crate::units::{Unit, Units};
use crate::{ChunkError, ChunkedArray, ErrorKind, Resolved, Result};
use zarr_store::runtime::Reserved;

/// What one write shares between its tasks.
struct Job {
    array: Arc<ChunkedArray>,
    /// Of the largest chunk.
    chain: Arc<CodecChain>,
    units: Units,
    /// One for every cell, or one for each.
    elements: Bytes,
    is_scalar: bool,
    heap: Arc<VlenHeap>,
    selection: Resolved,
    /// Which units there is something to do for, and how much of its chunk each makes new.
    wanted: Vec<(usize, Coverage)>,
    /// All of it.
    work: Work,
}

/// Writes elements to the cells of a selection. Each chunk is old or new, never torn; where the
/// future is dropped, some may be old and some new, and what a worker still puts lands before
/// anything that is written later.
pub(crate) async fn write(
    array: Arc<ChunkedArray>,
    selection: Resolved,
    elements: Elements,
) -> Result<()> {
    let chain = Arc::clone(array.chain()?);
    let units = array.project(&selection)?;
    if units.len() == 0 {
        return Ok(());
    }
    let work = work::to_write(&chain, units.len(), selection.cells());
    let heap = VlenHeap::new(chain.spec().fill.as_bytes().to_vec());
    let (values, is_scalar) = match elements {
        Elements::Scalar(values) => (values, true),
        Elements::Each(values) => (values, false),
    };
    let elements = values.into_elements(&heap).map_err(|source| {
        let path = array.path().clone();
        ErrorKind::Codec { path, source }
    })?;
    // What was given is there; what is there of the chunks comes on top.
    let heap = heap.at_most(array.context().memory());
    let landing = match array.store().as_blocking() {
        Some(store) => {
            // Only a name: no array has such a chunk.
            let name = store.lock_name(&array.location().key(".landing")?);
            Some(Arc::new(Landing::after_older(name).await))
        }
        None => None,
    };
    // What older writes have put is in a listing.
    let chosen = match is_scalar && erases(&array, &chain, &elements) {
        true => stored::numbers(&array, &units, 0).await?,
        false => None,
    };
    let coverage = |i| Some((i, coverage(&array, &units.get(i)?)));
    let wanted = match chosen {
        Some(stored) => stored.into_iter().filter_map(coverage).collect(),
        None => (0..units.len()).filter_map(coverage).collect(),
    };
    let job = Arc::new(Job {
        array,
        chain,
        units,
        wanted,
        elements,
        is_scalar,
        heap: Arc::new(heap),
        selection,
        work,
    });
    match landing {
        Some(landing) => blocking(&job, landing).await,
        None => remote(&job).await,
    }
}

impl Job {
    fn chain_of(&self, unit: &Unit) -> Result<ChainOf<'_>, ChunkError> {
        Ok(self.array.chain_of(&self.chain, &unit.chunk)?)
    }

    /// Makes the bytes of one chunk, from its old ones where they are given.
    fn make(
        &self,
        unit: &Unit,
        old: Old<Source<'_>>,
        crew: Crew<'_>,
    ) -> Result<Option<Payload>, ChunkError> {
        let new = match self.is_scalar {
            true => New::Scalar(&self.elements),
            false => {
                let (shape, elem) = (self.selection.full_shape(), self.elem()?);
                New::Each(NdView::new(&self.elements, shape, elem).ok_or(ChunkError::Worker)?)
            }
        };
        let new = new.of(&unit.cells).ok_or(ChunkError::Worker)?;
        let keep_empty = self.array.config().write_empty_chunks;
        let change = Change {
            part: &unit.cells,
            covers: matches!(old, Old::Covered),
            new,
            fields: self.array.picked().map(|fields| &**fields),
            old: match old {
                Old::Covered => None,
                Old::Needed(old) => old,
            },
            keep_empty,
        };
        let parts = assemble::chunk(&*self.chain_of(unit)?, &change, crew)?;
        Ok(parts.map(|parts| parts.into_iter().collect()))
    }

    /// Bytes of a new element.
    fn elem(&self) -> Result<usize, ChunkError> {
        match self.array.picked() {
            Some(fields) => fields.data_type().size().ok_or(ChunkError::Worker),
            None => Ok(self.chain.spec().elem()),
        }
    }

    /// What there is to do for one chunk, while others of the same write may be made.
    fn work_on(&self, unit: &Unit) -> Work {
        Work {
            pieces: self.work.pieces,
            ..work::to_write(&self.chain, 1, &unit.cells)
        }
    }

    /// The units, and how much of its chunk each makes new.
    fn units(&self) -> impl Iterator<Item = (Unit, Coverage)> {
        let wanted = self.wanted.iter();
        wanted.filter_map(|&(i, coverage)| Some((self.units.get(i)?, coverage)))
    }

    fn error(&self, unit: &Unit, error: ChunkError) -> crate::Error {
        self.array.chunk_error(&unit.chunk, error)
    }
}

/// Whether writing this element everywhere leaves chunks absent that are absent.
fn erases(array: &ChunkedArray, chain: &CodecChain, element: &[u8]) -> bool {
    let spec = chain.spec();
    // A handle of an element of variable length tells nothing of it, but zeros stand for the fill value.
    let is_fill = element == spec.fill_element();
    is_fill && array.picked().is_none() && !array.config().write_empty_chunks
}

/// Whether the elements of a chunk so far matter.
enum Old<S> {
    /// All of them are new.
    Covered,
    /// They do, and there may be none.
    Needed(Option<S>),
}

/// How much of a chunk is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coverage {
    /// Every cell that is stored: whatever was there is replaced.
    Whole,
    /// Every cell inside the array as this handle knows it, and not all that are stored: replaces
    /// nothing, but is stored where nothing is.
    Known,
    /// Some cells: the others are kept.
    Part,
}

fn coverage(array: &ChunkedArray, unit: &Unit) -> Coverage {
    let covers = |shape: &[u64]| array.picked().is_none() && unit.cells.covers(shape);
    if covers(&array.grid().chunk_shape(&unit.chunk)) {
        return Coverage::Whole;
    }
    let covers_known = covers(&array.grid().chunk_extent(&unit.chunk));
    // Where nothing can be written on a condition, no handle can have made the array longer.
    let conditions = array.store().hints().conditions;
    let can_grow = conditions.create && conditions.update;
    let is_known = array.config().shape_is_current || !can_grow;
    match covers_known {
        true if is_known => Coverage::Whole,
        true => Coverage::Known,
        false => Coverage::Part,
    }
}

/// The driver for stores that a worker may wait for: new chunks in one go on the pool, those that
/// are merged each under its lock, which is taken here and travels with the task.
async fn blocking(job: &Arc<Job>, landing: Arc<Landing>) -> Result<()> {
    let array = &job.array;
    let (mut to_merge, mut new) = (Vec::new(), Vec::new());
    for &(i, coverage) in &job.wanted {
        match coverage {
            Coverage::Part => to_merge.push(i),
            Coverage::Whole | Coverage::Known => new.push((i, coverage)),
        }
    }
    if !new.is_empty() {
        let (whole, landing_on_pool) = (Arc::clone(job), Arc::clone(&landing));
        let task = move |crew: Crew<'_>| {
            let _until_all_are_put = landing_on_pool;
            let put = |i: usize| -> Result<Option<usize>> {
                match new.get(i) {
                    Some(&(i, coverage)) if crew.is_wanted() => {
                        Ok(put_new(&whole, i, coverage, crew)?.then_some(i))
                    }
                    _ => Ok(None),
                }
            };
            crew.map(new.len(), put)
        };
        let guard = landing.guard();
        let heap = Arc::clone(&job.heap);
        let done = pool::run(array.context(), job.work, heap, task).await;
        guard.defuse();
        let there = done.map_err(|error| array.chunk_error(&[], error))??;
        to_merge.extend(there.into_iter().flatten());
    }

    if !to_merge.is_empty() {
        // What is merged with nothing must not come to lie where the store was.
        check_presence(array.location()).await?;
    }
    let window = 2 * array.context().threads();
    stream::iter(to_merge.into_iter().filter_map(|i| job.units.get(i)))
        .map(|unit| async move {
            let result = async {
                let key = array.chunk_key(&unit.chunk)?;
                let permit = permit().await;
                let lock = array.store().lock(&key).await?;
                let (work, heap) = (job.work_on(&unit), Arc::clone(&job.heap));
                let (job, unit) = (Arc::clone(job), unit.clone());
                let task = move |crew: Crew<'_>| {
                    // The lock goes first, since it is what the permit is for.
                    let (_until_unlocked, lock) = (permit, lock);
                    merge(&job, &unit, &key, &lock, crew)
                };
                pool::run(array.context(), work, heap, task).await?
            };
            result.await.map_err(|error| job.error(&unit, error))
        })
        .buffer_unordered(window)
        .try_collect()
        .await
}

/// Stores a chunk that is all new; whether it must be merged instead with one that is there.
fn put_new(job: &Job, i: usize, coverage: Coverage, crew: Crew<'_>) -> Result<bool> {
    let Some(unit) = job.units.get(i) else {
        return Ok(false);
    };
    let put = || {
        let key = job.array.chunk_key(&unit.chunk)?;
        let store = job.array.store().as_blocking().ok_or(ChunkError::Worker)?;
        let payload = job.make(&unit, Old::Covered, crew)?;
        match (payload, put_mode(coverage)) {
            (Some(payload), mode) => was_there(store.put(&key, &payload, mode)),
            (None, PutMode::Overwrite) => Ok(store.delete(&key, None).map(|()| false)?),
            (None, _) => Ok(store.head(&key)?.is_some()),
        }
    };
    put().map_err(|error| job.error(&unit, error))
}

/// How a chunk is stored that is all new.
fn put_mode(coverage: Coverage) -> PutMode {
    match coverage {
        Coverage::Whole => PutMode::Overwrite,
        Coverage::Known | Coverage::Part => PutMode::Create,
    }
}

/// Whether a chunk that was to be created is there already.
fn was_there<T>(put: Result<T, StoreError>) -> Result<bool, ChunkError> {
    match put {
        Ok(_) => Ok(false),
        Err(error) if matches!(error.kind, StoreErrorKind::AlreadyExists) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// A permit for one more lock; none where this thread is in the middle of a task, which may hold the
/// last of them.
async fn permit() -> Option<impl Drop + Send + Sync> {
    match pool::is_at_work() {
        true => None,
        false => Some(zarr_store::lock::permit().await),
    }
}

/// Reads, merges and writes one chunk until nobody came between, or nobody waits for it any more.
fn merge(
    job: &Job,
    unit: &Unit,
    key: &zarr_store::Key,
    lock: &KeyLock,
    crew: Crew<'_>,
) -> Result<(), ChunkError> {
    let store = job.array.store().as_blocking().ok_or(ChunkError::Worker)?;
    let mut update = BlockingUpdate::new(store, key, lock, Writers::Several)?;
    loop {
        let payload = {
            let old = match update.open() {
                Err(error) if error.is_conflict() => continue,
                old => old?,
            };
            // If the driver goes after this, what anybody writes then is a conflict.
            if !crew.is_wanted() {
                return Ok(());
            }
            let old = old.as_deref().map(Source::object);
            match job.make(unit, Old::Needed(old), crew) {
                // A file that is not kept open may be another one by the next read of it.
                Err(ChunkError::Store(error)) if error.is_conflict() => continue,
                made => made?,
            }
        };
        if let Commit::Done(_) = update.commit(payload.as_ref())? {
            return Ok(());
        }
    }
}

/// The driver for stores that answer later: chunks are made on the pool, and as many are on their
/// way as the store likes.
async fn remote(job: &Arc<Job>) -> Result<()> {
    let limit = job.array.store().hints().concurrency.max(1);
    let is_part = |(_, coverage): &(usize, Coverage)| *coverage == Coverage::Part;
    if job.wanted.iter().any(is_part) {
        check_presence(job.array.location()).await?;
    }
    stream::iter(job.units())
        .map(|(unit, coverage)| async move {
            let result = async {
                let key = job.array.chunk_key(&unit.chunk)?;
                let stored = match coverage {
                    Coverage::Part => Ok(true),
                    _ => put_new_remote(job, &unit, &key, put_mode(coverage)).await,
                };
                let stored = match stored {
                    Ok(true) => merge_remote(job, &unit, &key).await,
                    stored => stored.map(drop),
                };
                // Readers would find out by themselves, a request later.
                job.array.indexes().forget(&key);
                stored
            };
            result.await.map_err(|error| job.error(&unit, error))
        })
        .buffer_unordered(limit)
        .try_collect()
        .await
}

/// Stores a chunk that is all new; whether it must be merged instead with one that is there.
async fn put_new_remote(
    job: &Arc<Job>,
    unit: &Unit,
    key: &zarr_store::Key,
    mode: PutMode,
) -> Result<bool, ChunkError> {
    let store = job.array.store();
    let most = work::most_encoded(&*job.chain_of(unit)?);
    let reserved = Arc::new(job.array.context().budget().take(most).await);
    let payload = make_on_pool(job, unit, Old::Covered, &reserved).await?;
    match (payload, mode) {
        (Some(payload), mode) => was_there(store.put(key, payload, mode).await),
        (None, PutMode::Overwrite) => Ok(store.delete(key, None).await.map(|()| false)?),
        (None, _) => Ok(store.head(key).await?.is_some()),
    }
}

async fn merge_remote(
    job: &Arc<Job>,
    unit: &Unit,
    key: &zarr_store::Key,
) -> Result<(), ChunkError> {
    let store = job.array.store();
    // First the permit, then the lock, then the bytes: who holds these waits for nobody.
    let _until_unlocked = permit().await;
    if let Err(too_large) =
        work::check_held(&*job.chain_of(unit)?, job.array.context().chunk_bytes())
        && store.head(key).await?.is_some()
    {
        return Err(too_large);
    }
    let mut update = Update::new(&**store, key, Writers::Several).await?;
    let old_and_new = work::most_encoded(&*job.chain_of(unit)?).saturating_mul(2);
    let reserved = Arc::new(job.array.context().budget().take(old_and_new).await);
    loop {
        // All of a shard stays, however large it is.
        let is_shard = job.chain.shard().is_some();
        let range = match is_shard {
            true => ByteRange::AtMost(job.array.context().value_bytes()),
            false => ByteRange::AtMost(fetch::most(&job.chain)),
        };
        let old = match update.get(range).await {
            Err(error) if error.is_conflict() => continue,
            old => old.map_err(|error| fetch::refused(error, &job.chain))?,
        };
        let old = Old::Needed(old.map(|found| found.data));
        let payload = make_on_pool(job, unit, old, &reserved).await?;
        if let Commit::Done(_) = update.commit(payload).await? {
            return Ok(());
        }
    }
}

/// Makes the bytes of a chunk within what was reserved for it, which the task holds too: it may
/// outlive its driver.
async fn make_on_pool(
    job: &Arc<Job>,
    unit: &Unit,
    old: Old<Bytes>,
    reserved: &Arc<Reserved>,
) -> Result<Option<Payload>, ChunkError> {
    let work = job.work_on(unit);
    let (on_pool, unit, reserved) = (Arc::clone(job), unit.clone(), Arc::clone(reserved));
    let task = move |crew: Crew<'_>| {
        let _until_made = reserved;
        let old = match old {
            Old::Covered => Old::Covered,
            Old::Needed(old) => Old::Needed(old.map(Source::from)),
        };
        on_pool.make(&unit, old, crew)
    };
    pool::run(job.array.context(), work, Arc::clone(&job.heap), task).await?
}
