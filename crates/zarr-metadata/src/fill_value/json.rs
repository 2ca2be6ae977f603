//! The JSON spelling of one element, both ways and exact to the bit. Knows v3's rules; what v2 does
//! otherwise is in `v2/dtype.rs`.

use serde_json::{Number, Value};

use super::float::Float;
use super::{FillValue, unsupported_kind};
use crate::base64;
use crate::data_type::DataType;
use crate::pointer::At;
use crate::problem::Problems;

/// What the elements of a type are spelled as.
enum Spelling {
    Bool,
    Signed(usize),
    Unsigned(usize),
    Float(Float),
    Complex(Float),
    Bytes(usize),
}

fn spelling(data_type: &DataType) -> Option<Spelling> {
    use DataType as T;
    Some(match data_type {
        T::Bool => Spelling::Bool,
        T::Int8 => Spelling::Signed(1),
        T::Int16 => Spelling::Signed(2),
        T::Int32 => Spelling::Signed(4),
        T::Int64 => Spelling::Signed(8),
        T::UInt8 => Spelling::Unsigned(1),
        T::UInt16 => Spelling::Unsigned(2),
        T::UInt32 => Spelling::Unsigned(4),
        T::UInt64 => Spelling::Unsigned(8),
        T::Float16 => Spelling::Float(Float::Half),
        T::Float32 => Spelling::Float(Float::Single),
        T::Float64 => Spelling::Float(Float::Double),
        T::Complex64 => Spelling::Complex(Float::Single),
        T::Complex128 => Spelling::Complex(Float::Double),
        T::Raw(size) => Spelling::Bytes(*size),
        T::Unknown(_) => return None,
    })
}

pub(super) fn read(
    value: &Value,
    data_type: &DataType,
    at: &At<'_>,
    problems: &mut Problems,
) -> Option<FillValue> {
    let Some(spelling) = spelling(data_type) else {
        problems.push(at, unsupported_kind(data_type));
        return None;
    };
    let mut bytes = Vec::with_capacity(16);
    match spelling {
        Spelling::Bool => match value {
            Value::Bool(flag) => bytes.push(u8::from(*flag)),
            other => {
                problems.invalid(at, "true or false", other);
                return None;
            }
        },
        Spelling::Signed(size) => {
            let max = i128::from(i64::MAX) >> (64 - 8 * size);
            push_int(value, -max - 1, max, size, at, problems, &mut bytes)?;
        }
        Spelling::Unsigned(size) => {
            let max = i128::from(u64::MAX) >> (64 - 8 * size);
            push_int(value, 0, max, size, at, problems, &mut bytes)?;
        }
        Spelling::Float(float) => push_float(value, float, at, problems, &mut bytes)?,
        Spelling::Complex(float) => match value.as_array().map(Vec::as_slice) {
            Some([re, im]) => {
                let re = push_float(re, float, &at.index(0), problems, &mut bytes);
                let im = push_float(im, float, &at.index(1), problems, &mut bytes);
                re.and(im)?;
            }
            _ => {
                problems.invalid(at, "[real part, imaginary part]", value);
                return None;
            }
        },
        Spelling::Bytes(size) => bytes = raw(value, size, at, problems)?,
    }
    Some(FillValue {
        bytes: bytes.into(),
    })
}

fn push_int(
    value: &Value,
    min: i128,
    max: i128,
    size: usize,
    at: &At<'_>,
    problems: &mut Problems,
    bytes: &mut Vec<u8>,
) -> Option<()> {
    let Some(int) = whole(value).filter(|int| (min..=max).contains(int)) else {
        problems.invalid(at, format!("a whole number from {min} to {max}"), value);
        return None;
    };
    // In range, so the low bytes are the whole number, in two's complement.
    let all = int.to_le_bytes();
    let low = all.get(..size)?;
    if cfg!(target_endian = "big") {
        bytes.extend(low.iter().rev());
    } else {
        bytes.extend(low);
    }
    Some(())
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

fn push_float(
    value: &Value,
    float: Float,
    at: &At<'_>,
    problems: &mut Problems,
    bytes: &mut Vec<u8>,
) -> Option<()> {
    let bits = match value {
        Value::Number(number) => number
            .as_f64()
            .map(|value| float.bits(value))
            .filter(|bits| float.value(*bits).is_finite()),
        Value::String(text) => match text.as_str() {
            "NaN" => Some(float.nan()),
            "Infinity" => Some(float.bits(f64::INFINITY)),
            "-Infinity" => Some(float.bits(f64::NEG_INFINITY)),
            text => hex(text, float.size()),
        },
        _ => None,
    };
    match bits {
        Some(bits) => float.push(bits, bytes),
        None => problems.invalid(
            at,
            format!(
                "a number within {}, \"NaN\", \"Infinity\", \"-Infinity\" or \"0x\" and {} digits",
                float.name(),
                float.size() * 2
            ),
            value,
        ),
    }
    bits.map(|_| ())
}

/// The bits spelled by `0x` and exactly two digits a byte, most significant first.
fn hex(text: &str, size: usize) -> Option<u64> {
    let digits = text.strip_prefix("0x")?;
    // `from_str_radix` would take a sign.
    if digits.len() != size * 2 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, 16).ok()
}

/// A list of byte values, or base64 as zarr-python writes it.
fn raw(value: &Value, size: usize, at: &At<'_>, problems: &mut Problems) -> Option<Vec<u8>> {
    let bytes: Option<Vec<u8>> = match value {
        Value::Array(items) if items.len() == size => items
            .iter()
            .map(|item| item.as_u64().and_then(|byte| u8::try_from(byte).ok()))
            .collect(),
        Value::String(text) => base64::decode(text).filter(|bytes| bytes.len() == size),
        _ => None,
    };
    if bytes.is_none() {
        problems.invalid(
            at,
            format!("an array of {size} numbers from 0 to 255"),
            value,
        );
    }
    bytes
}

pub(super) fn write(bytes: &[u8], data_type: &DataType) -> Value {
    spelling(data_type)
        .and_then(|spelling| write_as(bytes, &spelling))
        .unwrap_or_else(|| bytes.to_vec().into())
}

fn write_as(bytes: &[u8], spelling: &Spelling) -> Option<Value> {
    Some(match spelling {
        Spelling::Bool => Value::Bool(*bytes.first()? != 0),
        Spelling::Signed(1) => i8::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(2) => i16::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(4) => i32::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Signed(_) => i64::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(1) => u8::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(2) => u16::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(4) => u32::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Unsigned(_) => u64::from_ne_bytes(bytes.try_into().ok()?).into(),
        Spelling::Float(float) => write_float(float.bits_in(bytes)?, *float),
        Spelling::Complex(float) => {
            let (re, im) = bytes.split_at_checked(float.size())?;
            let re = write_float(float.bits_in(re)?, *float);
            Value::Array(vec![re, write_float(float.bits_in(im)?, *float)])
        }
        Spelling::Bytes(_) => bytes.to_vec().into(),
    })
}

fn write_float(bits: u64, float: Float) -> Value {
    let value = float.value(bits);
    if value.is_nan() {
        return match bits == float.nan() {
            true => "NaN".into(),
            false => format!("0x{bits:0width$x}", width = float.size() * 2).into(),
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
        .filter(|short| Float::Single.bits(*short) == bits)
        .unwrap_or(exact)
}

#[cfg(test)]
mod tests;
