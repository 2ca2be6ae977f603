//! Erasing cells: they become the fill value, and chunks that hold nothing else are deleted. Of a
//! region of very many chunks only those that are stored are looked at.

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{Region, Span};

use crate::engine::Elements;
use crate::{ArrayConfig, ChunkedArray, Resolved, Result, Values};

/// Beyond so many chunks, a store that lists is asked which of them there are.
pub(crate) const LIST_FROM: u64 = 1 << 10;

impl ChunkedArray {
    /// Makes the cells of a selection what they were before anything was written. Chunks (shards, of a
    /// sharded array) that hold only the fill value afterwards are deleted, whatever
    /// [`write_empty_chunks`](ArrayConfig::write_empty_chunks) says; those that are wholly meant
    /// are not read for it.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn erase(self: Arc<Self>, selection: Resolved) -> Result<()> {
        let fill = Values::from(&self.chain()?.spec().fill);
        let config = ArrayConfig {
            write_empty_chunks: false,
            ..self.config().clone()
        };
        let array = Arc::new(self.with_config(config));
        let many = array.project(&selection)?.len() as u64 > LIST_FROM;
        let region = selection.region().filter(|region| region.is_dense());
        let Some(region) = region.filter(|_| many && array.store().hints().listable) else {
            return array.write(selection, Elements::Scalar(fill)).await;
        };
        let limit = array.store().hints().concurrency.max(1);
        let stored = array.stored_chunks().await?.into_iter();
        let parts = stored.map(|(chunk, _)| both(region, &array.grid().region(&chunk)));
        stream::iter(parts.filter(|part| !part.is_empty()))
            .map(|part| {
                let part = Resolved::of_region(selection.shape(), part);
                Arc::clone(&array).write(part, Elements::Scalar(fill.clone()))
            })
            .buffer_unordered(limit)
            .try_collect()
            .await
    }
}

/// The cells that two dense regions share.
fn both(a: &Region, b: &Region) -> Region {
    let axes = a.spans.iter().zip(&b.spans);
    let spans = axes.map(|(a, b)| {
        let start = a.start().max(b.start());
        let end = (a.start() + a.count()).min(b.start() + b.count());
        Span::dense(start, end.saturating_sub(start))
    });
    Region {
        spans: spans.collect(),
    }
}
