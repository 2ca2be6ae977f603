//! How far a copy is, as it is told to whoever asked, and as a line of a log.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use zarr_core::copy::{self, CopyListener, CopyStep};
use zarr_metadata::NodeMetadata;

/// How far a copy is. Printed, it is a line for a log.
#[derive(Clone, Copy, Debug)]
pub struct CopyProgress<'a>(copy::CopyProgress<'a>);

impl<'a> Deref for CopyProgress<'a> {
    type Target = copy::CopyProgress<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// A listener as the engine calls it.
pub(super) fn listener(tell: impl Fn(&CopyProgress<'_>) + Send + Sync + 'static) -> CopyListener {
    Arc::new(move |far| tell(&CopyProgress(*far)))
}

/// The line of a log, as zarr-python 2 writes it; nothing for chunks.
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
                let lengths: Vec<String> = array.shape().iter().map(u64::to_string).collect();
                let comma = if lengths.len() == 1 { "," } else { "" };
                write!(f, " ({}{comma}) {}", lengths.join(", "), array.data_type())
            }
            CopyStep::Key(to) if to != path => write!(f, "{verb} {path} -> {to}"),
            _ => write!(f, "{verb} {path}"),
        }
    }
}
