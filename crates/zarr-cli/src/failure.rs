//! How a command ends: its exit code, and the line that says why it failed.

use std::fmt::{self, Display};
use std::io;
use std::process::ExitCode;

use zarr::tools::{Problem, ProblemKind, StoreError, StoreErrorKind};
use zarr::{ErrorClass, ErrorKind};

use crate::output::text;

/// How a command ended. Scripts depend on the numbers; 130 is what a shell returns after an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    /// A difference or something invalid was found.
    Difference = 1,
    Usage = 2,
    NotFound = 3,
    Permission = 4,
    Corrupt = 5,
    Unsupported = 6,
    Transport = 7,
    Conflict = 8,
    Limit = 9,
    Internal = 10,
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The discriminants fit into a byte.
        ExitCode::from(exit as u8)
    }
}

impl From<ErrorClass> for Exit {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::NotFound => Self::NotFound,
            ErrorClass::Exists | ErrorClass::Conflict => Self::Conflict,
            ErrorClass::Permission => Self::Permission,
            ErrorClass::Corrupt => Self::Corrupt,
            ErrorClass::Unsupported => Self::Unsupported,
            ErrorClass::Invalid => Self::Usage,
            ErrorClass::Limit => Self::Limit,
            ErrorClass::Internal => Self::Internal,
            // New classes count as failures of the disk or network.
            _ => Self::Transport,
        }
    }
}

/// Why a command failed: what it could not do, where, why, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    what: String,
    advice: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, doing: &str, place: &str, why: impl Display) -> Self {
        Self {
            exit,
            what: format!("{doing}: {place}: {why}"),
            advice: None,
        }
    }

    /// Arguments that are wrong, or do not go together.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            what: what.into(),
            advice: None,
        }
    }

    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// An error of the library, in its own words, except for what the place already says.
    pub(crate) fn zarr(doing: &str, place: &str, error: &zarr::Error) -> Self {
        let exit = error.class().into();
        let (why, advice) = match error.kind() {
            ErrorKind::NotFound {
                wanted, looked_for, ..
            } => (
                format!("no {wanted} is there (looked for {looked_for})"),
                "check the path",
            ),
            ErrorKind::Exists { found, .. } => (
                format!("{found} is already there"),
                "replace it with --overwrite, or choose another path",
            ),
            ErrorKind::Orphaned { key, .. } => (
                format!(
                    "`{key}` is already there, though no node is: it would become part of what is created"
                ),
                "replace what is there with --overwrite, or choose another path",
            ),
            _ => (error.to_string(), advice(error)),
        };
        let advice = Some(advice)
            .filter(|advice| !advice.is_empty())
            .map(str::to_owned);
        Self {
            advice,
            ..Self::new(exit, doing, place, why)
        }
    }

    /// A file could not be read or written.
    pub(crate) fn io(doing: &str, place: &str, error: &io::Error) -> Self {
        use io::ErrorKind as E;
        let (exit, advice) = match error.kind() {
            E::NotFound => (Exit::NotFound, "check the path"),
            E::PermissionDenied | E::ReadOnlyFilesystem => {
                (Exit::Permission, "check its owner and permissions")
            }
            E::AlreadyExists => (Exit::Conflict, "choose another path"),
            E::IsADirectory | E::NotADirectory | E::InvalidInput | E::InvalidFilename => {
                (Exit::Usage, "choose another path")
            }
            E::StorageFull | E::QuotaExceeded | E::FileTooLarge => {
                (Exit::Transport, "make room, or choose another disk")
            }
            _ => (
                Exit::Transport,
                "check the disk or the network, then try again",
            ),
        };
        Self::new(exit, doing, place, error).advice(advice)
    }

    /// Standard output could not be written to.
    ///
    /// If its reader has closed it (`zarr tree … | head`), nothing failed.
    pub(crate) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self {
                exit: Exit::Done,
                what: String::new(),
                advice: None,
            },
            _ => Self::io("cannot write", "standard output", error),
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }
}

/// Whether a document is valid, but says something that the other format cannot express.
fn is_not_carried(problem: &Problem) -> bool {
    matches!(problem.kind, ProblemKind::NotCarried { .. })
}

/// Whether the operating system's words are all that is known.
fn is_of_system(error: &StoreError) -> bool {
    matches!(&error.kind, StoreErrorKind::Io(error) if error.raw_os_error().is_some())
}

/// What to do about an error of the library; empty if its own text says so.
fn advice(error: &zarr::Error) -> &'static str {
    match (error.kind(), error.class()) {
        (ErrorKind::Metadata { .. }, ErrorClass::Limit) => {
            "the document may well be valid: the limit keeps hostile ones from taking all memory"
        }
        (ErrorKind::Metadata { source, .. }, ErrorClass::Unsupported)
            if source.problems().iter().all(is_not_carried) =>
        {
            "`zarr read` shows its elements; leave it out with --exclude"
        }
        (ErrorKind::Metadata { .. }, ErrorClass::Unsupported) => {
            "the document may well be valid: another tool may know what is not known here"
        }
        (ErrorKind::Metadata { source, .. }, _) => match source.problems() {
            [
                Problem {
                    kind: ProblemKind::Syntax { .. },
                    ..
                },
            ] => "correct the document, or restore it from a copy",
            _ => "correct the document; `zarr validate` lists all that is wrong",
        },
        (ErrorKind::Nodes { .. }, _) => "`zarr validate` lists all that is wrong",
        (ErrorKind::Codec { .. }, ErrorClass::Corrupt) => {
            "correct the document; `zarr validate` lists all that is wrong"
        }
        (ErrorKind::Selection { .. }, _) => "`zarr info` shows the array's shape",
        (ErrorKind::ParentIsArray { .. }, _) => "choose a path outside of it",
        (ErrorKind::Chunk { .. }, ErrorClass::Corrupt) => {
            "restore this chunk from a copy, or write it again"
        }
        (ErrorKind::Codec { .. } | ErrorKind::Chunk { .. }, ErrorClass::Unsupported) => {
            "`zarr info` shows what is known of the array"
        }
        (ErrorKind::Store(error), ErrorClass::Exists)
            if matches!(error.kind, StoreErrorKind::Io(_)) =>
        {
            "a file is in the way: choose another path"
        }
        // The store's own refusals say what to do.
        (ErrorKind::Store(error), ErrorClass::Invalid) if is_of_system(error) => {
            "choose another path"
        }
        // The text says which option helps.
        (ErrorKind::Store(_) | ErrorKind::Chunk { .. }, _)
            if error.to_string().contains("the option") =>
        {
            "options are given as --option NAME=VALUE"
        }
        // The value is too large; asking for less of it does not help.
        (ErrorKind::Store(_) | ErrorKind::Chunk { .. }, ErrorClass::Limit) => "",
        (_, ErrorClass::Limit) => "ask for less at a time",
        (ErrorKind::Store(_) | ErrorKind::Chunk { .. }, ErrorClass::Transport) => {
            "check the disk or the network, then try again"
        }
        _ => "",
    }
}

/// One line, with control characters escaped; names of a list stand on indented lines of their own.
impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items: Vec<String> = self.what.split("\n  ").map(text::escaped).collect();
        f.write_str(&items.join("\n  "))?;
        let end = if items.len() > 1 { "\n" } else { "; " };
        match &self.advice {
            Some(advice) => write!(f, "{end}{}", text::escaped(advice)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_harmless_line() {
        let failure = Failure::new(
            Exit::Corrupt,
            "cannot read",
            "a\u{1b}[2J\nb",
            "it is\u{9b} bad",
        );
        assert_eq!(
            failure.to_string(),
            r"cannot read: a\u{1b}[2J\nb: it is\u{9b} bad"
        );
        let failure = failure.advice("mend it");
        assert!(failure.to_string().ends_with("bad; mend it"));
        let list = Failure::new(Exit::Usage, "cannot create", "a", "known are:\n  b\n  c");
        let text = list.advice("mend it").to_string();
        assert!(text.ends_with("known are:\n  b\n  c\nmend it"), "{text}");
    }

    #[test]
    fn classes_have_codes() {
        let check = |class: ErrorClass, code: u8| assert_eq!(Exit::from(class) as u8, code);
        check(ErrorClass::Invalid, 2);
        check(ErrorClass::NotFound, 3);
        check(ErrorClass::Permission, 4);
        check(ErrorClass::Corrupt, 5);
        check(ErrorClass::Unsupported, 6);
        check(ErrorClass::Transport, 7);
        check(ErrorClass::Exists, 8);
        check(ErrorClass::Conflict, 8);
        check(ErrorClass::Limit, 9);
        check(ErrorClass::Internal, 10);
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = Failure::output(&io::ErrorKind::BrokenPipe.into());
        assert_eq!(closed.exit(), Exit::Done);
        let full = Failure::output(&io::ErrorKind::StorageFull.into());
        assert_eq!(full.exit(), Exit::Transport);
    }
}
