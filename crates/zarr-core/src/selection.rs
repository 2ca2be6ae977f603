//! Selections: which cells of an array to read or write, in NumPy's terms, and how they resolve for a
//! given shape and chunk grid. Pure: no I/O, no tasks, no locks, and nothing about element types.

mod advanced;
mod axes;
mod coordinates;
mod error;
mod from_ndarray;
mod from_ranges;
mod parse;
mod resolve;
#[cfg(test)]
mod tests;

pub use advanced::{AxisSelection, IntoAxisSelections, Mask, Points};
pub use error::SelectionError;
pub use from_ranges::RangeExt;
pub use resolve::{ResolvedSelection, SelectionTarget};

/// Which cells of an array to read or write.
///
/// Integers, ranges, tuples of these, the [`sel!`](crate::sel) macro and text in NumPy's notation all
/// make a selection:
///
/// ```
/// use zarr_core::{RangeExt, Selection, sel};
/// let a: Selection = (0..10, .., -1).into();
/// assert_eq!(a, sel![0..10, .., -1]);
/// assert_eq!(a, "0:10, :, -1".parse()?);
///
/// // Every second row; the rows in reverse order.
/// assert_eq!(sel![..;2].resolve(&[5, 3])?.out_shape(), [3, 3]);
/// assert_eq!(Selection::from((.., (..).step(-1))).resolve(&[5, 3])?.out_shape(), [5, 3]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
///
/// Basic selections are displayed in NumPy's notation, and parsed from it:
/// [`Display`](std::fmt::Display) and [`FromStr`](std::str::FromStr) are inverses of each other.
///
/// Besides NumPy's basic indexing there are [`orthogonal`](Self::orthogonal) selections,
/// [`points`](Self::points), masks (an ndarray of `bool`) and [`blocks`](Self::blocks):
///
/// ```
/// use zarr_core::Selection;
/// let mask = ndarray::array![[true, false], [true, true]];
/// assert_eq!(Selection::from(&mask).resolve(&[2, 2])?.out_shape(), [3]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Selection {
    /// Every cell.
    #[default]
    All,
    /// NumPy's basic indexing: one [`Slice`] per axis; axes without one are selected whole.
    Basic(Vec<Slice>),
    /// A list, mask or slice per axis, and every combination of their indices: see
    /// [`orthogonal`](Self::orthogonal).
    Orthogonal(Vec<AxisSelection>),
    /// Cells by their coordinates.
    Points(Points),
    /// The cells where a mask is true.
    Mask(Mask),
    /// Whole chunks by their indices in the chunk grid.
    Blocks(Vec<Slice>),
}

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

/// Makes a [`Selection`] from items in the notation of Rust's ranges, with NumPy's meaning.
///
/// | item | NumPy | meaning |
/// |---|---|---|
/// | `5`, `-1` | `5`, `-1` | one cell; its axis is dropped |
/// | `a..b`, `a..`, `..b`, `..` | `a:b`, `a:`, `:b`, `:` | a range; `a..=b` includes `b` |
/// | `a..b;step` | `a:b:step` | a range with a step |
/// | `...` | `...` | all remaining axes, each whole |
/// | `NewAxis` | `None` | a new axis of length one |
///
/// ```
/// use zarr_core::sel;
/// assert_eq!(sel![0..10, .., ..;2, 5, ..., NewAxis].to_string(), "0:10, :, ::2, 5, ..., None");
/// assert_eq!(sel![9..=0;-3].to_string(), "9::-3"); // including cell 0
/// ```
///
/// **A step has NumPy's meaning, not that of ndarray's `s!`.** Here a negative step walks down from the
/// first bound: ten cells in reverse order are `9..;-1`, and `0..10;-1` is empty. ndarray takes the
/// range first and then reverses it, so its `s![0..10;-1]` is all ten cells.
#[macro_export]
macro_rules! sel {
    (@next [$($done:expr,)*]) => {{
        #[allow(clippy::reversed_empty_ranges, reason = "NumPy's bounds may descend or be negative")]
        let slices: ::std::vec::Vec<$crate::Slice> = ::std::vec![$($done),*];
        $crate::Selection::Basic(slices)
    }};
    (@next [$($done:expr,)*] ... $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::Slice::Ellipsis,] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] NewAxis $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::Slice::NewAxis,] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] $range:expr; $step:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::RangeExt::step($range, $step),] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] $slice:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::Slice::from($slice),] $($($rest)*)?)
    };
    ($($items:tt)*) => {
        $crate::sel!(@next [] $($items)*)
    };
}
