//! Values of one data type as those of another that has the same elements in another form: a text of any length or of
//! a fixed one, a date in another unit, fields in another order. Nothing is lost, or it is an error.

use zarr_metadata::{DataType, Datetime64, Field, SmallInt, TimeError, Timedelta64};

use super::columns::{gather, interleave};
use super::{fixed, room};
use crate::{Error, Result, Values, VarArray};

/// Brings values to another data type. `None` if it is not a form of the same elements: that would be a cast.
///
/// # Errors
/// If an element has no such form: a text that is too long, a date between two steps of the unit.
pub fn to_data_type(values: Values, from: &DataType, to: &DataType) -> Result<Option<Values>> {
    use DataType as T;
    if from == to {
        return Ok(Some(values));
    }
    Ok(Some(match (values, from, to) {
        (values, T::String, T::Json) => values,
        (values, T::Int64, T::DateTime64 { .. } | T::TimeDelta64 { .. }) => values,
        (values, T::UInt8, T::SmallFloat(_)) => values,
        (values, T::Bytes, T::Ragged(elements)) if **elements == T::UInt8 => values,
        (Values::Fixed(bytes), T::Int8 | T::UInt8, T::SmallInt(int))
            if int.is_signed() == (*from == T::Int8) =>
        {
            check_small(&bytes, *int)?;
            Values::Fixed(bytes)
        }
        (Values::Variable(array), T::String, T::FixedUtf32(length)) => padded(
            array.iter().map(characters),
            array.len(),
            length.saturating_mul(4),
            4,
        )?,
        (Values::Variable(array), T::String | T::Bytes, T::FixedBytes(size)) => {
            padded(array.iter().map(owned), array.len(), *size, 1)?
        }
        (Values::Variable(array), T::Bytes, T::Raw(size)) => raw(&array, *size)?,
        (Values::Fixed(bytes), T::FixedUtf32(a), T::FixedUtf32(b)) => {
            repadded(&bytes, a.saturating_mul(4), b.saturating_mul(4), 4)?
        }
        (Values::Fixed(bytes), T::FixedUtf32(length), T::FixedBytes(size)) => {
            let texts = utf8(&bytes, length.saturating_mul(4));
            padded(texts.iter().map(owned), texts.len(), *size, 1)?
        }
        (Values::Fixed(bytes), T::FixedBytes(a) | T::Raw(a), T::FixedBytes(b)) => {
            repadded(&bytes, *a, *b, 1)?
        }
        (
            Values::Fixed(bytes),
            T::DateTime64 { unit, scale },
            T::DateTime64 { unit: u, scale: s },
        ) => dates(&bytes, |value| {
            let date = Datetime64::new(value, *unit).with_scale(*scale);
            Ok(date.to_steps(*u, *s)?.value())
        })?,
        (
            Values::Fixed(bytes),
            T::TimeDelta64 { unit, scale },
            T::TimeDelta64 { unit: u, scale: s },
        ) => dates(&bytes, |value| {
            let duration = Timedelta64::new(value, *unit).with_scale(*scale);
            Ok(duration.to_steps(*u, *s)?.value())
        })?,
        (Values::Fixed(bytes), T::Struct(given), T::Struct(wanted)) => {
            return records(&bytes, given, wanted);
        }
        _ => return Ok(None),
    }))
}

fn wrong(index: usize, problem: impl std::fmt::Display) -> Error {
    Error::argument("data", format!("element {index}: {problem}"))
}

fn owned(bytes: &[u8]) -> Vec<u8> {
    bytes.to_vec()
}

/// A text as characters of four bytes.
fn characters(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    text.chars()
        .flat_map(|c| u32::from(c).to_ne_bytes())
        .collect()
}

/// Texts of characters of four bytes, in UTF-8.
fn utf8(bytes: &[u8], size: usize) -> VarArray {
    let texts = bytes.chunks_exact(size.max(1)).map(|text| {
        let units = text.as_chunks::<4>().0.iter();
        let characters = units.map(|unit| char::from_u32(u32::from_ne_bytes(*unit)));
        let text: String = characters
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        text.trim_end_matches('\0').to_owned()
    });
    texts.collect()
}

/// Elements with zeros up to their size, of units of `width` bytes.
fn padded(
    elements: impl Iterator<Item = Vec<u8>>,
    count: usize,
    size: usize,
    width: usize,
) -> Result<Values> {
    let mut bytes = room(count.saturating_mul(size))?;
    for (at, element) in elements.enumerate() {
        if element.len() > size {
            let (units, found, most) = match width {
                1 => ("bytes", element.len(), size),
                width => ("characters", element.len() / width, size / width),
            };
            return Err(wrong(
                at,
                format!("it has {found} {units}, and the array holds {most} at most"),
            ));
        }
        bytes.extend_from_slice(&element);
        bytes.resize((at + 1) * size, 0);
    }
    Ok(Values::Fixed(bytes.into()))
}

/// Elements of fixed length in another length, where zeros at the end are no part of them.
fn repadded(bytes: &[u8], from: usize, to: usize, width: usize) -> Result<Values> {
    if from == 0 {
        return Ok(fixed::<u8>(vec![]));
    }
    let elements = bytes.chunks_exact(from);
    let count = elements.len();
    let cut = elements.map(|element| {
        let last = element.iter().rposition(|&byte| byte != 0);
        let len = last.map_or(0, |last| (last / width + 1) * width);
        element.iter().take(len).copied().collect()
    });
    padded(cut, count, to, width)
}

/// Byte strings that are all of one length.
fn raw(array: &VarArray, size: usize) -> Result<Values> {
    let mut bytes = room(array.len().saturating_mul(size))?;
    for (at, element) in array.iter().enumerate() {
        if element.len() != size {
            let found = element.len();
            return Err(wrong(
                at,
                format!("it has {found} bytes, and those of the array have {size}"),
            ));
        }
        bytes.extend_from_slice(element);
    }
    Ok(Values::Fixed(bytes.into()))
}

fn dates(bytes: &[u8], convert: impl Fn(i64) -> Result<i64, TimeError>) -> Result<Values> {
    let values = bytes.as_chunks::<8>().0.iter().enumerate();
    let values = values
        .map(|(at, value)| convert(i64::from_ne_bytes(*value)).map_err(|error| wrong(at, error)));
    Ok(fixed(values.collect::<Result<Vec<i64>>>()?))
}

fn check_small(bytes: &[u8], int: SmallInt) -> Result<()> {
    match bytes.iter().position(|&byte| int.normal(byte) != byte) {
        None => Ok(()),
        Some(at) => Err(wrong(at, format!("it is no number of {int}"))),
    }
}

/// Records by the names of their fields, which have to be the same, in any order.
fn records(bytes: &[u8], given: &[Field], wanted: &[Field]) -> Result<Option<Values>> {
    let mut columns = vec![];
    for field in wanted {
        let alike = |of: &&Field| of.name == field.name && of.shape == field.shape;
        let Some(found) = given.iter().find(alike) else {
            return Ok(None);
        };
        let values = Values::Fixed(gather(bytes, given, &found.name)?.into());
        let column = to_data_type(values, &found.data_type, &field.data_type);
        let in_field = |error| Error::argument("data", format!("field `{}`: {error}", field.name));
        match column.map_err(in_field)? {
            Some(Values::Fixed(column)) => columns.push((column, field.size().unwrap_or_default())),
            _ => return Ok(None),
        }
    }
    match given.len() == wanted.len() {
        true => Ok(Some(Values::Fixed(interleave(&columns)?.into()))),
        false => Ok(None),
    }
}

#[cfg(test)]
mod tests;
