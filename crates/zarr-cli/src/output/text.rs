//! Text for terminals and programs. Names and documents come from anywhere, so control characters are escaped.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value};

/// The same text with control characters, including line ends, escaped as in Rust.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    out
}

/// Indented JSON and a line end. Control characters that JSON allows are escaped, too; they occur only in strings.
pub(crate) fn json(value: &Value) -> String {
    let mut out = String::new();
    for c in format!("{value:#}\n").chars() {
        match c {
            '\u{7f}'..='\u{9f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// A report for programs: an object that begins with the name and version of its schema. The version goes up when a
/// member is removed or changes its meaning, but not for new members.
pub(crate) fn report(name: &str, members: Value) -> String {
    let mut object = Map::new();
    object.insert("schema".to_owned(), format!("zarr.{name}/{SCHEMA}").into());
    object.insert("schema_version".to_owned(), SCHEMA.into());
    if let Value::Object(members) = members {
        object.extend(members);
    }
    json(&Value::Object(object))
}

/// One version for all reports, since they share parts.
const SCHEMA: u32 = 1;

/// A number of bytes for people: `1.2 MiB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut amount = count as f64;
    let mut unit = "B";
    for next in UNITS {
        if amount < 1023.95 {
            break;
        }
        amount /= 1024.0;
        unit = next;
    }
    match unit {
        "B" => format!("{count} B"),
        unit => format!("{amount:.1} {unit}"),
    }
}

/// A shape as numpy writes it: `(3, 4)`.
pub(crate) fn tuple(lengths: &[u64]) -> String {
    let parts: Vec<String> = lengths.iter().map(u64::to_string).collect();
    match parts.as_slice() {
        [one] => format!("({one},)"),
        parts => format!("({})", parts.join(", ")),
    }
}

/// A part of a whole, in percent; nothing of nothing is all of it.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "100 %".to_owned(),
        whole => format!("{:.1} %", part as f64 * 100.0 / whole as f64),
    }
}

/// `1 chunk`, `2 chunks`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// A cell with more characters than this overflows its column: otherwise one long name would push all other rows out
/// of sight, and cost its length in blanks for each of them.
const WIDEST: usize = 256;

/// The width of a column of these cells.
pub(crate) fn width(cells: impl Iterator<Item = impl AsRef<str>>) -> usize {
    let widths = cells.map(|cell| cell.as_ref().chars().count());
    widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
}

/// The blanks that fill a cell to the width of its column.
pub(crate) fn blanks(cell: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(cell.chars().count()))
}

/// Rows in columns, two spaces apart; the last column is not padded.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let column = |i: usize| rows.iter().filter_map(move |row| row.get(i));
    let widths: Vec<usize> = (0..count).map(|i| width(column(i))).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, &width)| format!("{cell}{}", blanks(cell, width)))
            .collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// Percent-decoded text; `None` if a percent sign is not followed by two digits, or the result is not UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Reports an error.
pub(crate) fn error(line: &str) {
    say("error", AnsiColor::Red, line);
}

/// Warns that the output is incomplete, or of what else may go wrong.
pub(crate) fn warning(line: &str) {
    say("warning", AnsiColor::Yellow, line);
}

/// Adds a remark to the output.
pub(crate) fn note(line: &str) {
    say("note", AnsiColor::Cyan, line);
}

/// Errors of standard error are ignored.
fn say(label: &str, color: AnsiColor, line: &str) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    drop(writeln!(
        anstream::stderr(),
        "{style}{label}:{style:#} {line}"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_for_eyes() {
        let shown = [0, 1023, 1024, 1536, 1_048_575, 1 << 20, u64::MAX].map(bytes);
        let expected = [
            "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "16.0 EiB",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            (tuple(&[]), tuple(&[3]), tuple(&[3, 4])),
            ("()".into(), "(3,)".into(), "(3, 4)".into())
        );
        assert_eq!(
            (count(1, "chunk"), count(0, "chunk")),
            ("1 chunk".into(), "0 chunks".into())
        );
        assert_eq!(percent(1, 3), "33.3 %");
        let row = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect();
        assert_eq!(
            columns(&[row(&["a", "bcd", "e"]), row(&["fg", "", "h"])]),
            "a   bcd  e\nfg       h\n"
        );
    }

    #[test]
    fn a_cell_of_any_length_stands_in_a_table() {
        let long = "ż".repeat(70_000);
        let rows = [[long.as_str(), "b"], ["a", "c"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(columns(&rows), format!("{long}  b\na  c\n"));
        let rows = vec![vec!["x".repeat(WIDEST), "b".to_owned()]; 2];
        assert_eq!(columns(&rows).len(), 2 * (WIDEST + 4));
    }

    #[test]
    fn nothing_moves_the_cursor() {
        assert_eq!(escaped("å b\t\u{7f}\u{9b}"), r"å b\t\u{7f}\u{9b}");
        let value = Value::from("å\n\u{1b}\u{7f}\u{9b}");
        assert_eq!(json(&value), "\"å\\n\\u001b\\u007f\\u009b\"\n");
        assert_eq!(serde_json::from_str::<Value>(&json(&value)).unwrap(), value);
    }
}
