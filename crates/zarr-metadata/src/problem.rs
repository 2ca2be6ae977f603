//! Problems with a document, each with its place, and the error that carries them all. The readers decide
//! what a problem is; this file words it.

use std::fmt;

use serde_json::Value;

use crate::limits::Limits;
use crate::pointer::{JsonPlace, JsonPointer};
use crate::profile::Profile;

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
    /// A required key is missing.
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
    /// A key that the format does not define, and that does not say that it may be ignored.
    UnknownKey,
    /// `must_understand: false` where the format requires every reader to understand.
    NotIgnorable,
    /// Well formed, but unknown to this library, which may not ignore it.
    Unsupported {
        /// The kind of thing: "data type", "storage transformer".
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// More than the [`Limits`] allow.
    Limit {
        /// What exceeds its limit: "rank", "depth".
        what: &'static str,
        /// How much there is, or where reading stopped.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// A key that occurs in the same object before: readers differ in which of the two they see.
    DuplicateKey,
    /// A codec in a place where its kind is not allowed, or a chain without a codec that it needs.
    CodecOrder {
        /// What belongs there.
        expected: String,
        /// What is there.
        found: String,
    },
    /// `NaN`, `Infinity` or `-Infinity` as a number, which JSON does not have.
    BareNumber {
        /// Which of them.
        found: &'static str,
    },
    /// Allowed, but some readers refuse it or the format advises against it.
    Discouraged {
        /// What it is and what to write instead.
        advice: String,
    },
    /// What the other version of the format cannot express.
    NotCarried {
        /// What is lost, or stands in the way, and why.
        what: String,
    },
}

impl ProblemKind {
    /// One word for the kind, for tools; it is stable across versions.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "syntax",
            Self::Missing { .. } => "missing",
            Self::Invalid { .. } => "invalid",
            Self::Disagrees { .. } => "disagrees",
            Self::UnknownKey => "unknown-key",
            Self::NotIgnorable => "not-ignorable",
            Self::Unsupported { .. } => "unsupported",
            Self::Limit { .. } => "limit",
            Self::DuplicateKey => "duplicate-key",
            Self::CodecOrder { .. } => "codec-order",
            Self::BareNumber { .. } => "bare-number",
            Self::Discouraged { .. } => "discouraged",
            Self::NotCarried { .. } => "not-carried",
        }
    }
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The document is readable, but some reader may refuse it or lose something.
    Warning,
    /// The document breaks the format.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
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
            Self::Invalid { expected, found }
            | Self::Disagrees { expected, found }
            | Self::CodecOrder { expected, found } => {
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
            Self::Limit { what, found, limit } => {
                write!(f, "{what} {found} is above the limit of {limit}")
            }
            Self::DuplicateKey => f.write_str(
                "expected each key once in an object, found this one again; remove one of them",
            ),
            Self::BareNumber { found } => {
                write!(f, "expected JSON, found a bare {found}; write \"{found}\"")
            }
            Self::Discouraged { advice } => f.write_str(advice),
            Self::NotCarried { what } => f.write_str(what),
        }
    }
}

/// Why a document was refused: every problem found in it, at least one.
///
/// At most a hundred are kept, so that a hostile document cannot cause an error much larger than itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", JoinedProblems(problems))]
pub struct MetadataError {
    problems: Vec<Problem>,
}

impl MetadataError {
    /// The problems in the order they were found; never empty.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn new(at: &JsonPlace<'_>, kind: ProblemKind) -> Self {
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

struct JoinedProblems<'a>(&'a [Problem]);

impl fmt::Display for JoinedProblems<'_> {
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

/// Collects problems while a document is read, and holds the limits it is read by.
#[derive(Default)]
pub(crate) struct Problems {
    found: Vec<(Severity, Problem)>,
    /// How many there were beyond those that are kept.
    omitted: usize,
    pub(crate) limits: Limits,
    profile: Profile,
}

impl Problems {
    pub(crate) fn with(limits: Limits, profile: Profile) -> Self {
        Self {
            limits,
            profile,
            ..Self::default()
        }
    }

    /// No problems yet, by the same limits and profile.
    pub(crate) fn none_yet(&self) -> Self {
        Self::with(self.limits, self.profile)
    }

    pub(crate) fn push(&mut self, at: &JsonPlace<'_>, kind: ProblemKind) {
        self.add(Severity::Error, at, kind);
    }

    /// Notes what a reader accepts and a validator mentions.
    pub(crate) fn warn(&mut self, at: &JsonPlace<'_>, kind: ProblemKind) {
        self.add(Severity::Warning, at, kind);
    }

    /// Notes what breaks the format but is understood: the [`Profile`] says how bad that is.
    pub(crate) fn tolerate(&mut self, at: &JsonPlace<'_>, kind: ProblemKind) {
        self.add(self.tolerated(), at, kind);
    }

    /// As [`tolerate`](Self::tolerate), of a value that should be another.
    pub(crate) fn tolerate_instead(
        &mut self,
        at: &JsonPlace<'_>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        let (expected, found) = (expected.into(), found.into());
        self.tolerate(at, ProblemKind::Invalid { expected, found });
    }

    /// As [`tolerate`](Self::tolerate), at a place found by other means than reading.
    pub(crate) fn tolerate_at(&mut self, pointer: JsonPointer, kind: ProblemKind) {
        let severity = self.tolerated();
        if self.room_for(severity) {
            self.found.push((severity, Problem { pointer, kind }));
        }
    }

    fn tolerated(&self) -> Severity {
        match self.profile {
            Profile::Lenient => Severity::Warning,
            Profile::Strict => Severity::Error,
        }
    }

    pub(crate) fn discourage(&mut self, at: &JsonPlace<'_>, advice: impl Into<String>) {
        let advice = advice.into();
        self.warn(at, ProblemKind::Discouraged { advice });
    }

    /// As [`push`](Self::push), at a place found by other means than reading.
    pub(crate) fn push_at(&mut self, pointer: JsonPointer, kind: ProblemKind) {
        if self.room_for(Severity::Error) {
            self.found
                .push((Severity::Error, Problem { pointer, kind }));
        }
    }

    fn add(&mut self, severity: Severity, at: &JsonPlace<'_>, kind: ProblemKind) {
        if self.room_for(severity) {
            let pointer = at.pointer();
            self.found.push((severity, Problem { pointer, kind }));
        }
    }

    /// Whether another one is kept.
    fn room_for(&mut self, severity: Severity) -> bool {
        if self.full() {
            self.omitted += 1;
            // That there is an error matters more than which warnings are kept.
            let mut kept = self.found.iter();
            if severity == Severity::Warning || kept.any(|(kept, _)| *kept == Severity::Error) {
                return false;
            }
            self.found.pop();
        }
        true
    }

    fn full(&self) -> bool {
        // At least one: an error without a problem would say nothing.
        self.found.len() >= self.limits.problems.max(1)
    }

    pub(crate) fn invalid(
        &mut self,
        at: &JsonPlace<'_>,
        expected: impl Into<String>,
        found: &Value,
    ) {
        let kind = ProblemKind::Invalid {
            expected: expected.into(),
            found: brief(found),
        };
        self.push(at, kind);
    }

    pub(crate) fn disagrees(
        &mut self,
        at: &JsonPlace<'_>,
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

    /// Reports `found` if it is above `limit`; whether it is not.
    pub(crate) fn within(
        &mut self,
        at: &JsonPlace<'_>,
        what: &'static str,
        found: usize,
        limit: usize,
    ) -> bool {
        if found <= limit {
            return true;
        }
        let (found, limit) = (found as u64, limit as u64);
        self.push(at, ProblemKind::Limit { what, found, limit });
        false
    }

    /// The value that was read, if nothing was wrong with it.
    ///
    /// A reader gives `None` exactly when it has reported why.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, MetadataError> {
        let mut errors = self.found.iter();
        match value {
            Some(value) if errors.all(|(severity, _)| *severity != Severity::Error) => Ok(value),
            _ => Err(self.into_error()),
        }
    }

    /// As [`finish`](Self::finish), with the warnings.
    pub(crate) fn finish_with_warnings<T>(
        mut self,
        value: Option<T>,
    ) -> Result<(T, Vec<Problem>), MetadataError> {
        let found = std::mem::take(&mut self.found);
        let is_warning = |(severity, _): &(Severity, Problem)| *severity == Severity::Warning;
        let (warnings, errors) = found.into_iter().partition(is_warning);
        self.found = errors;
        let warnings: Vec<(Severity, Problem)> = warnings;
        let value = self.finish(value)?;
        Ok((
            value,
            warnings.into_iter().map(|(_, problem)| problem).collect(),
        ))
    }

    /// Adds the problems of others, with their severities.
    pub(crate) fn absorb(&mut self, others: Self) {
        self.omitted += others.omitted;
        for (severity, problem) in others.found {
            if self.room_for(severity) {
                self.found.push((severity, problem));
            }
        }
    }

    /// The same without what may be intended: unknown names, and numbers of attributes that JSON does not
    /// have.
    pub(crate) fn without_meant(mut self) -> Self {
        let is_meant = |kind: &ProblemKind| {
            matches!(
                kind,
                ProblemKind::Unsupported { .. } | ProblemKind::BareNumber { .. }
            )
        };
        self.found.retain(|(_, problem)| !is_meant(&problem.kind));
        self
    }

    /// All problems, and how many there were beyond those that are kept.
    pub(crate) fn into_parts(self) -> (Vec<(Severity, Problem)>, usize) {
        (self.found, self.omitted)
    }

    fn into_error(mut self) -> MetadataError {
        self.found
            .retain(|(severity, _)| *severity == Severity::Error);
        if self.found.is_empty() {
            // A reader that refused without saying why: still an error, never a panic.
            debug_assert!(false, "refused without a problem");
            self.invalid(&JsonPlace::ROOT, "a valid document", &Value::Null);
        }
        let problems = self.found.into_iter().map(|(_, problem)| problem);
        MetadataError {
            problems: problems.collect(),
        }
    }
}

/// A value in a few words, for messages: never longer than a line, whatever the document holds.
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
        problems.invalid(&JsonPlace::ROOT.key("shape"), "an array", &Value::Null);
        problems.push(&JsonPlace::ROOT.key("x"), ProblemKind::UnknownKey);
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
            problems.invalid(
                &JsonPlace::ROOT.index(i),
                "x",
                &Value::String("y".repeat(1000)),
            );
        }
        let error = problems.finish(None::<()>).unwrap_err();
        assert_eq!(error.problems().len(), 100);
        assert!(error.to_string().len() < 100 * 100);
    }
}
