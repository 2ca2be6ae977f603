//! The one error of everything above stores and codecs: it adds *where* to what they report, and
//! never flattens *why*.

use std::fmt;

use zarr_codecs::{CodecError, CodecErrorKind};
use zarr_metadata::{DataType, MetadataError, NodePath, NodePathError, Problem, ProblemKind};
use zarr_store::{StoreError, StoreErrorKind, ZipError};

use crate::{GridError, SelectionError};

/// What every fallible call returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation failed. One word wide, so that results stay small; [`kind`](Self::kind) has the
/// details and [`class`](Self::class) the sort.
pub struct Error(Box<ErrorKind>);

/// What failed, and where.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such node.
    #[error("no {wanted} at `{path}` in {store} (looked for {looked_for})")]
    NotFound {
        /// What was wanted: an array, a group, either.
        wanted: &'static str,
        /// The node's path.
        path: NodePath,
        /// The store that was asked.
        store: String,
        /// The keys that were not there.
        looked_for: String,
    },
    /// The node is of the other kind.
    #[error("`{path}` is {found}, not {expected}")]
    WrongKind {
        /// The node's path.
        path: NodePath,
        /// What was asked for.
        expected: NodeKind,
        /// What is there.
        found: NodeKind,
    },
    /// Something is there already.
    #[error(
        "{found} is already there at `{path}` in {store}; overwrite it on purpose, or choose another path"
    )]
    Exists {
        /// The node's path.
        path: NodePath,
        /// What is there.
        found: NodeKind,
        /// The store.
        store: String,
    },
    /// Something else than Zarr is there, and would be deleted.
    #[error(
        "{store} holds something that is not Zarr; it is not overwritten: empty it yourself, or choose another path"
    )]
    Foreign {
        /// The node to be created.
        path: NodePath,
        /// The store.
        store: String,
    },
    /// A node is to be created where none is, and yet something is there that would become part of it:
    /// chunks, or attributes.
    #[error(
        "`{key}` is already there in {store}, though no document says that a node is at `{path}`: it would \
         become part of what is created; overwrite it on purpose, or choose another path"
    )]
    Remains {
        /// The path of the node to be created.
        path: NodePath,
        /// The first key that was found.
        key: String,
        /// The store.
        store: String,
    },
    /// A node would lie inside an array.
    #[error("nothing can be created at `{path}`: `{ancestor}` is an array")]
    ParentIsArray {
        /// The node to be created.
        path: NodePath,
        /// The array above it.
        ancestor: NodePath,
    },
    /// Chunks are absent, and so is every document of the array and of the groups above it.
    #[error(
        "the documents of `{path}` are gone from {store}, so that absent chunks are no fill values: \
         was it unmounted, moved or deleted? Bring it back, or open the array anew"
    )]
    StoreGone {
        /// The array's path.
        path: NodePath,
        /// The store.
        store: String,
    },
    /// A metadata document is not what the specification allows.
    #[error("metadata of `{path}` in {document}: {source}")]
    Metadata {
        /// The node's path.
        path: NodePath,
        /// The document, as a key of the store, or where it came from.
        document: String,
        /// Every problem, with its place in the document.
        source: MetadataError,
    },
    /// Several nodes below a group cannot be read.
    #[error("{} nodes cannot be read: {}", .errors.len(), listed(.errors))]
    Nodes {
        /// Why, an error for each of them.
        errors: Vec<Error>,
    },
    /// A node was changed, and the consolidated metadata of a group above it could not be.
    #[error(
        "`{path}` is changed, but the consolidated metadata of `{group}` still says what was before: \
         {source}; consolidate it again"
    )]
    StaleConsolidated {
        /// The node's path.
        path: NodePath,
        /// The group's path.
        group: NodePath,
        /// Why.
        source: Error,
    },
    /// The node's codecs cannot be used.
    #[error("`{path}`: {source}")]
    Codec {
        /// The node's path.
        path: NodePath,
        /// Which codec, and why.
        source: CodecError,
    },
    /// The chunk grid does not suit the array.
    #[error("`{path}`: {source}")]
    Grid {
        /// The node's path.
        path: NodePath,
        /// What does not fit.
        source: GridError,
    },
    /// One chunk could not be read or written.
    #[error("chunk {chunk:?} of `{path}` (key `{key}`): {source}")]
    Chunk {
        /// The array's path.
        path: NodePath,
        /// The key of the chunk, or of the shard it lies in.
        key: String,
        /// The chunk's place in the grid.
        chunk: Vec<u64>,
        /// Why.
        source: ChunkError,
    },
    /// The selection does not suit the array.
    #[error("selection on `{path}` of shape {shape:?}: {source}")]
    Selection {
        /// The array's path.
        path: NodePath,
        /// Its shape.
        shape: Vec<u64>,
        /// What does not fit.
        source: SelectionError,
    },
    /// Elements were asked for, or given, as a type they are not.
    #[error("`{path}` holds {stored}, which is not read or written as `{asked}`")]
    Element {
        /// The array's path.
        path: NodePath,
        /// The Rust type.
        asked: &'static str,
        /// The stored type.
        stored: DataType,
    },
    /// Data of another type than the stored one was given.
    #[error("`{path}` holds {stored}, and {given} was given; nothing is cast unasked")]
    GivenElement {
        /// The array's path.
        path: NodePath,
        /// The type of the data.
        given: String,
        /// The stored type.
        stored: DataType,
    },
    /// An argument is wrong by itself or beside another.
    #[error("argument `{name}`: {problem}")]
    Argument {
        /// The argument, as the builder names it.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A path is not one a node can have.
    #[error(transparent)]
    Path(#[from] NodePathError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The memory for a result is not to be had.
    #[error("no memory for {what} of {asked} bytes; read it in smaller parts")]
    Memory {
        /// What needs it.
        what: &'static str,
        /// How large it is, in bytes; `u64::MAX` stands for all beyond.
        asked: u64,
    },
    /// More is asked for than is allowed.
    #[error("{what} of {asked} bytes is above the limit of {limit}")]
    Limit {
        /// What is too large.
        what: &'static str,
        /// How large it is, in bytes.
        asked: u64,
        /// What is allowed, in bytes.
        limit: u64,
    },
}

/// The first of them, one behind the other.
fn listed(errors: &[Error]) -> String {
    const MOST: usize = 20;
    let mut texts: Vec<String> = errors.iter().take(MOST).map(Error::to_string).collect();
    if errors.len() > MOST {
        texts.push(format!("and {} more", errors.len() - MOST));
    }
    texts.join("; ")
}

/// Why a chunk could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChunkError {
    /// Its bytes could not be decoded, or its elements not encoded.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is not stored, and the array is not to be read as fill values then.
    #[error("it is not stored; with `read_missing_chunks` on it would be read as the fill value")]
    NotFound,
    /// All of it would have to be in memory, and it is larger than a chunk may be.
    #[error(
        "all of the chunk would have to be in memory, {asked} bytes, which is above the limit of {limit}; \
         choose smaller chunks, or a higher `chunk_bytes` of the context"
    )]
    TooLarge {
        /// How large it is, in bytes; `u64::MAX` stands for all beyond.
        asked: u64,
        /// What is allowed, in bytes.
        limit: u64,
    },
    /// The object changed while it was read.
    #[error("the object changed while it was being read; read it again")]
    Changed,
    /// A worker stopped before the chunk was done: it panicked, which is a bug of this library or of
    /// a codec that was added to it.
    #[error("a worker stopped before the chunk was done")]
    Worker,
}

impl ChunkError {
    /// Whether somebody replaced the object meanwhile, so that another try may succeed.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Changed => true,
            Self::Store(error) => error.is_conflict(),
            Self::Codec(_) | Self::NotFound | Self::TooLarge { .. } | Self::Worker => false,
        }
    }
}

/// The two kinds of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// An array.
    Array,
    /// A group.
    Group,
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Array => "an array",
            Self::Group => "a group",
        })
    }
}

/// The sorts of error a program may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Nothing is there.
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
    /// Reading or writing failed below us.
    Transport,
}

impl Error {
    /// What failed, and where.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// The sort of error.
    pub fn class(&self) -> ErrorClass {
        match &*self.0 {
            ErrorKind::NotFound { .. } => ErrorClass::NotFound,
            ErrorKind::Exists { .. } | ErrorKind::Foreign { .. } | ErrorKind::Remains { .. } => {
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
                ChunkError::Worker => ErrorClass::Transport,
            },
            ErrorKind::Store(store) => class_of_store(store),
            ErrorKind::StoreGone { .. } => ErrorClass::Transport,
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
            | ErrorKind::Element { .. }
            | ErrorKind::GivenElement { .. }
            | ErrorKind::Argument { .. }
            | ErrorKind::Path(_) => ErrorClass::Invalid,
        }
    }

    /// A node is of the other kind.
    pub fn wrong_kind(path: NodePath, expected: NodeKind) -> Self {
        let found = match expected {
            NodeKind::Array => NodeKind::Group,
            NodeKind::Group => NodeKind::Array,
        };
        let kind = ErrorKind::WrongKind {
            path,
            expected,
            found,
        };
        kind.into()
    }

    /// A wrong argument.
    pub fn argument(name: &'static str, problem: impl Into<String>) -> Self {
        ErrorKind::Argument {
            name,
            problem: problem.into(),
        }
        .into()
    }
}

fn class_of_metadata(error: &MetadataError) -> ErrorClass {
    let problems = error.problems();
    let is_limit = |problem: &Problem| matches!(problem.kind, ProblemKind::Limit { .. });
    let is_unknown = |problem: &Problem| {
        matches!(
            problem.kind,
            // In the last, the document is as it should be, and the other format has no word for it.
            ProblemKind::Unsupported { .. }
                | ProblemKind::UnknownKey
                | ProblemKind::NotCarried { .. }
        )
    };
    match () {
        // The rest was judged by rules that are not its own.
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
        | CodecErrorKind::DataType(_) => ErrorClass::Unsupported,
        CodecErrorKind::Limit { .. } => ErrorClass::Limit,
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

/// A file stands where a directory is to be, or the other way round.
fn in_the_way(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as E;
    matches!(error.kind(), E::NotADirectory | E::IsADirectory)
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Self(Box::new(kind.into()))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The text of an error already ends with its cause's, since errors are often shown alone.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.0)
    }
}
