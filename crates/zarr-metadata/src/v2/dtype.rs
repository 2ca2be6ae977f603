//! numpy type strings: `"<f8"` to a data type with a byte order, and back. Also the v2 spelling of
//! fill values, since that depends on the type. Knows no other part of a document.

use serde_json::Value;

use crate::base64;
use crate::data_type::{DataType, MAX_ELEMENT_BYTES};
use crate::extension::Extension;
use crate::fill_value::FillValue;
use crate::format::Endian;
use crate::pointer::At;
use crate::problem::{MetadataError, Problems};

/// The `dtype` of a v2 array: what an element is and in which byte order it is stored.
///
/// ```
/// use zarr_metadata::{DataType, Endian, v2::DType};
///
/// let dtype = DType::from_json(">f4".into())?;
/// assert_eq!((&dtype.data_type, dtype.endian), (&DataType::Float32, Some(Endian::Big)));
/// assert_eq!(DType::new(DataType::Int64, Some(Endian::Little)).to_json(), "<i8");
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DType {
    /// What an element is.
    pub data_type: DataType,
    /// The byte order; `None` where there is none to have, as with single bytes.
    pub endian: Option<Endian>,
    /// How the document spelled it, where that is not how it is written today.
    spelling: Option<Value>,
}

impl DType {
    /// A dtype in its canonical spelling.
    #[must_use]
    pub fn new(data_type: DataType, endian: Option<Endian>) -> Self {
        Self {
            data_type,
            endian,
            spelling: None,
        }
    }

    /// Reads the `dtype` of a v2 document, also in the loose spellings numpy takes (`"f8"`,
    /// `"=f8"`, `"<i1"`); without a mark numbers are little-endian.
    ///
    /// # Errors
    /// When the value is no string or list, or its size is impossible. A type that is only unknown
    /// is kept.
    pub fn from_json(value: Value) -> Result<Self, MetadataError> {
        let mut problems = Problems::default();
        let read = Self::read(value, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v2 documents write it; a dtype that was read keeps its spelling.
    #[must_use]
    pub fn to_json(&self) -> Value {
        // The fields are open: a spelling counts only as long as it still says the same.
        if let Some(spelling) = &self.spelling
            && let Ok(read) = Self::from_json(spelling.clone())
            && (&read.data_type, read.endian) == (&self.data_type, self.endian)
        {
            return spelling.clone();
        }
        self.canonical()
    }

    /// Reads the `fill_value` of a v2 document; `null` is zero.
    ///
    /// # Errors
    /// When the value is no element of the type.
    pub fn fill_value_from_json(&self, value: &Value) -> Result<FillValue, MetadataError> {
        let mut problems = Problems::default();
        let read = self.read_fill_value(value, &At::ROOT, &mut problems);
        problems.finish(read)
    }

    /// As v2 documents write a fill value: as in v3, but bytes in base64.
    #[must_use]
    pub fn fill_value_to_json(&self, fill_value: &FillValue) -> Value {
        match self.data_type {
            DataType::Raw(_) => base64::encode(fill_value.as_bytes()).into(),
            _ => fill_value.to_json(&self.data_type),
        }
    }

    pub(crate) fn read_fill_value(
        &self,
        value: &Value,
        at: &At<'_>,
        problems: &mut Problems,
    ) -> Option<FillValue> {
        let no_value = match (&self.data_type, value) {
            (_, Value::Null) => true,
            // Old writers gave byte strings these.
            (DataType::Raw(_), Value::String(text)) => text.is_empty(),
            (DataType::Raw(_), Value::Number(number)) => number.as_u64() == Some(0),
            _ => false,
        };
        match FillValue::zero(&self.data_type) {
            Some(zero) if no_value => Some(zero),
            _ => FillValue::read(value, &self.data_type, at, problems),
        }
    }

    pub(crate) fn read(value: Value, at: &At<'_>, problems: &mut Problems) -> Option<Self> {
        let unknown = |name: &str| DataType::Unknown(Extension::new(name));
        let (data_type, endian) = match &value {
            Value::String(text) => match Parts::of(text) {
                Some(parts) => {
                    let Some(data_type) = parts.data_type() else {
                        let expected = format!("an element of 1 to {MAX_ELEMENT_BYTES} bytes");
                        problems.invalid(at, expected, &value);
                        return None;
                    };
                    let endian = parts.endian(&data_type);
                    (data_type, endian)
                }
                None if text.is_empty() => {
                    problems.invalid(at, "a type such as \"<f8\"", &value);
                    return None;
                }
                None => (unknown(text), None),
            },
            Value::Array(_) => (unknown("struct"), None),
            other => {
                problems.invalid(at, "a type such as \"<f8\", or a list of fields", other);
                return None;
            }
        };
        let mut dtype = Self::new(data_type, endian);
        if dtype.canonical() != value {
            dtype.spelling = Some(value);
        }
        Some(dtype)
    }

    fn canonical(&self) -> Value {
        use DataType as T;
        let code = match &self.data_type {
            T::Bool => return "|b1".into(),
            T::Int8 => return "|i1".into(),
            T::UInt8 => return "|u1".into(),
            T::Raw(size) => return format!("|V{size}").into(),
            T::Int16 => "i2",
            T::Int32 => "i4",
            T::Int64 => "i8",
            T::UInt16 => "u2",
            T::UInt32 => "u4",
            T::UInt64 => "u8",
            T::Float16 => "f2",
            T::Float32 => "f4",
            T::Float64 => "f8",
            T::Complex64 => "c8",
            T::Complex128 => "c16",
            T::Unknown(extension) => return extension.name.as_str().into(),
        };
        let mark = match self.endian {
            Some(Endian::Big) => '>',
            Some(Endian::Little) | None => '<',
        };
        format!("{mark}{code}").into()
    }
}

/// A type string taken apart: `<f8` is mark `<`, kind `f`, size 8.
struct Parts<'a> {
    mark: Option<char>,
    kind: char,
    size: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` when the string is of no kind that is known here.
    fn of(text: &'a str) -> Option<Self> {
        let rest = text.trim_start_matches(['<', '>', '|', '=']);
        let mark = match text.len() - rest.len() {
            0 => None,
            1 => text.chars().next(),
            _ => return None,
        };
        let mut size = rest.chars();
        let parts = Self {
            mark,
            kind: size.next()?,
            size: size.as_str(),
        };
        let known = match (parts.kind, parts.size) {
            ('?', "") | ('b', "1") => true,
            ('i' | 'u', "1" | "2" | "4" | "8") | ('f', "2" | "4" | "8") | ('c', "8" | "16") => true,
            ('V', size) => !size.is_empty() && size.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        known.then_some(parts)
    }

    /// `None` when the size is impossible.
    fn data_type(&self) -> Option<DataType> {
        use DataType as T;
        Some(match (self.kind, self.size) {
            ('i', "1") => T::Int8,
            ('i', "2") => T::Int16,
            ('i', "4") => T::Int32,
            ('i', _) => T::Int64,
            ('u', "1") => T::UInt8,
            ('u', "2") => T::UInt16,
            ('u', "4") => T::UInt32,
            ('u', _) => T::UInt64,
            ('f', "2") => T::Float16,
            ('f', "4") => T::Float32,
            ('f', _) => T::Float64,
            ('c', "8") => T::Complex64,
            ('c', _) => T::Complex128,
            ('V', size) => {
                let size = size.parse().ok()?;
                if !(1..=MAX_ELEMENT_BYTES).contains(&size) {
                    return None;
                }
                T::Raw(size)
            }
            _ => T::Bool,
        })
    }

    fn endian(&self, data_type: &DataType) -> Option<Endian> {
        match (data_type, self.mark) {
            (DataType::Bool | DataType::Int8 | DataType::UInt8 | DataType::Raw(_), _) => None,
            (_, Some('>')) => Some(Endian::Big),
            _ => Some(Endian::Little),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tables read better without ampersands"
    )]
    fn check(spelling: Value, data_type: &str, endian: Option<Endian>, canonical: &str) {
        let dtype = DType::from_json(spelling.clone()).unwrap();
        assert_eq!(
            (dtype.data_type.name().as_ref(), dtype.endian),
            (data_type, endian)
        );
        assert_eq!(dtype.to_json(), spelling, "as read");
        let new = DType::new(dtype.data_type, dtype.endian);
        assert_eq!(new.to_json(), canonical, "newly built");
    }

    #[test]
    fn canonical_strings() {
        use Endian::{Big, Little};
        for (text, data_type, endian) in [
            ("|b1", "bool", None),
            ("|i1", "int8", None),
            ("|u1", "uint8", None),
            ("<i2", "int16", Some(Little)),
            (">i4", "int32", Some(Big)),
            ("<i8", "int64", Some(Little)),
            (">u2", "uint16", Some(Big)),
            ("<u4", "uint32", Some(Little)),
            (">u8", "uint64", Some(Big)),
            ("<f2", "float16", Some(Little)),
            (">f4", "float32", Some(Big)),
            ("<f8", "float64", Some(Little)),
            (">c8", "complex64", Some(Big)),
            ("<c16", "complex128", Some(Little)),
            ("|V12", "r96", None),
        ] {
            check(json!(text), data_type, endian, text);
        }
    }

    #[test]
    fn loose_strings() {
        let little = Some(Endian::Little);
        check(json!("f8"), "float64", little, "<f8");
        check(json!("=f8"), "float64", little, "<f8");
        check(json!("|f8"), "float64", little, "<f8");
        check(json!("<i1"), "int8", None, "|i1");
        check(json!("u1"), "uint8", None, "|u1");
        check(json!("?"), "bool", None, "|b1");
        check(json!("V3"), "r24", None, "|V3");
    }

    #[test]
    fn unknown_ones_are_kept() {
        for text in ["<M8[ns]", "|O", "<<f8", "<f16", "<U5", "é", "<"] {
            check(json!(text), text, None, text);
        }
        check(
            json!([["a", "<i4"], ["b", "|S3"]]),
            "struct",
            None,
            "struct",
        );
    }

    #[test]
    fn a_changed_field_outweighs_the_spelling() {
        let mut dtype = DType::from_json(json!("=f8")).unwrap();
        dtype.endian = Some(Endian::Big);
        assert_eq!(dtype.to_json(), ">f8");
    }

    #[test]
    fn refusals() {
        for value in [
            json!("|V0"),
            json!("|V1048577"),
            json!("|V99999999999999999999"),
            json!(""),
            json!(8),
        ] {
            assert!(DType::from_json(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn fill_values() {
        let raw = DType::from_json(json!("|V3")).unwrap();
        let fill = raw.fill_value_from_json(&json!("AAH/")).unwrap();
        assert_eq!(fill.as_bytes(), [0, 1, 255]);
        assert_eq!(raw.fill_value_to_json(&fill), "AAH/");
        for none in [json!(null), json!(0), json!("")] {
            assert!(raw.fill_value_from_json(&none).unwrap().is_zero());
        }
        let float = DType::from_json(json!("<f4")).unwrap();
        assert!(float.fill_value_from_json(&json!(null)).unwrap().is_zero());
        assert!(float.fill_value_from_json(&json!("")).is_err());
        let unknown = DType::from_json(json!("|O")).unwrap();
        assert!(unknown.fill_value_from_json(&json!(null)).is_err());
    }
}
