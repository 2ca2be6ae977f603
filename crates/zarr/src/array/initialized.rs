//! `Array::read_initialized`: which cells were ever written.

use ndarray::ArrayD;
use zarr_core::{Result, Selection};

use crate::Array;
use crate::array::fields::ArrayFields;
use crate::operation::operation;

impl Array {
    /// Reads for each cell of a selection whether the chunk that it lies in is stored; of a sharded array, the inner
    /// chunk. All other cells were never written, or were erased: they have no value but the fill value, and where that
    /// is `null`, as in format 2, none that anybody promised.
    ///
    /// A cell that is `true` may hold the fill value, too, if others of its chunk were written. The stored chunks are
    /// fetched, but not decoded.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, ZarrFormat, json};
    /// # fn main() -> zarr::Result<()> {
    /// let create = zarr::create_array(Target::Memory, [6], DataType::Float64).chunks([2]);
    /// let a = create.zarr_format(ZarrFormat::V2).fill_value(json!(null)).wait()?;
    /// a.write(2..4, 0.5).wait()?;
    /// let (values, known) = (a.read::<f64>(..).wait()?, a.read_initialized(..).wait()?);
    /// let values = values.iter().zip(&known).map(|(value, known)| known.then_some(*value));
    /// assert_eq!(values.collect::<Vec<_>>(), [None, None, Some(0.5), Some(0.5), None, None]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_initialized(&self, selection: impl Into<Selection>) -> ReadInitialized {
        ReadInitialized::of(ArrayFields::all(self.chunked()), selection.into())
    }
}

/// A pending read: see [`Array::read_initialized`].
#[must_use = "nothing is read until this is awaited or waited for"]
#[derive(Debug)]
pub struct ReadInitialized {
    array: ArrayFields,
    selection: Selection,
}

impl ReadInitialized {
    pub(crate) fn of(array: ArrayFields, selection: Selection) -> Self {
        Self { array, selection }
    }

    async fn run(self) -> Result<ArrayD<bool>> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.read_initialized(selection).await
    }
}
operation!(ReadInitialized => ArrayD<bool>);
