//! `Slice`: one item of a basic selection.

/// One item of a basic selection, with NumPy's meaning.
///
/// Negative numbers count from the end of the axis. Integers beyond `i64` become `i64::MAX`: out of
/// bounds as an index, and the end of the axis as a bound of a range. On an axis of more than
/// `i64::MAX` cells that could be wrong, so resolving fails there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slice {
    /// One cell; the axis is dropped from the output.
    Index(i64),
    /// The cells from `start` up to `stop`, or down to it if `step` is negative. A missing bound is
    /// the respective end of the axis.
    Range {
        /// The first cell.
        start: Option<i64>,
        /// The end, which is excluded.
        stop: Option<i64>,
        /// The distance from one cell to the next; zero is an error.
        step: i64,
    },
    /// The whole axis.
    Full,
    /// All axes that the other items leave, each whole. At most one per selection.
    Ellipsis,
    /// A new axis of length one in the output.
    NewAxis,
}
