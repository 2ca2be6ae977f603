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
    /// Points do not have one list of coordinates per axis.
    #[error(
        "points need one list of coordinates per axis: {given} were given, and the array has {rank} axes"
    )]
    PointLists {
        /// The number of lists.
        given: usize,
        /// The number of axes of the array.
        rank: usize,
    },
    /// Index arrays cannot be broadcast together.
    #[error(
        "index arrays of shapes {shapes:?} cannot be broadcast together: counted from the last axis, their lengths \
         must be equal or 1; for every combination of lists, use `oindex`"
    )]
    Broadcast {
        /// Their shapes; that of an integer is empty.
        shapes: Vec<Vec<u64>>,
    },
    /// An orthogonal selection has an index array of another number of axes than one.
    #[error(
        "an orthogonal selection takes lists, but along axis {axis} there is an index array of shape {shape:?}; \
         use it without `oindex`"
    )]
    NotAList {
        /// The axis of the array.
        axis: usize,
        /// The shape of the index array.
        shape: Vec<u64>,
    },
    /// Indices or points are fewer or more than their shape has room for.
    #[error("{given} {what} do not fill the shape {shape:?}")]
    Unfilled {
        /// What does not fill it.
        what: &'static str,
        /// How many there are.
        given: u64,
        /// The shape.
        shape: Vec<u64>,
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
    /// The array has no dimension of that name.
    #[error("the array has no dimension `{name}`: {advice}")]
    UnknownDimension {
        /// The name.
        name: String,
        /// Which one may have been meant, or which there are.
        advice: String,
    },
    /// A dimension is named twice, or several axes have its name.
    #[error("the dimension `{name}` is named twice, by the selection or by the array")]
    AmbiguousDimension {
        /// The name.
        name: String,
    },
    /// What is selected of a dimension is not along it: an ellipsis or a new axis.
    #[error("`{name}` is one dimension, so an ellipsis or a new axis selects nothing of it")]
    NotAlongADimension {
        /// The name.
        name: String,
    },
    /// A view is to be made of something else than slices.
    #[error("a view consists of slices and integers; read lists, masks and points through it")]
    NotAView,
    /// An order of axes does not name each axis of a view once.
    #[error("the order {given:?} does not name each of the {rank} axes once, counted from 0")]
    AxisOrder {
        /// The order.
        given: Vec<usize>,
        /// The number of axes.
        rank: usize,
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
