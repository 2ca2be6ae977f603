//! What can be wrong with a selection. Names axes, indices and lengths; knows no array by name.

/// Why a selection cannot be read, or does not suit an array.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// An index lies outside of its axis.
    #[error("index {index} is out of bounds for axis {axis} of length {length}")]
    OutOfBounds {
        /// The axis of the array.
        axis: usize,
        /// The index as given; `i64::MAX` stands for all integers from there on.
        index: i64,
        /// How many cells the axis has.
        length: u64,
    },
    /// A range has a step of zero.
    #[error("the step along axis {axis} is zero")]
    ZeroStep {
        /// The axis of the array.
        axis: usize,
    },
    /// There are more indices and ranges than axes.
    #[error("{given} indices for an array of {rank} axes")]
    TooManyIndices {
        /// How many items of the selection take an axis.
        given: usize,
        /// How many axes the array has.
        rank: usize,
    },
    /// More than one `...`: which axes each of them takes is undecidable.
    #[error("a selection can have one ellipsis (`...`), not {given}")]
    ManyEllipses {
        /// How many there are.
        given: usize,
    },
    /// A bound of `i64::MAX` stands for every integer from there on, and the axis is longer.
    #[error("a bound of 2^63 - 1 or more is ambiguous for axis {axis} of length {length}")]
    AmbiguousBound {
        /// The axis of the array.
        axis: usize,
        /// How many cells the axis has.
        length: u64,
    },
    /// The selection was resolved for an array of another shape.
    #[error("a selection for the shape {selected:?} cannot be projected on a grid of {grid:?}")]
    ShapeMismatch {
        /// The shape the selection was resolved for.
        selected: Vec<u64>,
        /// The shape of the array of the chunk grid.
        grid: Vec<u64>,
    },
    /// The selection touches more chunks than can be counted.
    #[error("the selection touches more chunks than this machine can count")]
    TooManyChunks,
    /// A mask is not as large as what it is to be laid on.
    #[error("a mask of {given:?} cells cannot be laid on {wanted:?}")]
    MaskShape {
        /// The shape of the mask.
        given: Vec<u64>,
        /// The shape of the array, or the length of the axis.
        wanted: Vec<u64>,
    },
    /// The lists of a selection of points do not go together.
    #[error(
        "points need one list of coordinates per axis, all equally long or of one: {given:?} \
         coordinates for an array of {rank} axes, to fill {shape:?}"
    )]
    PointLists {
        /// How long each list is.
        given: Vec<usize>,
        /// How many axes the array has.
        rank: usize,
        /// The shape they are to fill, where one was named.
        shape: Option<Vec<u64>>,
    },
    /// A selection of blocks names chunks, and only the shape of the array is known.
    #[error("a selection of blocks can only be resolved on a chunk grid")]
    NoGrid,
    /// Blocks are taken without steps.
    #[error("a selection of blocks takes ranges without a step, not {step} along axis {axis}")]
    BlockStep {
        /// The axis of the array.
        axis: usize,
        /// The step given.
        step: i64,
    },
    /// More cells than fit in memory.
    #[error("the selection has more cells than this machine can count")]
    TooManyCells,
    /// The text is not a selection.
    #[error("column {column}: expected {expected}")]
    Syntax {
        /// Where in the text, in characters from 1 on.
        column: usize,
        /// What could have stood there.
        expected: &'static str,
    },
}
