//! `Array::erase`: cells made what they were before anything was written.

use zarr_core::{Result, Selection};

use crate::Array;
use crate::array::fields::Picked;
use crate::operation::operation;

impl Array {
    /// Makes cells what they were before anything was written: the fill value. Chunks that hold
    /// nothing else afterwards are deleted, whatever
    /// [`write_empty_chunks`](crate::ArrayConfig::write_empty_chunks) says.
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
        Erase {
            picked: Picked::all(self.chunked()),
            selection: selection.into(),
        }
    }
}

/// An erasure to be awaited: see [`Array::erase`].
#[must_use = "nothing is erased until this is awaited or waited for"]
#[derive(Debug)]
pub struct Erase {
    picked: Picked,
    selection: Selection,
}

impl Erase {
    async fn run(self) -> Result<()> {
        let array = self.picked.current().await?;
        let selection = array.resolve(&self.selection)?;
        array.erase(selection).await
    }
}
operation!(Erase => ());
