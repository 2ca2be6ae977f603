//! Fill values as Python prints them.

use zarr_metadata::{DataType, Timedelta64};

use super::python::{self, bytes, complex, float, half, printable, string, tuple};

/// An element as Python prints it. Bytes of another length than the data type's are printed as bytes.
pub(super) fn element(data_type: &DataType, value: &[u8]) -> String {
    let shown = match data_type {
        DataType::String => std::str::from_utf8(value).ok().map(printable),
        DataType::FixedUtf32(_) => characters(value).map(|text| printable(&text)),
        DataType::TimeDelta64 { unit, scale } => count(value).map(|count| {
            Timedelta64::new(count, *unit)
                .with_scale(*scale)
                .to_string()
        }),
        DataType::DateTime64 { unit, scale } => count(value).map(|count| unit.date(count, *scale)),
        DataType::Struct(_) => member(data_type, value),
        other => number(other, value),
    };
    shown.unwrap_or_else(|| bytes(value))
}

fn number(data_type: &DataType, value: &[u8]) -> Option<String> {
    macro_rules! number {
        ($type:ty, $show:expr) => {
            value.try_into().ok().map(<$type>::from_ne_bytes).map($show)
        };
    }
    match data_type {
        DataType::Bool => value
            .first()
            .map(|byte| super::boolean(*byte != 0).to_owned()),
        DataType::Int8 => number!(i8, |n| n.to_string()),
        DataType::Int16 => number!(i16, |n| n.to_string()),
        DataType::Int32 => number!(i32, |n| n.to_string()),
        DataType::Int64 => number!(i64, |n| n.to_string()),
        DataType::UInt8 => number!(u8, |n| n.to_string()),
        DataType::UInt16 => number!(u16, |n| n.to_string()),
        DataType::UInt32 => number!(u32, |n| n.to_string()),
        DataType::UInt64 => number!(u64, |n| n.to_string()),
        DataType::Float16 => number!(u16, |bits| float(half(bits))),
        DataType::Float32 => number!(f32, |n| float(n.into())),
        DataType::Float64 => number!(f64, float),
        DataType::Complex64 => parts32(value).map(|(re, im)| complex(re.into(), im.into())),
        DataType::Complex128 => parts64(value).map(|(re, im)| complex(re, im)),
        DataType::Raw(_) => Some(hexadecimal(value)),
        DataType::FixedBytes(_) => Some(bytes(without_zeros(value))),
        DataType::Bytes => Some(bytes(value)),
        _ => None,
    }
}

/// A field of a struct as NumPy prints it: strings in quotes, numbers as short as possible.
fn member(data_type: &DataType, value: &[u8]) -> Option<String> {
    match data_type {
        DataType::Struct(fields) => {
            let mut rest = value;
            let members = fields.iter().map(|field| {
                let (own, after) = rest.split_at_checked(field.size()?)?;
                rest = after;
                array(&field.data_type, &field.shape, own)
            });
            let members: Vec<String> = members.collect::<Option<_>>()?;
            Some(tuple(members))
        }
        DataType::FixedUtf32(_) => characters(value).map(|text| string(&text)),
        DataType::DateTime64 { unit, scale } => {
            count(value).map(|count| string(&unit.date(count, *scale)))
        }
        DataType::TimeDelta64 { .. } => count(value).map(|count| match count {
            i64::MIN => "'NaT'".to_owned(),
            count => count.to_string(),
        }),
        DataType::Float16 => {
            let bits = value.try_into().ok().map(u16::from_ne_bytes)?;
            Some(short(half(bits), shortest_half(bits), 1e3))
        }
        DataType::Float32 => {
            let value = value.try_into().ok().map(f32::from_ne_bytes)?;
            Some(short(value.into(), shortest(value), 1e6))
        }
        DataType::Complex64 => {
            let (re, im) = parts32(value)?;
            let part = |part: f32| {
                let exponent = part != 0.0 && (part.abs() >= 1e6 || part.abs() < 1e-4);
                of_a_part(shortest(part), exponent)
            };
            Some(joined(&part(re), &part(im)))
        }
        DataType::Complex128 => {
            let (re, im) = parts64(value)?;
            let part = |part: f64| {
                let exponent = part != 0.0 && (part.abs() >= 1e8 || part.abs() < 1e-4);
                of_a_part(part, exponent)
            };
            Some(joined(&part(re), &part(im)))
        }
        other => number(other, value),
    }
}

/// A field that is an array, as nested lists.
fn array(data_type: &DataType, shape: &[u64], value: &[u8]) -> Option<String> {
    let Some((length, inner)) = shape.split_first() else {
        return member(data_type, value);
    };
    let size = value.len() / usize::try_from(*length).ok().filter(|n| *n > 0)?;
    let items = value
        .chunks(size.max(1))
        .map(|item| array(data_type, inner, item));
    let items: Vec<String> = items.collect::<Option<_>>()?;
    Some(format!("[{}]", items.join(", ")))
}

/// A float of less than 64 bits. `shown` has the fewest digits that tell it from its neighbours. From `large` on,
/// where the type no longer has every integer, an exponent is printed.
fn short(value: f64, shown: f64, large: f64) -> String {
    match value != 0.0 && value.is_finite() && (value.abs() >= large || value.abs() < 1e-4) {
        true => python::with_exponent(shown, ""),
        false => float(shown),
    }
}

/// The number with the fewest digits that reads back as this `f32`.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(value.into())
}

/// The same for a half-precision number: a number nearer to it than to its neighbours reads back as it.
fn shortest_half(bits: u16) -> f64 {
    let value = half(bits);
    let step = (half(bits ^ 1) - value).abs();
    let nearest = |candidate: &f64| (candidate - value).abs() < step / 2.0;
    let digits = (0..5).filter_map(|digits| format!("{value:.digits$e}").parse().ok());
    digits.into_iter().find(nearest).unwrap_or(value)
}

/// A part of a complex number in a struct: at most eight digits after the point.
fn of_a_part(part: f64, exponent: bool) -> String {
    if !part.is_finite() {
        return float(part);
    }
    if exponent {
        let rounded = format!("{part:.8e}").parse().unwrap_or(part);
        return python::with_exponent(rounded, ".");
    }
    let rounded: f64 = format!("{part:.8}").parse().unwrap_or(part);
    let text = format!("{rounded:?}");
    let whole = text.strip_suffix('0').filter(|text| text.ends_with('.'));
    whole.unwrap_or(&text).to_owned()
}

fn joined(re: &str, im: &str) -> String {
    let sign = if im.starts_with('-') { "" } else { "+" };
    format!("{re}{sign}{im}j")
}

fn parts32(value: &[u8]) -> Option<(f32, f32)> {
    let (re, im) = value.split_at_checked(4)?;
    Some((
        f32::from_ne_bytes(re.try_into().ok()?),
        f32::from_ne_bytes(im.try_into().ok()?),
    ))
}

fn parts64(value: &[u8]) -> Option<(f64, f64)> {
    let (re, im) = value.split_at_checked(8)?;
    Some((
        f64::from_ne_bytes(re.try_into().ok()?),
        f64::from_ne_bytes(im.try_into().ok()?),
    ))
}

fn count(value: &[u8]) -> Option<i64> {
    value.try_into().ok().map(i64::from_ne_bytes)
}

/// The text of four-byte characters, without trailing zeros.
fn characters(value: &[u8]) -> Option<String> {
    let (units, _) = value.as_chunks::<4>();
    let text = units
        .iter()
        .map(|unit| char::from_u32(u32::from_ne_bytes(*unit)));
    let text: String = text.collect::<Option<_>>()?;
    Some(text.trim_end_matches('\0').to_owned())
}

fn without_zeros(value: &[u8]) -> &[u8] {
    let end = value
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    value.get(..end).unwrap_or(value)
}

/// Raw bytes as NumPy prints them.
fn hexadecimal(value: &[u8]) -> String {
    let bytes: String = value.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("b'{bytes}'")
}
