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
mod resolved;
mod slice;
#[cfg(test)]
mod tests;

use ndarray::{ArrayBase, Data, Dimension};

pub use advanced::{AxisSelection, IntoAxisSelections, Mask, Points};
pub use error::SelectionError;
pub use from_ranges::RangeExt;
pub use resolve::SelectionTarget;
pub use resolved::ResolvedSelection;
pub use slice::Slice;

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

impl Selection {
    /// Selects every combination of the indices that a list, mask or slice gives for each axis:
    /// NumPy's `np.ix_`, zarr-python's `oindex`.
    ///
    /// ```
    /// use zarr_core::Selection;
    /// let selection = Selection::orthogonal((0..2, [3, 1, 3], ..));
    /// assert_eq!(selection.resolve(&[5, 4, 6])?.out_shape(), [2, 3, 6]);
    /// assert_eq!(selection.to_string(), "oindex[0:2, [3, 1, 3], :]");
    /// # Ok::<(), zarr_core::SelectionError>(())
    /// ```
    #[doc(alias = "oindex")]
    pub fn orthogonal(axes: impl IntoAxisSelections) -> Self {
        Self::Orthogonal(axes.into_axis_selections())
    }

    /// Selects cells by their coordinates, given as one list per axis: zarr-python's `vindex`.
    ///
    /// ```
    /// use zarr_core::Selection;
    /// let points = Selection::points([[0, 4, -1], [3, 3, 0]]);
    /// assert_eq!(points.resolve(&[5, 4])?.out_shape(), [3]);
    /// # Ok::<(), zarr_core::SelectionError>(())
    /// ```
    #[doc(alias = "vindex")]
    #[doc(alias = "coordinate")]
    pub fn points<L: Into<Vec<i64>>>(axes: impl IntoIterator<Item = L>) -> Self {
        Self::Points(Points::new(axes))
    }

    /// Selects whole chunks (of a sharded array, shards) by their indices in the chunk grid, with one
    /// item per axis. Steps are not allowed, and an index keeps its axis.
    ///
    /// ```
    /// use zarr_core::{ChunkGrid, Selection, Slice};
    /// let blocks = Selection::blocks([Slice::from(-1), Slice::from(0..2)]);
    /// let grid = ChunkGrid::regular(&[4, 3], &[10, 10])?;
    /// assert_eq!(blocks.resolve(&grid)?.out_shape(), [2, 6]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn blocks(slices: impl Into<Vec<Slice>>) -> Self {
        Self::Blocks(slices.into())
    }
}

impl From<Points> for Selection {
    fn from(points: Points) -> Self {
        Self::Points(points)
    }
}

impl From<Mask> for Selection {
    fn from(mask: Mask) -> Self {
        Self::Mask(mask)
    }
}

/// The cells where the mask is true, in C order.
impl<S: Data<Elem = bool>, D: Dimension> From<&ArrayBase<S, D>> for Selection {
    fn from(mask: &ArrayBase<S, D>) -> Self {
        let shape: Vec<u64> = mask.shape().iter().map(|&n| n as u64).collect();
        Mask::new(shape, mask.iter().copied().collect::<Vec<_>>()).into()
    }
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
