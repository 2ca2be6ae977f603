//! The `quantize` filter of numcodecs: floats rounded to a number of decimal digits, by a power of
//! two so that the bits after them are zero. It is lossy.

use serde_json::Value;
use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::{Number, with_number};
use crate::array::number_type::{NumberType, each};
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct Quantize {
    /// What numbers are multiplied by before they are rounded.
    scale: f64,
    types: FilterTypes,
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
        let types = FilterTypes::parse(extension, given)?;
        let mut types = types.check(extension, Number::is_float, "the dtype of floats")?;
        // zarr-python does not know that a type changes, and reads no array where the size does.
        types.is_declared = types.decoded.size() != types.encoded.size();
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
        Ok(Self { scale, types })
    }
}

impl Filter for Quantize {
    fn name(&self) -> &'static str {
        "quantize"
    }

    fn types(&self) -> FilterTypes {
        self.types
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let types = self.types;
        let mut native = types.decoded.load(src);
        with_number!(types.decoded.number, T => {
            let scale = T::from_f64(self.scale);
            each::<T>(&mut native, |x| scale.mul(x).rint().div(scale));
        });
        cast_onto(
            StoredNumber::native(types.decoded.number),
            &native,
            types.encoded,
            dst,
        );
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        cast(self.types.encoded, src, self.types.decoded, dst);
        Ok(())
    }
}
