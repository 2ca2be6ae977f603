//! Writes of an array. `zarr-core` does the work.

use zarr_core::{Result, Selection};

use crate::array::fields::{ArrayFields, field_setters};
use crate::data::Conversion;
use crate::operation::operation;
use crate::{Array, Source};

impl Array {
    /// Writes an array to a selection, or a scalar to every cell of it.
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
    /// An array of another shape than the selection is broadcast to it by NumPy's rules: counted from the last
    /// axis, each axis is as long as that of the selection or of length one, and then it is repeated. Nothing is
    /// copied for that, so a row can be written to an array of any size.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::zeros(Target::Memory, [2, 3]).wait()?;
    /// a.write(.., [1.0, 2.0, 3.0]).wait()?;
    /// assert_eq!(a.read::<f64>(..).wait()?, ndarray::array![[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]].into_dyn());
    /// a.write((.., 1..), [[7.0], [8.0]]).wait()?;
    /// assert_eq!(a.read::<f64>(..).wait()?, ndarray::array![[1.0, 7.0, 7.0], [1.0, 8.0, 8.0]].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`Data`](crate::Data) lists what can be written. Data larger than memory is passed as another [`Array`] or as
    /// [`Computed`](crate::Computed), which must have the shape of the selection. To a box of neighbouring cells it
    /// is written in blocks of whole chunks, one after another.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let row = zarr::array(Target::Memory, [1.0, 2.0, 3.0]).wait()?;
    /// let a = zarr::zeros(Target::Memory, [2, 3]).wait()?;
    /// a.write(1, &row).wait()?;
    /// assert_eq!(a.read::<f64>(..).wait()?.sum(), 6.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A chunk that is written as a whole is encoded and stored. Of a chunk that is written in part, the other
    /// cells are read first, and of a shard, the chunks that do not change are read and stored again: data that
    /// comes in small parts is written much faster by a [`writer`](Array::writer).
    ///
    /// Elements of another type than the stored one are an error, unless you
    /// ask for a [cast](Write::cast).
    ///
    /// In an array of structs you can write [one field](Write::field) and keep the others. Then every chunk
    /// is read first, even if all its cells are written.
    #[doc(alias = "setitem")]
    pub fn write(&self, selection: impl Into<Selection>, data: impl Into<Source>) -> Write {
        let array = ArrayFields::all(self.chunked());
        Write::of(array, selection.into(), data.into())
    }
}

/// A pending write: see [`Array::write`].
#[must_use = "nothing is written until this is awaited or waited for"]
#[derive(Debug)]
pub struct Write {
    array: ArrayFields,
    selection: Selection,
    data: Source,
    cast: bool,
}

impl Write {
    pub(crate) fn of(array: ArrayFields, selection: Selection, data: Source) -> Self {
        let cast = false;
        Self {
            array,
            selection,
            data,
            cast,
        }
    }

    /// Casts numbers of another type to the stored one, as NumPy's `astype` does: integers wrap around, floats
    /// lose their fraction where they become integers, floats out of range become infinite, and all but zero is
    /// true. A float that an integer type cannot hold (NaN, for example) is an error, and so are complex numbers
    /// that would become real.
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::zeros(Target::Memory, [2]).dtype(DataType::Int16).wait()?;
    /// a.write(.., [1.9, -1.9]).cast().wait()?;
    /// assert_eq!(a.read::<i16>(..).wait()?, ndarray::array![1, -1].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "astype")]
    pub fn cast(self) -> Self {
        Self { cast: true, ..self }
    }

    async fn run(self) -> Result<()> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        let given = self.data.given(Conversion {
            path: array.path(),
            stored: array.data_type(),
            cast: self.cast,
        })?;
        given.write(array, selection).await
    }
}
operation!(Write => ());
field_setters!(Write);
