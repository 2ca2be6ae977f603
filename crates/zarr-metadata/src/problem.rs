//! Problems with a document, each with its place, and the error that carries them all. What a
//! problem is is decided by the readers; this file only words it.

use std::fmt;

use serde_json::Value;

use crate::pointer::{At, JsonPointer};

/// One thing wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The place of the value that is wrong or missing.
    pub pointer: JsonPointer,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// What can be wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The text is not JSON.
    Syntax {
        /// Line of the first wrong character, from 1.
        line: usize,
        /// Column of the first wrong character, from 1.
        column: usize,
        /// What the JSON reader says about it.
        reason: String,
    },
    /// A key that must be there is not.
    Missing {
        /// What belongs there.
        expected: &'static str,
    },
    /// A value the format does not allow in this place.
    Invalid {
        /// What the format allows there.
        expected: String,
        /// What is there, cut short.
        found: String,
    },
    /// Two values that must agree do not; the pointer names the one that looks wrong.
    Disagrees {
        /// What the other value calls for.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A key that the format does not define and that does not say it may be ignored.
    UnknownKey,
    /// `must_understand: false` where the format requires every reader to understand.
    NotIgnorable,
    /// Well formed, but nothing this library knows and nothing it may ignore.
    Unsupported {
        /// The kind of thing: "data type", "storage transformer".
        what: &'static str,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => f.write_str("document: ")?,
            place => write!(f, "{place}: ")?,
        }
        self.kind.fmt(f)
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax {
                line,
                column,
                reason,
            } => write!(f, "not JSON at line {line} column {column}: {reason}"),
            Self::Missing { expected } => write!(f, "missing; add {expected}"),
            Self::Invalid { expected, found } | Self::Disagrees { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            Self::UnknownKey => f.write_str(
                "unknown key; remove it, or make it an object with \"must_understand\": false",
            ),
            Self::NotIgnorable => f.write_str(
                "must_understand: false is not allowed here, every reader has to understand this; \
                 remove it",
            ),
            Self::Unsupported { what, name } => {
                write!(f, "{what} {name:?} is not supported by this library")
            }
        }
    }
}

/// Why a document was refused: every problem found in it, at least one.
///
/// At most a hundred are kept, so that a hostile document cannot make an error much larger than
/// itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Joined(problems))]
pub struct MetadataError {
    problems: Vec<Problem>,
}

impl MetadataError {
    /// The problems in the order they were found; never empty.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn new(at: &At<'_>, kind: ProblemKind) -> Self {
        Self::from(Problem {
            pointer: at.pointer(),
            kind,
        })
    }
}

impl From<Problem> for MetadataError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

struct Joined<'a>(&'a [Problem]);

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// Collects problems while a document is read.
#[derive(Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    const KEPT: usize = 100;

    pub(crate) fn push(&mut self, at: &At<'_>, kind: ProblemKind) {
        if self.0.len() < Self::KEPT {
            self.0.push(Problem {
                pointer: at.pointer(),
                kind,
            });
        }
    }

    pub(crate) fn invalid(&mut self, at: &At<'_>, expected: impl Into<String>, found: &Value) {
        if self.0.len() < Self::KEPT {
            self.push(
                at,
                ProblemKind::Invalid {
                    expected: expected.into(),
                    found: brief(found),
                },
            );
        }
    }

    pub(crate) fn disagrees(
        &mut self,
        at: &At<'_>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.push(
            at,
            ProblemKind::Disagrees {
                expected: expected.into(),
                found: found.into(),
            },
        );
    }

    /// The value that was read, if nothing was wrong with it.
    ///
    /// A reader gives `None` exactly when it has reported why.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, MetadataError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.into_error()),
        }
    }

    fn into_error(mut self) -> MetadataError {
        if self.0.is_empty() {
            // A reader that refused without a word: still an error, never a panic.
            debug_assert!(false, "refused without a problem");
            self.invalid(&At::ROOT, "a valid document", &Value::Null);
        }
        MetadataError { problems: self.0 }
    }
}

/// A value in few words, for messages: never larger than a line, whatever the document holds.
pub(crate) fn brief(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => match s.char_indices().nth(60) {
            Some((end, _)) => format!("{:?}…", s.get(..end).unwrap_or_default()),
            None => format!("{s:?}"),
        },
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(members) => format!("an object of {} members", members.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_told() {
        let mut problems = Problems::default();
        problems.invalid(&At::ROOT.key("shape"), "an array", &Value::Null);
        problems.push(&At::ROOT.key("x"), ProblemKind::UnknownKey);
        let error = problems.finish(Some(())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "/shape: expected an array, found null; /x: unknown key; remove it, or make it an \
             object with \"must_understand\": false"
        );
    }

    #[test]
    fn a_hostile_document_does_not_make_a_huge_error() {
        let mut problems = Problems::default();
        for i in 0..1000 {
            problems.invalid(&At::ROOT.index(i), "x", &Value::String("y".repeat(1000)));
        }
        let error = problems.finish(None::<()>).unwrap_err();
        assert_eq!(error.problems().len(), 100);
        assert!(error.to_string().len() < 100 * 100);
    }
}
