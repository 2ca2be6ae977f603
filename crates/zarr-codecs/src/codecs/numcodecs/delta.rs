//! The `delta` filter of numcodecs: the first number, then the difference of each to the one before. Integers
//! wrap around, so they lose nothing.

use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::{Number, with_number};
use crate::array::number_type::{NumberType, each};
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::Filter;
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct Delta {
    dtype: StoredNumber,
    astype: StoredNumber,
    /// Whether the settings have `astype`.
    declared: bool,
}

impl Delta {
    /// Reads `{"dtype": dtype, "astype": dtype}`; without `astype` differences have the type of the
    /// numbers. Bools are refused: numcodecs does not give them back as they were.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let dtype = setting::dtype(extension, "dtype", given)?;
        let astype = setting::dtype(extension, "astype", Some(dtype))?;
        for (key, stored) in [("dtype", dtype), ("astype", astype)] {
            if stored.number == Number::Bool {
                return Err(setting::bad(
                    extension,
                    key,
                    "the dtype of integers or floats",
                ));
            }
        }
        Ok(Self {
            dtype,
            astype,
            declared: setting::given(extension, "astype").is_some(),
        })
    }
}

impl Filter for Delta {
    fn name(&self) -> &'static str {
        "delta"
    }

    fn decoded(&self) -> StoredNumber {
        self.dtype
    }

    fn encoded(&self) -> StoredNumber {
        self.astype
    }

    fn is_declared(&self) -> bool {
        self.declared
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut differences = self.dtype.load(src);
        with_number!(self.dtype.number, T => {
            let mut before = T::from_i64(0);
            each::<T>(&mut differences, |x| {
                x.sub(std::mem::replace(&mut before, x))
            });
        });
        cast_onto(
            StoredNumber::native(self.dtype.number),
            &differences,
            self.astype,
            dst,
        );
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        // numpy adds up in a type that holds both; whole numbers wrap around to the same in the smaller one.
        let common = self.dtype.number.promoted(self.astype.number);
        let sums = StoredNumber::native(match common.is_float() {
            true => common,
            false => self.dtype.number,
        });
        let mut wide = vec![];
        let same = sums.number == self.dtype.number;
        let numbers = match same {
            true => {
                cast(self.astype, src, sums, dst);
                &mut *dst
            }
            false => {
                cast_onto(self.astype, src, sums, &mut wide);
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
            cast(sums, &wide, self.dtype, dst);
            return Ok(());
        }
        self.dtype.swap(dst);
        Ok(())
    }
}
