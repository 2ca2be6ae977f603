//! Writing the cells of a selection. Decides nothing but what is asked of `zarr-core`.

use zarr_core::{Result, Selection};

use crate::array::fields::{Picked, picking};
use crate::operation::operation;
use crate::{Array, Data};

impl Array {
    /// Writes an array to the cells of a selection of its shape, or one element to all of them.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [4, 6], DataType::Int32).wait()?;
    /// a.write(.., 1_i32).wait()?;
    /// a.write(sel![0, ..3], ndarray::array![7_i32, 8, 9]).wait()?;
    /// assert_eq!(a.read::<i32>(..).wait()?.sum(), 21 + 24);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Of records, only [a field](Write::field) can be written: the others stay as they are. Every
    /// chunk is read first then, also where all its cells are written.
    #[doc(alias = "setitem")]
    pub fn write(&self, selection: impl Into<Selection>, data: impl Into<Data>) -> Write {
        Write {
            picked: Picked::all(self.chunked()),
            selection: selection.into(),
            data: data.into(),
        }
    }
}

/// A write to be awaited: see [`Array::write`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct Write {
    picked: Picked,
    selection: Selection,
    data: Data,
}

impl Write {
    async fn run(self) -> Result<()> {
        let array = self.picked.current().await?;
        let selection = array.resolve(&self.selection)?;
        let stored = array.data_type();
        let elements = self.data.into_elements(array.path(), stored, &selection)?;
        array.write(selection, elements).await
    }
}
operation!(Write => ());
picking!(Write);
