//! The chunks that several selections touch together: each once, with what every selection wants of
//! it. Pure, and nothing is kept per chunk where there is one selection.

use std::collections::BTreeMap;

use smallvec::SmallVec;
use zarr_codecs::Dims;

use crate::units::{Part, Unit, Units};

/// The units of some selections, by chunks.
pub(super) struct Joined {
    each: Vec<Units>,
    /// In the order of the chunks. `None` for one selection, whose units are each the only one of their chunk.
    shared: Option<Vec<Shared>>,
}

/// A chunk, and which units of which selections are in it.
type Shared = (Dims<u64>, Vec<(usize, usize)>);

/// One chunk.
pub(super) struct Touched {
    pub(super) chunk: Dims<u64>,
    /// The number of the selection, that of its unit, and the cells.
    pub(super) parts: SmallVec<[(usize, usize, Part); 1]>,
}

impl Joined {
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
        let shared = Some(chunks.into_iter().collect());
        Self { each, shared }
    }

    /// How many chunks are touched.
    pub(super) fn len(&self) -> usize {
        match &self.shared {
            Some(chunks) => chunks.len(),
            None => self.each.first().map_or(0, Units::len),
        }
    }

    /// The units of the only selection, if there is one.
    pub(super) fn only(&self) -> Option<&Units> {
        match (self.each.as_slice(), &self.shared) {
            ([units], None) => Some(units),
            _ => None,
        }
    }

    /// The number of a chunk, if it is touched.
    pub(super) fn find(&self, chunk: &[u64]) -> Option<usize> {
        match &self.shared {
            Some(chunks) => chunks
                .binary_search_by(|(at, _)| at.as_slice().cmp(chunk))
                .ok(),
            None => self.each.first()?.find(chunk),
        }
    }

    pub(super) fn get(&self, i: usize) -> Option<Touched> {
        let unit = |(selection, i): (usize, usize)| {
            let Unit { chunk, cells } = self.each.get(selection)?.get(i)?;
            Some((chunk, (selection, i, cells)))
        };
        let Some(shared) = &self.shared else {
            let (chunk, part) = unit((0, i))?;
            let parts = SmallVec::from_buf([part]);
            return Some(Touched { chunk, parts });
        };
        let (chunk, units) = shared.get(i)?;
        let units = units.iter().copied().filter_map(unit);
        let parts = units.map(|(_, part)| part).collect();
        let chunk = chunk.clone();
        Some(Touched { chunk, parts })
    }
}

impl Touched {
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter().map(|(_, _, part)| part)
    }
}
