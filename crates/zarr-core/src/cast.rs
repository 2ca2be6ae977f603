//! Casts elements that are in memory to another data type.

use zarr_codecs::Casting;
use zarr_metadata::DataType;

use crate::{DynData, Error, Result, Values};

impl DynData {
    /// Casts numbers to another type, as NumPy's `astype` does: integers wrap around, floats lose their fraction
    /// where they become integers, and floats out of range become infinite.
    ///
    /// # Errors
    /// If the elements are not numbers, a complex number would become a real one, or a float is NaN or out of
    /// the range of an integer type: NumPy leaves open what becomes of that.
    ///
    /// ```
    /// use zarr_core::{DynData, Values};
    /// use zarr_metadata::DataType;
    /// let data = DynData::from(ndarray::arr1(&[1.9, -1.9]).into_dyn()).cast(&DataType::Int8)?;
    /// assert_eq!(data.into_array::<i8>()?.into_raw_vec_and_offset().0, [1, -1]);
    /// # Ok::<(), zarr_core::Error>(())
    /// ```
    pub fn cast(self, to: &DataType) -> Result<Self> {
        if self.dtype == *to {
            return Ok(self);
        }
        // No type of elements that differ in length is a number.
        let elements = self.data.as_fixed().unwrap_or_default();
        let cast = Casting::AsType.cast(elements, &self.dtype, to);
        let cast = cast.map_err(|error| Error::argument("data", error.to_string()))?;
        Ok(Self {
            dtype: to.clone(),
            shape: self.shape,
            data: Values::Fixed(cast.into()),
        })
    }
}
