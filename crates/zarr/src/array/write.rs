//! Writes of an array. `zarr-core` does the work.

use zarr_core::{Result, Selection};

use crate::array::fields::{ArrayFields, field_setters};
use crate::operation::operation;
use crate::{Array, Data};

impl Array {
    /// Writes an array to a selection of the same shape, or a scalar to every cell of it.
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
    /// In an array of structs you can write [one field](Write::field) and keep the others. Then every chunk
    /// is read first, even if all its cells are written.
    #[doc(alias = "setitem")]
    pub fn write(&self, selection: impl Into<Selection>, data: impl Into<Data>) -> Write {
        Write {
            array: ArrayFields::all(self.chunked()),
            selection: selection.into(),
            data: data.into(),
        }
    }
}

/// A pending write: see [`Array::write`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct Write {
    array: ArrayFields,
    selection: Selection,
    data: Data,
}

impl Write {
    async fn run(self) -> Result<()> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        let stored = array.data_type();
        let elements = self.data.into_elements(array.path(), stored, &selection)?;
        array.write(selection, elements).await
    }
}
operation!(Write => ());
field_setters!(Write);
