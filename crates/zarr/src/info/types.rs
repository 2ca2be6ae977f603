//! Data types as zarr-python prints them, `Int32(endianness='little')`, and as NumPy does, `<i4`.

use std::borrow::Cow;

use serde_json::Value;
use zarr_metadata::{ArrayMetadata, DataType, Endian, Field};

use super::python::{printable, setting, string, tuple};

/// The data type of an array as zarr-python prints it.
pub(super) fn class(metadata: &ArrayMetadata) -> String {
    class_of(metadata.data_type(), &stored(metadata))
}

/// The data type of an array as NumPy prints it: `float32`, but `>f4` for the other byte order.
pub(crate) fn numpy_name(metadata: &ArrayMetadata) -> String {
    let data_type = metadata.data_type();
    match metadata {
        ArrayMetadata::V2 { array, .. }
            if array.dtype.endian.is_some_and(|own| own != Endian::NATIVE) =>
        {
            let text = array.dtype.to_json().as_str().map(printable);
            text.unwrap_or_else(|| name(data_type, &stored(metadata)))
        }
        _ => name(data_type, &stored(metadata)),
    }
}

/// The dtype in v2 metadata, which says the byte order. In v3 a codec has the byte order, and zarr-python prints
/// its default.
fn stored(metadata: &ArrayMetadata) -> Value {
    match metadata {
        ArrayMetadata::V2 { array, .. } => array.dtype.to_json(),
        ArrayMetadata::V3(_) => Value::Null,
    }
}

fn endian(stored: &Value) -> Endian {
    match stored.as_str().is_some_and(|text| text.starts_with('>')) {
        true => Endian::Big,
        false => Endian::Little,
    }
}

/// The fields of a struct, each with its dtype if the metadata is v2.
fn each<'a>(
    fields: &'a [Field],
    stored: &'a Value,
) -> impl Iterator<Item = (&'a Field, &'a Value)> {
    let own = |at: usize| {
        stored
            .get(at)
            .and_then(|field| field.get(1))
            .unwrap_or(&Value::Null)
    };
    fields
        .iter()
        .enumerate()
        .map(move |(at, field)| (field, own(at)))
}

pub(super) fn class_of(data_type: &DataType, stored: &Value) -> String {
    let endian = endian(stored);
    let class = match data_type {
        DataType::Bool => return "Bool()".to_owned(),
        DataType::Int8 => return "Int8()".to_owned(),
        DataType::UInt8 => return "UInt8()".to_owned(),
        DataType::Int16 => "Int16",
        DataType::Int32 => "Int32",
        DataType::Int64 => "Int64",
        DataType::UInt16 => "UInt16",
        DataType::UInt32 => "UInt32",
        DataType::UInt64 => "UInt64",
        DataType::Float16 => "Float16",
        DataType::Float32 => "Float32",
        DataType::Float64 => "Float64",
        DataType::Complex64 => "Complex64",
        DataType::Complex128 => "Complex128",
        DataType::Raw(length) => return format!("RawBytes(length={length})"),
        DataType::FixedBytes(length) => return format!("NullTerminatedBytes(length={length})"),
        DataType::FixedUtf32(length) => {
            return format!("FixedLengthUTF32(length={length}, endianness='{endian}')");
        }
        DataType::DateTime64 { unit, scale } => {
            return format!(
                "DateTime64(endianness='{endian}', scale_factor={scale}, unit='{unit}')"
            );
        }
        DataType::TimeDelta64 { unit, scale } => {
            return format!(
                "TimeDelta64(endianness='{endian}', scale_factor={scale}, unit='{unit}')"
            );
        }
        DataType::String => return "VariableLengthUTF8()".to_owned(),
        DataType::Bytes => return "VariableLengthBytes()".to_owned(),
        DataType::Struct(fields) => {
            let fields = each(fields, stored);
            let fields = fields.map(|(field, stored)| {
                let class = class_of(&field.data_type, stored);
                format!("({}, {class})", string(&field.name))
            });
            return format!("Struct(fields={})", tuple(fields));
        }
        DataType::Unknown(extension) if extension.configuration.is_empty() => {
            return printable(&extension.name);
        }
        DataType::Unknown(extension) => {
            let settings: Vec<String> = extension.configuration.iter().map(setting).collect();
            return format!("{}({})", printable(&extension.name), settings.join(", "));
        }
        // Data types that zarr-python does not have.
        other => return printable(&other.to_string()),
    };
    format!("{class}(endianness='{endian}')")
}

/// The name for elements in this machine's byte order.
fn name(data_type: &DataType, stored: &Value) -> String {
    match data_type {
        DataType::Raw(length) => format!("|V{length}"),
        DataType::FixedBytes(length) => format!("|S{length}"),
        DataType::FixedUtf32(_) => code(data_type, stored).into_owned(),
        DataType::DateTime64 { .. } => code(data_type, stored).replacen("<M8", "datetime64", 1),
        DataType::TimeDelta64 { .. } => code(data_type, stored).replacen("<m8", "timedelta64", 1),
        DataType::String => "StringDType()".to_owned(),
        DataType::Bytes | DataType::Ragged(_) | DataType::Json => "object".to_owned(),
        DataType::Struct(fields) => {
            let fields = each(fields, stored).map(|(field, stored)| {
                let name = match &field.data_type {
                    record @ DataType::Struct(_) => name(record, stored),
                    single => string(&code(single, stored)),
                };
                match field.shape.as_slice() {
                    [] => format!("({}, {name})", string(&field.name)),
                    shape => format!("({}, {name}, {})", string(&field.name), tuple(shape)),
                }
            });
            format!("[{}]", fields.collect::<Vec<_>>().join(", "))
        }
        other => printable(&other.name()),
    }
}

/// NumPy's code inside a struct: `<i4`, but `?` and `S3`.
fn code(data_type: &DataType, stored: &Value) -> Cow<'static, str> {
    let dtype = zarr_metadata::v2::DType::new(data_type.clone(), Some(endian(stored)));
    match dtype.to_json().as_str() {
        Some("|b1") => "?".into(),
        Some(text) => printable(text.trim_start_matches('|')).into(),
        None => "".into(),
    }
}
