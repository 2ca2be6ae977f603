//! Errors of selections. They name axes, indices and lengths; the array adds its path.

/// Why a selection cannot be parsed, or cannot be resolved for an array.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionError {
    /// An index lies outside its axis.
    #[error("index {index} is out of bounds for axis {axis} of length {length}")]
    OutOfBounds {
        /// The axis of the array.
        axis: usize,
        /// The index as given; `i64::MAX` stands for all larger integers too.
        index: i64,
        /// The length of the axis.
        length: u64,
    },
    /// A range has a step of zero.
    #[error("the step along axis {axis} is zero")]
    ZeroStep {
        /// The axis of the array.
        axis: usize,
    },
    /// There are more indices and ranges than axes.
    #[error("too many indices: the array is {rank}-dimensional, but {given} were given")]
    TooManyIndices {
        /// The number of indices and ranges.
        given: usize,
        /// The number of axes of the array.
        rank: usize,
    },
    /// There is more than one `...`, so that it is ambiguous which axes each stands for.
    #[error("a selection can have only one ellipsis (`...`), not {given}")]
    ManyEllipses {
        /// The number of ellipses.
        given: usize,
    },
    /// A bound is `i64::MAX`, which stands for all larger integers too, and the axis is longer than that.
    #[error("a bound of 2^63 - 1 or more is ambiguous for axis {axis} of length {length}")]
    AmbiguousBound {
        /// The axis of the array.
        axis: usize,
        /// The length of the axis.
        length: u64,
    },
    /// The selection was resolved for an array of another shape.
    #[error(
        "the selection was resolved for the shape {selected:?}, but the array has the shape {grid:?}"
    )]
    ShapeMismatch {
        /// The shape the selection was resolved for.
        selected: Vec<u64>,
        /// The shape of the array that it was used on.
        grid: Vec<u64>,
    },
    /// The selection touches more chunks than a `usize` can count.
    #[error("the selection touches more chunks than this machine can count")]
    TooManyChunks,
    /// A mask does not have the shape of the array, or the length of the axis.
    #[error("a mask of shape {given:?} does not match the shape {wanted:?}")]
    MaskShape {
        /// The shape of the mask.
        given: Vec<u64>,
        /// The shape of the array, or the length of the axis.
        wanted: Vec<u64>,
    },
    /// The lists of coordinates of points do not match each other, the array, or the output shape.
    #[error(
        "points need one list of coordinates per axis, all of the same length or of length 1; the \
         lengths are {given:?}, and the array has {rank} axes{}",
        output_shape(shape.as_deref())
    )]
    PointLists {
        /// The length of each list.
        given: Vec<usize>,
        /// The number of axes of the array.
        rank: usize,
        /// The output shape, if one was given.
        shape: Option<Vec<u64>>,
    },
    /// A selection of blocks was resolved on a shape without a chunk grid.
    #[error("a selection of blocks can only be resolved on a chunk grid")]
    NoGrid,
    /// A selection of blocks has a step.
    #[error(
        "a selection of blocks cannot have a step, but it has a step of {step} along axis {axis}"
    )]
    BlockStep {
        /// The axis of the array.
        axis: usize,
        /// The step given.
        step: i64,
    },
    /// The selection has more cells than a `usize` can count.
    #[error("the selection has more cells than this machine can count")]
    TooManyCells,
    /// The text cannot be parsed as a selection.
    #[error("column {column}: expected {expected}")]
    Syntax {
        /// The position in the text, in characters, counted from 1.
        column: usize,
        /// What was expected there.
        expected: &'static str,
    },
}

/// The end of the message about points that have an output shape.
fn output_shape(shape: Option<&[u64]>) -> String {
    shape.map_or_else(String::new, |shape| {
        format!("; the output shape is {shape:?}")
    })
}
