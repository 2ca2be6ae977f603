//! `ByteRange`: which bytes of a value are wanted, and what that means for a value of a given size. Pure arithmetic.
//! It and `error` refer to each other, since an error contains the range that it is about.

use std::{
    fmt,
    ops::{Range, RangeFrom, RangeFull},
};

use crate::error::StoreErrorKind;

/// Which bytes of a value are wanted.
///
/// Every store follows the rule of HTTP: an end beyond the value is clipped to it, a start at or beyond its end is an
/// error, and an empty range gives no bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum ByteRange {
    /// The whole value.
    #[default]
    All,
    /// From the start up to, not including, the end.
    Bounded(Range<u64>),
    /// All but this many bytes at the start.
    From(u64),
    /// This many bytes at the end; the whole value if it is shorter.
    Last(u64),
    /// The whole value, if it has at most this many bytes: a larger one is refused before memory is taken for it. This
    /// is the way to ask for values that others wrote, where it is known how large they can be.
    AtMost(u64),
}

impl ByteRange {
    /// The bytes meant, in a value of `size` bytes.
    ///
    /// ```
    /// use zarr_store::ByteRange;
    /// assert_eq!(ByteRange::Last(4).resolve(10)?, 6..10);
    /// assert_eq!(ByteRange::Bounded(8..20).resolve(10)?, 8..10);
    /// assert!(ByteRange::From(11).resolve(10).is_err());
    /// # Ok::<(), zarr_store::StoreErrorKind>(())
    /// ```
    ///
    /// # Errors
    /// [`StoreErrorKind::OutOfRange`] if the range starts beyond the value or ends before it starts;
    /// [`StoreErrorKind::TooLarge`] if the value has more bytes than it may have.
    pub fn resolve(&self, size: u64) -> Result<Range<u64>, StoreErrorKind> {
        let out = || StoreErrorKind::OutOfRange {
            asked: self.clone(),
            size,
        };
        match *self {
            ByteRange::All | ByteRange::From(0) => Ok(0..size),
            ByteRange::AtMost(limit) if size > limit => {
                Err(StoreErrorKind::TooLarge { size, limit })
            }
            ByteRange::AtMost(_) => Ok(0..size),
            ByteRange::From(start) if start < size => Ok(start..size),
            ByteRange::Last(n) => Ok(size.saturating_sub(n)..size),
            ByteRange::Bounded(Range { start, end }) if start < end && start < size => {
                Ok(start..end.min(size))
            }
            ByteRange::Bounded(Range { start, end }) if start == end && start <= size => {
                Ok(start..end)
            }
            ByteRange::From(_) | ByteRange::Bounded(_) => Err(out()),
        }
    }
}

impl From<RangeFull> for ByteRange {
    fn from(_: RangeFull) -> Self {
        ByteRange::All
    }
}

impl From<Range<u64>> for ByteRange {
    fn from(range: Range<u64>) -> Self {
        ByteRange::Bounded(range)
    }
}

impl From<RangeFrom<u64>> for ByteRange {
    fn from(range: RangeFrom<u64>) -> Self {
        ByteRange::From(range.start)
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ByteRange::All => f.write_str("all bytes"),
            ByteRange::Bounded(r) => write!(f, "bytes {}..{}", r.start, r.end),
            ByteRange::From(start) => write!(f, "bytes {start}.."),
            ByteRange::Last(n) => write!(f, "the last {n} bytes"),
            ByteRange::AtMost(n) => write!(f, "all of at most {n} bytes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(
        clippy::needless_pass_by_value,
        reason = "a table reads better without borrows"
    )]
    fn check(range: ByteRange, size: u64, want: Option<Range<u64>>) {
        assert_eq!(range.resolve(size).ok(), want, "{range} of {size}");
    }

    #[test]
    fn resolves() {
        check(ByteRange::All, 0, Some(0..0));
        check(ByteRange::From(0), 0, Some(0..0));
        check(ByteRange::From(3), 10, Some(3..10));
        check(ByteRange::Last(3), 10, Some(7..10));
        check(ByteRange::Last(0), 10, Some(10..10));
        check(ByteRange::Last(u64::MAX), 10, Some(0..10));
        check(ByteRange::Bounded(2..4), 10, Some(2..4));
        check(ByteRange::Bounded(2..u64::MAX), 10, Some(2..10));
        check(ByteRange::Bounded(10..10), 10, Some(10..10));
        check(ByteRange::AtMost(10), 10, Some(0..10));
        check(ByteRange::AtMost(10), 0, Some(0..0));
        check(ByteRange::AtMost(0), 0, Some(0..0));
    }

    #[test]
    fn what_is_too_large_says_so() {
        let refused = ByteRange::AtMost(9).resolve(10);
        assert!(matches!(
            refused,
            Err(StoreErrorKind::TooLarge { size: 10, limit: 9 })
        ));
    }

    #[test]
    fn refuses() {
        check(ByteRange::From(10), 10, None);
        check(ByteRange::Bounded(10..11), 10, None);
        check(ByteRange::Bounded(11..11), 10, None);
        check(ByteRange::Bounded(Range { start: 4, end: 2 }), 10, None);
        check(ByteRange::Bounded(0..1), 0, None);
    }
}
