//! Converts lists and ndarray's arrays, of integers or bools, to what they select. No shape is needed, so nothing
//! here can fail.

use ndarray::{ArrayBase, Data, Dimension};

use super::from_ranges::saturate;
use super::{AxisSelection, Indices, Mask, Points, Selection, Slice};

/// An element of a list or an array that selects cells: an integer, or a bool of a mask.
pub trait IndexElement: Copy {
    /// What an array of these elements, in C order, selects.
    fn select(shape: Vec<u64>, cells: Vec<Self>) -> AxisSelection;
}

impl IndexElement for bool {
    fn select(shape: Vec<u64>, cells: Vec<Self>) -> AxisSelection {
        Mask { shape, cells }.into()
    }
}

/// An integer of a list of indices. Beyond `i64` it becomes `i64::MAX`, which resolving refuses where that could be
/// wrong.
pub trait IndexInteger: IndexElement {
    /// The index.
    fn index(self) -> i64;
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl IndexElement for $integer {
            fn select(shape: Vec<u64>, cells: Vec<Self>) -> AxisSelection {
                indices(shape, cells).into()
            }
        }

        impl IndexInteger for $integer {
            fn index(self) -> i64 {
                saturate(self)
            }
        }
    )*};
}
integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

/// The forms that a list or an array of `$element`s has.
macro_rules! arrays {
    ($to:ty, $element:ident, $made:expr) => {
        impl<T: $element> From<Vec<T>> for $to {
            fn from(list: Vec<T>) -> Self {
                $made(vec![list.len() as u64], list)
            }
        }

        impl<T: $element> From<&Vec<T>> for $to {
            fn from(list: &Vec<T>) -> Self {
                list.clone().into()
            }
        }

        impl<T: $element> From<&[T]> for $to {
            fn from(list: &[T]) -> Self {
                list.to_vec().into()
            }
        }

        impl<T: $element, const N: usize> From<[T; N]> for $to {
            fn from(list: [T; N]) -> Self {
                list.to_vec().into()
            }
        }

        impl<T: $element, const N: usize> From<&[T; N]> for $to {
            fn from(list: &[T; N]) -> Self {
                list.to_vec().into()
            }
        }

        impl<S: Data<Elem: $element>, D: Dimension> From<&ArrayBase<S, D>> for $to {
            fn from(array: &ArrayBase<S, D>) -> Self {
                let shape = array.shape().iter().map(|&n| n as u64).collect();
                $made(shape, array.iter().copied().collect())
            }
        }

        impl<S: Data<Elem: $element>, D: Dimension> From<ArrayBase<S, D>> for $to {
            fn from(array: ArrayBase<S, D>) -> Self {
                (&array).into()
            }
        }
    };
}

arrays!(AxisSelection, IndexElement, IndexElement::select);
arrays!(Selection, IndexElement, selection);
arrays!(Indices, IndexInteger, indices);

fn selection<T: IndexElement>(shape: Vec<u64>, cells: Vec<T>) -> Selection {
    T::select(shape, cells).into()
}

fn indices<T: IndexInteger>(shape: Vec<u64>, cells: Vec<T>) -> Indices {
    let cells = cells.into_iter().map(IndexInteger::index).collect();
    Indices { shape, cells }
}

impl<T: Into<Slice>> From<T> for AxisSelection {
    fn from(slice: T) -> Self {
        Self::Slice(slice.into())
    }
}

impl From<Indices> for AxisSelection {
    fn from(list: Indices) -> Self {
        Self::List(list)
    }
}

impl From<Mask> for AxisSelection {
    fn from(mask: Mask) -> Self {
        Self::Mask(mask)
    }
}

impl From<AxisSelection> for Selection {
    fn from(item: AxisSelection) -> Self {
        match item {
            AxisSelection::Mask(mask) => Self::Mask(mask),
            item => vec![item].into(),
        }
    }
}

/// A basic selection, if there are slices only.
impl From<Vec<AxisSelection>> for Selection {
    fn from(items: Vec<AxisSelection>) -> Self {
        let slice = |item: &AxisSelection| match item {
            AxisSelection::Slice(slice) => Some(*slice),
            AxisSelection::List(_) | AxisSelection::Mask(_) => None,
        };
        match items.iter().map(slice).collect() {
            Some(slices) => Self::Basic(slices),
            None => Self::Advanced(items),
        }
    }
}

impl<const N: usize> From<[AxisSelection; N]> for Selection {
    fn from(items: [AxisSelection; N]) -> Self {
        Vec::from(items).into()
    }
}

impl From<Indices> for Selection {
    fn from(list: Indices) -> Self {
        AxisSelection::from(list).into()
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
