//! Erases cells: sets them to the fill value, and deletes chunks that hold nothing else.

use std::sync::Arc;

use crate::engine::Elements;
use crate::{ArrayConfig, ChunkedArray, ResolvedSelection, Result, Values};

impl ChunkedArray {
    /// Sets the cells of a selection, or the fields that this handle reads of them, to the fill value. Chunks (of a sharded array, shards) that hold nothing
    /// else afterwards are deleted, even with
    /// [`write_empty_chunks`](ArrayConfig::write_empty_chunks). Chunks that are selected as a whole are
    /// not read.
    ///
    /// # Errors
    /// The errors of [`write`](Self::write).
    pub async fn erase(self: Arc<Self>, selection: ResolvedSelection) -> Result<()> {
        let fill = Values::from(&self.decoder()?.spec().fill);
        let config = ArrayConfig {
            write_empty_chunks: false,
            ..self.config().clone()
        };
        let array = Arc::new(self.with_config(config));
        array.write(selection, Elements::Scalar(fill)).await
    }
}
