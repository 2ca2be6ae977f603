//! Selections beyond NumPy's basic indexing: lists and masks per axis, points, masks and blocks. They
//! are not checked against a shape here.

use super::slice::Slice;

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
