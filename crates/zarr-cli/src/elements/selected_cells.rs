//! The cells of an array that a selection means, taken tile by tile, so that memory does not grow with them; those
//! of lists and masks all at once.

use std::ops::Range;

use zarr::blocking::Wait;
use zarr::{Array, DataType, DynData, Region, Selection, Slice};

use crate::elements::tiles::{self, Tiles};

/// Some cells of an array, and some fields of them.
pub(crate) struct SelectedCells<'a> {
    array: &'a Array,
    fields: &'a [String],
    selection: Selection,
    /// The cells, if they have equal steps on every axis; what lists and masks select is taken all at once.
    region: Option<Region>,
    /// The shape of the region, before axes are dropped or added; without a region, that of the output.
    lengths: Vec<u64>,
    shape: Vec<u64>,
    data_type: DataType,
}

/// Restricts an operation to fields.
macro_rules! of_fields {
    ($operation:expr, $fields:expr) => {
        match $fields {
            [] => $operation,
            [one] => $operation.field(one),
            several => $operation.fields(several),
        }
    };
}

impl<'a> SelectedCells<'a> {
    pub(crate) fn new(
        array: &'a Array,
        selection: Selection,
        fields: &'a [String],
    ) -> zarr::Result<Self> {
        let data_type = of_fields!(array.read_dyn(..), fields).dtype()?;
        let resolved = array.chunked().resolve(&selection)?;
        let (region, shape) = (resolved.region().cloned(), resolved.out_shape().to_vec());
        let lengths = region
            .as_ref()
            .map_or_else(|| shape.clone(), |region| region.shape().to_vec());
        Ok(Self {
            array,
            fields,
            selection,
            region,
            lengths,
            shape,
            data_type,
        })
    }

    /// The shape of the output, as in NumPy.
    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The shape that tiles are cut from: of the same cells in the same order as the output.
    pub(crate) fn tiled_shape(&self) -> &[u64] {
        &self.lengths
    }

    pub(crate) fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Tiles of whole chunks.
    pub(crate) fn tiles(&self) -> Tiles {
        Tiles::new(
            &self.lengths,
            &self.chunks(tiles::largest_chunk(self.array)),
            self.size(),
        )
    }

    /// Tiles that follow each other in C order.
    pub(crate) fn tiles_in_order(&self) -> Tiles {
        let chunks = self.chunks(tiles::largest_chunk(self.array));
        // A part of the memory of the context.
        let most = self.array.context().memory() / 4;
        Tiles::in_order(&self.lengths, &chunks, self.size(), most)
    }

    /// The shape of a chunk, or of a shard if there are any, in selected cells.
    pub(crate) fn write_shape(&self) -> Vec<u64> {
        self.chunks(self.array.chunked().grid().largest_chunk().to_vec())
    }

    fn chunks(&self, chunks: Vec<u64>) -> Vec<u64> {
        match &self.region {
            None => self.lengths.clone(),
            Some(region) => {
                let axes = region.ranges.iter().zip(chunks);
                axes.map(|(span, chunk)| (chunk / span.step().unsigned_abs().max(1)).max(1))
                    .collect()
            }
        }
    }

    fn size(&self) -> usize {
        self.data_type.size().unwrap_or(tiles::VARIABLE)
    }

    pub(crate) fn read(&self, cells: &[Range<u64>]) -> zarr::Result<DynData> {
        let read = self.array.read_dyn(self.of(cells));
        of_fields!(read, self.fields).wait()
    }

    pub(crate) fn write(&self, cells: &[Range<u64>], data: DynData) -> zarr::Result<()> {
        let write = self.array.write(self.of(cells), data);
        of_fields!(write, self.fields).wait()
    }

    /// Writes all cells at once, from data of any shape that fits.
    pub(crate) fn write_all(&self, data: DynData) -> zarr::Result<()> {
        let write = self.array.write(&self.selection, data);
        of_fields!(write, self.fields).wait()
    }

    /// The selection in the array that is a tile of these cells.
    fn of(&self, cells: &[Range<u64>]) -> Selection {
        let Some(region) = &self.region else {
            return self.selection.clone();
        };
        let axes = region.ranges.iter().zip(cells);
        axes.map(|(span, cells)| slice_of_steps(span.start(), span.step(), cells))
            .collect::<Vec<Slice>>()
            .into()
    }
}

/// Some of the cells that lie along an axis in equal steps. No axis is longer than an index can be.
fn slice_of_steps(start: u64, step: i64, steps: &Range<u64>) -> Slice {
    let cell = |steps: u64| i128::from(start) + i128::from(step) * i128::from(steps);
    let index = |cell: i128| i64::try_from(cell).unwrap_or(i64::MAX);
    let last = cell(steps.end.saturating_sub(1));
    Slice::Range {
        start: Some(index(cell(steps.start))),
        // There is no index before the first cell to stop at.
        stop: match step < 0 {
            true => (last > 0).then(|| index(last - 1)),
            false => Some(index(last + 1)),
        },
        step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_walk() {
        let check = |step: i64, start: u64, steps: Range<u64>, expected: &[u64]| {
            let resolved = Selection::from(slice_of_steps(start, step, &steps))
                .resolve(&[10])
                .unwrap();
            let cells: Vec<u64> = resolved.region().unwrap().ranges[0].cells().collect();
            assert_eq!(cells, expected);
        };
        check(1, 2, 0..3, &[2, 3, 4]);
        check(3, 1, 1..3, &[4, 7]);
        check(-1, 9, 7..10, &[2, 1, 0]);
        check(-3, 9, 3..4, &[0]);
        check(-4, 9, 0..2, &[9, 5]);
    }
}
