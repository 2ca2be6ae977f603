//! The documents of a node as they are written, with unknown members and numbers that other JSON readers change or
//! refuse.

use serde_json::{Map, Value};
use zarr::blocking::Wait;
use zarr::{Location, Node, ZarrFormat};

use crate::hierarchy::directories;
use zarr::tools::documents::{self, ZARR_JSON, ZATTRS, ZMETADATA};

/// Marks strings that hold a number as it is written; no string of a document begins with this.
const NUMBER: char = '\u{0}';

/// The documents of a node as one; `None` if they cannot be read, as for nodes known from consolidated metadata only.
pub(super) fn read_node(node: &Node) -> Option<Value> {
    let place = node.location();
    let mut document = match node.zarr_format() {
        ZarrFormat::V3 => read(place, ZARR_JSON)?,
        ZarrFormat::V2 => {
            let mut names = documents::NODE_V2.iter();
            let mut document = names.find_map(|name| read(place, name))?;
            document.insert("attributes".to_owned(), read(place, ZATTRS).into());
            if let Some(consolidated) = read(place, ZMETADATA) {
                document.insert(ZMETADATA.to_owned(), Value::Object(consolidated));
            }
            document
        }
    };
    // No attributes and empty attributes are the same.
    let attributes = document.entry("attributes").or_insert(Value::Null);
    if attributes.is_null() {
        *attributes = Value::Object(Map::new());
    }
    // What it says of other nodes is compared node by node.
    for name in ["consolidated_metadata", ZMETADATA] {
        if let Some(found) = document.get_mut(name).filter(|found| !found.is_null()) {
            let nodes = found.get("metadata").and_then(Value::as_object);
            let nodes = nodes.map_or(0, Map::len);
            *found = format!("{nodes} documents").into();
        }
    }
    Some(Value::Object(document))
}

fn read(place: &Location, name: &str) -> Option<Map<String, Value>> {
    let text = directories::read(place, name).wait().ok()??;
    serde_json::from_str(&exact(str::from_utf8(&text).ok()?)).ok()
}

/// A document with numbers that a JSON reader would change or refuse as strings: `NaN`, integers of more than 64
/// bits.
fn exact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => string_end(rest),
            '-' | '+' | '.' | '0'..='9' | 'a'..='z' | 'A'..='Z' => rest
                .find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c))
                .unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, behind) = rest.split_at(end);
        rest = behind;
        let is_number = matches!(c, '-' | '+' | '.' | '0'..='9' | 'N' | 'I');
        match is_number && !is_kept(token) {
            true => out.push_str(&Value::from(format!("{NUMBER}{token}")).to_string()),
            false => out.push_str(token),
        }
    }
    out
}

/// Whether a JSON reader keeps a number as it is.
fn is_kept(token: &str) -> bool {
    let digits = token.trim_start_matches('-');
    match digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => token.parse::<i64>().is_ok() || token.parse::<u64>().is_ok(),
        false => serde_json::from_str::<f64>(token).is_ok(),
    }
}

/// The end of the string at the beginning of a text.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A value of a document as it is written there, except for blanks.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with(NUMBER) => text[NUMBER.len_utf8()..].to_owned(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_as_they_are_written() {
        let text = r#"{"a": NaN, "b": [-Infinity, 1.5, 7], "c": 123456789012345678901234, "N\"aN": "NaN 1"}"#;
        let read: Value = serde_json::from_str(&exact(text)).unwrap();
        assert_eq!(shown(&read["a"]), "NaN");
        assert_eq!(shown(&read["b"][0]), "-Infinity");
        assert_eq!(read["b"][1], 1.5);
        assert_eq!(shown(&read["c"]), "123456789012345678901234");
        assert_eq!(read["N\"aN"], "NaN 1");
    }
}
