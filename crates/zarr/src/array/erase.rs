//! `Array::erase`: sets cells back to the fill value.

use zarr_core::{Result, Selection};

use crate::Array;
use crate::array::fields::ArrayFields;
use crate::operation::operation;

impl Array {
    /// Sets cells back to the fill value. Chunks that then hold nothing else are deleted, regardless of
    /// [`write_empty_chunks`](crate::ArrayConfig::write_empty_chunks).
    ///
    /// ```
    /// # use zarr::{blocking::Wait, DataType, Target, sel};
    /// # fn main() -> zarr::Result<()> {
    /// let a = zarr::create_array(Target::Memory, [6], DataType::Int32).chunks([2]).wait()?;
    /// a.write(.., 1_i32).wait()?;
    /// a.erase(sel![1..4]).wait()?;
    /// assert_eq!(a.read::<i32>(..).wait()?.as_slice(), Some(&[1, 0, 0, 0, 1, 1][..]));
    /// assert_eq!(a.nchunks_initialized().wait()?, 2);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "clear")]
    pub fn erase(&self, selection: impl Into<Selection>) -> Erase {
        Erase::of(ArrayFields::all(self.chunked()), selection.into())
    }
}

/// A pending erasure: see [`Array::erase`].
#[must_use = "nothing is erased until this is awaited or waited for"]
#[derive(Debug)]
pub struct Erase {
    array: ArrayFields,
    selection: Selection,
}

impl Erase {
    pub(crate) fn of(array: ArrayFields, selection: Selection) -> Self {
        Self { array, selection }
    }

    async fn run(self) -> Result<()> {
        let array = self.array.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.erase(selection).await
    }
}
operation!(Erase => ());
