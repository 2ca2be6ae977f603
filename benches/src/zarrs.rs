//! The `zarrs` crate as a program under test: its synchronous API with its own defaults, as its
//! documentation shows it.

use std::path::Path;
use std::sync::Arc;

use ::zarrs::array::{Array, ArrayBytes, ArrayError, ArrayMetadata, ArraySubset};
use ::zarrs::filesystem::FilesystemStore;
use ::zarrs::storage::store::MemoryStore;
use ::zarrs::storage::{
    ListableStorageTraits, ReadableStorageTraits, ReadableWritableListableStorage,
    ReadableWritableListableStorageTraits, WritableStorageTraits,
};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::Result;
use crate::dataset::{Dataset, Kind};
use crate::document::document;
use crate::element::{Element, Values};
use crate::program::{Elements, Program, at_once};
use crate::want::{Part, Want};

pub(crate) struct Zarrs {
    array: Array<dyn ReadableWritableListableStorageTraits>,
    /// The type elements come in; as bytes without one.
    typed: Option<Element>,
}

impl Zarrs {
    pub(crate) fn new(path: &Path, kind: Kind, typed: Option<Element>) -> Result<Self> {
        let files = FilesystemStore::new(path)?;
        let store: ReadableWritableListableStorage = match kind {
            Kind::Memory => Arc::new(copied(&files)?),
            _ => Arc::new(files),
        };
        let array = Array::open(store, "/")?;
        Ok(Self { array, typed })
    }

    fn dense(&self, subset: &ArraySubset) -> Result<Elements> {
        let values = match self.typed {
            Some(Element::U16) => Values::U16(self.array.retrieve_array_subset(subset)?),
            Some(Element::F32) => Values::F32(self.array.retrieve_array_subset(subset)?),
            Some(Element::Text) => Values::Text(self.array.retrieve_array_subset(subset)?),
            None => {
                let bytes: ArrayBytes<'static> = self.array.retrieve_array_subset(subset)?;
                return Ok(Elements::Bytes(bytes.into_fixed()?.into_owned()));
            }
        };
        Ok(Elements::Typed(values))
    }

    fn bounding_box(part: &Part) -> ArraySubset {
        let range = |axis: usize| part.start[axis]..part.stop[axis];
        ArraySubset::new_with_ranges(&[range(0), range(1), range(2)])
    }
}

/// All files as values in memory.
fn copied(files: &FilesystemStore) -> Result<MemoryStore> {
    let store = MemoryStore::new();
    for key in files.list()? {
        let value = files.get(&key)?.ok_or("a file has gone")?;
        store.set(&key, value)?;
    }
    Ok(store)
}

impl Program for Zarrs {
    fn read(&self, want: &Want) -> Result<Elements> {
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
        let size = self.array.data_type().fixed_size().ok_or("no fixed size")?;
        let mut kept = Vec::with_capacity(part.cells() * size);
        for z in (0..planes).step_by(part.step[0] as usize) {
            for y in (0..rows).step_by(part.step[1] as usize) {
                let from = (z * rows + y) * row * size;
                let cells = &bytes[from..from + row * size];
                match part.step[2] as usize {
                    1 => kept.extend_from_slice(cells),
                    step => kept.extend(cells.chunks_exact(size).step_by(step).flatten()),
                }
            }
        }
        Ok(Elements::Bytes(kept))
    }

    fn read_at_once(&self, wants: &[Want]) -> Result<Vec<Elements>> {
        at_once(wants, |want| self.read(want))
    }

    fn write(&self, part: &Part, values: Values) -> Result<()> {
        // Borrowed: an owned vector would be copied.
        let subset = Self::bounding_box(part);
        let written = match &values {
            Values::U16(values) => self.array.store_array_subset(&subset, values.as_slice()),
            Values::F32(values) => self.array.store_array_subset(&subset, values.as_slice()),
            Values::Text(values) => self.array.store_array_subset(&subset, values.as_slice()),
        };
        Ok(written?)
    }

    /// Chunk by chunk on all processors, as its tool `zarrs_reencode` does.
    fn copy(&self, to: &Path, new: &Dataset) -> Result<()> {
        let metadata: ArrayMetadata = serde_json::from_value(document(new))?;
        let copy = Array::new_with_metadata(Arc::new(FilesystemStore::new(to)?), "/", metadata)?;
        copy.store_metadata()?;
        let grid = ArraySubset::new_with_shape(copy.chunk_grid_shape().to_vec());
        let chunks: Vec<_> = grid.indices().into_iter().collect();
        chunks.into_par_iter().try_for_each(|chunk| {
            let bytes: ArrayBytes<'static> = self.array.retrieve_chunk(&chunk)?;
            copy.store_chunk(&chunk, bytes)?;
            Ok::<_, ArrayError>(())
        })?;
        Ok(())
    }

    fn append(&mut self, part: &Part, values: Values) -> Result<()> {
        let mut shape = self.array.shape().to_vec();
        shape[0] = part.stop[0];
        self.array.set_shape(shape)?;
        self.array.store_metadata()?;
        self.write(part, values)
    }
}
