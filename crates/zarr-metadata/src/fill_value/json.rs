//! The JSON spelling of one element, both ways and exact to the bit; writing is in
//! `fill_value/json/write.rs`. These are the rules of v3; `v2/dtype/fill.rs` has what differs in v2.

mod write;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::float::Float;
use super::{FillValue, unsupported_kind};
use crate::data_type::{DataType, Field};
use crate::format::Endian;
use crate::layout::{Layout, Swap};
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};

pub(crate) use write::without_zeros;
pub(super) use write::write;

/// How the elements of a type are spelled.
enum Spelling<'a> {
    Bool,
    /// Of this many bits.
    Signed(u32),
    /// Of this many bits.
    Unsigned(u32),
    Float(Float),
    Complex(Float),
    /// Exactly this many bytes.
    Raw(usize),
    /// At most this many bytes.
    FixedBytes(usize),
    /// At most this many characters.
    FixedText(usize),
    /// A count of time units, or none.
    Time,
    Record(&'a [Field]),
    Text,
    Bytes,
    List(&'a DataType),
    Json,
}

fn spelling(data_type: &DataType) -> Option<Spelling<'_>> {
    use DataType as T;
    Some(match data_type {
        T::Bool => Spelling::Bool,
        T::Int8 => Spelling::Signed(8),
        T::Int16 => Spelling::Signed(16),
        T::Int32 => Spelling::Signed(32),
        T::Int64 => Spelling::Signed(64),
        T::UInt8 => Spelling::Unsigned(8),
        T::UInt16 => Spelling::Unsigned(16),
        T::UInt32 => Spelling::Unsigned(32),
        T::UInt64 => Spelling::Unsigned(64),
        T::SmallInt(int) if int.is_signed() => Spelling::Signed(int.bits()),
        T::SmallInt(int) => Spelling::Unsigned(int.bits()),
        T::Float16 => Spelling::Float(Float::HALF),
        T::BFloat16 => Spelling::Float(Float::BRAIN),
        T::Float32 => Spelling::Float(Float::Single),
        T::Float64 => Spelling::Float(Float::Double),
        T::SmallFloat(float) => Spelling::Float(Float::small(*float)),
        T::Complex64 => Spelling::Complex(Float::Single),
        T::Complex128 => Spelling::Complex(Float::Double),
        T::ComplexFloat16 => Spelling::Complex(Float::HALF),
        T::ComplexBFloat16 => Spelling::Complex(Float::BRAIN),
        T::ComplexSmall(float) => Spelling::Complex(Float::small(*float)),
        T::Raw(size) => Spelling::Raw(*size),
        T::FixedBytes(size) => Spelling::FixedBytes(*size),
        T::FixedUtf32(length) => Spelling::FixedText(*length),
        T::DateTime64 { .. } | T::TimeDelta64 { .. } => Spelling::Time,
        T::Struct(fields) => Spelling::Record(fields),
        T::String => Spelling::Text,
        T::Bytes => Spelling::Bytes,
        T::Ragged(elements) => Spelling::List(elements),
        T::Json => Spelling::Json,
        T::Unknown(_) => return None,
    })
}

/// Reads one element. `packed` is the byte order of records that are spelled in base64.
pub(super) fn read(
    value: &Value,
    data_type: &DataType,
    packed: Endian,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<FillValue> {
    let mut reader = FillValueReader {
        packed,
        bytes: Vec::with_capacity(16),
        problems,
    };
    reader.element(value, data_type, at)?;
    Some(FillValue::new(data_type, reader.bytes))
}

struct FillValueReader<'a> {
    packed: Endian,
    /// What was read so far.
    bytes: Vec<u8>,
    problems: &'a mut Problems,
}

impl FillValueReader<'_> {
    fn element(&mut self, value: &Value, data_type: &DataType, at: &JsonPlace<'_>) -> Option<()> {
        let Some(spelling) = spelling(data_type) else {
            self.problems.push(at, unsupported_kind(data_type));
            return None;
        };
        match spelling {
            Spelling::Bool => match value {
                Value::Bool(flag) => self.bytes.push(u8::from(*flag)),
                // As in numbers; zarr-python 3 takes any text for true.
                Value::String(text) if matches!(text.as_str(), "0" | "1") => {
                    let flag = text == "1";
                    self.problems
                        .tolerate_instead(at, flag.to_string(), value.to_string());
                    self.bytes.push(u8::from(flag));
                }
                other => return self.refuse(at, "true or false", other),
            },
            Spelling::Signed(bits) => {
                let max = i128::from(i64::MAX) >> (64 - bits);
                self.int(value, -max - 1, max, data_type, at)?;
            }
            Spelling::Unsigned(bits) => {
                let max = i128::from(u64::MAX) >> (64 - bits);
                self.int(value, 0, max, data_type, at)?;
            }
            Spelling::Float(float) => self.float(value, float, at)?,
            Spelling::Complex(float) => match value.as_array().map(Vec::as_slice) {
                Some([re, im]) => {
                    let re = self.float(re, float, &at.index(0));
                    let im = self.float(im, float, &at.index(1));
                    re.and(im)?;
                }
                _ => return self.refuse(at, "[real part, imaginary part]", value),
            },
            Spelling::Raw(size) => match bytes(value).filter(|bytes| bytes.len() == size) {
                Some(bytes) => self.bytes.extend(bytes),
                None => {
                    let expected = format!("an array of {size} numbers from 0 to 255");
                    return self.refuse(at, expected, value);
                }
            },
            Spelling::FixedBytes(size) => match bytes(value).filter(|b| b.len() <= size) {
                Some(bytes) => self.padded(&bytes, size),
                None => {
                    let expected = format!("at most {size} bytes in base64");
                    return self.refuse(at, expected, value);
                }
            },
            Spelling::FixedText(length) => {
                let text = value.as_str().filter(|t| t.chars().count() <= length);
                let Some(text) = text else {
                    let expected = format!("a string of at most {length} characters");
                    return self.refuse(at, expected, value);
                };
                let units: Vec<u8> = text
                    .chars()
                    .flat_map(|c| u32::from(c).to_ne_bytes())
                    .collect();
                self.padded(&units, length.checked_mul(4)?);
            }
            Spelling::Time => match value.as_str() {
                Some("NaT") => self.bytes.extend(i64::MIN.to_ne_bytes()),
                Some(_) => return self.refuse(at, "a whole number, or \"NaT\"", value),
                None => {
                    let (min, max) = (i128::from(i64::MIN), i128::from(i64::MAX));
                    self.int(value, min, max, data_type, at)?;
                }
            },
            Spelling::Record(fields) => self.record(value, fields, data_type, at)?,
            Spelling::Text => match value {
                Value::String(text) => self.bytes.extend(text.as_bytes()),
                other => return self.refuse(at, "a string", other),
            },
            Spelling::Bytes => match bytes(value) {
                Some(bytes) => self.bytes.extend(bytes),
                None => {
                    let expected = "bytes in base64, or an array of numbers from 0 to 255";
                    return self.refuse(at, expected, value);
                }
            },
            Spelling::List(elements) => match value {
                Value::Array(items) => self.each(items, elements, at)?,
                other => {
                    let expected = format!("an array of {elements} elements");
                    return self.refuse(at, expected, other);
                }
            },
            Spelling::Json => self.bytes.extend(value.to_string().as_bytes()),
        }
        Some(())
    }

    fn refuse(
        &mut self,
        at: &JsonPlace<'_>,
        expected: impl Into<String>,
        found: &Value,
    ) -> Option<()> {
        self.problems.invalid(at, expected, found);
        None
    }

    fn padded(&mut self, bytes: &[u8], size: usize) {
        self.bytes.extend(bytes);
        let rest = size.saturating_sub(bytes.len());
        self.bytes.extend(std::iter::repeat_n(0, rest));
    }

    fn each(&mut self, items: &[Value], data_type: &DataType, at: &JsonPlace<'_>) -> Option<()> {
        let mut good = Some(());
        for (i, item) in items.iter().enumerate() {
            good = self.element(item, data_type, &at.index(i)).and(good);
        }
        good
    }

    fn int(
        &mut self,
        value: &Value,
        min: i128,
        max: i128,
        data_type: &DataType,
        at: &JsonPlace<'_>,
    ) -> Option<()> {
        let quoted = value.as_str().and_then(|text| text.trim().parse().ok());
        let int = quoted.or_else(|| whole(value));
        let Some(int) = int.filter(|int| (min..=max).contains(int)) else {
            return self.refuse(at, format!("a whole number from {min} to {max}"), value);
        };
        if !(value.is_u64() || value.is_i64()) {
            self.problems
                .tolerate_instead(at, int.to_string(), value.to_string());
        }
        // In range, so the low bytes are the whole number, in two's complement.
        let all = int.to_le_bytes();
        let low = all.get(..data_type.size()?)?;
        if cfg!(target_endian = "big") {
            self.bytes.extend(low.iter().rev());
        } else {
            self.bytes.extend(low);
        }
        Some(())
    }

    fn float(&mut self, value: &Value, float: Float, at: &JsonPlace<'_>) -> Option<()> {
        let bits = match value {
            Value::Number(number) => number.as_f64().and_then(|value| float.nearest(value)),
            Value::String(text) => match text.as_str() {
                "NaN" => float.nan(),
                "Infinity" => float.infinity(false),
                "-Infinity" => float.infinity(true),
                text => hex(text, float).or_else(|| self.quoted(text, float, at)),
            },
            _ => None,
        };
        match bits {
            Some(bits) => float.push(bits, &mut self.bytes),
            None => return self.refuse(at, expected_float(float), value),
        }
        Some(())
    }

    /// A number in quotes, as n5-zarr wrote it.
    fn quoted(&mut self, text: &str, float: Float, at: &JsonPlace<'_>) -> Option<u64> {
        let number = text.trim().parse::<f64>().ok();
        // `nan` and `inf` are numbers to a parser, and here they have spellings of their own.
        let number = number.filter(|number| number.is_finite())?;
        let bits = float.nearest(number)?;
        let found = Value::from(text).to_string();
        self.problems
            .tolerate_instead(at, format!("{number:?}"), found);
        Some(bits)
    }

    fn record(
        &mut self,
        value: &Value,
        fields: &[Field],
        data_type: &DataType,
        at: &JsonPlace<'_>,
    ) -> Option<()> {
        match value {
            Value::Object(members) => self.members(members, fields, at),
            // As zarr-python once wrote them.
            Value::String(text) => {
                let size = data_type.size()?;
                let bytes = BASE64_STANDARD
                    .decode(text)
                    .ok()
                    .filter(|bytes| bytes.len() == size);
                let Some(mut bytes) = bytes else {
                    return self.refuse(at, format!("{size} bytes in base64"), value);
                };
                if self.packed != Endian::NATIVE {
                    swap(data_type).apply(size, &mut bytes);
                }
                let advice = "expected an object with a value for each field, found its bytes in base64, \
                              as only old arrays have them";
                self.problems.discourage(at, advice);
                match super::normal(data_type, &mut bytes) {
                    Ok(()) => self.bytes.extend(bytes),
                    Err((expected, _)) => return self.refuse(at, expected, value),
                }
                Some(())
            }
            other => self.refuse(at, "an object with a value for each field", other),
        }
    }

    fn members(
        &mut self,
        members: &Map<String, Value>,
        fields: &[Field],
        at: &JsonPlace<'_>,
    ) -> Option<()> {
        let mut good = Some(());
        for field in fields {
            let at = at.key(&field.name);
            let read = match members.get(&field.name) {
                Some(value) => self.field(value, &field.data_type, &field.shape, &at),
                None => {
                    let expected = "the fill value of the field";
                    self.problems.push(&at, ProblemKind::Missing { expected });
                    None
                }
            };
            good = read.and(good);
        }
        let names: HashSet<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        for (key, value) in members {
            if !names.contains(key.as_str()) {
                self.problems.invalid(&at.key(key), "no such field", value);
                good = None;
            }
        }
        good
    }

    /// A field: an element, or as many nested lists of them as the field has axes.
    fn field(
        &mut self,
        value: &Value,
        data_type: &DataType,
        shape: &[u64],
        at: &JsonPlace<'_>,
    ) -> Option<()> {
        let Some((length, inner)) = shape.split_first() else {
            return self.element(value, data_type, at);
        };
        let items = value.as_array();
        let Some(items) = items.filter(|items| items.len() as u64 == *length) else {
            return self.refuse(at, format!("an array of {length}"), value);
        };
        let mut good = Some(());
        for (i, item) in items.iter().enumerate() {
            good = self.field(item, data_type, inner, &at.index(i)).and(good);
        }
        good
    }
}

pub(super) fn swap(data_type: &DataType) -> Swap {
    match data_type.layout() {
        Some(Layout::Fixed { swap, .. }) => swap,
        _ => Swap::None,
    }
}

/// The whole number a JSON number is; `5.0` is 5.
fn whole(value: &Value) -> Option<i128> {
    let number = value.as_number()?;
    if let Some(int) = number.as_u64() {
        return Some(i128::from(int));
    }
    if let Some(int) = number.as_i64() {
        return Some(i128::from(int));
    }
    // Whole numbers beyond 64 bits arrive here as the nearest float. Up to 2^53 a float is what was
    // written, above it may be a neighbour: -2^63-1 must not pass for -2^63.
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i128)
}

fn expected_float(float: Float) -> String {
    let mut expected = format!("a number within {}", float.name());
    if float.nan().is_some() {
        expected.push_str(", \"NaN\"");
    }
    if float.infinity(false).is_some() {
        expected.push_str(", \"Infinity\", \"-Infinity\"");
    }
    expected + &format!(" or \"0x\" and {} digits", float.digits())
}

/// The bits spelled by `0x` and exactly as many digits as the type needs, most significant first.
fn hex(text: &str, float: Float) -> Option<u64> {
    let digits = text.strip_prefix("0x")?;
    // `from_str_radix` would take a sign.
    if digits.len() != float.digits() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let bits = u64::from_str_radix(digits, 16).ok()?;
    float.has(bits).then_some(bits)
}

/// Bytes as a list of their values, or in base64.
fn bytes(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_u64().and_then(|byte| u8::try_from(byte).ok()))
            .collect(),
        Value::String(text) => BASE64_STANDARD.decode(text).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
