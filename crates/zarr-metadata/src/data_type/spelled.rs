//! Data types from texts as people write them: in the spellings of format 3, of format 2 and of NumPy.

use std::str::FromStr;

use serde_json::Value;

use super::name::known_names;
use super::{DataType, Field};
use crate::extension::Extension;
use crate::format::Endian;
use crate::near::nearest;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind};
use crate::v2::DType;

/// What Python and NumPy call types beside their names, as `numpy.dtype` reads them on 64-bit machines that
/// are not Windows.
const NUMPY: [(&str, DataType); 34] = [
    ("str", DataType::String),
    ("float", DataType::Float64),
    ("int", DataType::Int64),
    ("uint", DataType::UInt64),
    ("complex", DataType::Complex128),
    ("bool_", DataType::Bool),
    ("half", DataType::Float16),
    ("single", DataType::Float32),
    ("double", DataType::Float64),
    ("csingle", DataType::Complex64),
    ("cdouble", DataType::Complex128),
    ("byte", DataType::Int8),
    ("ubyte", DataType::UInt8),
    ("short", DataType::Int16),
    ("ushort", DataType::UInt16),
    ("intc", DataType::Int32),
    ("uintc", DataType::UInt32),
    ("long", DataType::Int64),
    ("ulong", DataType::UInt64),
    ("intp", DataType::Int64),
    ("uintp", DataType::UInt64),
    ("b", DataType::Int8),
    ("B", DataType::UInt8),
    ("h", DataType::Int16),
    ("H", DataType::UInt16),
    ("i", DataType::Int32),
    ("I", DataType::UInt32),
    ("l", DataType::Int64),
    ("L", DataType::UInt64),
    ("e", DataType::Float16),
    ("f", DataType::Float32),
    ("d", DataType::Float64),
    ("F", DataType::Complex64),
    ("D", DataType::Complex128),
];

/// Reads a type in any spelling in use: `float32`, `r16` and the other names of format 3; `<f4`, `|S5` and the
/// other type strings of format 2; and NumPy's own: `f4`, `datetime64[ns]`, `str`. An unknown name gives
/// [`DataType::Unknown`].
///
/// ```
/// use zarr_metadata::{DataType, TimeUnit};
///
/// for text in ["float32", "<f4", "f4", "single"] {
///     assert_eq!(text.parse::<DataType>()?, DataType::Float32);
/// }
/// let days: DataType = "datetime64[7D]".parse()?;
/// assert_eq!(days, DataType::DateTime64 { unit: TimeUnit::Day, scale: 7 });
/// assert!("r12".parse::<DataType>().is_err());
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
impl FromStr for DataType {
    type Err = MetadataError;

    fn from_str(text: &str) -> Result<Self, MetadataError> {
        if let Some((_, known)) = NUMPY.iter().find(|(name, _)| *name == text) {
            return Ok(known.clone());
        }
        let named = Self::from_json(Value::from(text))?;
        if !matches!(named, Self::Unknown(_)) {
            return Ok(named);
        }
        let code = text.strip_prefix("numpy.").unwrap_or(text);
        let code = match (
            code.strip_prefix("datetime64"),
            code.strip_prefix("timedelta64"),
        ) {
            (Some(unit), _) => format!("M8{unit}"),
            (_, Some(unit)) => format!("m8{unit}"),
            _ => code.to_owned(),
        };
        let dtype = DType::from_json(Value::from(code))?;
        if dtype.endian == Some(Endian::Big) {
            let data_type = dtype.data_type;
            let expected = format!(
                "\"{data_type}\": a data type has no byte order, the codec `bytes` has it, as `endian`"
            );
            let found = format!("{text:?}");
            let kind = ProblemKind::Invalid { expected, found };
            return Err(MetadataError::new(&JsonPlace::ROOT, kind));
        }
        Ok(match dtype.data_type {
            Self::Unknown(_) => named,
            known => known,
        })
    }
}

/// A type in any spelling that [`parse`](str::parse) reads. What is none is kept as [`DataType::Unknown`]; an
/// array of such a type cannot be created, and the error says why.
impl From<&str> for DataType {
    fn from(text: &str) -> Self {
        let unknown = |_| Self::Unknown(Extension::new(text));
        text.parse().unwrap_or_else(unknown)
    }
}

/// As from a `&str`.
impl From<String> for DataType {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

/// As from a `&str`.
impl From<&String> for DataType {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&DataType> for DataType {
    fn from(data_type: &DataType) -> Self {
        data_type.clone()
    }
}

impl DataType {
    /// Why no array of this type can be created: the type, or a field of the record, is unknown.
    #[must_use]
    pub fn why_unknown(&self) -> Option<String> {
        let extension = match self {
            Self::Unknown(extension) => extension,
            Self::Struct(fields) => {
                return fields.iter().find_map(
                    |Field {
                         name, data_type, ..
                     }| {
                        let why = data_type.why_unknown()?;
                        Some(format!("field `{name}`: {why}"))
                    },
                );
            }
            _ => return None,
        };
        let name = extension.name.as_str();
        if let Err(error) = name.parse::<Self>() {
            let problems = error.problems().iter();
            let kinds: Vec<String> = problems.map(|problem| problem.kind.to_string()).collect();
            return Some(kinds.join("; "));
        }
        if matches!(name, "O" | "|O" | "object") {
            let text =
                format!("{name:?} does not say what its objects are; give \"string\" or \"bytes\"");
            return Some(text);
        }
        let numpy = NUMPY.iter().map(|(name, _)| *name);
        let nearest = nearest(name, known_names().chain(numpy));
        let advice = nearest.map(|known| format!("; is it {known:?}?"));
        Some(format!(
            "{name:?} is no data type that this library knows{}",
            advice.unwrap_or_default()
        ))
    }
}
