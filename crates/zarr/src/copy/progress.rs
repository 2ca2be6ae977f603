//! The progress of a copy, as its listener gets it and as a line of a log.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use zarr_core::copy::{self, CopyListener, CopyStats, CopyStep};
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

/// A log line as zarr-python 2 writes it; for [`CopyStep::Chunks`], which it does not log, the node and how much of all is
/// done.
impl fmt::Display for CopyProgress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, verb) = match self.step {
            CopyStep::Node(_) | CopyStep::Key(_) => (self.path, "copy"),
            CopyStep::Skip(_) => (self.path, "skip"),
            CopyStep::LeftOut(error) => return write!(f, "leave out {}: {error}", self.path),
            CopyStep::Reworded(what) => return write!(f, "reword {}: {what}", self.path),
            CopyStep::Chunks => {
                return write!(f, "{}: {} of {} done", self.path, self.done, self.total);
            }
            CopyStep::Done { stats, dry_run } => return summary(f, stats, dry_run),
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

fn summary(f: &mut fmt::Formatter<'_>, stats: &CopyStats, dry_run: bool) -> fmt::Result {
    let (copied, skipped) = (thousands(stats.copied), thousands(stats.skipped));
    match dry_run {
        true => write!(f, "dry run: {copied} copied, {skipped} skipped"),
        false => {
            let bytes = thousands(stats.bytes);
            write!(
                f,
                "all done: {copied} copied, {skipped} skipped, {bytes} bytes copied"
            )
        }
    }
}

/// `1,234,567`
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::thousands;

    /// Python: `'{:,}'.format(n)`
    #[test]
    fn digits_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
