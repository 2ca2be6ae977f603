//! Elements as text or bytes, for other programs and for eyes. Knows neither files nor Zarr nodes.

use std::io::{self, Write};

use serde_json::Value;
use zarr::{DynData, FillValue, Values};

use crate::text;

/// How elements are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// One element a line, in C order, as JSON writes it
    Jsonl,
    /// One row of the last axis a line, with commas
    Csv,
    /// The bytes of the elements in C order, in this machine's byte order
    Raw,
    /// One row of the last axis a line, in columns
    Text,
}

/// Writes all elements.
pub(crate) fn write(data: &DynData, format: Format, out: &mut impl Write) -> io::Result<()> {
    match format {
        Format::Raw => raw(data, out),
        Format::Jsonl => elements(data).try_for_each(|value| writeln!(out, "{value}")),
        Format::Csv => rows(data, out, |row, out| {
            let cells: Vec<String> = row.iter().map(csv).collect();
            writeln!(out, "{}", cells.join(","))
        }),
        Format::Text => text(data, out),
    }
}

/// The elements as JSON, as metadata writes fill values.
fn elements(data: &DynData) -> impl Iterator<Item = Value> + '_ {
    let size = data.dtype.size().unwrap_or(1).max(1);
    let json = |bytes: &[u8]| match FillValue::from_bytes(&data.dtype, bytes) {
        Ok(element) => element.to_json(&data.dtype),
        // Bytes that are no element, such as a text that is not UTF-8, are shown as bytes.
        Err(_) => Value::from(bytes),
    };
    let count = match &data.data {
        Values::Fixed(bytes) => bytes.len() / size,
        Values::Variable(array) => array.len(),
    };
    (0..count).map(move |i| match &data.data {
        Values::Fixed(bytes) => json(&bytes[i * size..(i + 1) * size]),
        Values::Variable(array) => json(array.get(i).unwrap_or_default()),
    })
}

/// Calls `line` for each row of the last axis, with an empty line between planes.
fn rows<W: Write>(
    data: &DynData,
    out: &mut W,
    mut line: impl FnMut(&[Value], &mut W) -> io::Result<()>,
) -> io::Result<()> {
    let width = data
        .shape
        .last()
        .map_or(1, |&n| usize::try_from(n).unwrap_or(usize::MAX));
    let plane = match data.shape.as_slice() {
        [.., _, rows, _] => usize::try_from(*rows).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let (mut row, mut count) = (Vec::new(), 0);
    for value in elements(data) {
        row.push(value);
        if row.len() == width {
            if count > 0 && count % plane == 0 {
                writeln!(out)?;
            }
            line(&row, out)?;
            row.clear();
            count += 1;
        }
    }
    Ok(())
}

fn text(data: &DynData, out: &mut impl Write) -> io::Result<()> {
    let width = text::width(elements(data).map(|value| plain(&value)));
    rows(data, out, |row, out| {
        let aligned = |value: &Value| {
            let cell = plain(value);
            text::blanks(&cell, width) + &cell
        };
        let cells: Vec<String> = row.iter().map(aligned).collect();
        writeln!(out, "{}", cells.join(" "))
    })
}

/// Without the quotes of JSON; what could control a terminal stays escaped.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    }
}

/// As RFC 4180 quotes it.
fn csv(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn raw(data: &DynData, out: &mut impl Write) -> io::Result<()> {
    match &data.data {
        Values::Fixed(bytes) => out.write_all(bytes),
        Values::Variable(array) => array.iter().try_for_each(|element| out.write_all(element)),
    }
}
