//! Selections: which cells of an array are meant, in numpy's terms, and what that comes to for a
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

/// Which cells of an array are meant.
///
/// Ranges, integers, tuples of them, the [`sel!`](crate::sel) macro and numpy's text all become one:
///
/// ```
/// use zarr_core::{RangeExt, Selection, sel};
/// let a: Selection = (0..10, .., -1).into();
/// assert_eq!(a, sel![0..10, .., -1]);
/// assert_eq!(a, "0:10, :, -1".parse()?);
///
/// // Every second row, the rows in reverse, and the shapes they come in.
/// assert_eq!(sel![..;2].resolve(&[5, 3])?.out_shape(), [3, 3]);
/// assert_eq!(Selection::from((.., (..).step(-1))).resolve(&[5, 3])?.out_shape(), [5, 3]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
///
/// The text of a basic selection is numpy's: [`Display`](std::fmt::Display) and
/// [`FromStr`](std::str::FromStr) are each other's inverse.
///
/// Beyond numpy's basic ones there are [`orthogonal`](Self::orthogonal) lists,
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
    /// numpy's basic indexing: one [`Slice`] after the other, the axes they leave taken whole.
    Basic(Vec<Slice>),
    /// Lists, masks and slices per axis, and every combination: see [`orthogonal`](Self::orthogonal).
    Orthogonal(Vec<AxisSelection>),
    /// Cells by their coordinates.
    Points(Points),
    /// Cells by a mask.
    Mask(Mask),
    /// Whole chunks by their place in the grid.
    Blocks(Vec<Slice>),
}

/// One item of a basic selection, as numpy means it.
///
/// Negative numbers count from the end of the axis. Integers beyond `i64` become `i64::MAX`, which
/// is out of bounds for an index and the end of the axis for a range; on an axis of more than
/// `i64::MAX` cells, where that would be a guess, resolving is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slice {
    /// One cell; the axis is dropped from the output.
    Index(i64),
    /// The cells from `start` up to `stop`, or down to it where `step` is negative. Without a bound
    /// the range begins or ends at the respective end of the axis.
    Range {
        /// The first cell.
        start: Option<i64>,
        /// The first cell no longer meant.
        stop: Option<i64>,
        /// From one cell to the next; not zero.
        step: i64,
    },
    /// The whole axis.
    Full,
    /// As many whole axes as the other items leave. At most one per selection.
    Ellipsis,
    /// A new axis of length one in the output.
    NewAxis,
}

/// A [`Selection`] in the notation of Rust's ranges, with numpy's meaning.
///
/// | item | numpy | |
/// |---|---|---|
/// | `5`, `-1` | `5`, `-1` | one cell, the axis is dropped |
/// | `a..b`, `a..`, `..b`, `..` | `a:b`, `a:`, `:b`, `:` | a range; `a..=b` includes `b` |
/// | `a..b;step` | `a:b:step` | a range with a step |
/// | `...` | `...` | whole axes, as many as are left |
/// | `NewAxis` | `None` | a new axis of length one |
///
/// ```
/// use zarr_core::sel;
/// assert_eq!(sel![0..10, .., ..;2, 5, ..., NewAxis].to_string(), "0:10, :, ::2, 5, ..., None");
/// assert_eq!(sel![9..=0;-3].to_string(), "9::-3"); // including cell 0
/// ```
///
/// **A step means what it means in numpy, not in ndarray's `s!`.** Here the walk starts at the first
/// bound: the cells of ten in reverse are `9..;-1`, and `0..10;-1` is empty. ndarray cuts out the
/// range first and then reverses it, so that its `s![0..10;-1]` is all ten.
#[macro_export]
macro_rules! sel {
    (@next [$($done:expr,)*]) => {{
        #[allow(clippy::reversed_empty_ranges, reason = "numpy's bounds may fall or be negative")]
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
