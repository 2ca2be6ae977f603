//! The Python literals that headers of `.npy` files contain, read and written.

use serde_json::Value;

use super::error::Error;

/// The greatest depth of nested lists, for records of records.
const MAX_DEPTH: usize = 80;

/// A description as Python prints it: strings in quotes, fields as tuples in a list, shapes as tuples.
pub(super) fn repr(descr: &Value) -> String {
    match descr {
        Value::String(text) => quoted(text),
        Value::Array(fields) => {
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("[{}]", fields.join(", "))
        }
        other => other.to_string(),
    }
}

fn field(field: &Value) -> String {
    let items = field.as_array().map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().enumerate().map(|(at, item)| match (at, item) {
        (2, Value::Array(shape)) => {
            let lengths: Vec<String> = shape.iter().map(Value::to_string).collect();
            match lengths.as_slice() {
                [only] => format!("({only},)"),
                lengths => format!("({})", lengths.join(", ")),
            }
        }
        (_, item) => repr(item),
    });
    format!("({})", items.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    let quote = match text.contains('\'') && !text.contains('"') {
        true => '"',
        false => '\'',
    };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote || c == '\\' => out.extend(['\\', c]),
            // All of them are below U+0100.
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Parses a text from its front.
pub(super) struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// A type string, or a list of fields: lists and tuples become lists.
    pub(super) fn descr(&mut self) -> Result<Value, Error> {
        self.value(MAX_DEPTH)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Error> {
        let close = match () {
            () if self.eat("[") => "]",
            () if self.eat("(") => ")",
            () => return self.scalar(),
        };
        let inside = depth.checked_sub(1);
        let inside = inside.ok_or_else(|| self.error("lists that are nested less deeply"))?;
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.value(inside)?);
            if !self.eat(",") {
                self.need(close)?;
                break;
            }
        }
        Ok(Value::Array(items))
    }

    fn scalar(&mut self) -> Result<Value, Error> {
        self.skip_spaces();
        match self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            true => Ok(self.length()?.into()),
            false => Ok(self.string()?.into()),
        }
    }

    pub(super) fn string(&mut self) -> Result<String, Error> {
        self.eat("u"); // Python 2
        let quote = match () {
            () if self.eat("'") => '\'',
            () if self.eat("\"") => '"',
            () => return Err(self.error("a string")),
        };
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == quote => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(text);
                }
                '\\' => {
                    let escaped = escaped(&mut chars.by_ref().map(|(_, c)| c));
                    text.push(escaped.ok_or_else(|| self.error("an escape of Python"))?);
                }
                c => text.push(c),
            }
        }
        Err(self.error("a string"))
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Error> {
        match () {
            () if self.eat("True") => Ok(true),
            () if self.eat("False") => Ok(false),
            () => Err(self.error("`True` or `False`")),
        }
    }

    pub(super) fn shape(&mut self) -> Result<Vec<u64>, Error> {
        let mut shape = Vec::new();
        self.need("(")?;
        while !self.eat(")") {
            shape.push(self.length()?);
            if !self.eat(",") {
                self.need(")")?;
                break;
            }
        }
        Ok(shape)
    }

    fn length(&mut self) -> Result<u64, Error> {
        self.skip_spaces();
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(self.rest.len() - rest.len());
        let length = digits.parse();
        let length = length.map_err(|_| self.error("a length of at most 2^64-1"))?;
        self.rest = rest;
        self.eat("L"); // Python 2
        Ok(length)
    }

    pub(super) fn end(&self) -> Result<(), Error> {
        match self.rest.trim().is_empty() {
            true => Ok(()),
            false => Err(self.error("the end")),
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        self.skip_spaces();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    pub(super) fn need(&mut self, token: &str) -> Result<(), Error> {
        match self.eat(token) {
            true => Ok(()),
            false => Err(self.error(&format!("`{token}`"))),
        }
    }

    pub(super) fn error(&self, expected: &str) -> Error {
        let column = self.text.len() - self.rest.len() + 1;
        Error::Corrupt(format!(
            "its header cannot be read: column {column}: expected {expected}"
        ))
    }
}

/// What stands behind a backslash.
fn escaped(rest: &mut impl Iterator<Item = char>) -> Option<char> {
    let digits = match rest.next()? {
        'n' => return Some('\n'),
        'r' => return Some('\r'),
        't' => return Some('\t'),
        c @ ('\\' | '\'' | '"') => return Some(c),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let mut code = 0_u32;
    for _ in 0..digits {
        code = code
            .checked_mul(16)?
            .checked_add(rest.next()?.to_digit(16)?)?;
    }
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What Python 3.13 prints for these, and reads.
    #[test]
    fn literals() {
        let check = |value: Value, text: &str| {
            assert_eq!(repr(&value), text);
            assert_eq!(Parser::new(text).descr().unwrap(), value);
        };
        check(json!("<f8"), "'<f8'");
        check(
            json!([
                ["a", "<i4"],
                ["b", [["c", "|S3"], ["d", "<f8", [2, 3]]], [4]]
            ]),
            "[('a', '<i4'), ('b', [('c', '|S3'), ('d', '<f8', (2, 3))], (4,))]",
        );
        check(json!([["it's", "<i4"]]), "[(\"it's\", '<i4')]");
        check(
            json!([["'\"\\\n\u{7f}é", "<i4"]]),
            r#"[('\'"\\\n\x7fé', '<i4')]"#,
        );
    }

    #[test]
    fn hostile_literals() {
        let deep = "[".repeat(100_000);
        assert!(Parser::new(&deep).descr().is_err());
        for text in [
            "",
            "'",
            "'\\",
            "'\\x1'",
            "'\\q'",
            "'\\ud800'",
            "[('a' '<i4')]",
            "[1",
            "-1",
            "{}",
        ] {
            assert!(Parser::new(text).descr().is_err(), "{text}");
        }
    }
}
