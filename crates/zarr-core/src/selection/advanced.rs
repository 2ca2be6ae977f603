//! Selections beyond NumPy's basic indexing: lists and masks per axis, points, masks and blocks. They
//! are not checked against a shape here.

use ndarray::{ArrayBase, Data, Dimension};

use super::{Selection, Slice};

/// What an orthogonal selection selects along one axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AxisSelection {
    /// A slice, as in a basic selection.
    Slice(Slice),
    /// Indices in any order; they may repeat, and negative ones count from the end of the axis.
    List(Vec<i64>),
    /// The cells where the mask is true. It must be as long as the axis.
    Mask(Vec<bool>),
}

/// Cells by their coordinates: NumPy's `a[[0, 5], [3, 1]]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Points {
    pub(super) axes: Vec<Vec<i64>>,
    /// The output shape, if it is not one axis of all points.
    pub(super) shape: Option<Vec<u64>>,
}

/// The cells where a mask of the array's shape is true: NumPy's `a[mask]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mask {
    pub(super) shape: Vec<u64>,
    pub(super) cells: Vec<bool>,
}

impl Points {
    /// Points from one list of coordinates per axis. A list of length one holds the coordinate of all
    /// points. Negative coordinates count from the end of their axis.
    pub fn new<L: Into<Vec<i64>>>(axes: impl IntoIterator<Item = L>) -> Self {
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

impl<T: Into<Slice>> From<T> for AxisSelection {
    fn from(slice: T) -> Self {
        Self::Slice(slice.into())
    }
}

impl From<Vec<i64>> for AxisSelection {
    fn from(list: Vec<i64>) -> Self {
        Self::List(list)
    }
}

impl From<&[i64]> for AxisSelection {
    fn from(list: &[i64]) -> Self {
        Self::List(list.into())
    }
}

impl<const N: usize> From<[i64; N]> for AxisSelection {
    fn from(list: [i64; N]) -> Self {
        Self::List(list.into())
    }
}

impl From<Vec<bool>> for AxisSelection {
    fn from(mask: Vec<bool>) -> Self {
        Self::Mask(mask)
    }
}

impl<const N: usize> From<[bool; N]> for AxisSelection {
    fn from(mask: [bool; N]) -> Self {
        Self::Mask(mask.into())
    }
}

/// What an orthogonal selection can be made of: a list of [`AxisSelection`]s, or a tuple of anything that is
/// one.
pub trait IntoAxisSelections {
    /// Converts this to one selection per axis.
    fn into_axis_selections(self) -> Vec<AxisSelection>;
}

impl IntoAxisSelections for Vec<AxisSelection> {
    fn into_axis_selections(self) -> Vec<AxisSelection> {
        self
    }
}

macro_rules! tuples {
    ($(($($item:ident),+))*) => {$(
        impl<$($item: Into<AxisSelection>),+> IntoAxisSelections for ($($item,)+) {
            fn into_axis_selections(self) -> Vec<AxisSelection> {
                #[expect(non_snake_case, reason = "a type parameter names its value")]
                let ($($item,)+) = self;
                vec![$($item.into()),+]
            }
        }
    )*};
}

tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}
