//! Moving encoded chunks from one array to another as the bytes they are. Decodes nothing, so it
//! works with codecs that nobody knows; whether the bytes mean the same there is the caller's to know.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use zarr_codecs::{Dims, VlenHeap};
use zarr_store::{ByteRange, Key, PutMode, StoreExt};

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
                    let copied = Arc::clone(&job).one(&chunk, size).await;
                    copied.map_err(|error| job.to.chunk_error(&chunk, error))
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

impl TransferJob {
    async fn one(self: Arc<Self>, chunk: &[u64], size: u64) -> Result<bool, ChunkError> {
        let (from, to) = (self.from.chunk_key(chunk)?, self.to.chunk_key(chunk)?);
        let most = self.to.context().value_bytes();
        let reserved = self.budget.take(size).await;
        if self.to.store().as_blocking().is_none() {
            let Some(bytes) = self.from.store().get_at_most(&from, most).await? else {
                return Ok(false);
            };
            let store = self.to.store();
            store.put(&to, bytes.into(), PutMode::Overwrite).await?;
            return Ok(true);
        }
        let fetched = match self.from.store().as_blocking() {
            // The worker reads it itself.
            Some(_) => None,
            None => match self.from.store().get_at_most(&from, most).await? {
                None => return Ok(false),
                fetched => fetched,
            },
        };
        let work = WorkSize {
            pieces: 1,
            bytes: size,
        };
        let (context, heap) = (
            self.to.context().clone(),
            Arc::new(VlenHeap::new(Bytes::new())),
        );
        let task = move |workers: Workers<'_>| {
            let _until_put = reserved;
            match workers.is_wanted() {
                true => self.put(&from, &to, fetched),
                false => Ok(false),
            }
        };
        pool::run(&context, work, heap, task).await?
    }

    /// On a worker.
    fn put(&self, from: &Key, to: &Key, fetched: Option<Bytes>) -> Result<bool, ChunkError> {
        let bytes = match (fetched, self.from.store().as_blocking()) {
            (Some(bytes), _) => bytes,
            (None, None) => return Err(ChunkError::Worker),
            (None, Some(store)) => {
                let most = ByteRange::AtMost(self.to.context().value_bytes());
                match store.get(from, most, None)? {
                    None => return Ok(false),
                    Some(found) => found.data,
                }
            }
        };
        let store = self.to.store().as_blocking().ok_or(ChunkError::Worker)?;
        store.put(to, &bytes.into(), PutMode::Overwrite)?;
        Ok(true)
    }
}
