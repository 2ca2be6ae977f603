//! Selections: which cells of an array to read or write, in NumPy's terms, and how they resolve for a
//! given shape and chunk grid. Pure: no I/O, no tasks, no locks, and nothing about element types.

mod advanced;
mod axes;
mod axis_cells;
mod cell_view;
mod coordinates;
mod error;
mod from_arrays;
mod from_ndarray;
mod from_ranges;
mod index_arrays;
mod named;
mod parse;
mod resolve;
mod resolved;
mod slice;
#[cfg(test)]
mod tests;

pub use advanced::{AxisSelection, Indices, Mask, Points};
pub use cell_view::CellView;
pub use error::SelectionError;
pub use from_ranges::RangeExt;
pub use resolve::SelectionTarget;
pub use resolved::ResolvedSelection;
pub use slice::Slice;

/// Which cells of an array to read or write.
///
/// Integers, ranges, lists, tuples of these, the [`sel!`](crate::sel) macro and text in NumPy's notation all
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
/// Lists of indices and masks select along an axis too, as `Vec`s, arrays, slices or arrays of ndarray. Together with
/// slices and integers they mean what they mean in NumPy: index arrays are broadcast together, and a mask of several
/// axes takes the place of these.
///
/// ```
/// use ndarray::array;
/// use zarr_core::Selection;
/// let shape = |selection: Selection| selection.resolve(&[4, 5, 6]).map(|found| found.out_shape().to_vec());
/// assert_eq!(shape((.., [0, 2]).into())?, [4, 2, 6]);
/// assert_eq!(shape(([0, 1, 3], [4, 4, 0], 1..).into())?, [3, 5]); // three points of the first two axes
/// assert_eq!(shape((array![[0], [1]], array![0, 1, 3]).into())?, [2, 3, 6]);
/// assert_eq!(shape((.., array![true, false, true, true, false]).into())?, [4, 3, 6]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
///
/// [`orthogonal`](Self::orthogonal) selections take every combination of lists instead. There are also
/// [`points`](Self::points), masks of the array's shape and [`blocks`](Self::blocks):
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
    /// NumPy's advanced indexing: lists and masks among slices and integers.
    Advanced(Vec<AxisSelection>),
    /// A list, mask or slice per axis, and every combination of their indices: see
    /// [`orthogonal`](Self::orthogonal).
    Orthogonal(Vec<AxisSelection>),
    /// Cells by their coordinates.
    Points(Points),
    /// The cells where a mask is true.
    Mask(Mask),
    /// Whole chunks by their indices in the chunk grid.
    Blocks(Vec<Slice>),
    /// Whole inner chunks of shards by their indices in the grid that they form together. Where nothing is sharded,
    /// these are the chunks.
    InnerBlocks(Vec<Slice>),
    /// What is selected along each dimension that is named; the others are selected whole. As in
    /// [`orthogonal`](Self::orthogonal) selections, every combination of lists is meant.
    Named(Vec<(String, AxisSelection)>),
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
    pub fn orthogonal(axes: impl Into<Self>) -> Self {
        match axes.into() {
            Self::Advanced(axes) => Self::Orthogonal(axes),
            Self::Mask(mask) => Self::Orthogonal(vec![mask.into()]),
            // Slices and integers mean the same here.
            other => other,
        }
    }

    /// Selects cells by their coordinates, given as one list or array per axis: zarr-python's `vindex`. They are
    /// broadcast together, and the output has the shape that this gives.
    ///
    /// ```
    /// use zarr_core::Selection;
    /// let points = Selection::points([[0, 4, -1], [3, 3, 0]]);
    /// assert_eq!(points.resolve(&[5, 4])?.out_shape(), [3]);
    /// let rows_and_columns = Selection::points([ndarray::array![[0], [4]], ndarray::array![[3, 1, 2]]]);
    /// assert_eq!(rows_and_columns.resolve(&[5, 4])?.out_shape(), [2, 3]);
    /// # Ok::<(), zarr_core::SelectionError>(())
    /// ```
    #[doc(alias = "vindex")]
    #[doc(alias = "coordinate")]
    pub fn points<L: Into<Indices>>(axes: impl IntoIterator<Item = L>) -> Self {
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

/// Makes a [`Selection`] from items in the notation of Rust's ranges, with NumPy's meaning.
///
/// | item | NumPy | meaning |
/// |---|---|---|
/// | `5`, `-1` | `5`, `-1` | one cell; its axis is dropped |
/// | `a..b`, `a..`, `..b`, `..` | `a:b`, `a:`, `:b`, `:` | a range; `a..=b` includes `b` |
/// | `a..b;step` | `a:b:step` | a range with a step |
/// | `...` | `...` | all remaining axes, each whole |
/// | `NewAxis` | `None` | a new axis of length one |
/// | `[3, 1]`, a `Vec`, an array | `[3, 1]` | a list of indices, or a mask |
///
/// With a name before each item, it selects along the dimensions of these names, in any order:
///
/// ```
/// use zarr_core::{Selection, Slice, sel};
/// let selection = sel! { time: 3, "x": ..;2, y: [4, 1] };
/// assert_eq!(selection.to_string(), "{time: 3, x: ::2, y: [4, 1]}");
/// assert_eq!(sel! { time: 3 }, Selection::from([("time", Slice::Index(3))]));
/// ```
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
        let items: ::std::vec::Vec<$crate::AxisSelection> = ::std::vec![$($done),*];
        $crate::Selection::from(items)
    }};
    (@next [$($done:expr,)*] ... $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::AxisSelection::Slice($crate::Slice::Ellipsis),] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] NewAxis $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::AxisSelection::Slice($crate::Slice::NewAxis),] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] $range:expr; $step:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::AxisSelection::Slice($crate::RangeExt::step($range, $step)),] $($($rest)*)?)
    };
    (@next [$($done:expr,)*] $slice:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@next [$($done,)* $crate::AxisSelection::from($slice),] $($($rest)*)?)
    };
    (@named [$($done:expr,)*]) => {{
        #[allow(clippy::reversed_empty_ranges, reason = "NumPy's bounds may descend or be negative")]
        let items: ::std::vec::Vec<(::std::string::String, $crate::AxisSelection)> = ::std::vec![$($done),*];
        $crate::Selection::Named(items)
    }};
    (@named [$($done:expr,)*] $name:tt : $range:expr; $step:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@named [
            $($done,)*
            ($crate::sel!(@name $name), $crate::AxisSelection::Slice($crate::RangeExt::step($range, $step))),
        ] $($($rest)*)?)
    };
    (@named [$($done:expr,)*] $name:tt : $item:expr $(, $($rest:tt)*)?) => {
        $crate::sel!(@named [
            $($done,)*
            ($crate::sel!(@name $name), $crate::AxisSelection::from($item)),
        ] $($($rest)*)?)
    };
    (@name $name:ident) => {
        ::std::string::String::from(::std::stringify!($name))
    };
    (@name $name:literal) => {
        ::std::string::String::from($name)
    };
    ($name:tt : $($rest:tt)*) => {
        $crate::sel!(@named [] $name : $($rest)*)
    };
    ($($items:tt)*) => {
        $crate::sel!(@next [] $($items)*)
    };
}
