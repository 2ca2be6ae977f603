//! `Units`: the work of one operation, cut by chunks. One unit is what it wants of one chunk, or of
//! one inner chunk of a shard: a box, or places anywhere. Pure, random access, nothing per chunk.

use zarr_codecs::{AxisGrid, Dims, Projection, Projections, Region};

use crate::places::{Groups, Places};
use crate::selection::Cells;

/// Cells by the chunks that hold them.
#[derive(Clone, Debug)]
pub(crate) enum Units {
    Boxes(Projections),
    Groups(Groups),
}

/// What is wanted of one chunk.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    /// The index of the chunk.
    pub(crate) chunk: Dims<u64>,
    pub(crate) cells: Part,
}

/// The cells of one chunk, and where they stand among the data.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// As in a [`Projection`].
    Box {
        part: Region,
        to: Region,
    },
    Places(Places),
}

impl Units {
    /// Cuts cells by the chunks of a grid. `None` where they are too many to count.
    pub(crate) fn of(cells: &Cells, grids: &[AxisGrid]) -> Option<Self> {
        match cells {
            Cells::Region(region) => Projections::of(region, grids).map(Self::Boxes),
            Cells::Places(places) => Some(Self::Groups(places.split_by(grids))),
        }
    }

    /// How many chunks are touched.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Boxes(projections) => projections.len(),
            Self::Groups(groups) => groups.len(),
        }
    }

    pub(crate) fn get(&self, i: usize) -> Option<Unit> {
        match self {
            Self::Boxes(projections) => projections.get(i).map(Unit::from),
            Self::Groups(groups) => groups.get(i).map(|(chunk, places)| Unit {
                chunk,
                cells: Part::Places(places),
            }),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Unit> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }
}

impl From<Projection> for Unit {
    fn from(projection: Projection) -> Self {
        let Projection { chunk, part, to } = projection;
        Unit {
            chunk,
            cells: Part::Box { part, to },
        }
    }
}

impl Part {
    /// Whether these are all cells of a box of this shape at the chunk's origin.
    pub(crate) fn covers(&self, shape: &[u64]) -> bool {
        match self {
            Self::Box { part, .. } => part.is_whole(shape),
            Self::Places(places) => places.covers(shape),
        }
    }

    /// The same cells cut by the inner chunks of a shard.
    pub(crate) fn split(&self, chunk: &[u64]) -> Option<Units> {
        match self {
            Self::Box { part, .. } => Projections::new(part, chunk).map(Units::Boxes),
            Self::Places(places) => Some(Units::Groups(places.split(chunk))),
        }
    }
}
