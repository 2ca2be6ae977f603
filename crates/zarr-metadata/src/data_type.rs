//! `DataType`: what one element is, and its layout. Byte order is not part of it: that belongs to the `bytes`
//! codec in v3 and to the dtype string in v2. `data_type/name.rs` has the spellings.

mod cast;
mod date;
mod field;
mod name;
mod small;
mod spelled;
mod time;

use std::fmt;
use std::sync::Arc;

use crate::extension::Extension;
use crate::layout::{Layout, Swap, SwapField, SwapRuns};

pub use field::Field;
pub(crate) use name::{finish_record, named, scale, too_deep};
pub use small::{SmallFloat, SmallInt};
pub use time::TimeUnit;

/// The type of the elements of an array.
///
/// ```
/// use zarr_metadata::{DataType, Layout, Swap};
///
/// let t: DataType = "complex64".parse()?;
/// assert_eq!(t, DataType::Complex64);
/// assert_eq!(t.layout(), Some(Layout::Fixed { size: 8, swap: Swap::Width(4) }));
/// // Records are packed, and may hold records.
/// let t = DataType::record([("id", DataType::UInt8), ("t", DataType::Int64)]);
/// assert_eq!((t.to_string().as_str(), t.size()), ("struct[id: uint8, t: int64]", Some(9)));
/// // An unknown name is kept: such an array can be inspected, not decoded.
/// let t: DataType = "quaternion".parse()?;
/// assert_eq!((t.to_string().as_str(), t.size()), ("quaternion", None));
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// True or false, one byte.
    Bool,
    /// Signed, 1 byte.
    Int8,
    /// Signed, 2 bytes.
    Int16,
    /// Signed, 4 bytes.
    Int32,
    /// Signed, 8 bytes.
    Int64,
    /// Unsigned, 1 byte.
    UInt8,
    /// Unsigned, 2 bytes.
    UInt16,
    /// Unsigned, 4 bytes.
    UInt32,
    /// Unsigned, 8 bytes.
    UInt64,
    /// IEEE 754 half precision.
    Float16,
    /// IEEE 754 single precision.
    Float32,
    /// IEEE 754 double precision.
    Float64,
    /// Real and imaginary part, each `float32`.
    Complex64,
    /// Real and imaginary part, each `float64`.
    Complex128,
    /// An integer of fewer than eight bits, one byte in memory.
    SmallInt(SmallInt),
    /// The upper half of a `float32`.
    BFloat16,
    /// A float of at most eight bits, one byte in memory.
    SmallFloat(SmallFloat),
    /// Real and imaginary part, each `float16`.
    ComplexFloat16,
    /// Real and imaginary part, each `bfloat16`.
    ComplexBFloat16,
    /// Real and imaginary part, one byte each.
    ComplexSmall(SmallFloat),
    /// So many raw bytes: `r8`, `r16`, … in v3, `|V1`, `|V2`, … in v2.
    Raw(usize),
    /// At most so many bytes, trailing zeros not counted: `|S5` in v2. It has no registered name in v3;
    /// zarr-python writes `null_terminated_bytes`.
    FixedBytes(usize),
    /// At most so many code points of four bytes each, trailing zeros not counted: `<U5` in v2.
    FixedUtf32(usize),
    /// A moment: the number of steps of `scale` units since 1970, a signed integer of 8 bytes. The lowest
    /// value is "not a time".
    DateTime64 {
        /// The unit.
        unit: TimeUnit,
        /// How many units one step has; at least 1, less than 2^31.
        scale: u32,
    },
    /// A duration: the number of steps of `scale` units, a signed integer of 8 bytes. The lowest value is
    /// "not a time".
    TimeDelta64 {
        /// The unit.
        unit: TimeUnit,
        /// How many units one step has; at least 1, less than 2^31.
        scale: u32,
    },
    /// A record: its fields, packed in this order.
    Struct(Arc<[Field]>),
    /// Strings of any length, in UTF-8.
    String,
    /// Byte strings of any length.
    Bytes,
    /// Arrays of any length of a type of fixed size: v2 objects through `vlen-array`. It has no name in v3.
    Ragged(Box<DataType>),
    /// Any JSON value: v2 objects through `json2` or `msgpack2`. It has no name in v3. In memory it is JSON
    /// text.
    Json,
    /// A type unknown to this library.
    Unknown(Extension),
}

/// The largest element that a document may ask for. A fill value is one element, so without a limit a
/// document of twenty bytes could ask for any amount of memory.
pub(crate) const MAX_ELEMENT_BYTES: usize = 1 << 20;

/// What is too large beyond that.
pub(crate) const ELEMENT_BYTES: &str = "element size in bytes";

/// How deep records may hold records.
pub(crate) const MAX_DEPTH: usize = 32;

impl DataType {
    /// A record of these fields: [`DataType::Struct`]. A [`Field`], or a name and a type, and a shape where the
    /// field holds an array.
    ///
    /// ```
    /// use zarr_metadata::DataType;
    /// let typed = DataType::record([("id", DataType::UInt8), ("t", DataType::Int64)]);
    /// assert_eq!(typed, DataType::record([("id", "u1"), ("t", "<i8")]));
    /// ```
    #[must_use]
    pub fn record<F: Into<Field>>(fields: impl IntoIterator<Item = F>) -> Self {
        Self::Struct(fields.into_iter().map(Into::into).collect())
    }

    /// Moments of this unit: [`DataType::DateTime64`], NumPy's `datetime64[ns]`.
    ///
    /// ```
    /// use zarr_metadata::{DataType, TimeUnit};
    /// let t = DataType::datetime64(TimeUnit::Nanosecond);
    /// assert_eq!(t.to_string(), "numpy.datetime64[ns]");
    /// ```
    #[must_use]
    pub const fn datetime64(unit: TimeUnit) -> Self {
        let scale = 1;
        Self::DateTime64 { unit, scale }
    }

    /// Durations of this unit: [`DataType::TimeDelta64`], NumPy's `timedelta64[s]`.
    #[must_use]
    pub const fn timedelta64(unit: TimeUnit) -> Self {
        let scale = 1;
        Self::TimeDelta64 { unit, scale }
    }

    /// How an element lies in memory; `None` for a type unknown to this library.
    #[must_use]
    pub fn layout(&self) -> Option<Layout> {
        if self.is_variable() {
            return Some(Layout::Variable);
        }
        let size = self.size()?;
        let mut runs = SwapRuns::default();
        self.numbers(0, 0, &mut |_, run| runs.push(run));
        let swap = runs.swap(size);
        Some(Layout::Fixed { size, swap })
    }

    /// Whether the byte order matters: elements are, or contain, numbers of more than one byte.
    #[must_use]
    pub fn has_byte_order(&self) -> bool {
        matches!(self.layout(), Some(Layout::Fixed { swap, .. }) if swap != Swap::None)
    }

    /// Bytes of one element; `None` when elements differ in length or the type is unknown.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        Some(match self {
            Self::Bool | Self::Int8 | Self::UInt8 => 1,
            Self::SmallInt(_) | Self::SmallFloat(_) => 1,
            Self::Int16 | Self::UInt16 | Self::Float16 | Self::BFloat16 => 2,
            Self::ComplexSmall(_) => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::ComplexFloat16 | Self::ComplexBFloat16 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Complex64 => 8,
            Self::DateTime64 { .. } | Self::TimeDelta64 { .. } => 8,
            Self::Complex128 => 16,
            Self::Raw(bytes) | Self::FixedBytes(bytes) => *bytes,
            Self::FixedUtf32(length) => length.checked_mul(4)?,
            Self::Struct(fields) => field::size(fields)?,
            Self::String | Self::Bytes | Self::Ragged(_) | Self::Json | Self::Unknown(_) => {
                return None;
            }
        })
    }

    /// Whether elements differ in length.
    #[must_use]
    pub fn is_variable(&self) -> bool {
        matches!(
            self,
            Self::String | Self::Bytes | Self::Ragged(_) | Self::Json
        )
    }

    /// The bytes of each number an element is made of, and how many there are; `None` where single
    /// bytes have no order, and for records.
    fn number(&self) -> Option<(usize, usize)> {
        Some(match self {
            Self::Int16 | Self::UInt16 | Self::Float16 | Self::BFloat16 => (2, 1),
            Self::Int32 | Self::UInt32 | Self::Float32 => (4, 1),
            Self::Int64 | Self::UInt64 | Self::Float64 => (8, 1),
            Self::DateTime64 { .. } | Self::TimeDelta64 { .. } => (8, 1),
            Self::ComplexFloat16 | Self::ComplexBFloat16 => (2, 2),
            Self::Complex64 => (4, 2),
            Self::Complex128 => (8, 2),
            Self::FixedUtf32(length) => (4, *length),
            _ => return None,
        })
    }

    /// Visits the numbers with a byte order of an element at `offset`, in the order of their
    /// places. Each comes with the number of its leaf: the types inside that are no records
    /// themselves, counted from `leaf` as they are written. Gives the number after the last.
    ///
    /// Only for types that have a size.
    pub(crate) fn numbers(
        &self,
        offset: usize,
        leaf: usize,
        visit: &mut dyn FnMut(usize, SwapField),
    ) -> usize {
        let Self::Struct(fields) = self else {
            return self.leaf(offset, leaf, 1, visit);
        };
        let (mut offset, mut leaf) = (offset, leaf);
        for field in fields.iter() {
            let (Some(size), Some(count)) = (field.data_type.size(), field.count()) else {
                return leaf;
            };
            leaf = match &field.data_type {
                record @ Self::Struct(_) => {
                    (0..count).fold(leaf, |_, i| record.numbers(offset + i * size, leaf, visit))
                }
                single => single.leaf(offset, leaf, count, visit),
            };
            offset += size * count;
        }
        leaf
    }

    fn leaf(
        &self,
        offset: usize,
        leaf: usize,
        times: usize,
        visit: &mut dyn FnMut(usize, SwapField),
    ) -> usize {
        if let Some((width, count)) = self.number() {
            let count = count * times;
            visit(
                leaf,
                SwapField {
                    offset,
                    width,
                    count,
                },
            );
        }
        leaf + 1
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        match self {
            Self::FixedBytes(length) | Self::FixedUtf32(length) => write!(f, "[{length}]"),
            Self::DateTime64 { unit, scale } | Self::TimeDelta64 { unit, scale } => match scale {
                1 => write!(f, "[{unit}]"),
                scale => write!(f, "[{scale}{unit}]"),
            },
            Self::Ragged(elements) => write!(f, "[{elements}]"),
            Self::Struct(fields) => {
                for (i, field) in fields.iter().enumerate() {
                    let before = if i == 0 { "[" } else { ", " };
                    write!(f, "{before}{}: {}", field.name, field.data_type)?;
                    if !field.shape.is_empty() {
                        write!(f, "{:?}", field.shape)?;
                    }
                }
                f.write_str("]")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
