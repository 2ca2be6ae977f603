//! Writing elements that a function makes block by block to an array of any size.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::Region;

use crate::engine::{Elements, pool};
use crate::{ChunkedArray, ResolvedSelection, Result, Values};
use zarr_store::runtime::Budget;

/// Makes the elements of a box of cells, in C order.
pub type MakeBlock = Arc<dyn Fn(&Region) -> Result<Values> + Send + Sync>;

/// Writes what `make` makes of the cells of each chunk (each shard, of a sharded array), once for each
/// and in no promised order, on the workers of the array's context. What is made and not yet written
/// takes no more than [`Context::memory`](crate::Context::memory).
///
/// # Errors
/// What `make` says, and as [`write`](ChunkedArray::write). Chunks that were written stay.
pub async fn write_blocks(to: Arc<ChunkedArray>, make: MakeBlock) -> Result<()> {
    to.check_writable()?;
    let elem = to.metadata().data_type().size().unwrap_or(64) as u64;
    let budget = Budget::new(to.context().memory());
    let ahead = to.context().threads().saturating_mul(2);
    let blocks = to.grid().iter().map(|chunk| {
        let (to, make, budget) = (Arc::clone(&to), Arc::clone(&make), Arc::clone(&budget));
        async move {
            let region = to.grid().region(&chunk);
            let bytes = region.volume().unwrap_or(u64::MAX).saturating_mul(elem);
            let _until_written = budget.take(bytes).await;
            let cells = ResolvedSelection::of_region(to.grid().shape(), region.clone());
            let made = pool::run_piece(to.context(), bytes, move |_| make(&region)).await;
            let values = made.map_err(|error| to.chunk_error(&chunk, error))??;
            to.write(cells, Elements::Each(values)).await
        }
    });
    stream::iter(blocks)
        .buffer_unordered(ahead)
        .try_collect()
        .await
}
