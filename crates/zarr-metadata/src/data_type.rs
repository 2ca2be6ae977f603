//! `DataType`: what one element is, its v3 name and its layout. Byte order is no part of it: that
//! belongs to the `bytes` codec in v3 and to the dtype string in v2. Knows no fill values.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::extension::Extension;
use crate::layout::{Layout, Swap};
use crate::pointer::At;
use crate::problem::{MetadataError, Problems};

/// The type of the elements of an array.
///
/// ```
/// use zarr_metadata::{DataType, Layout, Swap};
///
/// let t: DataType = "complex64".parse()?;
/// assert_eq!(t, DataType::Complex64);
/// assert_eq!(t.layout(), Some(Layout::Fixed { size: 8, swap: Swap::Width(4) }));
/// // A name nobody here knows is kept: such an array can be looked at, not decoded.
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
    /// This many bytes without meaning: `r8`, `r16`, … in v3, `|V1`, `|V2`, … in v2.
    Raw(usize),
    /// A type this library does not know.
    Unknown(Extension),
}

/// The largest element a document may ask for. A fill value is one element, so without a limit a
/// document of twenty bytes could ask for any amount of memory.
pub(crate) const MAX_ELEMENT_BYTES: usize = 1 << 20;

/// The types that are nothing but a name.
const NAMED: [(&str, DataType); 14] = [
    ("bool", DataType::Bool),
    ("int8", DataType::Int8),
    ("int16", DataType::Int16),
    ("int32", DataType::Int32),
    ("int64", DataType::Int64),
    ("uint8", DataType::UInt8),
    ("uint16", DataType::UInt16),
    ("uint32", DataType::UInt32),
    ("uint64", DataType::UInt64),
    ("float16", DataType::Float16),
    ("float32", DataType::Float32),
    ("float64", DataType::Float64),
    ("complex64", DataType::Complex64),
    ("complex128", DataType::Complex128),
];

impl DataType {
    /// The name in v3 documents: `float32`, `r16`.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Raw(bytes) => Cow::Owned(format!("r{}", bytes.saturating_mul(8))),
            Self::Unknown(extension) => Cow::Borrowed(&extension.name),
            known => NAMED
                .iter()
                .find(|(_, t)| t == known)
                .map_or(Cow::Borrowed(""), |(name, _)| Cow::Borrowed(*name)),
        }
    }

    /// Reads the `data_type` of a v3 document: a name, or an object with a name and a
    /// configuration.
    ///
    /// An unknown name gives [`DataType::Unknown`].
    ///
    /// # Errors
    /// When it is neither, when a known type has settings it does not take, or its size is
    /// impossible.
    pub fn from_json(value: Value) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v3 documents write it: a bare name unless there is a configuration.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Unknown(extension) if !extension.configuration.is_empty() => extension.to_json(),
            plain => Value::String(plain.name().into_owned()),
        }
    }

    /// How an element lies in memory; `None` for a type this library does not know.
    #[must_use]
    pub fn layout(&self) -> Option<Layout> {
        let size = self.size()?;
        let swap = match self {
            Self::Bool | Self::Int8 | Self::UInt8 | Self::Raw(_) => Swap::None,
            Self::Complex64 | Self::Complex128 => Swap::Width(size / 2),
            _ => Swap::Width(size),
        };
        Some(Layout::Fixed { size, swap })
    }

    /// Bytes of one element; `None` when elements differ in length or the type is unknown.
    #[must_use]
    pub fn size(&self) -> Option<usize> {
        Some(match self {
            Self::Bool | Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 | Self::Float16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Complex64 => 8,
            Self::Complex128 => 16,
            Self::Raw(bytes) => *bytes,
            Self::Unknown(_) => return None,
        })
    }

    pub(crate) fn read(value: Value, at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        let extension = Extension::read_mandatory(value, at, problems)?;
        let known = match NAMED.iter().find(|(name, _)| *name == extension.name) {
            Some((_, known)) => known.clone(),
            None => match raw_bits(&extension.name) {
                Some(bits) => Self::Raw(raw_size(bits, &extension.name, at, problems)?),
                None => return Some(Self::Unknown(extension)),
            },
        };
        if !extension.configuration.is_empty() {
            let expected = format!("no settings, {known} has none");
            let found = Value::Object(extension.configuration);
            problems.invalid(&at.key("configuration"), expected, &found);
            return None;
        }
        Some(known)
    }
}

/// The digits of a name like `r16`.
fn raw_bits(name: &str) -> Option<&str> {
    let digits = name.strip_prefix('r')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

fn raw_size(bits: &str, name: &str, at: &At<'_>, problems: &mut Problems) -> Option<usize> {
    let size = bits
        .parse::<usize>()
        .ok()
        .filter(|bits| *bits > 0 && bits % 8 == 0)
        .map(|bits| bits / 8)
        .filter(|bytes| *bytes <= MAX_ELEMENT_BYTES);
    if size.is_none() {
        let limit = MAX_ELEMENT_BYTES * 8;
        problems.invalid(
            at,
            format!("r and a multiple of 8 bits from 8 to {limit}"),
            &Value::from(name),
        );
    }
    size
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl FromStr for DataType {
    type Err = MetadataError;

    fn from_str(name: &str) -> Result<Self, MetadataError> {
        Self::from_json(Value::from(name))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Result<DataType, &str>) {
        let read = DataType::from_json(value);
        assert_eq!(
            read.map_err(|e| e.to_string()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn every_name_reads_back() {
        for (name, known) in NAMED.iter().cloned().chain([("r24", DataType::Raw(3))]) {
            assert_eq!(known.name(), name);
            assert_eq!(known.to_json(), json!(name));
            check(json!(name), Ok(known.clone()));
            check(json!({"name": name}), Ok(known.clone()));
            check(json!({"name": name, "configuration": {}}), Ok(known));
        }
    }

    #[test]
    fn unknown_types_are_kept() {
        let value = json!({"name": "numpy.void", "configuration": {"n": 1}});
        let read = DataType::from_json(value.clone()).unwrap();
        assert_eq!(read.to_json(), value);
        assert_eq!((read.size(), read.layout()), (None, None));
        check(json!("r8x"), Ok(DataType::Unknown(Extension::new("r8x"))));
    }

    #[test]
    fn refusals() {
        let raw = "document: expected r and a multiple of 8 bits from 8 to 8388608, found ";
        for name in ["r0", "r12", "r8388616", "r99999999999999999999999999"] {
            check(json!(name), Err(&format!("{raw}{name:?}")));
        }
        check(
            json!({"name": "int8", "configuration": {"endian": "big"}}),
            Err(
                "/configuration: expected no settings, int8 has none, found an object of 1 members",
            ),
        );
        check(
            json!({"name": "int8", "must_understand": false}),
            Err(
                "/must_understand: must_understand: false is not allowed here, every reader has \
                 to understand this; remove it",
            ),
        );
        check(
            json!(8),
            Err("document: expected a name, or an object with a name, found 8"),
        );
    }

    #[test]
    fn layouts() {
        let fixed = |size, swap| Some(Layout::Fixed { size, swap });
        assert_eq!(DataType::Bool.layout(), fixed(1, Swap::None));
        assert_eq!(DataType::Int16.layout(), fixed(2, Swap::Width(2)));
        assert_eq!(DataType::Complex128.layout(), fixed(16, Swap::Width(8)));
        assert_eq!(DataType::Raw(5).layout(), fixed(5, Swap::None));
    }
}
