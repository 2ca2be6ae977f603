//! Selections beyond NumPy's basic indexing: lists and masks per axis, points and masks. They are not checked
//! against a shape here.

use super::slice::Slice;

/// What a selection selects along one axis or, with a mask of several axes, along these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AxisSelection {
    /// A slice, as in a basic selection.
    Slice(Slice),
    /// Indices in any order; they may repeat.
    List(Indices),
    /// The cells where the mask is true. It must be as long as the axis.
    Mask(Mask),
}

/// Indices along one axis, as a list or as an array of any shape. Negative ones count from the end of the axis.
///
/// ```
/// use zarr_core::Indices;
/// assert_eq!(Indices::from([3_usize, 1]), Indices::new([2], [3, 1]));
/// assert_eq!(Indices::from(ndarray::array![[0, -1]]), Indices::new([1, 2], [0, -1]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Indices {
    pub(super) shape: Vec<u64>,
    pub(super) cells: Vec<i64>,
}

/// Cells by their coordinates: NumPy's `a[[0, 5], [3, 1]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Points {
    pub(super) axes: Vec<Indices>,
    /// The output shape, if it is not that of the lists.
    pub(super) shape: Option<Vec<u64>>,
}

/// The cells where a mask is true: NumPy's `a[mask]`. The mask has the shape of the array, or of its first axes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    pub(super) shape: Vec<u64>,
    pub(super) cells: Vec<bool>,
}

impl Indices {
    /// Indices of this shape, in C order. Whether they fill it is checked when the selection is resolved.
    pub fn new(shape: impl Into<Vec<u64>>, cells: impl Into<Vec<i64>>) -> Self {
        Self {
            shape: shape.into(),
            cells: cells.into(),
        }
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The indices in C order.
    pub fn cells(&self) -> &[i64] {
        &self.cells
    }
}

impl Points {
    /// Points from the coordinates along each axis: a list per axis, or an array of any shape, which are broadcast
    /// together by NumPy's rules. Negative coordinates count from the end of their axis.
    pub fn new<L: Into<Indices>>(axes: impl IntoIterator<Item = L>) -> Self {
        Self {
            axes: axes.into_iter().map(Into::into).collect(),
            shape: None,
        }
    }

    /// The same points with this output shape, in C order.
    #[must_use]
    pub fn shaped(self, shape: impl Into<Vec<u64>>) -> Self {
        Self {
            shape: Some(shape.into()),
            ..self
        }
    }
}

impl Mask {
    /// A mask of this shape, with its values in C order. Whether it matches an array is checked when
    /// the selection is resolved.
    pub fn new(shape: impl Into<Vec<u64>>, cells: impl Into<Vec<bool>>) -> Self {
        Self {
            shape: shape.into(),
            cells: cells.into(),
        }
    }

    /// The length of each axis.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// Whether each cell is selected, in C order.
    pub fn cells(&self) -> &[bool] {
        &self.cells
    }
}
