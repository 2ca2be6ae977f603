//! Changes the documents of an open array, and reads them again.

use std::sync::Arc;

use zarr_metadata::{ArrayMetadata, NodeMetadata};

use crate::hierarchy::{self, Document};
use crate::{ChunkedArray, Error, NodeKind, Result};

impl ChunkedArray {
    /// Changes one of the array's documents, and returns the changed array.
    ///
    /// # Errors
    /// If the array was deleted or replaced by a group, and the errors of `change` and of the store.
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

    /// Reads the array's documents again, and returns the array as it is now; the same one if nothing has
    /// changed.
    ///
    /// # Errors
    /// If the array was deleted or replaced by a group, and the errors of the store.
    pub async fn reread(self: Arc<Self>) -> Result<Arc<Self>> {
        let format = Some(self.metadata().format());
        match hierarchy::find(self.location(), format, "array").await? {
            NodeMetadata::Array(now) if now == *self.metadata() => Ok(self),
            NodeMetadata::Array(now) => Ok(Arc::new(self.with_metadata(now)?)),
            NodeMetadata::Group(_) => Err(Error::wrong_kind(self.path().clone(), NodeKind::Array)),
        }
    }
}
