//! Selections as text, in NumPy's notation. Parsing does not check them against a shape.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use super::{AxisSelection, Selection, SelectionError, Slice};

impl Display for Slice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (start, stop, step) = match *self {
            Self::Index(index) => return write!(f, "{index}"),
            Self::Full => return f.write_str(":"),
            Self::Ellipsis => return f.write_str("..."),
            Self::NewAxis => return f.write_str("None"),
            Self::Range { start, stop, step } => (start, stop, step),
        };
        if let Some(start) = start {
            write!(f, "{start}")?;
        }
        f.write_str(":")?;
        if let Some(stop) = stop {
            write!(f, "{stop}")?;
        }
        // `:` alone is `Full`.
        if step != 1 || (start, stop) == (None, None) {
            write!(f, ":{step}")?;
        }
        Ok(())
    }
}

impl Display for Selection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let slices = match self {
            Self::All => return f.write_str("..."),
            Self::Basic(slices) => slices,
            Self::Advanced(items) => return listed(f, "", items, ""),
            Self::Orthogonal(axes) => return listed(f, "oindex[", axes, "]"),
            Self::Points(points) => {
                let lists: Vec<_> = points
                    .axes
                    .iter()
                    .cloned()
                    .map(AxisSelection::List)
                    .collect();
                return listed(f, "vindex[", &lists, "]");
            }
            Self::Mask(mask) => {
                let cells = mask.cells.iter().filter(|&&cell| cell).count();
                return write!(f, "a mask of {:?} with {cells} cells", mask.shape);
            }
            Self::Blocks(slices) => return listed(f, "blocks[", slices, "]"),
            Self::InnerBlocks(slices) => return listed(f, "inner blocks[", slices, "]"),
            Self::Named(items) => {
                let items = items.iter().map(|(name, item)| format!("{name}: {item}"));
                return listed(f, "{", &items.collect::<Vec<_>>(), "}");
            }
        };
        match slices.as_slice() {
            [] => f.write_str("()"),
            [Slice::Ellipsis] => f.write_str("...,"), // `...` is `All`
            [first, rest @ ..] => {
                write!(f, "{first}")?;
                rest.iter().try_for_each(|slice| write!(f, ", {slice}"))
            }
        }
    }
}

/// Other selections than basic ones are shown in a notation that is not parsed.
fn listed(f: &mut Formatter<'_>, open: &str, items: &[impl Display], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (i, item) in items.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { ", " })?;
        item.fmt(f)?;
    }
    f.write_str(close)
}

impl Display for AxisSelection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slice(slice) => slice.fmt(f),
            Self::List(list) => match list.shape.as_slice() {
                &[length] if length <= 16 => write!(f, "{:?}", list.cells),
                &[length] => write!(f, "{length} indices"),
                shape => write!(f, "indices of shape {shape:?}"),
            },
            Self::Mask(mask) => match mask.shape.as_slice() {
                &[length] => write!(f, "a mask of {length} cells"),
                shape => write!(f, "a mask of shape {shape:?}"),
            },
        }
    }
}

/// Parses a basic selection in NumPy's notation, with or without brackets.
///
/// ```
/// use zarr_core::{Selection, sel};
/// assert_eq!("[0:10, 5, ::2, ..., None]".parse(), Ok(sel![0..10, 5, ..;2, ..., NewAxis]));
/// assert_eq!("...".parse(), Ok(Selection::All));
///
/// let error = "0:10, x".parse::<Selection>().unwrap_err();
/// assert_eq!(error.to_string(), "column 7: expected an integer, `:`, `...` or `None`");
/// ```
impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let mut cursor = Cursor { text, rest: text };
        let close = match () {
            () if cursor.eat("[") => Some(("]", "`,` or `]`")),
            () if cursor.eat("(") => Some((")", "`,` or `)`")),
            () => None,
        };
        let mut slices = Vec::new();
        let mut comma = true; // whether another item may follow
        if close.is_none() {
            slices.push(cursor.slice()?); // an empty text is no selection, but `()` is
            comma = cursor.eat(",");
        }
        while comma && !cursor.at_end(close.map(|(token, _)| token)) {
            slices.push(cursor.slice()?);
            comma = cursor.eat(",");
        }
        if let Some((token, expected)) = close
            && !cursor.eat(token)
        {
            return Err(cursor.error(expected));
        }
        if !cursor.at_end(None) {
            return Err(cursor.error(if close.is_some() {
                "the end"
            } else {
                "`,` or the end"
            }));
        }
        let all = !comma && slices == [Slice::Ellipsis];
        Ok(if all { Self::All } else { Self::Basic(slices) })
    }
}

/// The spellings of `None`.
const NEW_AXIS: [&str; 4] = ["None", "newaxis", "np.newaxis", "numpy.newaxis"];

/// The rest of a text that is parsed. Spaces before a token are ignored.
struct Cursor<'t> {
    text: &'t str,
    rest: &'t str,
}

impl Cursor<'_> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip_spaces();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn at_end(&mut self, close: Option<&str>) -> bool {
        self.skip_spaces();
        self.rest.is_empty() || close.is_some_and(|token| self.rest.starts_with(token))
    }

    fn error(&self, expected: &'static str) -> SelectionError {
        let all = self.text.chars().count();
        SelectionError::Syntax {
            column: all - self.rest.chars().count() + 1,
            expected,
        }
    }

    fn slice(&mut self) -> Result<Slice, SelectionError> {
        if self.eat("...") || self.eat("Ellipsis") {
            return Ok(Slice::Ellipsis);
        }
        if NEW_AXIS.iter().any(|name| self.eat(name)) {
            return Ok(Slice::NewAxis);
        }
        let start = self.integer()?;
        if !self.eat(":") {
            let index = start.map(Slice::Index);
            return index.ok_or_else(|| self.error("an integer, `:`, `...` or `None`"));
        }
        let stop = self.integer()?;
        let step = if self.eat(":") { self.integer()? } else { None };
        Ok(match (start, stop, step) {
            (None, None, None) => Slice::Full,
            _ => Slice::Range {
                start,
                stop,
                step: step.unwrap_or(1),
            },
        })
    }

    fn integer(&mut self) -> Result<Option<i64>, SelectionError> {
        self.skip_spaces();
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == self.rest.len() {
            return Ok(None);
        }
        if rest.len() == digits.len() {
            return Err(self.error("a digit after `-`"));
        }
        let (number, rest) = self.rest.split_at(self.rest.len() - rest.len());
        let number = number
            .parse()
            .map_err(|_| self.error("an integer of at most 64 bits"))?;
        self.rest = rest;
        Ok(Some(number))
    }
}
