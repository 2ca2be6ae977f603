//! `Difference`: one difference between two nodes, of any kind.

use serde_json::Value;

use super::values::ValueDifferences;

/// A difference between two nodes.
#[derive(Debug)]
pub(super) enum Difference {
    /// Only one of them is there.
    Only { in_first: bool },
    /// One is an array, the other a group.
    Kind,
    /// A value in their documents; `None` if there is none.
    Metadata {
        pointer: String,
        a: Option<Value>,
        b: Option<Value>,
    },
    /// Their elements.
    Values(ValueDifferences),
    /// The bytes of a file of another program.
    Bytes,
}
