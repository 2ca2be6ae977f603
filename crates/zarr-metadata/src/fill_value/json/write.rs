//! An element to JSON.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Number, Value};

use super::super::float::Float;
use super::super::text;
use super::{Spelling, spelling};
use crate::data_type::DataType;

/// The element as v3 documents write it, or a list of its bytes where it is not of this type.
pub(in crate::fill_value) fn write(bytes: &[u8], data_type: &DataType) -> Value {
    spelled(bytes, data_type).unwrap_or_else(|| bytes.to_vec().into())
}

fn spelled(bytes: &[u8], data_type: &DataType) -> Option<Value> {
    Some(match spelling(data_type)? {
        Spelling::Bool => Value::Bool(*bytes.first()? != 0),
        Spelling::Signed(16) => i16::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(32) => i32::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(64) | Spelling::Time => i64::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(_) => i8::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(16) => u16::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(32) => u32::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(64) => u64::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(_) => u8::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Float(float) => write_float(float.bits_in(bytes)?, float),
        Spelling::Complex(float) => {
            let (re, im) = bytes.split_at_checked(float.size())?;
            let re = write_float(float.bits_in(re)?, float);
            Value::Array(vec![re, write_float(float.bits_in(im)?, float)])
        }
        Spelling::Raw(_) => bytes.to_vec().into(),
        Spelling::FixedBytes(_) => BASE64_STANDARD.encode(without_zeros(bytes)).into(),
        Spelling::FixedText(_) => {
            let text = text(bytes)?;
            text.trim_end_matches('\0').into()
        }
        Spelling::Record(fields) => {
            let mut rest = bytes;
            let mut members = Map::new();
            for field in fields {
                let (element, after) = rest.split_at_checked(field.size()?)?;
                rest = after;
                let value = write_field(element, &field.data_type, &field.shape)?;
                members.insert(field.name.clone(), value);
            }
            rest.is_empty().then_some(Value::Object(members))?
        }
        Spelling::Text => std::str::from_utf8(bytes).ok()?.into(),
        Spelling::Bytes => BASE64_STANDARD.encode(bytes).into(),
        Spelling::List(elements) => {
            let size = elements.size().filter(|size| *size > 0)?;
            let items = bytes.chunks(size).map(|item| spelled(item, elements));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Spelling::Json => serde_json::from_slice(bytes).ok()?,
    })
}

fn write_field(bytes: &[u8], data_type: &DataType, shape: &[u64]) -> Option<Value> {
    let Some((length, inner)) = shape.split_first() else {
        return spelled(bytes, data_type);
    };
    let size = bytes.len() / usize::try_from(*length).ok().filter(|n| *n > 0)?;
    let items = bytes.chunks(size.max(1));
    let items = items.map(|item| write_field(item, data_type, inner));
    items.collect::<Option<_>>().map(Value::Array)
}

pub(crate) fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes.get(..end.map_or(0, |last| last + 1)).unwrap_or(bytes)
}

fn write_float(bits: u64, float: Float) -> Value {
    let value = float.value(bits);
    if value.is_nan() {
        return match Some(bits) == float.nan() {
            true => "NaN".into(),
            false => format!("0x{bits:0width$x}", width = float.digits()).into(),
        };
    }
    let number = match float {
        Float::Single => shortest(bits, value),
        _ => value,
    };
    match Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None if value > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

/// The number whose spelling is the shortest that reads back as this `float32`: 0.1, not
/// 0.10000000149011612.
fn shortest(bits: u64, exact: f64) -> f64 {
    let short = f32::from_bits(bits as u32).to_string().parse::<f64>();
    // Readers round twice, to 64 bits and then to 32: in the rare case where that misses, stay
    // exact.
    short
        .ok()
        .filter(|short| Float::Single.nearest(*short) == Some(bits))
        .unwrap_or(exact)
}
