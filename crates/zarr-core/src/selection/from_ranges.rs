//! Converts Rust's integers, ranges and tuples to selections. No shape is needed, so nothing here can
//! fail.

use std::ops::{
    Bound, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive,
};

use super::{AxisSelection, Selection, Slice};

/// Adds a step to Rust's ranges. Implemented for all ranges of integers of up to 64 bits.
///
/// ```
/// use zarr_core::{RangeExt, Selection};
/// let selection = Selection::from(((0..10).step(2), (..).step(-1)));
/// assert_eq!(selection.to_string(), "0:10:2, ::-1");
/// ```
pub trait RangeExt {
    /// This range with a step, with NumPy's meaning: a negative step walks down from the first bound.
    /// An inclusive range includes its second bound in either direction.
    fn step(self, step: i64) -> Slice;
}

/// An integer beyond `i64` becomes `i64::MAX`, which resolving refuses where that could be wrong.
pub(super) fn saturate(value: impl TryInto<i64>) -> i64 {
    value.try_into().unwrap_or(i64::MAX)
}

fn range<T: Copy + TryInto<i64>>(bounds: &impl RangeBounds<T>, step: i64) -> Slice {
    let start = match bounds.start_bound() {
        Bound::Included(&start) | Bound::Excluded(&start) => Some(saturate(start)),
        Bound::Unbounded => None,
    };
    let stop = match bounds.end_bound() {
        Bound::Excluded(&stop) => Some(saturate(stop)),
        // The cell after the last included one. Beyond either end of the axis no number stands for
        // it: -1 + 1 would be the first cell, and 0 - 1 the last.
        Bound::Included(&last) => match (saturate(last), step < 0) {
            (-1, false) | (0 | i64::MIN, true) => None,
            (i64::MAX, _) => Some(i64::MAX),
            (last, false) => Some(last + 1),
            (last, true) => Some(last - 1),
        },
        Bound::Unbounded => None,
    };
    Slice::Range { start, stop, step }
}

macro_rules! ranges {
    ($integer:ty: $($range:ty),*) => {$(
        impl RangeExt for $range {
            fn step(self, step: i64) -> Slice {
                range::<$integer>(&self, step)
            }
        }

        impl From<$range> for Slice {
            fn from(range: $range) -> Self {
                range.step(1)
            }
        }

        impl From<$range> for Selection {
            fn from(range: $range) -> Self {
                Self::Basic(vec![range.into()])
            }
        }
    )*};
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Slice {
            fn from(index: $integer) -> Self {
                Self::Index(saturate(index))
            }
        }

        impl From<$integer> for Selection {
            fn from(index: $integer) -> Self {
                Self::Basic(vec![index.into()])
            }
        }

        ranges!(
            $integer: Range<$integer>, RangeFrom<$integer>, RangeTo<$integer>,
            RangeInclusive<$integer>, RangeToInclusive<$integer>
        );
    )*};
}

macro_rules! tuples {
    ($(($($item:ident),+))*) => {$(
        impl<$($item: Into<AxisSelection>),+> From<($($item,)+)> for Selection {
            fn from(items: ($($item,)+)) -> Self {
                #[expect(non_snake_case, reason = "a type parameter names its value")]
                let ($($item,)+) = items;
                vec![$(Into::<AxisSelection>::into($item)),+].into()
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

tuples! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H) (A, B, C, D, E, F, G, H, I) (A, B, C, D, E, F, G, H, I, J)
}

impl RangeExt for RangeFull {
    fn step(self, step: i64) -> Slice {
        Slice::Range {
            start: None,
            stop: None,
            step,
        }
    }
}

impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Self {
        Self::Full
    }
}

/// Every cell, also of an array without axes.
impl From<RangeFull> for Selection {
    fn from(_: RangeFull) -> Self {
        Self::All
    }
}

/// NumPy's `a[()]`: every cell.
impl From<()> for Selection {
    fn from((): ()) -> Self {
        Self::Basic(Vec::new())
    }
}

impl From<Slice> for Selection {
    fn from(slice: Slice) -> Self {
        Self::Basic(vec![slice])
    }
}

impl From<Vec<Slice>> for Selection {
    fn from(slices: Vec<Slice>) -> Self {
        Self::Basic(slices)
    }
}

impl From<&[Slice]> for Selection {
    fn from(slices: &[Slice]) -> Self {
        Self::Basic(slices.into())
    }
}

impl<const N: usize> From<[Slice; N]> for Selection {
    fn from(slices: [Slice; N]) -> Self {
        Self::Basic(slices.into())
    }
}

impl From<&Selection> for Selection {
    fn from(selection: &Selection) -> Self {
        selection.clone()
    }
}
