//! The chunks that several selections touch together: each once, with what every selection wants of
//! it. Pure, and nothing is kept per chunk where there is one selection.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use zarr_codecs::{Dims, Projections};

use crate::cells::{Part, Unit, Units};

/// The units of some selections, by chunks.
pub(super) struct ReadPlan {
    each: Vec<Units>,
    /// For every chunk, which units of which selections are in it. `None` for one selection, whose
    /// units are each the only one of their chunk.
    shared: Option<Vec<Vec<(usize, usize)>>>,
}

/// One chunk.
pub(super) struct ChunkTask {
    pub(super) chunk: Dims<u64>,
    /// The number of the selection, that of its unit, and the cells.
    pub(super) parts: SmallVec<[(usize, usize, Part); 1]>,
}

impl ReadPlan {
    pub(super) fn of(each: Vec<Units>) -> Self {
        if let [_] = each.as_slice() {
            return Self { each, shared: None };
        }
        let mut chunks: BTreeMap<Dims<u64>, Vec<(usize, usize)>> = BTreeMap::new();
        for (selection, units) in each.iter().enumerate() {
            for (i, unit) in units.iter().enumerate() {
                chunks.entry(unit.chunk).or_default().push((selection, i));
            }
        }
        let shared = Some(chunks.into_values().collect());
        Self { each, shared }
    }

    /// How many chunks are touched.
    pub(super) fn len(&self) -> usize {
        match &self.shared {
            Some(chunks) => chunks.len(),
            None => self.each.first().map_or(0, Units::len),
        }
    }

    /// The boxes of the only selection, where it is one of boxes.
    pub(super) fn boxes(&self) -> Option<&Projections> {
        match (self.each.as_slice(), &self.shared) {
            ([Units::Boxes(boxes)], None) => Some(boxes),
            _ => None,
        }
    }

    pub(super) fn get(&self, i: usize) -> Option<ChunkTask> {
        let unit = |(selection, i): (usize, usize)| {
            let Unit { chunk, cells } = self.each.get(selection)?.get(i)?;
            Some((chunk, (selection, i, cells)))
        };
        let Some(shared) = &self.shared else {
            let (chunk, part) = unit((0, i))?;
            let parts = SmallVec::from_buf([part]);
            return Some(ChunkTask { chunk, parts });
        };
        let units: Vec<_> = shared.get(i)?.iter().copied().filter_map(unit).collect();
        let chunk = units.first()?.0.clone();
        let parts = units.into_iter().map(|(_, part)| part).collect();
        Some(ChunkTask { chunk, parts })
    }
}

impl ChunkTask {
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter().map(|(_, _, part)| part)
    }
}
