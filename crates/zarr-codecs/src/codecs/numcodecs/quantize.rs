//! The `quantize` filter of numcodecs: floats rounded to a number of decimal digits, by a power of
//! two so that the bits after them are zero. It is lossy.

use serde_json::Value;
use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::with_number;
use crate::array::number_type::{NumberType, each};
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::Filter;
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct Quantize {
    /// What numbers are multiplied by before they are rounded.
    scale: f64,
    dtype: StoredNumber,
    astype: StoredNumber,
}

impl Quantize {
    /// Reads `{"digits": number, "dtype": dtype, "astype": dtype}`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let digits = extension
            .configuration
            .get("digits")
            .and_then(Value::as_f64);
        let digits = digits.ok_or_else(|| setting::bad(extension, "digits", "a number"))?;
        let dtype = setting::dtype(extension, "dtype", given)?;
        let astype = setting::dtype(extension, "astype", Some(dtype))?;
        for (key, stored) in [("dtype", dtype), ("astype", astype)] {
            if !stored.number.is_float() {
                return Err(setting::bad(extension, key, "the dtype of floats"));
            }
        }
        let exponent = 10_f64.powf(-digits).log10();
        let exponent = if exponent < 0.0 {
            exponent.floor()
        } else {
            exponent.ceil()
        };
        let bits = 10_f64.powf(-exponent).log2().ceil();
        let scale = 2_f64.powf(bits);
        if !scale.is_normal() {
            return Err(setting::bad(
                extension,
                "digits",
                "a number that floats can express",
            ));
        }
        Ok(Self {
            scale,
            dtype,
            astype,
        })
    }
}

impl Filter for Quantize {
    fn name(&self) -> &'static str {
        "quantize"
    }

    fn decoded(&self) -> StoredNumber {
        self.dtype
    }

    fn encoded(&self) -> StoredNumber {
        self.astype
    }

    /// zarr-python does not know that a type changes, and reads no array where the size does.
    fn is_declared(&self) -> bool {
        self.astype.size() != self.dtype.size()
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut native = self.dtype.load(src);
        with_number!(self.dtype.number, T => {
            let scale = T::from_f64(self.scale);
            each::<T>(&mut native, |x| scale.mul(x).rint().div(scale));
        });
        cast_onto(
            StoredNumber::native(self.dtype.number),
            &native,
            self.astype,
            dst,
        );
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        cast(self.astype, src, self.dtype, dst);
        Ok(())
    }
}
