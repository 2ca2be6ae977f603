//! Chunk grids: how an array's cells fall into chunks. Pure arithmetic: no I/O, no tasks, no locks,
//! and no idea of what a chunk is encoded with or stored under.

use zarr_codecs::{Dims, Region, Span};

/// A chunk grid bound to the shape of one array.
///
/// Every function here is total: an index outside the grid has an empty extent and region.
///
/// ```
/// use zarr_core::ChunkGrid;
/// let grid = ChunkGrid::regular(&[4, 10], &[10, 10])?;
/// assert_eq!(grid.shape_in_chunks().as_slice(), [3, 1]);
/// assert_eq!(grid.chunk_shape(&[2, 0]).as_slice(), [4, 10]); // as stored
/// assert_eq!(grid.chunk_extent(&[2, 0]).as_slice(), [2, 10]); // inside the array
/// assert_eq!(grid.locate(0, 9), Some((2, 1)));
/// # Ok::<(), zarr_core::GridError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkGrid {
    shape: Dims<u64>,
    /// The shape of every stored chunk.
    chunk: Dims<u64>,
    axes: Dims<Axis>,
}

/// How one axis is cut into chunks. Further kinds of grid are further variants.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Axis {
    /// Chunks of `chunk` cells each; the last may reach beyond the `length` of the axis.
    /// `chunk` is zero only where `length` is.
    Regular { chunk: u64, length: u64 },
}

/// Why a chunk grid does not suit an array.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GridError {
    /// The chunk shape and the array differ in their number of axes.
    #[error("the chunk shape has {chunk_rank} axes, the array has {rank}")]
    Rank {
        /// Axes of the chunk shape.
        chunk_rank: usize,
        /// Axes of the array.
        rank: usize,
    },
    /// The metadata names a kind of grid that is not known here.
    #[error("the chunk grid `{name}` is not known here; only `regular` is")]
    Unknown {
        /// Its name in the metadata.
        name: String,
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
    /// Where the ranks differ, or a chunk length is zero on an axis that has cells.
    pub fn regular(chunk_shape: &[u64], shape: &[u64]) -> Result<Self, GridError> {
        if chunk_shape.len() != shape.len() {
            return Err(GridError::Rank {
                chunk_rank: chunk_shape.len(),
                rank: shape.len(),
            });
        }
        let axes =
            chunk_shape
                .iter()
                .zip(shape)
                .enumerate()
                .map(|(axis, (&chunk, &length))| match (chunk, length) {
                    (0, 1..) => Err(GridError::ZeroChunk { axis, length }),
                    _ => Ok(Axis::Regular { chunk, length }),
                });
        Ok(Self {
            axes: axes.collect::<Result<_, _>>()?,
            chunk: chunk_shape.into(),
            shape: shape.into(),
        })
    }

    /// The shape of the array.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// How many chunks there are along each axis.
    pub fn shape_in_chunks(&self) -> Dims<u64> {
        self.axes.iter().map(Axis::chunks).collect()
    }

    /// The number of chunks, or `None` beyond `u64`. An array without axes is one chunk.
    #[expect(clippy::len_without_is_empty, reason = "`len` is not always known")]
    pub fn len(&self) -> Option<u64> {
        zarr_codecs::volume(&self.shape_in_chunks())
    }

    /// Whether the grid has a chunk of this index.
    pub fn contains(&self, index: &[u64]) -> bool {
        index.len() == self.rank()
            && index
                .iter()
                .zip(&self.axes)
                .all(|(&chunk, axis)| chunk < axis.chunks())
    }

    /// The shape a chunk is stored in: of full size also at the edges of the array.
    pub fn chunk_shape(&self, index: &[u64]) -> Dims<u64> {
        self.each(index, Axis::stored)
    }

    /// The shape of the part of a chunk that lies inside the array.
    pub fn chunk_extent(&self, index: &[u64]) -> Dims<u64> {
        self.each(index, |axis, chunk| axis.inside(chunk).count)
    }

    /// The cells of the array that a chunk holds.
    pub fn region(&self, index: &[u64]) -> Region {
        Region {
            spans: self.each(index, Axis::inside),
        }
    }

    /// The chunk that holds a coordinate of one axis, and where in the chunk it is.
    /// `None` outside of the array.
    pub fn locate(&self, axis: usize, coordinate: u64) -> Option<(u64, u64)> {
        self.axes.get(axis)?.locate(coordinate)
    }

    /// The cells along one axis that a range of chunks holds.
    pub fn cells_along(&self, axis: usize, chunks: std::ops::Range<u64>) -> std::ops::Range<u64> {
        let Some(axis) = self.axes.get(axis).filter(|_| !chunks.is_empty()) else {
            return 0..0;
        };
        let last = axis.inside(chunks.end - 1);
        axis.inside(chunks.start).start..last.start + last.count
    }

    /// The indices of all chunks, the last axis changing fastest.
    pub fn iter(&self) -> ChunkIndices {
        let counts = self.shape_in_chunks();
        let next = (!counts.contains(&0)).then(|| counts.iter().map(|_| 0).collect());
        ChunkIndices { counts, next }
    }

    /// The stored chunk's shape, the same for every chunk of a regular grid.
    pub fn chunk_lengths(&self) -> &[u64] {
        &self.chunk
    }

    fn each<T>(&self, index: &[u64], f: impl Fn(&Axis, u64) -> T) -> Dims<T> {
        self.axes
            .iter()
            .zip(index)
            .map(|(axis, &chunk)| f(axis, chunk))
            .collect()
    }
}

impl IntoIterator for &ChunkGrid {
    type Item = Dims<u64>;
    type IntoIter = ChunkIndices;

    fn into_iter(self) -> ChunkIndices {
        self.iter()
    }
}

impl Axis {
    fn chunks(&self) -> u64 {
        match *self {
            Self::Regular { length: 0, .. } => 0,
            Self::Regular { chunk, length } => length.div_ceil(chunk),
        }
    }

    fn stored(&self, _chunk: u64) -> u64 {
        match *self {
            Self::Regular { chunk, .. } => chunk,
        }
    }

    fn inside(&self, index: u64) -> Span {
        match *self {
            Self::Regular { chunk, length } => match index.checked_mul(chunk) {
                Some(start) if start < length => Span::dense(start, chunk.min(length - start)),
                _ => Span::dense(length, 0),
            },
        }
    }

    fn locate(&self, coordinate: u64) -> Option<(u64, u64)> {
        match *self {
            Self::Regular { chunk, length } => {
                (coordinate < length).then(|| (coordinate / chunk, coordinate % chunk))
            }
        }
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
