//! What a selection comes to for a given shape: numpy's rules of wrapping, clamping and checking.
//! Knows nothing of chunks; arithmetic is exact for every shape and every selection.

use zarr_codecs::{Dims, Projections, Region, Span};

use super::{Selection, SelectionError, Slice};
use crate::ChunkGrid;

/// A selection that is known to suit an array of a certain shape.
///
/// The output has two shapes of the same cells in the same C order: the *full shape* has one axis
/// per axis of the array and is what projections speak of; the *output shape* lacks the axes that an
/// integer took and has the new ones. From one to the other is a matter of reshaping.
///
/// ```
/// use zarr_core::sel;
/// let resolved = sel![-1, NewAxis, 8..2;-2].resolve(&[10, 10, 3])?;
/// assert_eq!(resolved.out_shape(), [1, 3, 3]);
/// assert_eq!(resolved.full_shape(), [1, 3, 3]);
/// assert_eq!(resolved.spans()[0].start, 9);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    shape: Dims<u64>,
    spans: Dims<Span>,
    full_shape: Dims<u64>,
    out_shape: Dims<u64>,
}

impl Selection {
    /// Applies numpy's rules to an array of this shape.
    ///
    /// Negative numbers wrap, ranges are clamped to their axis, indices are checked.
    ///
    /// # Errors
    /// Where an index is out of bounds, a step is zero, there are more items than axes or more than
    /// one ellipsis.
    ///
    /// ```
    /// use zarr_core::sel;
    /// assert_eq!(sel![5..100].resolve(&[10])?.out_shape(), [5]);
    /// let error = sel![.., 12].resolve(&[10, 10]).unwrap_err();
    /// assert_eq!(error.to_string(), "index 12 is out of bounds for axis 1 of length 10");
    /// # Ok::<(), zarr_core::SelectionError>(())
    /// ```
    pub fn resolve(&self, shape: &[u64]) -> Result<Resolved, SelectionError> {
        let slices = match self {
            Self::All => &[],
            Self::Basic(slices) => slices.as_slice(),
        };
        let ellipses = slices
            .iter()
            .filter(|&&slice| slice == Slice::Ellipsis)
            .count();
        if ellipses > 1 {
            return Err(SelectionError::ManyEllipses { given: ellipses });
        }
        let new = slices
            .iter()
            .filter(|&&slice| slice == Slice::NewAxis)
            .count();
        let (given, rank) = (slices.len() - ellipses - new, shape.len());
        let left = rank
            .checked_sub(given)
            .ok_or(SelectionError::TooManyIndices { given, rank })?;

        let mut resolved = Resolved {
            shape: shape.into(),
            spans: Dims::new(),
            full_shape: Dims::new(),
            out_shape: Dims::new(),
        };
        let mut axes = shape.iter().copied().enumerate();
        // Axes that no item names are whole: an ellipsis at the end, where there is none.
        let implied = (ellipses == 0).then_some(&Slice::Ellipsis);
        for &slice in slices.iter().chain(implied) {
            match slice {
                Slice::Ellipsis => {
                    for (_, length) in axes.by_ref().take(left) {
                        resolved.push(Span::dense(0, length), true);
                    }
                }
                Slice::NewAxis => resolved.out_shape.push(1),
                _ => {
                    for (axis, length) in axes.by_ref().take(1) {
                        let kept = !matches!(slice, Slice::Index(_));
                        resolved.push(slice.span(axis, length)?, kept);
                    }
                }
            }
        }
        Ok(resolved)
    }
}

impl Slice {
    /// The cells of an axis. What is not about one axis is taken for the whole.
    fn span(self, axis: usize, length: u64) -> Result<Span, SelectionError> {
        let check = |bound: i64| match bound {
            i64::MAX if length > i64::MAX.unsigned_abs() => {
                Err(SelectionError::AmbiguousBound { axis, length })
            }
            // Wide enough for the sum and the difference of any i64 and any u64.
            _ => Ok(i128::from(bound) + if bound < 0 { i128::from(length) } else { 0 }),
        };
        match self {
            Self::Full | Self::Ellipsis | Self::NewAxis => Ok(Span::dense(0, length)),
            Self::Index(index) => match u64::try_from(check(index)?) {
                Ok(start) if start < length => Ok(Span::dense(start, 1)),
                _ => Err(SelectionError::OutOfBounds {
                    axis,
                    index,
                    length,
                }),
            },
            Self::Range { step: 0, .. } => Err(SelectionError::ZeroStep { axis }),
            Self::Range { start, stop, step } => {
                // Between which values the bounds are clamped: one before the first cell is where a
                // walk down ends, one after the last where a walk up does.
                let end = i128::from(length);
                let (lowest, highest) = if step < 0 { (-1, end - 1) } else { (0, end) };
                let (from, to) = if step < 0 {
                    (highest, lowest)
                } else {
                    (lowest, highest)
                };
                let start = start.map_or(Ok(from), check)?.clamp(lowest, highest);
                let stop = stop.map_or(Ok(to), check)?.clamp(lowest, highest);
                let way = if step < 0 { start - stop } else { stop - start };
                let stride = i128::from(step.unsigned_abs());
                // Empty where the way is none or leads elsewhere.
                let count = u64::try_from((way + stride - 1) / stride).unwrap_or(0);
                match (u64::try_from(start), count) {
                    (Ok(start), 2..) => Ok(Span { start, count, step }),
                    (Ok(start), 1) => Ok(Span::dense(start, 1)),
                    _ => Ok(Span::dense(0, 0)),
                }
            }
        }
    }
}

impl Resolved {
    fn push(&mut self, span: Span, kept: bool) {
        self.spans.push(span);
        self.full_shape.push(span.count);
        if kept {
            self.out_shape.push(span.count);
        }
    }

    /// The shape of the array the selection was resolved for.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The cells along each axis of the array, in the order of the output.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The cells of the array, in the order of the output.
    pub fn region(&self) -> Region {
        Region {
            spans: self.spans.clone(),
        }
    }

    /// The shape of the output as numpy has it.
    pub fn out_shape(&self) -> &[u64] {
        &self.out_shape
    }

    /// The shape of the output with one axis per axis of the array.
    pub fn full_shape(&self) -> &[u64] {
        &self.full_shape
    }

    /// The number of cells, or `None` beyond `u64`.
    pub fn volume(&self) -> Option<u64> {
        zarr_codecs::volume(&self.full_shape)
    }

    /// Whether no cell is selected.
    pub fn is_empty(&self) -> bool {
        self.full_shape.contains(&0)
    }

    /// The chunks that are touched, and which of their cells go where in the output.
    ///
    /// # Errors
    /// Where the grid is that of an array of another shape, or the chunks are too many to count.
    pub fn project(&self, grid: &ChunkGrid) -> Result<Projections, SelectionError> {
        if grid.shape() != self.shape() {
            let (selected, grid) = (self.shape.to_vec(), grid.shape().to_vec());
            return Err(SelectionError::ShapeMismatch { selected, grid });
        }
        let projections = Projections::new(&self.region(), grid.chunk_lengths());
        projections.ok_or(SelectionError::TooManyChunks)
    }
}
