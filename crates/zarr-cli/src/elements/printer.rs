//! Prints elements as text or bytes, from front to back.

use std::io::{self, Write};

use zarr::{DynData, Values};

use crate::elements::{display, each};
use crate::output::text;

/// How elements are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ElementFormat {
    /// One element per line in C order, as fill values are written in metadata
    Jsonl,
    /// One row of the last axis per line, separated by commas
    Csv,
    /// The bytes of the elements in C order and in this machine's byte order
    Raw,
    /// One row of the last axis per line, in columns
    Text,
    /// NumPy's .npy format
    Npy,
}

/// Prints an array whose elements come in C order, a part at a time.
pub(crate) struct Printer {
    format: ElementFormat,
    /// How many elements a line has, and after how many lines an empty one comes.
    width: u64,
    lines: u64,
    /// How many elements have been printed.
    done: u64,
    /// The widest cell so far.
    column: usize,
}

impl Printer {
    /// For an array of this shape.
    pub(crate) fn new(format: ElementFormat, shape: &[u64]) -> Self {
        Self {
            format,
            width: shape.last().copied().unwrap_or(1),
            lines: match shape {
                [.., _, lines, _] => *lines,
                _ => u64::MAX,
            },
            done: 0,
            column: 0,
        }
    }

    /// Prints the next elements. Columns are as wide as the widest cell so far.
    pub(crate) fn print(&mut self, data: &DynData, out: &mut impl Write) -> io::Result<()> {
        match self.format {
            ElementFormat::Npy | ElementFormat::Raw => raw(data, out),
            ElementFormat::Jsonl => each(data)
                .try_for_each(|element| writeln!(out, "{}", display::json(&data.dtype, element))),
            ElementFormat::Csv => each(data).try_for_each(|element| {
                let cell = csv(display::element(&data.dtype, element));
                self.cell(",", &cell, out)
            }),
            ElementFormat::Text => {
                let cells = || each(data).map(|element| display::element(&data.dtype, element));
                let cells = || cells().map(|cell| harmless(&cell));
                self.column = self.column.max(text::width(cells()));
                cells().try_for_each(|cell| {
                    let cell = text::blanks(&cell, self.column) + &cell;
                    self.cell(" ", &cell, out)
                })
            }
        }
    }

    fn cell(&mut self, between: &str, cell: &str, out: &mut impl Write) -> io::Result<()> {
        let (row, column) = (self.done / self.width.max(1), self.done % self.width.max(1));
        self.done += 1;
        match column {
            0 if row > 0 && row.is_multiple_of(self.lines) => writeln!(out)?,
            0 => {}
            _ => out.write_all(between.as_bytes())?,
        }
        out.write_all(cell.as_bytes())?;
        match column + 1 == self.width {
            true => writeln!(out),
            false => Ok(()),
        }
    }
}

/// Escapes what could move a terminal's cursor or reverse its text, but not quotes.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    out
}

/// As RFC 4180 quotes it.
fn csv(text: String) -> String {
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

#[cfg(test)]
mod tests {
    use zarr::DataType;

    use super::*;
    use crate::tests::WriteCalls;

    fn numbers(count: u16) -> DynData {
        let bytes: Vec<u8> = (0..count).flat_map(u16::to_ne_bytes).collect();
        DynData {
            dtype: DataType::UInt16,
            shape: vec![count.into()],
            data: Values::Fixed(bytes.into()),
        }
    }

    /// A line of any length is made of its elements, not in memory.
    #[test]
    fn a_long_line_is_never_held() {
        for format in [
            ElementFormat::Csv,
            ElementFormat::Text,
            ElementFormat::Jsonl,
        ] {
            let mut calls = WriteCalls::default();
            let mut printer = Printer::new(format, &[40_000]);
            printer.print(&numbers(40_000), &mut calls).unwrap();
            let most = calls.lengths.iter().max();
            assert!(most < Some(&10), "{format:?}: {most:?}");
            assert!(calls.bytes.ends_with(b"39999\n"));
        }
    }

    #[test]
    fn text_is_harmless() {
        let record = r#"{"a":"it's"} b'\x00'"#;
        assert_eq!(harmless(record), record);
        assert_eq!(
            harmless("a\nb\u{1b}[2J\u{202e}é"),
            r"a\nb\u{1b}[2J\u{202e}é"
        );
    }

    /// Rows, planes and rows that come in several parts.
    #[test]
    fn parts_are_joined() {
        let print = |format: ElementFormat, shape: &[u64], parts: &[DynData]| {
            let (mut printer, mut out) = (Printer::new(format, shape), Vec::new());
            parts
                .iter()
                .for_each(|part| printer.print(part, &mut out).unwrap());
            String::from_utf8(out).unwrap()
        };
        let twice = [numbers(6), numbers(6)];
        assert_eq!(
            print(ElementFormat::Csv, &[12], &twice),
            "0,1,2,3,4,5,0,1,2,3,4,5\n"
        );
        assert_eq!(
            print(ElementFormat::Csv, &[3, 4], &twice),
            "0,1,2,3\n4,5,0,1\n2,3,4,5\n"
        );
        let planes = "0 1\n2 3\n4 5\n\n0 1\n2 3\n4 5\n";
        assert_eq!(print(ElementFormat::Text, &[2, 3, 2], &twice), planes);
        assert_eq!(print(ElementFormat::Text, &[], &[numbers(1)]), "0\n");
        assert_eq!(
            print(ElementFormat::Jsonl, &[2, 1], &[numbers(2)]),
            "0\n1\n"
        );
        assert_eq!(print(ElementFormat::Csv, &[0, 3], &[numbers(0)]), "");
    }
}
