//! Changes the documents of an open array, and reads them again.

use std::sync::Arc;
use std::time::Duration;

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

    /// The array by documents that are not older than that: those of this handle, or those that it read last; else they
    /// are read again.
    ///
    /// # Errors
    /// The errors of [`reread`](Self::reread).
    pub async fn read_within(self: Arc<Self>, max_age: Duration) -> Result<Arc<Self>> {
        if max_age == Duration::MAX {
            return Ok(self);
        }
        match self.last_read.younger_than(max_age) {
            Some(None) => return Ok(self),
            Some(Some(read)) => return Ok(Arc::new(self.with_metadata(read)?)),
            None => {}
        }
        let last_read = Arc::clone(&self.last_read);
        let now = Arc::clone(&self).reread().await?;
        let is_other = !Arc::ptr_eq(&self, &now);
        last_read.note(is_other.then(|| now.metadata().clone()));
        Ok(now)
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
