//! A block of a stream, and where it comes from.

use std::fmt;
use std::ops::Deref;

use zarr_codecs::{Dims, Region};

use super::output::Output;

/// The cells of a selection that one chunk holds.
#[derive(Debug)]
pub struct Block {
    /// Where they stand, and where they come from.
    pub place: BlockPlace,
    /// The elements, in C order.
    pub output: Output,
}

/// Where a block of a stream stands in the output of the whole selection, and where it comes from.
///
/// It is the [`Region`] in the output, in its output shape, and prints as it: `[0:20, 0:500]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BlockPlace {
    pub(super) region: Region,
    pub(super) cells: Region,
    pub(super) chunk: Dims<u64>,
}

impl BlockPlace {
    /// Where the block stands in the output of the whole selection, in its output shape. Each axis is dense.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The cells of the array that the block holds: a range for each axis of the array, in steps as they were
    /// selected.
    pub fn cells(&self) -> &Region {
        &self.cells
    }

    /// The index, in the chunk grid, of the chunk that holds the cells (of a sharded array, of the shard).
    pub fn chunk(&self) -> &[u64] {
        &self.chunk
    }
}

impl Deref for BlockPlace {
    type Target = Region;

    fn deref(&self) -> &Region {
        &self.region
    }
}

impl From<BlockPlace> for Region {
    fn from(place: BlockPlace) -> Self {
        place.region
    }
}

impl fmt::Display for BlockPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.region.fmt(f)
    }
}
