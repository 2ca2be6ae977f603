//! The `zarrs` crate as a program under test: its synchronous API with its own defaults, as its
//! documentation shows it.

use std::path::Path;
use std::sync::Arc;

use ::zarrs::array::{Array, ArrayBytes, ArraySubset};
use ::zarrs::filesystem::FilesystemStore;

use crate::Result;
use crate::program::{Elements, Program};
use crate::want::{Part, Want};

pub(crate) struct Zarrs {
    array: Array<FilesystemStore>,
    typed: bool,
}

impl Zarrs {
    /// Elements come as a `Vec<u16>`.
    pub(crate) fn typed(path: &Path) -> Result<Self> {
        let typed = true;
        let array = Self::untyped(path)?.array;
        Ok(Self { array, typed })
    }

    /// Elements come as bytes.
    pub(crate) fn untyped(path: &Path) -> Result<Self> {
        let store = Arc::new(FilesystemStore::new(path)?);
        let array = Array::open(store, "/")?;
        let typed = false;
        Ok(Self { array, typed })
    }

    fn dense(&self, subset: &ArraySubset) -> Result<Elements> {
        if self.typed {
            return Ok(Elements::Typed(self.array.retrieve_array_subset(subset)?));
        }
        let bytes: ArrayBytes<'static> = self.array.retrieve_array_subset(subset)?;
        Ok(Elements::Bytes(bytes.into_fixed()?.into_owned()))
    }

    fn bounding_box(part: &Part) -> ArraySubset {
        let range = |axis: usize| part.start[axis]..part.stop[axis];
        ArraySubset::new_with_ranges(&[range(0), range(1), range(2)])
    }
}

impl Program for Zarrs {
    fn read(&mut self, want: &Want) -> Result<Elements> {
        let part = want.part().ok_or("the zarrs crate reads boxes alone")?;
        let read = self.dense(&Self::bounding_box(part))?;
        if part.step == [1; 3] {
            return Ok(read);
        }
        // It has no steps: whoever wants every third row reads all rows and keeps those.
        let [planes, rows, row] = Part {
            step: [1; 3],
            ..*part
        }
        .shape();
        let bytes = read.bytes();
        let mut kept = Vec::with_capacity(part.cells() * 2);
        for z in (0..planes).step_by(part.step[0] as usize) {
            for y in (0..rows).step_by(part.step[1] as usize) {
                let from = (z * rows + y) * row * 2;
                let cells = &bytes[from..from + row * 2];
                match part.step[2] as usize {
                    1 => kept.extend_from_slice(cells),
                    step => kept.extend(cells.chunks_exact(2).step_by(step).flatten()),
                }
            }
        }
        Ok(Elements::Bytes(kept))
    }

    fn write(&mut self, part: &Part, values: Vec<u16>) -> Result<()> {
        // Borrowed: an owned vector would be copied.
        let subset = Self::bounding_box(part);
        Ok(self.array.store_array_subset(&subset, values.as_slice())?)
    }
}
