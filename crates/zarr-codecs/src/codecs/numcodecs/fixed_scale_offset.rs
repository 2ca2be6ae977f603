//! The `fixedscaleoffset` filter of numcodecs: `round((x - offset) * scale)` in a smaller type.
//! It is lossy. The arithmetic is that of NumPy: integers stay integers while they meet whole numbers, and
//! floats keep their width.

use serde_json::Value;
use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::number::{Number, with_number};
use crate::array::number_type::{NumberType, each};
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct FixedScaleOffset {
    offset: JsonNumber,
    scale: JsonNumber,
    types: FilterTypes,
}

/// A number as in JSON: `2` and `2.0` are not the same to NumPy.
#[derive(Clone, Copy, Debug, PartialEq)]
enum JsonNumber {
    Whole(i64),
    Float(f64),
}

impl JsonNumber {
    fn parse(extension: &Extension, key: &str) -> Result<Self, CodecError> {
        let value = extension.configuration.get(key);
        let whole = value.and_then(Value::as_i64).map(Self::Whole);
        whole
            .or_else(|| value.and_then(Value::as_f64).map(Self::Float))
            .ok_or_else(|| setting::bad(extension, key, "a number"))
    }

    fn to<T: NumberType>(self) -> T {
        match self {
            Self::Whole(n) => T::from_i64(n),
            Self::Float(x) => T::from_f64(x),
        }
    }
}

impl FixedScaleOffset {
    /// Reads `{"offset": number, "scale": number, "dtype": dtype, "astype": dtype}`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let codec = Self {
            offset: JsonNumber::parse(extension, "offset")?,
            scale: JsonNumber::parse(extension, "scale")?,
            types: FilterTypes::parse(extension, given)?,
        };
        if codec.scale.to::<f64>() == 0.0 {
            return Err(setting::bad(extension, "scale", "a number other than 0"));
        }
        Ok(codec)
    }
}

impl Filter for FixedScaleOffset {
    fn name(&self) -> &'static str {
        "fixedscaleoffset"
    }

    fn types(&self) -> FilterTypes {
        self.types
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let mut work = PromotedNumbers::of(self.types.decoded, src);
        work.meet(self.offset);
        with_number!(work.number, T => {
            let offset = self.offset.to::<T>();
            each::<T>(&mut work.native, |x| x.sub(offset));
        });
        work.meet(self.scale);
        with_number!(work.number, T => {
            let scale = self.scale.to::<T>();
            each::<T>(&mut work.native, |x| x.mul(scale).rint());
        });
        cast_onto(
            StoredNumber::native(work.number),
            &work.native,
            self.types.encoded,
            dst,
        );
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        let mut work = PromotedNumbers::of(self.types.encoded, src);
        // numpy divides no integers.
        work.meet(JsonNumber::Float(1.0));
        with_number!(work.number, T => {
            let (scale, offset) = (self.scale.to::<T>(), self.offset.to::<T>());
            each::<T>(&mut work.native, |x| x.div(scale).add(offset));
        });
        cast(
            StoredNumber::native(work.number),
            &work.native,
            self.types.decoded,
            dst,
        );
        Ok(())
    }
}

/// Native numbers whose type is promoted by the scalars they are computed with.
struct PromotedNumbers {
    number: Number,
    native: Vec<u8>,
}

impl PromotedNumbers {
    fn of(stored: StoredNumber, bytes: &[u8]) -> Self {
        Self {
            number: stored.number,
            native: stored.load(bytes),
        }
    }

    /// Promotes the type to that in which NumPy computes with such a scalar.
    fn meet(&mut self, scalar: JsonNumber) {
        let number = match (scalar, self.number) {
            (_, float) if float.is_float() => float,
            (JsonNumber::Float(_), _) => Number::F64,
            (JsonNumber::Whole(_), Number::Bool) => Number::I64,
            (JsonNumber::Whole(_), integer) => integer,
        };
        if number != self.number {
            let mut native = vec![];
            let (from, to) = (
                StoredNumber::native(self.number),
                StoredNumber::native(number),
            );
            cast_onto(from, &self.native, to, &mut native);
            *self = Self { number, native };
        }
    }
}
