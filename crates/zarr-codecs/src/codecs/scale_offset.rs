//! The `scale_offset` codec registered for v3: `(x - offset) * scale` in the arithmetic of the data type. A
//! result outside the range of the type is an error.

use zarr_metadata::{Extension, FillValue, Swap};

use crate::array::number::{Number, with_number};
use crate::array::number_type::{NumberType, each};
use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView, NdViewMut,
    Scratch,
};

const NAME: &str = "scale_offset";

/// Stores numbers with another zero and another unit.
#[derive(Clone, Debug)]
pub struct ScaleOffsetCodec {
    number: Number,
    /// One native number each.
    offset: Vec<u8>,
    scale: Vec<u8>,
}

impl ScaleOffsetCodec {
    /// Reads `{"offset": value, "scale": value}`, both spelled as fill values of the chunk's type. The
    /// defaults are 0 and 1.
    ///
    /// # Errors
    /// For other values, a scale of zero, and types that are neither integers nor floats.
    pub fn parse(extension: &Extension, spec: &ChunkSpec) -> Result<Self, CodecError> {
        let unfit = || CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME);
        let number = Number::of(&spec.dtype).filter(|number| *number != Number::Bool);
        let number = number.ok_or_else(unfit)?;
        let mut keys = extension.configuration.keys();
        if let Some(key) = keys.find(|key| !["offset", "scale"].contains(&key.as_str())) {
            return Err(setting::error(NAME, key, "is not known"));
        }
        let value = |key: &str, default: i64| {
            let given = extension.configuration.get(key);
            let value = given.cloned().unwrap_or(default.into());
            let value = FillValue::from_json(&value, &spec.dtype);
            let bad = |_| setting::bad(extension, key, "a value of the data type");
            value.map(|value| value.as_bytes().to_vec()).map_err(bad)
        };
        let (offset, scale) = (value("offset", 0)?, value("scale", 1)?);
        let is_zero = with_number!(number, T => one::<T>(&scale)?.cast::<f64>() == 0.0);
        if is_zero {
            return Err(setting::bad(extension, "scale", "other than zero"));
        }
        Ok(Self {
            number,
            offset,
            scale,
        })
    }

    fn transform(&self, numbers: &mut [u8], encode: bool) -> Result<(), CodecError> {
        let float = self.number.is_float();
        with_number!(self.number, T => {
            let (offset, scale) = (one::<T>(&self.offset)?, one::<T>(&self.scale)?);
            match (float, encode) {
                (true, true) => each::<T>(numbers, |x| x.sub(offset).mul(scale)),
                (true, false) => each::<T>(numbers, |x| x.div(scale).add(offset)),
                (false, _) => {
                    let (offset, scale) = (wide(self.number, offset), wide(self.number, scale));
                    let mut outside = None;
                    each::<T>(numbers, |x| {
                        let x = wide(self.number, x);
                        let result = if encode {
                            Some((x - offset).saturating_mul(scale))
                        } else {
                            (x % scale == 0).then(|| x / scale + offset)
                        };
                        let narrow = result.and_then(|result| narrow::<T>(self.number, result));
                        narrow.unwrap_or_else(|| {
                            outside = outside.or(Some(x));
                            T::from_i64(0)
                        })
                    });
                    if let Some(value) = outside {
                        let kind = CodecErrorKind::Value {
                            value: value.to_string(),
                            data_type: Box::new(self.number.data_type()),
                            encoding: encode,
                        };
                        return Err(kind.of(NAME));
                    }
                }
            }
        });
        Ok(())
    }
}

fn one<T: NumberType>(bytes: &[u8]) -> Result<T, CodecError> {
    let one = T::chunks(bytes).first().map(|bytes| T::get(*bytes));
    one.ok_or_else(|| setting::error(NAME, "offset", "is not a number"))
}

/// An integer of any type.
fn wide<T: NumberType>(number: Number, x: T) -> i128 {
    match number {
        Number::U64 => i128::from(x.cast::<u64>()),
        _ => i128::from(x.cast::<i64>()),
    }
}

/// The reverse of [`wide`], where the type has that integer.
fn narrow<T: NumberType>(number: Number, wide_x: i128) -> Option<T> {
    let x = match number {
        Number::U64 => T::from_u64(u64::try_from(wide_x).ok()?),
        _ => T::from_i64(i64::try_from(wide_x).ok()?),
    };
    (wide(number, x) == wide_x).then_some(x)
}

impl ArrayToArrayCodec for ScaleOffsetCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let mut fill = decoded.fill.as_bytes().to_vec();
        self.transform(&mut fill, true)?;
        ChunkSpec::from_fill_bytes(NAME, &decoded.shape, decoded.dtype.clone(), &fill)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut numbers = src.to_vec();
        self.transform(&mut numbers, false)?;
        DecodeTarget::elements(dst, Swap::None).put(NAME, &numbers)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut numbers = src.to_vec();
        self.transform(&mut numbers, true)?;
        DecodeTarget::elements(dst, Swap::None).put(NAME, &numbers)
    }
}
