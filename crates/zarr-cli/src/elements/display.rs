//! Elements as people read them: dates as dates, and bytes that are text as text. Does not escape control
//! characters.

use serde_json::{Map, Value};
use zarr::{DataType, FillValue};

/// An element as text, like a fill value in metadata if there is no better way.
pub(crate) fn element(data_type: &DataType, element: &[u8]) -> String {
    match value(data_type, element) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The same as JSON: strings, and objects for records.
pub(crate) fn value(data_type: &DataType, element: &[u8]) -> Value {
    let known = match data_type {
        DataType::DateTime64 { unit, scale } => {
            count(element).map(|count| unit.date(count, *scale).into())
        }
        DataType::TimeDelta64 { .. } => count(element).map(|count| match count {
            i64::MIN => "NaT".into(),
            count => count.into(),
        }),
        DataType::FixedBytes(_) => {
            let end = element
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |last| last + 1);
            element.get(..end).map(|bytes| text(bytes).into())
        }
        DataType::Bytes => Some(text(element).into()),
        DataType::Raw(_) => Some(escaped(element).into()),
        DataType::Complex64 | DataType::Complex128 => complex(&json(data_type, element)),
        DataType::Struct(fields) => {
            let mut rest = element;
            let members = fields.iter().map(|field| {
                let (bytes, after) = rest.split_at_checked(field.size()?)?;
                rest = after;
                Some((
                    field.name.clone(),
                    nested(&field.data_type, &field.shape, bytes),
                ))
            });
            members.collect::<Option<Map<_, _>>>().map(Value::Object)
        }
        DataType::Ragged(items) => {
            let size = items.size().filter(|size| *size > 0);
            size.map(|size| {
                element
                    .chunks(size)
                    .map(|item| value(items, item))
                    .collect()
            })
        }
        _ => None,
    };
    known.unwrap_or_else(|| json(data_type, element))
}

/// An element as fill values are written in metadata.
pub(crate) fn json(data_type: &DataType, element: &[u8]) -> Value {
    match FillValue::from_bytes(data_type, element) {
        Ok(element) => element.to_json(data_type),
        // What is not a valid element, such as text that is not UTF-8, is shown as bytes.
        Err(_) => Value::from(element),
    }
}

/// A field of a record: an element, or nested lists of elements.
fn nested(data_type: &DataType, shape: &[u64], bytes: &[u8]) -> Value {
    let Some((length, inner)) = shape.split_first() else {
        return value(data_type, bytes);
    };
    let length = usize::try_from(*length).unwrap_or(usize::MAX);
    let items = bytes.chunks((bytes.len() / length.max(1)).max(1));
    items.map(|item| nested(data_type, inner, item)).collect()
}

fn count(element: &[u8]) -> Option<i64> {
    element.try_into().ok().map(i64::from_ne_bytes)
}

/// As Python writes complex numbers; `None` for what is not one.
fn complex(parts: &Value) -> Option<Value> {
    let part = |at: usize| {
        let part = parts.get(at)?;
        let text = part
            .as_str()
            .map_or_else(|| part.to_string(), str::to_owned);
        Some(text.strip_suffix(".0").map_or(text.clone(), str::to_owned))
    };
    let (re, im) = (part(0)?, part(1)?);
    let sign = if im.starts_with('-') { "" } else { "+" };
    Some(format!("({re}{sign}{im}j)").into())
}

/// A statistic of elements of this type as text: the nearest date for dates.
pub(crate) fn number(data_type: &DataType, number: f64) -> Option<String> {
    match data_type {
        // The cast cannot saturate, since no date is out of range.
        DataType::DateTime64 { unit, scale } if number.is_finite() => {
            Some(unit.date(number.round() as i64, *scale))
        }
        _ => None,
    }
}

/// The unit of elements, such as ` ms`; empty if they have none.
pub(crate) fn unit(data_type: &DataType) -> String {
    match data_type {
        DataType::DateTime64 { unit, scale } | DataType::TimeDelta64 { unit, scale } => {
            match (unit.as_str(), scale) {
                ("generic", _) => String::new(),
                (unit, 1) => format!(" {unit}"),
                (unit, scale) => format!(" × {scale} {unit}"),
            }
        }
        _ => String::new(),
    }
}

/// What "not a number" is called in this type.
pub(crate) fn nan(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::DateTime64 { .. } | DataType::TimeDelta64 { .. } => "NaT",
        _ => "NaN",
    }
}

fn text(bytes: &[u8]) -> String {
    str::from_utf8(bytes).map_or_else(|_| escaped(bytes), str::to_owned)
}

/// As Python writes bytes.
fn escaped(bytes: &[u8]) -> String {
    let each = bytes.iter().map(|byte| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    });
    format!("b'{}'", each.collect::<String>())
}

#[cfg(test)]
mod tests {
    use zarr::Field;
    use zarr::tools::v2::DType;

    use super::*;

    /// Elements in the order of this machine, by numpy's name of their type.
    fn check(name: &str, bytes: &[u8], expected: &str) {
        let dtype = DType::from_json(name.into()).unwrap();
        assert_eq!(element(&dtype.data_type, bytes), expected, "{name}");
    }

    /// Dates as numpy 2.5.5 prints them, complex numbers as Python 3.13 does.
    #[test]
    fn elements_as_people_read_them() {
        check("M8[D]", &18_262_i64.to_ne_bytes(), "2020-01-01");
        check("M8[25s]", &3_i64.to_ne_bytes(), "1970-01-01T00:01:15");
        check("M8[ns]", &i64::MIN.to_ne_bytes(), "NaT");
        check("m8[ms]", &(-5_i64).to_ne_bytes(), "-5");
        check("m8[ms]", &i64::MIN.to_ne_bytes(), "NaT");
        check("S5", b"ab\0c\0", "ab\0c");
        check("S5", b"\0\0\0\0\0", "");
        check("S3", b"a'\xff", r"b'a\'\xff'");
        check("V3", &[0, 65, 92], r"b'\x00A\\'");
        check("?", &[1], "true");
        check("f4", &0.1_f32.to_ne_bytes(), "0.1");
        check("f8", &f64::NEG_INFINITY.to_ne_bytes(), "-Infinity");
        let complex = |re: f64, im: f64| [re.to_ne_bytes(), im.to_ne_bytes()].concat();
        check("c16", &complex(1.5, -2.5), "(1.5-2.5j)");
        check("c16", &complex(0.5, 1e-7), "(0.5+1e-7j)");
        check("c16", &complex(1.0, -0.0), "(1-0j)");
        check("c16", &complex(f64::NAN, f64::INFINITY), "(NaN+Infinityj)");
        let text: Vec<u8> = "é, \"1\""
            .chars()
            .flat_map(|c| u32::from(c).to_ne_bytes())
            .collect();
        check("U6", &text, "é, \"1\"");
        assert_eq!(element(&DataType::Bytes, b"plain"), "plain");
        assert_eq!(element(&DataType::Bytes, b"\x93NUMPY"), r"b'\x93NUMPY'");
    }

    #[test]
    fn records_and_lists() {
        let date = DType::from_json("M8[D]".into()).unwrap().data_type;
        let record = DataType::record([
            Field::new("t", date),
            Field::new("s", DataType::FixedBytes(2)).with_shape([2, 1]),
        ]);
        let bytes = [0_i64.to_ne_bytes().as_slice(), b"a\0bc"].concat();
        assert_eq!(
            element(&record, &bytes),
            r#"{"t":"1970-01-01","s":[["a"],["bc"]]}"#
        );
        let ragged = DataType::Ragged(Box::new(DataType::UInt8));
        assert_eq!(element(&ragged, &[1, 2]), "[1,2]");
    }
}
