//! Moves encoded chunks from one array to another as they are. Decodes nothing, so it works with unknown
//! codecs. The caller makes sure that the bytes mean the same in both arrays.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use zarr_codecs::Dims;
use zarr_store::{ByteRange, Copied, PutMode, StoreExt};

use super::barrier::{CancelledWriteBarrier, DriverGuard};
use super::pool::{self, Workers};
use super::write;
use crate::{ChunkError, ChunkedArray, Result};
use zarr_store::runtime::Budget;

/// What became of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// It is absent, and stays so.
    Absent,
    /// It was read and put.
    Sent,
    /// A store copied it by itself, so many bytes.
    Copied { bytes: u64 },
}

/// One transfer: what its chunks share.
struct TransferJob {
    from: Arc<ChunkedArray>,
    to: Arc<ChunkedArray>,
    /// For the bytes that are between the two stores.
    budget: Arc<Budget>,
    barrier: Option<Arc<CancelledWriteBarrier>>,
}

/// Copies these chunks, each of which takes at most the bytes given with it, and calls `done` for each, in no
/// promised order. A chunk that is absent stays absent.
///
/// If the future is dropped, every chunk is copied or not, and what a worker still stores arrives before
/// anything that is written later.
pub(crate) async fn transfer(
    from: Arc<ChunkedArray>,
    to: Arc<ChunkedArray>,
    chunks: impl Stream<Item = Result<(Dims<u64>, u64)>> + Send,
    budget: Arc<Budget>,
    mut done: impl FnMut(Moved) + Send,
) -> Result<()> {
    let barrier = write::barrier(&to).await?;
    let limit = [&from, &to].map(|array| array.store().hints().concurrency.max(1));
    let job = Arc::new(TransferJob {
        from,
        to,
        budget,
        barrier,
    });
    let guard = job.barrier.as_ref().map(|barrier| barrier.guard());
    let mut copies = std::pin::pin!(
        chunks
            .map(|chunk| {
                let job = Arc::clone(&job);
                async move {
                    let (chunk, size) = chunk?;
                    job.one(chunk, size).await
                }
            })
            .buffer_unordered(limit.into_iter().max().unwrap_or(1))
    );
    let mut result = Ok(());
    while let Some(copied) = copies.next().await {
        match copied {
            Ok(moved) => done(moved),
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    // After an error, chunks that were begun may still be stored, so the guard stays armed.
    if result.is_ok() {
        guard.into_iter().for_each(DriverGuard::defuse);
    }
    result
}

/// Waits until cancelled writes to an array store nothing any more.
pub(crate) async fn settled(array: &ChunkedArray) -> Result<()> {
    drop(write::barrier(array).await?);
    Ok(())
}

impl TransferJob {
    async fn one(self: Arc<Self>, chunk: Dims<u64>, size: u64) -> Result<Moved> {
        if self.to.store().as_blocking().is_none() {
            let copied = self.copy(&chunk).await;
            let copied = copied.map_err(|error| self.to.chunk_error(&chunk, error))?;
            if let Some(moved) = moved(copied, size) {
                return Ok(moved);
            }
        }
        let reserved = self.budget.take(size).await;
        let (from, to) = (self.from.store(), self.to.store());
        let fetched = match (from.as_blocking(), to.as_blocking()) {
            // The worker reads it itself.
            (Some(_), Some(_)) => None,
            _ => {
                let bytes = self.fetch(&chunk).await;
                match bytes.map_err(|error| self.from.chunk_error(&chunk, error))? {
                    None => return Ok(Moved::Absent),
                    fetched => fetched,
                }
            }
        };
        if let (None, Some(bytes)) = (to.as_blocking(), &fetched) {
            let put = self.send(&chunk, bytes.clone()).await;
            put.map_err(|error| self.to.chunk_error(&chunk, error))?;
            return Ok(Moved::Sent);
        }
        let (job, at) = (Arc::clone(&self), chunk.clone());
        let task = move |workers: Workers<'_>| {
            let _until_put = reserved;
            match workers.is_wanted() {
                true => job.move_one(&at, size, fetched),
                false => Ok(Moved::Absent),
            }
        };
        let moved = pool::run_piece(self.to.context(), size, task).await;
        moved.map_err(|error| self.to.chunk_error(&chunk, error))?
    }

    /// Asks the store to copy a chunk by itself.
    async fn copy(&self, chunk: &[u64]) -> Result<Copied, ChunkError> {
        let (key, to) = (self.from.chunk_key(chunk)?, self.to.chunk_key(chunk)?);
        let (source, most) = (self.from.store(), self.to.context().value_bytes());
        Ok(source.copy_into(&key, self.to.store(), &to, most).await?)
    }

    /// The same on a worker.
    fn copy_here(&self, chunk: &[u64]) -> Result<Copied, ChunkError> {
        let (key, to) = (self.from.chunk_key(chunk)?, self.to.chunk_key(chunk)?);
        let most = self.to.context().value_bytes();
        match self.from.blocking_store()?.origin(&key) {
            Some(origin) => Ok(self.to.blocking_store()?.copy_from(&origin, &to, most)?),
            None => Ok(Copied::Elsewhere),
        }
    }

    async fn fetch(&self, chunk: &[u64]) -> Result<Option<Bytes>, ChunkError> {
        let (key, most) = (self.from.chunk_key(chunk)?, self.to.context().value_bytes());
        Ok(self.from.store().get_at_most(&key, most).await?)
    }

    async fn send(&self, chunk: &[u64], bytes: Bytes) -> Result<(), ChunkError> {
        let key = self.to.chunk_key(chunk)?;
        let put = self.to.store().put(&key, bytes.into(), PutMode::Overwrite);
        put.await?;
        Ok(())
    }

    /// Copies one chunk on a worker, which reads it unless it was fetched.
    fn move_one(&self, chunk: &[u64], size: u64, fetched: Option<Bytes>) -> Result<Moved> {
        if fetched.is_none() {
            let copied = self.copy_here(chunk);
            let copied = copied.map_err(|error| self.to.chunk_error(chunk, error))?;
            if let Some(moved) = moved(copied, size) {
                return Ok(moved);
            }
        }
        let get = || -> Result<Option<Bytes>, ChunkError> {
            let most = ByteRange::AtMost(self.to.context().value_bytes());
            let store = self.from.blocking_store()?;
            let found = store.get(&self.from.chunk_key(chunk)?, most, None)?;
            Ok(found.map(|found| found.data))
        };
        let bytes = match fetched {
            Some(bytes) => Some(bytes),
            None => get().map_err(|error| self.from.chunk_error(chunk, error))?,
        };
        let Some(bytes) = bytes else {
            return Ok(Moved::Absent);
        };
        let put = || -> Result<(), ChunkError> {
            let (store, key) = (self.to.blocking_store()?, self.to.chunk_key(chunk)?);
            store.put(&key, &bytes.into(), PutMode::Overwrite)?;
            Ok(())
        };
        put().map_err(|error| self.to.chunk_error(chunk, error))?;
        Ok(Moved::Sent)
    }
}

/// What became of a chunk of `size` bytes, unless it has to be read and put.
fn moved(copied: Copied, size: u64) -> Option<Moved> {
    match copied {
        Copied::Stored { size: bytes } => Some(Moved::Copied {
            bytes: bytes.unwrap_or(size),
        }),
        Copied::Absent => Some(Moved::Absent),
        Copied::Elsewhere => None,
    }
}
