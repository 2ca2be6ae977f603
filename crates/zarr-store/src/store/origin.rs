//! `Origin`: where a value lies, for a store that copies it from there by itself, so that its bytes need not pass
//! through this process.

use std::{any::Any, fmt, sync::Arc};

/// Where a value lies, as the store that has it says: see [`Store::origin`](crate::Store::origin).
///
/// What it holds is known to one kind of store only. So a store that is asked to copy from an origin of another kind
/// answers [`Copied::Elsewhere`].
#[derive(Clone)]
pub struct Origin(Arc<dyn Any + Send + Sync>);

impl Origin {
    /// The origin that a store describes by `place`, a type of its own.
    pub fn new(place: impl Any + Send + Sync) -> Self {
        Origin(Arc::new(place))
    }

    /// What the store described it by, if that is a `T`.
    pub fn place<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin").finish_non_exhaustive()
    }
}

/// What came of asking a store to copy a value by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// The value is where it was to be copied to.
    Stored {
        /// How many bytes it has, if the store learned that.
        size: Option<u64>,
    },
    /// There is no value to copy, and nothing was changed.
    Absent,
    /// The store cannot copy from there, and nothing was changed: the value has to be read and put.
    Elsewhere,
}
