//! The one error of everything above stores and codecs: it adds *where* to what they report, and
//! never flattens *why*.

mod class;

use std::fmt;

use zarr_codecs::{CodecError, Region};
use zarr_metadata::{DataType, MetadataError, NodePath, NodePathError, TimeError};
use zarr_store::{StoreError, StoreErrorKind};

use crate::{GridError, SelectionError};
pub use class::ErrorClass;

/// What every fallible call returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An operation failed. One word wide, so that results stay small: [`kind`](Self::kind) has the
/// details, and [`class`](Self::class) is what a program may want to tell apart.
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
    /// Something that is not Zarr is there, and would be deleted.
    #[error(
        "{store} holds something that is not Zarr; it is not overwritten: empty it yourself, or choose another path"
    )]
    Foreign {
        /// The node to be created.
        path: NodePath,
        /// The store.
        store: String,
    },
    /// A node is to be created where none is, and yet chunks or attributes are there that would become part of it.
    #[error(
        "`{key}` is already there in {store}, though no document says that a node is at `{path}`: it would \
         become part of what is created; overwrite it on purpose, or choose another path"
    )]
    Orphaned {
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
        /// The path of the node to be created.
        path: NodePath,
        /// The path of the array above it.
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
        /// Why: an error for each of them.
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
    #[error("chunk {chunk:?} of `{path}` (key `{key}`, cells {cells}): {source}")]
    Chunk {
        /// The array's path.
        path: NodePath,
        /// The key of the chunk, or of the shard it lies in.
        key: String,
        /// The chunk's place in the grid.
        chunk: Vec<u64>,
        /// The cells of the array that it holds.
        cells: Region,
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
    /// An array of another number of axes is asked for than the selection has.
    #[error(
        "a read of `{path}` has the shape {shape:?}, which is {} axes, not the {asked} of the array that is asked for; \
         an index drops an axis from a selection, and `NewAxis` adds one",
        .shape.len()
    )]
    Rank {
        /// The array's path.
        path: NodePath,
        /// The output shape of the selection.
        shape: Vec<u64>,
        /// The number of axes that was asked for.
        asked: usize,
    },
    /// A selection that shall be one cell is none, or several.
    #[error(
        "a scalar of `{path}` is one cell, and the selection has the shape {shape:?}; read it as an array"
    )]
    NotAScalar {
        /// The array's path.
        path: NodePath,
        /// The output shape of the selection.
        shape: Vec<u64>,
    },
    /// Elements were asked for, or given, as a type they are not.
    #[error("`{path}` holds {stored}, which is not read or written as `{asked}`: {instead}")]
    Element {
        /// The array's path.
        path: NodePath,
        /// The Rust type.
        asked: &'static str,
        /// The stored type.
        stored: DataType,
        /// What to do instead: the Rust types that it is read and written as.
        instead: String,
    },
    /// A stored element is not one of its data type: a bool of 2, or text that is not UTF-8.
    #[error("element {index} of the selection is not a {data_type}: {problem}")]
    InvalidElement {
        /// Its place in the selection, in C order.
        index: usize,
        /// The data type.
        data_type: DataType,
        /// What is wrong with it.
        problem: String,
    },
    /// Data of another type than the stored one was given.
    #[error(
        "`{path}` holds {stored}, and {given} was given; nothing is cast unasked: `.cast()` asks for it"
    )]
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
        /// What sort of problem it is.
        kind: ArgumentProblem,
        /// What is wrong with it.
        problem: String,
    },
    /// A date or duration is not one, or cannot be what it is asked to be.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// An array of ndarray cannot have the shape that it is asked to have.
    #[error("the array does not have that shape: {0}")]
    Shape(#[from] ndarray::ShapeError),
    /// A path is not one a node can have.
    #[error(transparent)]
    Path(#[from] NodePathError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The memory for a result cannot be allocated.
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

/// The texts of the first of them.
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
    /// It is not stored, and chunks that are not stored are not to be read as fill values.
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
    /// A bug of this library, or of a codec or store that was added to it: what cannot happen did. The
    /// text says what.
    #[error(
        "{0}: this is a bug of this library, or of a codec or store that was added to it; please report it"
    )]
    Internal(&'static str),
}

impl ChunkError {
    /// A plan of the engine that its own parts do not fit.
    pub(crate) const INTERNAL: Self = Self::Internal("the parts of a chunk do not fit each other");

    /// Whether somebody replaced the object meanwhile, so that another try may succeed.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Changed => true,
            Self::Store(error) => error.is_conflict(),
            Self::Codec(_) | Self::NotFound | Self::TooLarge { .. } | Self::Internal(_) => false,
        }
    }

    /// Whether something was asked for at once that is not in memory.
    pub(crate) fn would_wait(&self) -> bool {
        matches!(self, Self::Store(error) if matches!(error.kind, StoreErrorKind::WouldWait))
    }
}

/// The sorts of problem that an argument may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArgumentProblem {
    /// It is not a value that this argument can have.
    Value,
    /// It has another shape, number of axes or number of elements than is needed.
    Shape,
    /// The Zarr format of the node has no such thing.
    Format,
    /// It does not go together with another argument.
    Conflict,
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

impl Error {
    /// What failed, and where.
    pub fn kind(&self) -> &ErrorKind {
        &self.0
    }

    /// Whether something was asked for at once that is not in memory.
    pub(crate) fn would_wait(&self) -> bool {
        match self.kind() {
            ErrorKind::Chunk { source, .. } => source.would_wait(),
            _ => false,
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

    /// An argument has a value that it cannot have.
    pub fn argument(name: &'static str, problem: impl Into<String>) -> Self {
        Self::argument_problem(name, ArgumentProblem::Value, problem)
    }

    /// An argument has another shape, number of axes or number of elements than is needed.
    pub fn wrong_shape(name: &'static str, problem: impl Into<String>) -> Self {
        Self::argument_problem(name, ArgumentProblem::Shape, problem)
    }

    /// The format has nothing like an argument.
    pub fn not_in_format(name: &'static str, problem: impl Into<String>) -> Self {
        Self::argument_problem(name, ArgumentProblem::Format, problem)
    }

    /// An argument does not go together with another.
    pub fn conflicting(name: &'static str, problem: impl Into<String>) -> Self {
        Self::argument_problem(name, ArgumentProblem::Conflict, problem)
    }

    fn argument_problem(
        name: &'static str,
        kind: ArgumentProblem,
        problem: impl Into<String>,
    ) -> Self {
        let problem = problem.into();
        ErrorKind::Argument {
            name,
            kind,
            problem,
        }
        .into()
    }
}

/// A text that is no selection, as the argument of that name: `"1:, ::2".parse::<Selection>()?`.
impl From<SelectionError> for ErrorKind {
    fn from(error: SelectionError) -> Self {
        Self::Argument {
            name: "selection",
            kind: ArgumentProblem::Value,
            problem: error.to_string(),
        }
    }
}

impl<E: Into<ErrorKind>> From<E> for Error {
    fn from(kind: E) -> Self {
        Self(Box::new(kind.into()))
    }
}

/// What `main` prints of an error that it returns: the text, and below it each cause whose text is not in it already.
/// `{:#?}` shows the [`ErrorKind`] instead.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return fmt::Debug::fmt(&self.0, f);
        }
        let mut said = self.to_string();
        f.write_str(&said)?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let text = error.to_string();
            if !said.contains(&text) {
                write!(f, "\n  caused by: {text}")?;
                said = text;
            }
            cause = error.source();
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `fn main() -> zarr::Result<()>` prints `Error: ` and this.
    #[test]
    fn debug_is_the_text_with_the_causes_that_it_does_not_name() {
        let error = Error::argument("chunks", "an axis has no cells");
        assert_eq!(format!("{error:?}"), error.to_string());
        assert!(format!("{error:#?}").starts_with("Argument {"));
        let source = StoreError::new(
            zarr_store::Op::Get,
            "memory",
            "c/0",
            zarr_store::StoreErrorKind::Io(std::io::Error::other("the disk is on fire")),
        );
        let error = Error::from(source);
        let text = format!("{error:?}");
        assert_eq!(text.matches("the disk is on fire").count(), 1, "{text}");
    }
}
