//! The classes of errors: what a program may want to tell apart, whatever failed and where.

use zarr_codecs::{CodecError, CodecErrorKind};
use zarr_metadata::{MetadataError, Problem, ProblemKind};
use zarr_store::{StoreError, StoreErrorKind, ZipError};

use super::{ChunkError, Error, ErrorKind};
use crate::GridError;

/// The classes of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Something is not there.
    NotFound,
    /// Something is in the way.
    Exists,
    /// The store refuses.
    Permission,
    /// Stored bytes are damaged.
    Corrupt,
    /// A codec, data type or store function is not available.
    Unsupported,
    /// The call is wrong.
    Invalid,
    /// Somebody else changed the data meanwhile.
    Conflict,
    /// A limit was met.
    Limit,
    /// Reading or writing failed below the store.
    Transport,
    /// A bug: of this library, or of a codec or store that was added to it.
    Internal,
}

impl Error {
    /// The class of the error.
    pub fn class(&self) -> ErrorClass {
        match &*self.0 {
            ErrorKind::NotFound { .. } => ErrorClass::NotFound,
            ErrorKind::Exists { .. } | ErrorKind::Foreign { .. } | ErrorKind::Orphaned { .. } => {
                ErrorClass::Exists
            }
            ErrorKind::Metadata { source, .. } => class_of_metadata(source),
            ErrorKind::Codec { source, .. } => class_of_codec(source),
            ErrorKind::Chunk { source, .. } => match source {
                ChunkError::Codec(codec) => class_of_codec(codec),
                ChunkError::Store(store) => class_of_store(store),
                ChunkError::NotFound => ErrorClass::NotFound,
                ChunkError::TooLarge { .. } => ErrorClass::Limit,
                ChunkError::Changed => ErrorClass::Conflict,
                ChunkError::Internal(_) => ErrorClass::Internal,
            },
            ErrorKind::Store(store) => class_of_store(store),
            ErrorKind::StoreGone { .. } => ErrorClass::Transport,
            ErrorKind::InvalidElement { .. } => ErrorClass::Corrupt,
            ErrorKind::StaleConsolidated { source, .. } => source.class(),
            ErrorKind::Nodes { errors } => match errors.first() {
                Some(first) => first.class(),
                None => ErrorClass::Corrupt,
            },
            ErrorKind::Limit { .. } | ErrorKind::Memory { .. } => ErrorClass::Limit,
            ErrorKind::Grid {
                source: GridError::Unknown { .. },
                ..
            } => ErrorClass::Unsupported,
            ErrorKind::WrongKind { .. }
            | ErrorKind::ParentIsArray { .. }
            | ErrorKind::Grid { .. }
            | ErrorKind::Selection { .. }
            | ErrorKind::Rank { .. }
            | ErrorKind::NotAScalar { .. }
            | ErrorKind::Shape(_)
            | ErrorKind::Element { .. }
            | ErrorKind::GivenElement { .. }
            | ErrorKind::Argument { .. }
            | ErrorKind::Time(_)
            | ErrorKind::Path(_) => ErrorClass::Invalid,
        }
    }
}

fn class_of_metadata(error: &MetadataError) -> ErrorClass {
    let problems = error.problems();
    let is_limit = |problem: &Problem| matches!(problem.kind, ProblemKind::Limit { .. });
    let is_unknown = |problem: &Problem| {
        matches!(
            problem.kind,
            // In the last, the document is valid, and the other format has nothing like it.
            ProblemKind::Unsupported { .. }
                | ProblemKind::UnknownKey
                | ProblemKind::NotCarried { .. }
        )
    };
    match () {
        // Its other problems are problems by the rules of another format.
        () if problems.iter().any(names_another_format) => ErrorClass::Unsupported,
        () if problems.iter().all(is_limit) => ErrorClass::Limit,
        () if problems
            .iter()
            .all(|problem| is_limit(problem) || is_unknown(problem)) =>
        {
            ErrorClass::Unsupported
        }
        () => ErrorClass::Corrupt,
    }
}

/// Whether a document is of a format that is older or newer than those that are known.
fn names_another_format(problem: &Problem) -> bool {
    let named = match &problem.kind {
        ProblemKind::Invalid { found, .. } => found.parse::<u64>().ok(),
        _ => None,
    };
    problem.pointer.as_str() == "/zarr_format" && named.is_some_and(|n| !matches!(n, 2 | 3))
}

fn class_of_codec(error: &CodecError) -> ErrorClass {
    match error.kind {
        CodecErrorKind::Unknown { .. }
        | CodecErrorKind::Refused(_)
        | CodecErrorKind::DataType(_)
        | CodecErrorKind::Input(_) => ErrorClass::Unsupported,
        CodecErrorKind::Mismatch(_) | CodecErrorKind::Value { encoding: true, .. } => {
            ErrorClass::Invalid
        }
        CodecErrorKind::Limit { .. } => ErrorClass::Limit,
        // Settings among them, which a stored document has wrong: of a new array they are an argument.
        _ => ErrorClass::Corrupt,
    }
}

fn class_of_store(error: &StoreError) -> ErrorClass {
    match &error.kind {
        StoreErrorKind::ReadOnly | StoreErrorKind::Permission(_) => ErrorClass::Permission,
        StoreErrorKind::Unsupported(_) => ErrorClass::Unsupported,
        StoreErrorKind::AlreadyExists => ErrorClass::Exists,
        StoreErrorKind::Conflict | StoreErrorKind::Contended { .. } => ErrorClass::Conflict,
        StoreErrorKind::InvalidKey(_) | StoreErrorKind::Option(_) => ErrorClass::Invalid,
        StoreErrorKind::NoContainer(_) => ErrorClass::NotFound,
        StoreErrorKind::OutOfRange { .. } => ErrorClass::Corrupt,
        StoreErrorKind::TooLarge { .. } => ErrorClass::Limit,
        StoreErrorKind::Io(error) if in_the_way(error) => ErrorClass::Exists,
        StoreErrorKind::Io(error) if is_no_name(error) => ErrorClass::Invalid,
        StoreErrorKind::Archive(why) => class_of_archive(why),
        _ => ErrorClass::Transport,
    }
}

fn class_of_archive(error: &ZipError) -> ErrorClass {
    match error {
        ZipError::Absent => ErrorClass::NotFound,
        ZipError::Changed | ZipError::Locked => ErrorClass::Conflict,
        ZipError::DirectoryTooLarge { .. } | ZipError::EntryTooLarge { .. } => ErrorClass::Limit,
        ZipError::Name(_)
        | ZipError::NotUtf8
        | ZipError::Symlink
        | ZipError::Encrypted
        | ZipError::Method(_)
        | ZipError::Hidden(_) => ErrorClass::Unsupported,
        _ => ErrorClass::Corrupt,
    }
}

/// Whether a file is where a directory should be, or the other way round. Windows says that something is there already.
fn in_the_way(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as E;
    matches!(
        error.kind(),
        E::NotADirectory | E::IsADirectory | E::AlreadyExists
    )
}

/// Whether the system has no files of such names: too long, or with what it refuses.
fn is_no_name(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::InvalidFilename
}

#[cfg(test)]
mod tests {
    use zarr_codecs::Region;
    use zarr_metadata::NodePath;

    use super::*;

    /// A bug must not be taken for a disk or a network that fails, nor for damaged data.
    #[test]
    fn a_bug_is_a_class_of_its_own() {
        let chunk = |source| {
            let (path, key, chunk) = (NodePath::root(), "c/0".to_owned(), vec![0]);
            Error::from(ErrorKind::Chunk {
                path,
                key,
                chunk,
                cells: Region::dense(&[0], &[4]),
                source,
            })
        };
        let error = chunk(ChunkError::INTERNAL);
        assert_eq!(error.class(), ErrorClass::Internal);
        let text = error.to_string();
        assert!(text.ends_with("please report it"), "{text}");
        assert_eq!(chunk(ChunkError::Changed).class(), ErrorClass::Conflict);
    }
}
