//! An array's documents after it was opened: changing them, and reading them again.

use std::sync::Arc;

use zarr_metadata::{ArrayMetadata, NodeMetadata};

use crate::hierarchy::{self, Document};
use crate::{ChunkedArray, Error, NodeKind, Result};

impl ChunkedArray {
    /// Changes the array's document, and gives the array as it has become.
    ///
    /// # Errors
    /// Where it is gone or has become something else, what `change` says, and what the store says.
    pub async fn change(
        &self,
        which: Document,
        mut change: impl FnMut(&mut ArrayMetadata) -> Result<()> + Send,
    ) -> Result<Self> {
        let wrong = || Error::wrong_kind(self.path().clone(), NodeKind::Array);
        let node = NodeMetadata::Array(self.metadata().clone());
        let changed =
            hierarchy::change(
                self.location(),
                &node,
                which,
                self.context(),
                |node| match node {
                    NodeMetadata::Array(array) => change(array),
                    NodeMetadata::Group(_) => Err(wrong()),
                },
            );
        match changed.await? {
            NodeMetadata::Array(metadata) => self.with_metadata(metadata),
            NodeMetadata::Group(_) => Err(wrong()),
        }
    }

    /// The same array as its documents say now, or this one where they say nothing else.
    ///
    /// # Errors
    /// Where it is gone or has become something else, and what the store says.
    pub async fn reread(self: Arc<Self>) -> Result<Arc<Self>> {
        let format = Some(self.metadata().format());
        match hierarchy::find(self.location(), format, "array").await? {
            NodeMetadata::Array(now) if now == *self.metadata() => Ok(self),
            NodeMetadata::Array(now) => Ok(Arc::new(self.with_metadata(now)?)),
            NodeMetadata::Group(_) => Err(Error::wrong_kind(self.path().clone(), NodeKind::Array)),
        }
    }
}
