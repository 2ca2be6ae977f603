//! Erasing cells: they become the fill value, and chunks that hold nothing else are deleted.

use std::sync::Arc;

use crate::engine::Elements;
use crate::{ArrayConfig, ChunkedArray, ResolvedSelection, Result, Values};

impl ChunkedArray {
    /// Makes the cells of a selection what they were before anything was written. Chunks (shards, of a
    /// sharded array) that hold only the fill value afterwards are deleted, whatever
    /// [`write_empty_chunks`](ArrayConfig::write_empty_chunks) says; those that are wholly selected
    /// are not read.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn erase(self: Arc<Self>, selection: ResolvedSelection) -> Result<()> {
        let fill = Values::from(&self.chain()?.spec().fill);
        let config = ArrayConfig {
            write_empty_chunks: false,
            ..self.config().clone()
        };
        let array = Arc::new(self.with_config(config));
        array.write(selection, Elements::Scalar(fill)).await
    }
}
