//! numpy type strings, both ways: `<f8` is a mark for the byte order, a kind, a size. Records are in
//! `v2/dtype.rs`.

use serde_json::Value;

use crate::data_type::{DataType, ELEMENT_BYTES, MAX_ELEMENT_BYTES, TimeUnit, named, scale};
use crate::format::Endian;
use crate::pointer::JsonPlace;
use crate::problem::{Problems, brief};

/// Reads a type string: `None` after a problem, `Some(None)` when the type is not known here.
pub(super) fn read(
    text: &str,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Option<(DataType, Option<Endian>)>> {
    let value = || Value::from(text);
    if text.is_empty() {
        problems.invalid(at, "a type such as \"<f8\"", &value());
        return None;
    }
    let (mark, code) = taken_apart(text);
    let data_type = match known(code) {
        TypeCode::Type(data_type) => data_type,
        TypeCode::Impossible(expected) => {
            problems.invalid(at, expected, &value());
            return None;
        }
        TypeCode::TooLarge(bytes) => {
            problems.within(at, ELEMENT_BYTES, bytes, MAX_ELEMENT_BYTES);
            return None;
        }
        // Names are numpy's own for the simple types, and tensorstore's for those numpy lacks.
        TypeCode::No => match named(code).filter(|named| !named.is_variable()) {
            Some(named) => named,
            None => return Some(None),
        },
    };
    let endian = match (has_order(&data_type), mark) {
        (false, _) => None,
        (true, Some('>')) => Some(Endian::Big),
        (true, _) => Some(Endian::Little),
    };
    let canonical = write(&data_type, endian.unwrap_or(Endian::Little));
    if canonical != text {
        problems.tolerate_instead(at, format!("{canonical:?}"), brief(&value()));
    }
    Some(Some((data_type, endian)))
}

/// Whether this is NumPy's type for objects.
pub(super) fn is_object(text: &str) -> bool {
    matches!(taken_apart(text).1, "O" | "O4" | "O8")
}

fn taken_apart(text: &str) -> (Option<char>, &str) {
    match text.strip_prefix(['<', '>', '|', '=']) {
        Some(code) => (text.chars().next(), code),
        None => (None, text),
    }
}

enum TypeCode {
    Type(DataType),
    /// What its size or unit should have been.
    Impossible(String),
    /// The bytes that it should have.
    TooLarge(usize),
    No,
}

fn known(code: &str) -> TypeCode {
    use DataType as T;
    TypeCode::Type(match code {
        "?" | "b1" => T::Bool,
        "i1" => T::Int8,
        "i2" => T::Int16,
        "i4" => T::Int32,
        "i8" => T::Int64,
        "u1" => T::UInt8,
        "u2" => T::UInt16,
        "u4" => T::UInt32,
        "u8" => T::UInt64,
        "f2" => T::Float16,
        "f4" => T::Float32,
        "f8" => T::Float64,
        "c8" => T::Complex64,
        "c16" => T::Complex128,
        code => return sized(code),
    })
}

fn sized(code: &str) -> TypeCode {
    let mut rest = code.chars();
    let kind = rest.next();
    let rest = rest.as_str();
    match kind {
        Some('V') => length(rest, 1, DataType::Raw),
        Some('S') => length(rest, 1, DataType::FixedBytes),
        Some('U') => length(rest, 4, DataType::FixedUtf32),
        Some('M') => time(rest, |unit, scale| DataType::DateTime64 { unit, scale }),
        Some('m') => time(rest, |unit, scale| DataType::TimeDelta64 { unit, scale }),
        _ => TypeCode::No,
    }
}

/// A type of `digits` units of this many bytes each.
fn length(digits: &str, unit: usize, data_type: impl Fn(usize) -> DataType) -> TypeCode {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return TypeCode::No;
    }
    let most = MAX_ELEMENT_BYTES / unit;
    // Only digits: a number, though it may be too large.
    match digits.parse().unwrap_or(usize::MAX) {
        length if length > most => TypeCode::TooLarge(length.saturating_mul(unit)),
        length if length > 0 => TypeCode::Type(data_type(length)),
        _ => TypeCode::Impossible(match unit {
            1 => format!("an element of 1 to {most} bytes"),
            _ => format!("an element of 1 to {most} characters"),
        }),
    }
}

/// `8[25us]`, where the number may be missing, or all of the bracket.
fn time(text: &str, data_type: impl Fn(TimeUnit, u32) -> DataType) -> TypeCode {
    let Some(bracket) = text.strip_prefix('8') else {
        return TypeCode::No;
    };
    if bracket.is_empty() {
        return TypeCode::Type(data_type(TimeUnit::Generic, 1));
    }
    let inner = bracket.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let Some(inner) = inner else {
        return TypeCode::No;
    };
    let unit = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = inner.strip_suffix(unit).unwrap_or_default();
    let Some(unit) = TimeUnit::parse(unit) else {
        return TypeCode::No;
    };
    let scale = match digits {
        "" => Some(1),
        digits => digits.parse().ok().and_then(scale),
    };
    match scale {
        Some(scale) => TypeCode::Type(data_type(unit, scale)),
        None => TypeCode::Impossible(format!("from 1 to 2147483647 {unit}")),
    }
}

fn has_order(data_type: &DataType) -> bool {
    let mut has = false;
    data_type.numbers(0, 0, &mut |_, _| has = true);
    has
}

pub(super) fn write(data_type: &DataType, endian: Endian) -> String {
    use DataType as T;
    let mark = match endian {
        Endian::Big => '>',
        Endian::Little => '<',
    };
    let code = match data_type {
        T::Bool => return "|b1".into(),
        T::Int8 => return "|i1".into(),
        T::UInt8 => return "|u1".into(),
        T::Raw(size) => return format!("|V{size}"),
        T::FixedBytes(size) => return format!("|S{size}"),
        T::String | T::Bytes | T::Ragged(_) | T::Json => return "|O".into(),
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
        T::FixedUtf32(length) => return format!("{mark}U{length}"),
        T::DateTime64 { unit, scale } => return format!("{mark}M8{}", bracket(*unit, *scale)),
        T::TimeDelta64 { unit, scale } => return format!("{mark}m8{}", bracket(*unit, *scale)),
        // tensorstore reads these names without a mark, as little-endian.
        other => {
            return match endian {
                Endian::Big if has_order(other) => format!(">{}", other.name()),
                _ => other.name().into_owned(),
            };
        }
    };
    format!("{mark}{code}")
}

fn bracket(unit: TimeUnit, scale: u32) -> String {
    match (unit, scale) {
        (TimeUnit::Generic, 1) => String::new(),
        (unit, 1) => format!("[{unit}]"),
        (unit, scale) => format!("[{scale}{unit}]"),
    }
}
