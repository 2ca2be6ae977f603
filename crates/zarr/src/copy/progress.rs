//! The progress of a copy, as its listener gets it and as a line of a log.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use zarr_core::copy::{self, CopyListener, CopyStep};
use zarr_metadata::NodeMetadata;

use crate::info::tuple;

/// The progress of a copy. `Display` is a line for a log.
#[derive(Clone, Copy, Debug)]
pub struct CopyProgress<'a>(copy::CopyProgress<'a>);

impl<'a> Deref for CopyProgress<'a> {
    type Target = copy::CopyProgress<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// Wraps a listener for the engine.
pub(super) fn listener(tell: impl Fn(&CopyProgress<'_>) + Send + Sync + 'static) -> CopyListener {
    Arc::new(move |far| tell(&CopyProgress(*far)))
}

/// A log line as zarr-python 2 writes it; empty for chunks.
impl fmt::Display for CopyProgress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, verb) = match self.step {
            CopyStep::Node(_) | CopyStep::Key(_) => (self.path, "copy"),
            CopyStep::Skip(_) => (self.path, "skip"),
            CopyStep::LeftOut(error) => return write!(f, "leave out {}: {error}", self.path),
            CopyStep::Reworded(what) => return write!(f, "reword {}: {what}", self.path),
            _ => return Ok(()),
        };
        match self.step {
            CopyStep::Node(node) | CopyStep::Skip(Some(node)) => {
                write!(f, "{verb} /{path}")?;
                let NodeMetadata::Array(array) = node else {
                    return Ok(());
                };
                write!(f, " {} {}", tuple(array.shape()), array.data_type())
            }
            CopyStep::Key(to) if to != path => write!(f, "{verb} {path} -> {to}"),
            _ => write!(f, "{verb} {path}"),
        }
    }
}
