//! The `delta` filter of numcodecs: the first number, then the difference of each to the one before. Integers
//! wrap around, so they lose nothing.

use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::{Number, with_number};
use crate::array::number_type::{NumberType, each};
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};

#[derive(Debug)]
pub(crate) struct Delta {
    types: FilterTypes,
}

impl Delta {
    /// Reads `{"dtype": dtype, "astype": dtype}`; without `astype` differences have the type of the
    /// numbers. Bools are refused: numcodecs does not give them back as they were.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let expected = "the dtype of integers or floats";
        let types = FilterTypes::parse(extension, given)?;
        let types = types.check(extension, |number| number != Number::Bool, expected)?;
        Ok(Self { types })
    }
}

impl Filter for Delta {
    fn name(&self) -> &'static str {
        "delta"
    }

    fn types(&self) -> FilterTypes {
        self.types
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let types = self.types;
        let mut differences = types.decoded.load(src);
        with_number!(types.decoded.number, T => {
            let mut before = T::from_i64(0);
            each::<T>(&mut differences, |x| {
                x.sub(std::mem::replace(&mut before, x))
            });
        });
        cast_onto(
            StoredNumber::native(types.decoded.number),
            &differences,
            types.encoded,
            dst,
        );
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        let types = self.types;
        // numpy adds up in a type that holds both; whole numbers wrap around to the same in the smaller one.
        let common = types.decoded.number.promoted(types.encoded.number);
        let sums = StoredNumber::native(match common.is_float() {
            true => common,
            false => types.decoded.number,
        });
        let mut wide = vec![];
        let same = sums.number == types.decoded.number;
        let numbers = match same {
            true => {
                cast(types.encoded, src, sums, dst);
                &mut *dst
            }
            false => {
                cast_onto(types.encoded, src, sums, &mut wide);
                &mut wide[..]
            }
        };
        with_number!(sums.number, T => {
            // Minus zero is the number that changes no float when added; to integers it is zero.
            let mut sum = T::from_f64(-0.0);
            each::<T>(numbers, |difference| {
                sum = sum.add(difference);
                sum
            });
        });
        if !same {
            cast(sums, &wide, types.decoded, dst);
            return Ok(());
        }
        types.decoded.swap(dst);
        Ok(())
    }
}
