//! Text on its way to a terminal or to another program: names and documents come from anywhere, and
//! must not move a cursor. Knows nothing of Zarr.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde_json::Value;

/// The same with control characters, line ends among them, written as in Rust.
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

/// Indented JSON and a line end. Also the control characters that JSON lets stand are escaped: they
/// can only be within strings.
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

/// Says why nothing came of it.
pub(crate) fn error(line: &str) {
    say("error", AnsiColor::Red, line);
}

/// Says that something is missing in what was printed.
pub(crate) fn warning(line: &str) {
    say("warning", AnsiColor::Yellow, line);
}

/// If nobody reads messages there is nobody to tell.
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
    fn nothing_moves_the_cursor() {
        assert_eq!(escaped("å b\t\u{7f}\u{9b}"), r"å b\t\u{7f}\u{9b}");
        let value = Value::from("å\n\u{1b}\u{7f}\u{9b}");
        assert_eq!(json(&value), "\"å\\n\\u001b\\u007f\\u009b\"\n");
        assert_eq!(serde_json::from_str::<Value>(&json(&value)).unwrap(), value);
    }
}
