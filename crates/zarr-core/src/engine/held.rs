//! `HeldChunk`: the cells of a chunk that were written and are not stored yet. Pure: knows no store.

use std::sync::Arc;

use bytes::Bytes;
use zarr_codecs::{Dims, NdView, VlenHandle, VlenHeap, all_equal};

use super::elements::Elements;
use super::encode::NewElements;
use crate::cells::Cells;
use crate::{Values, VarArray};

/// The part of a chunk that lies inside the array: some cells are new, of the others nothing is known.
#[derive(Debug)]
pub(super) struct HeldChunk {
    extent: Dims<u64>,
    /// The elements in C order. Shared with a write that stores them.
    elements: Arc<Vec<u8>>,
    /// A byte for each cell: 1 if it is new.
    mask: Arc<Vec<u8>>,
    cells: usize,
    /// How many cells are new.
    new: usize,
}

impl HeldChunk {
    /// How many bytes a chunk of this shape takes, with elements of so many bytes. `None` beyond `u64`.
    pub(super) fn byte_len_of(extent: &[u64], elem: usize) -> Option<u64> {
        zarr_codecs::volume(extent)?.checked_mul(elem as u64 + 1)
    }

    /// A chunk of which no cell is new. `None` if it is larger than memory can be.
    pub(super) fn new(extent: Dims<u64>, elem: usize) -> Option<Self> {
        let cells = usize::try_from(zarr_codecs::volume(&extent)?).ok()?;
        Some(Self {
            elements: Arc::new(vec![0; cells.checked_mul(elem)?]),
            mask: Arc::new(vec![0; cells]),
            extent,
            cells,
            new: 0,
        })
    }

    /// How many bytes it takes.
    pub(super) fn byte_len(&self) -> u64 {
        (self.elements.len() + self.mask.len()) as u64
    }

    /// Whether all cells are new.
    pub(super) fn is_whole(&self) -> bool {
        self.new == self.cells
    }

    /// How much of it is new, in an order.
    pub(super) fn fullness(&self) -> u128 {
        ((self.new as u128) << 64) / self.cells.max(1) as u128
    }

    /// Takes new cells. `None` where they do not lie in the chunk.
    pub(super) fn put(&mut self, new: &NewElements, cells: &Cells) -> Option<()> {
        let old = self.new_among(cells)?;
        let (elements, mask) = (
            Arc::make_mut(&mut self.elements),
            Arc::make_mut(&mut self.mask),
        );
        new.put(cells, elements, mask, &self.extent)?;
        let now = match cells {
            Cells::Box { cells, .. } if !new.is_masked() => {
                usize::try_from(cells.volume()?).ok()?
            }
            _ => self.new_among(cells)?,
        };
        self.new = (self.new - old) + now;
        Some(())
    }

    /// How many of these cells are new; each is counted once.
    fn new_among(&self, cells: &Cells) -> Option<usize> {
        let ones = |mask: &[u8]| mask.iter().map(|&byte| usize::from(byte)).sum();
        let Cells::Box { cells, .. } = cells else {
            // A cell may be among them twice.
            return Some(ones(&self.mask));
        };
        let among = NdView::new(&self.mask, &self.extent, 1)?.region(cells)?;
        Some(match all_equal(&among, &[0]) {
            true => 0,
            false => ones(&among.to_vec()),
        })
    }

    /// The new cells, for a write of the whole chunk. Elements of variable length are those of the heap.
    pub(super) fn elements(&self, heap: Option<&VlenHeap>) -> Option<Elements> {
        let values = match heap {
            None => Values::Fixed(shared(&self.elements)),
            Some(heap) => {
                let (handles, heap) = (self.elements.as_chunks().0, heap.elements());
                let element =
                    |handle: &[u8; VlenHandle::SIZE]| heap.get(VlenHandle::from_bytes(*handle));
                Values::Variable(handles.iter().map(element).collect::<Option<VarArray>>()?)
            }
        };
        Some(match self.is_whole() {
            true => Elements::Each(values),
            false => Elements::Masked(values, shared(&self.mask)),
        })
    }
}

/// The same memory.
fn shared(memory: &Arc<Vec<u8>>) -> Bytes {
    /// What `Bytes` takes memory from.
    struct Owner(Arc<Vec<u8>>);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }
    Bytes::from_owner(Owner(Arc::clone(memory)))
}
