//! The `zarrs` crate as a program under test: its synchronous API with its own defaults, as its
//! documentation shows it.

use std::path::Path;
use std::sync::Arc;

use zarrs::array::{Array, ArraySubset};
use zarrs::filesystem::FilesystemStore;

use crate::Result;
use crate::program::{Part, Program};

pub(crate) struct Zarrs(Array<FilesystemStore>);

impl Zarrs {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let store = Arc::new(FilesystemStore::new(path)?);
        Ok(Self(Array::open(store, "/")?))
    }

    fn bounding_box(part: &Part) -> ArraySubset {
        let range = |axis: usize| part.start[axis]..part.stop[axis];
        ArraySubset::new_with_ranges(&[range(0), range(1), range(2)])
    }
}

impl Program for Zarrs {
    fn read(&mut self, part: &Part) -> Result<Vec<u16>> {
        let cells: Vec<u16> = self.0.retrieve_array_subset(&Self::bounding_box(part))?;
        if part.step == [1; 3] {
            return Ok(cells);
        }
        // It has no steps: whoever wants every third row reads all rows and keeps those.
        let shape = Part { step: [1; 3], ..*part }.shape();
        let rows = ndarray::ArrayView3::from_shape(shape, &cells)?;
        let [z, y, x] = part.step.map(|step| step as usize);
        let kept = rows.slice(ndarray::s![..;z, ..;y, ..;x]);
        let mut out = Vec::with_capacity(part.cells());
        for row in kept.rows() {
            match row.as_slice() {
                Some(row) => out.extend_from_slice(row),
                None => out.extend(row),
            }
        }
        Ok(out)
    }

    fn write(&mut self, part: &Part, values: Vec<u16>) -> Result<()> {
        Ok(self.0.store_array_subset(&Self::bounding_box(part), values)?)
    }
}
