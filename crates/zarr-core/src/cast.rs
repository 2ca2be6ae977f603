//! Casts elements that are in memory to another data type.

use zarr_codecs::Casting;
use zarr_metadata::DataType;

use crate::{DynData, Error, Result, Values, to_data_type};

impl DynData {
    /// Casts numbers to another type, as NumPy's `astype` does: integers wrap around, floats lose their fraction
    /// where they become integers, and floats out of range become infinite. Forms of the same elements are
    /// converted without loss: texts of variable and of fixed length, dates in another unit.
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
        let (shape, dtype) = (self.shape, to.clone());
        if let Some(data) = to_data_type(self.data.clone(), &self.dtype, to)? {
            return Ok(Self { dtype, shape, data });
        }
        // No type of elements that differ in length is a number.
        let elements = self.data.as_fixed().unwrap_or_default();
        let cast = Casting::AsType.cast(elements, &self.dtype, to);
        let cast = cast.map_err(|error| Error::argument("data", error.to_string()))?;
        let data = Values::Fixed(cast.into());
        Ok(Self { dtype, shape, data })
    }
}
