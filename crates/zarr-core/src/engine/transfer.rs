//! Moving encoded chunks from one array to another as the bytes they are. Decodes nothing, so it
//! works with codecs that nobody knows; whether the bytes mean the same there is the caller's to know.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use zarr_codecs::{Dims, VlenHeap};
use zarr_store::{ByteRange, PutMode, StoreExt};

use super::barrier::{CancelledWriteBarrier, DriverGuard};
use super::pool::{self, Workers};
use super::work::WorkSize;
use crate::{ChunkError, ChunkedArray, Result};
use zarr_store::runtime::Budget;

/// What one transfer shares between its chunks.
struct TransferJob {
    from: Arc<ChunkedArray>,
    to: Arc<ChunkedArray>,
    /// Bytes between the two stores.
    budget: Arc<Budget>,
    barrier: Option<Arc<CancelledWriteBarrier>>,
}

/// Copies these chunks, each with the bytes it is said to take, and gives each back with whether it
/// was there, in no promised order. A chunk that is absent stays absent.
///
/// Where the stream is dropped, every chunk is copied or not, and what a worker still puts lands
/// before anything that is written later.
pub(crate) async fn transfer(
    from: Arc<ChunkedArray>,
    to: Arc<ChunkedArray>,
    chunks: impl Stream<Item = Result<(Dims<u64>, u64)>> + Send,
    budget: Arc<Budget>,
    mut done: impl FnMut(bool) + Send,
) -> Result<()> {
    let barrier = CancelledWriteBarrier::of(&to).await?;
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
            Ok(was_there) => done(was_there),
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    // What was begun and is dropped here may still be put: then the guard stays armed.
    if result.is_ok() {
        guard.into_iter().for_each(DriverGuard::defuse);
    }
    result
}

/// Waits until nothing is put any more by what was given up of an array.
pub(crate) async fn settled(array: &ChunkedArray) -> Result<()> {
    drop(CancelledWriteBarrier::of(array).await?);
    Ok(())
}

impl TransferJob {
    async fn one(self: Arc<Self>, chunk: Dims<u64>, size: u64) -> Result<bool> {
        let reserved = self.budget.take(size).await;
        let (from, to) = (self.from.store(), self.to.store());
        let fetched = match (from.as_blocking(), to.as_blocking()) {
            // The worker reads it itself.
            (Some(_), Some(_)) => None,
            _ => {
                let bytes = self.fetch(&chunk).await;
                match bytes.map_err(|error| self.from.chunk_error(&chunk, error))? {
                    None => return Ok(false),
                    fetched => fetched,
                }
            }
        };
        if let (None, Some(bytes)) = (to.as_blocking(), &fetched) {
            let put = self.send(&chunk, bytes.clone()).await;
            put.map_err(|error| self.to.chunk_error(&chunk, error))?;
            return Ok(true);
        }
        let work = WorkSize {
            pieces: 1,
            bytes: size,
        };
        let (context, heap) = (
            self.to.context().clone(),
            Arc::new(VlenHeap::new(Bytes::new())),
        );
        let (job, at) = (Arc::clone(&self), chunk.clone());
        let task = move |workers: Workers<'_>| {
            let _until_put = reserved;
            match workers.is_wanted() {
                true => job.move_one(&at, fetched),
                false => Ok(false),
            }
        };
        let moved = pool::run(&context, work, heap, task).await;
        moved.map_err(|error| self.to.chunk_error(&chunk, error))?
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

    /// On a worker.
    fn move_one(&self, chunk: &[u64], fetched: Option<Bytes>) -> Result<bool> {
        let bytes = match fetched {
            Some(bytes) => Some(bytes),
            None => {
                let bytes = self.get(chunk);
                bytes.map_err(|error| self.from.chunk_error(chunk, error))?
            }
        };
        let Some(bytes) = bytes else {
            return Ok(false);
        };
        let put = self.put(chunk, bytes);
        put.map_err(|error| self.to.chunk_error(chunk, error))?;
        Ok(true)
    }

    fn get(&self, chunk: &[u64]) -> Result<Option<Bytes>, ChunkError> {
        let store = self
            .from
            .store()
            .as_blocking()
            .ok_or(ChunkError::INTERNAL)?;
        let most = ByteRange::AtMost(self.to.context().value_bytes());
        let found = store.get(&self.from.chunk_key(chunk)?, most, None)?;
        Ok(found.map(|found| found.data))
    }

    fn put(&self, chunk: &[u64], bytes: Bytes) -> Result<(), ChunkError> {
        let store = self.to.store().as_blocking().ok_or(ChunkError::INTERNAL)?;
        store.put(
            &self.to.chunk_key(chunk)?,
            &bytes.into(),
            PutMode::Overwrite,
        )?;
        Ok(())
    }
}
