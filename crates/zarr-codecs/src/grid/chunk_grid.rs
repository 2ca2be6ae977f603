//! Chunk grids: how the cells of an array fall into chunks.

use crate::{AxisGrid, AxisRange, Dims, Region};
use zarr_metadata::{AxisChunks, ChunkGridMetadata, ChunkRun};

/// A chunk grid bound to the shape of one array.
///
/// Every function here is total: an index outside the grid has an empty extent and region.
///
/// ```
/// use zarr_codecs::ChunkGrid;
/// let grid = ChunkGrid::regular(&[4, 10], &[10, 10])?;
/// assert_eq!(grid.shape_in_chunks().as_slice(), [3, 1]);
/// assert_eq!(grid.chunk_shape(&[2, 0]).as_slice(), [4, 10]); // as stored
/// assert_eq!(grid.chunk_extent(&[2, 0]).as_slice(), [2, 10]); // inside the array
/// assert_eq!(grid.locate(0, 9), Some((2, 1)));
/// # Ok::<(), zarr_codecs::GridError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkGrid {
    shape: Dims<u64>,
    /// The chunks of each axis, up to its end at least. They have no cells only where the axis has none.
    grids: Dims<AxisGrid>,
}

/// Why a chunk grid does not fit an array.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// The chunk shape and the array have different numbers of axes.
    #[error("the chunk shape has {chunk_rank} axes, the array has {rank}")]
    Rank {
        /// Axes of the chunk shape.
        chunk_rank: usize,
        /// Axes of the array.
        rank: usize,
    },
    /// The metadata names an unsupported kind of grid.
    #[error("the chunk grid `{name}` is not supported; `regular` and `rectilinear` are")]
    Unknown {
        /// Its name in the metadata.
        name: String,
    },
    /// The chunks listed for an axis end before the axis does.
    #[error("the chunks of axis {axis} hold {reach} cells, but the axis has {length}")]
    Short {
        /// The axis of the array.
        axis: usize,
        /// Its length.
        length: u64,
        /// Cells in all its chunks.
        reach: u128,
    },
    /// Chunks of no cells cannot hold an axis that has some.
    #[error("the chunk length of axis {axis} is 0, but the axis has {length} cells")]
    ZeroChunk {
        /// The axis of the array.
        axis: usize,
        /// Its length.
        length: u64,
    },
}

impl ChunkGrid {
    /// The regular grid: chunks of one shape, from the array's origin on.
    ///
    /// A chunk length of zero is accepted for an axis of length zero, which has no chunks.
    ///
    /// # Errors
    /// If the ranks differ, or a chunk length is zero on an axis that has cells.
    pub fn regular(chunk_shape: &[u64], shape: &[u64]) -> Result<Self, GridError> {
        let axes: Dims<AxisChunks> = chunk_shape
            .iter()
            .map(|&n| AxisChunks::Uniform(n))
            .collect();
        Self::rectilinear(&axes, shape)
    }

    /// The rectilinear grid: along each axis chunks of one length, or of listed lengths that reach
    /// its end or beyond.
    ///
    /// ```
    /// use zarr_codecs::ChunkGrid;
    /// use zarr_metadata::AxisChunks;
    /// let days = AxisChunks::from_lengths([31, 28, 31]);
    /// let grid = ChunkGrid::rectilinear(&[days, AxisChunks::Uniform(10)], &[90, 25])?;
    /// assert_eq!(grid.shape_in_chunks().as_slice(), [3, 3]);
    /// assert_eq!(grid.chunk_shape(&[1, 2]).as_slice(), [28, 10]);
    /// assert_eq!(grid.locate(0, 31), Some((1, 0)));
    /// # Ok::<(), zarr_codecs::GridError>(())
    /// ```
    ///
    /// # Errors
    /// If the ranks differ, a chunk has no cells though its axis has some, or the chunks of an
    /// axis end before it.
    pub fn rectilinear(chunks: &[AxisChunks], shape: &[u64]) -> Result<Self, GridError> {
        if chunks.len() != shape.len() {
            return Err(GridError::Rank {
                chunk_rank: chunks.len(),
                rank: shape.len(),
            });
        }
        for (axis, (chunks, &length)) in chunks.iter().zip(shape).enumerate() {
            let has_empty = match chunks {
                AxisChunks::Uniform(chunk) => *chunk == 0,
                AxisChunks::Runs(runs) => runs.iter().any(|run| run.length == 0),
            };
            if has_empty && length > 0 {
                return Err(GridError::ZeroChunk { axis, length });
            }
            if let Some(reach) = chunks.reach().filter(|&reach| reach < length.into()) {
                return Err(GridError::Short {
                    axis,
                    length,
                    reach,
                });
            }
        }
        Ok(Self {
            grids: chunks.iter().map(AxisGrid::from).collect(),
            shape: shape.into(),
        })
    }

    /// The grid that a document describes.
    ///
    /// # Errors
    /// As [`rectilinear`](Self::rectilinear), and where this kind of grid is not supported.
    pub fn new(grid: &ChunkGridMetadata, shape: &[u64]) -> Result<Self, GridError> {
        match grid {
            ChunkGridMetadata::Regular { chunk_shape } => Self::regular(chunk_shape, shape),
            ChunkGridMetadata::Rectilinear { chunk_shapes } => {
                Self::rectilinear(chunk_shapes, shape)
            }
            other => Err(GridError::Unknown {
                name: other.to_extension().name,
            }),
        }
    }

    /// The shape of the array.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How each axis is divided into chunks.
    pub fn axis_grids(&self) -> &[AxisGrid] {
        &self.grids
    }

    /// How many chunks there are along each axis.
    pub fn shape_in_chunks(&self) -> Dims<u64> {
        self.axes().map(chunks).collect()
    }

    /// The number of chunks, or `None` beyond `u64`. An array without axes is one chunk.
    #[expect(clippy::len_without_is_empty, reason = "`len` is not always known")]
    pub fn len(&self) -> Option<u64> {
        crate::volume(&self.shape_in_chunks())
    }

    /// Whether the grid has a chunk of this index.
    pub fn contains(&self, index: &[u64]) -> bool {
        index.len() == self.rank()
            && index
                .iter()
                .zip(self.axes())
                .all(|(&chunk, axis)| chunk < chunks(axis))
    }

    /// The shape in which a chunk is stored: its full shape, at the edges of the array too.
    pub fn chunk_shape(&self, index: &[u64]) -> Dims<u64> {
        let axes = self.grids.iter().zip(index);
        axes.map(|(grid, &chunk)| match grid {
            AxisGrid::Uniform(length) => *length,
            AxisGrid::Runs(_) => grid.chunk(chunk).map_or(0, |(_, length)| length),
        })
        .collect()
    }

    /// The shape of the largest stored chunk: the longest length along each axis.
    pub fn largest_chunk(&self) -> Dims<u64> {
        let longest = |(grid, length): BoundedAxis<'_>| {
            let stored = grid.stored(length).map(|(length, _)| length);
            // What has no cells may get some.
            stored.max().or_else(|| Some(grid.chunk(0)?.1)).unwrap_or(0)
        };
        self.axes().map(longest).collect()
    }

    /// The shape of all stored chunks, if they have the same.
    pub fn chunk_lengths(&self) -> Option<Dims<u64>> {
        let every = |grid: &AxisGrid| match grid {
            AxisGrid::Uniform(length) => Some(*length),
            AxisGrid::Runs(_) => None,
        };
        self.grids.iter().map(every).collect()
    }

    /// The lengths of stored chunks along an axis, one for each run of equal chunks.
    pub fn lengths(&self, axis: usize) -> impl Iterator<Item = u64> + '_ {
        let axis = self.axes().nth(axis);
        axis.into_iter()
            .flat_map(|(grid, length)| grid.stored(length).map(|(length, _)| length))
    }

    /// How many cells of the array each chunk holds along each axis.
    pub fn chunk_sizes(&self) -> Vec<AxisChunks> {
        let sizes = |(grid, mut left): BoundedAxis<'_>| {
            let mut runs = Vec::new();
            for (length, count) in grid.stored(left) {
                let whole = count.min(left.checked_div(length).unwrap_or(0));
                left -= whole * length;
                let rest = if whole < count { left } else { 0 };
                left -= rest;
                let of_run = [ChunkRun::new(length, whole), ChunkRun::new(rest, 1)];
                runs.extend(of_run.into_iter().filter(|r| r.length > 0 && r.count > 0));
            }
            AxisChunks::Runs(runs)
        };
        self.axes().map(sizes).collect()
    }

    /// The shape of the part of a chunk that lies inside the array.
    pub fn chunk_extent(&self, index: &[u64]) -> Dims<u64> {
        let axes = self.axes().zip(index);
        axes.map(|(axis, &chunk)| inside(axis, chunk).count())
            .collect()
    }

    /// The cells of the array that a chunk holds.
    pub fn region(&self, index: &[u64]) -> Region {
        let axes = self.axes().zip(index);
        Region {
            ranges: axes.map(|(axis, &chunk)| inside(axis, chunk)).collect(),
        }
    }

    /// The chunk that holds a coordinate of one axis, and where in the chunk it is.
    /// `None` outside the array.
    pub fn locate(&self, axis: usize, coordinate: u64) -> Option<(u64, u64)> {
        let (grid, length) = self.axes().nth(axis)?;
        (coordinate < length).then(|| grid.locate(coordinate))?
    }

    /// The cells along one axis that a range of chunks holds.
    pub fn cells_along(&self, axis: usize, chunks: std::ops::Range<u64>) -> std::ops::Range<u64> {
        let Some(axis) = self.axes().nth(axis).filter(|_| !chunks.is_empty()) else {
            return 0..0;
        };
        let last = inside(axis, chunks.end - 1);
        inside(axis, chunks.start).start()..last.start() + last.count()
    }

    /// The indices of all chunks, the last axis changing fastest.
    pub fn iter(&self) -> ChunkIndices {
        let counts = self.shape_in_chunks();
        let next = (!counts.contains(&0)).then(|| counts.iter().map(|_| 0).collect());
        ChunkIndices { counts, next }
    }

    fn axes(&self) -> impl Iterator<Item = BoundedAxis<'_>> {
        self.grids.iter().zip(self.shape.iter().copied())
    }
}

impl IntoIterator for &ChunkGrid {
    type Item = Dims<u64>;
    type IntoIter = ChunkIndices;

    fn into_iter(self) -> ChunkIndices {
        self.iter()
    }
}

/// How an axis is divided into chunks, and its length.
type BoundedAxis<'a> = (&'a AxisGrid, u64);

/// How many chunks hold cells of an axis.
fn chunks((grid, length): BoundedAxis<'_>) -> u64 {
    let last = length.checked_sub(1).and_then(|last| grid.locate(last));
    last.map_or(0, |(chunk, _)| chunk + 1)
}

/// The cells of an axis that a chunk holds.
fn inside((grid, length): BoundedAxis<'_>, chunk: u64) -> AxisRange {
    match grid.chunk(chunk) {
        Some((start, stored)) if start < length => {
            AxisRange::dense(start, stored.min(length - start))
        }
        _ => AxisRange::dense(length, 0),
    }
}

/// The chunk indices of a grid, the last axis changing fastest. See [`ChunkGrid::iter`].
#[derive(Clone, Debug)]
pub struct ChunkIndices {
    counts: Dims<u64>,
    next: Option<Dims<u64>>,
}

impl Iterator for ChunkIndices {
    type Item = Dims<u64>;

    fn next(&mut self) -> Option<Dims<u64>> {
        let index = self.next.take()?;
        let mut after = index.clone();
        for (chunk, &count) in after.iter_mut().zip(&self.counts).rev() {
            *chunk += 1;
            if *chunk < count {
                self.next = Some(after);
                break;
            }
            *chunk = 0;
        }
        Some(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_that_suit_no_array_are_refused() {
        assert_eq!(
            ChunkGrid::regular(&[1], &[1, 2]),
            Err(GridError::Rank {
                chunk_rank: 1,
                rank: 2
            })
        );
        assert_eq!(
            ChunkGrid::regular(&[1, 0], &[1, 2]),
            Err(GridError::ZeroChunk { axis: 1, length: 2 })
        );
    }

    #[test]
    fn an_array_without_axes_is_one_chunk() {
        let grid = ChunkGrid::regular(&[], &[]).unwrap();
        assert_eq!(grid.len(), Some(1));
        assert_eq!(grid.iter().collect::<Vec<_>>(), [Dims::<u64>::new()]);
        assert!(grid.contains(&[]));
    }

    #[test]
    fn an_axis_without_cells_has_no_chunks() {
        let grid = ChunkGrid::regular(&[0, 3], &[0, 9]).unwrap();
        assert_eq!(grid.shape_in_chunks().as_slice(), [0, 3]);
        assert_eq!(grid.iter().count(), 0);
        assert_eq!(grid.locate(0, 0), None);
        assert!(grid.region(&[0, 0]).is_empty());
    }

    #[test]
    fn indices_come_in_c_order() {
        let grid = ChunkGrid::regular(&[2, 2], &[3, 5]).unwrap();
        let all: Vec<_> = grid.iter().map(|index| (index[0], index[1])).collect();
        assert_eq!(all, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]);
        assert_eq!(grid.region(&[1, 2]), Region::dense(&[2, 4], &[1, 1]));
    }

    #[test]
    fn outside_the_grid_is_empty() {
        let grid = ChunkGrid::regular(&[4], &[10]).unwrap();
        for index in [3, 4, u64::MAX] {
            assert!(!grid.contains(&[index]));
            assert!(grid.region(&[index]).is_empty());
            assert_eq!(grid.chunk_extent(&[index]).as_slice(), [0]);
        }
        assert!(!grid.contains(&[0, 0]));
        assert_eq!((grid.locate(0, 10), grid.locate(1, 0)), (None, None));
    }

    fn listed(lengths: &[u64], length: u64) -> Result<ChunkGrid, GridError> {
        let axis = AxisChunks::from_lengths(lengths.iter().copied());
        ChunkGrid::rectilinear(&[axis], &[length])
    }

    #[test]
    fn listed_chunks_are_stored_as_listed() {
        let grid = listed(&[3, 3, 1, 5, 4], 10).unwrap();
        let chunks: Vec<_> = grid.iter().map(|index| index[0]).collect();
        assert_eq!(chunks, [0, 1, 2, 3], "the last one is behind the end");
        let stored = chunks.iter().map(|&i| grid.chunk_shape(&[i])[0]);
        assert_eq!(stored.collect::<Vec<_>>(), [3, 3, 1, 5]);
        let inside = chunks.iter().map(|&i| grid.chunk_extent(&[i])[0]);
        assert_eq!(inside.collect::<Vec<_>>(), [3, 3, 1, 3]);
        assert_eq!(grid.largest_chunk().as_slice(), [5]);
        assert_eq!(grid.chunk_lengths(), None);
        assert_eq!(grid.chunk_sizes(), [AxisChunks::from_lengths([3, 3, 1, 3])]);
        assert_eq!(grid.cells_along(0, 1..3), 3..7);
        assert!(!grid.contains(&[4]) && grid.region(&[4]).is_empty());
        assert_eq!(grid.locate(0, 9), Some((3, 2)));
        assert_eq!(grid.locate(0, 10), None);
    }

    #[test]
    fn an_axis_without_cells_keeps_its_list() {
        let grid = listed(&[3, 2], 0).unwrap();
        assert_eq!((grid.len(), grid.iter().count()), (Some(0), 0));
        assert_eq!(grid.largest_chunk().as_slice(), [3]);
        assert_eq!(grid.chunk_sizes(), [AxisChunks::Runs(vec![])]);
        assert_eq!(listed(&[], 0).unwrap().largest_chunk().as_slice(), [0]);
    }

    #[test]
    fn lists_that_end_too_early_are_refused() {
        assert_eq!(
            listed(&[3, 3], 7).unwrap_err().to_string(),
            "the chunks of axis 0 hold 6 cells, but the axis has 7"
        );
        assert_eq!(
            listed(&[3, 0, 9], 7),
            Err(GridError::ZeroChunk { axis: 0, length: 7 })
        );
        assert!(matches!(listed(&[], 1), Err(GridError::Short { .. })));
    }

    #[test]
    fn sizes_of_regular_chunks_end_with_the_array() {
        let grid = ChunkGrid::regular(&[4, 5], &[10, 10]).unwrap();
        let sizes: [&[u64]; 2] = [&[4, 4, 2], &[5, 5]];
        let sizes = sizes.map(|axis| AxisChunks::from_lengths(axis.iter().copied()));
        assert_eq!(grid.chunk_sizes(), sizes);
    }

    #[test]
    fn the_longest_axes_do_not_overflow() {
        let grid = ChunkGrid::regular(&[u64::MAX - 1, 1], &[u64::MAX, 1 << 63]).unwrap();
        assert_eq!(grid.shape_in_chunks().as_slice(), [2, 1 << 63]);
        assert_eq!(grid.len(), None);
        assert_eq!(grid.chunk_extent(&[1, 0]).as_slice(), [1, 1]);
        assert_eq!(grid.locate(0, u64::MAX - 1), Some((1, 0)));
        assert_eq!(grid.iter().nth(2).unwrap().as_slice(), [0, 2]);
    }
}
