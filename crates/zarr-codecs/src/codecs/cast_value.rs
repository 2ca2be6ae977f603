//! The `cast_value` codec registered for v3: numbers of another type, by rules in the metadata. `rules.rs`
//! casts one number.

pub(crate) mod rules;

use serde_json::Value;
use zarr_metadata::{DataType, Extension, FillValue, Swap};

use crate::array::number::{Number, with_number};
use crate::array::number_type::NumberType;
use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView, NdViewMut,
    Scratch,
};
use rules::{OutOfRange, Rounding, Rules, Scalar};

const NAME: &str = "cast_value";

/// Casts numbers to another type.
#[derive(Clone, Debug)]
pub struct CastValueCodec {
    decoded: Number,
    encoded: Number,
    rules: Rules,
    /// Single values that are mapped to others.
    encode: ScalarMap,
    decode: ScalarMap,
}

/// What single values are mapped to.
#[derive(Clone, Debug, Default)]
struct ScalarMap {
    /// Sorted: each element is looked for, and there may be many entries.
    entries: Vec<(Scalar, Vec<u8>)>,
}

impl ScalarMap {
    /// Of two entries for a value, the first is used.
    fn new(mut entries: Vec<(Scalar, Vec<u8>)>) -> Self {
        entries.sort_by(|(a, _), (b, _)| a.order(*b));
        entries.dedup_by(|(later, _), (first, _)| first.order(*later).is_eq());
        Self { entries }
    }

    /// The native bytes of what a value becomes.
    fn get(&self, value: Scalar) -> Option<&[u8]> {
        let at = (self.entries).binary_search_by(|(key, _)| key.order(value));
        let (_, mapped) = self.entries.get(at.ok()?)?;
        Some(mapped)
    }
}

impl CastValueCodec {
    /// Reads `{"data_type": type, "rounding": word, "out_of_range": word, "scalar_map": {"encode":
    /// list, "decode": list}}` for chunks of this type; all but the first may be left out.
    ///
    /// # Errors
    /// For other values, and types that are neither integers nor floats.
    pub fn parse(extension: &Extension, decoded: &DataType) -> Result<Self, CodecError> {
        const KEYS: [&str; 4] = ["data_type", "rounding", "out_of_range", "scalar_map"];
        let mut keys = extension.configuration.keys();
        if let Some(key) = keys.find(|key| !KEYS.contains(&key.as_str())) {
            return Err(setting::error(NAME, key, "is not known"));
        }
        let encoded = extension.configuration.get("data_type").cloned();
        let encoded = encoded.and_then(|value| DataType::from_json(value).ok());
        let encoded = encoded.ok_or_else(|| setting::bad(extension, "data_type", "a data type"))?;
        let rounding = setting::word(extension, "rounding", &Rounding::WORDS)?;
        let out_of_range = match setting::given(extension, "out_of_range") {
            None => OutOfRange::Refuse,
            Some(_) => setting::word(extension, "out_of_range", &OutOfRange::WORDS)?,
        };
        let codec = Self {
            decoded: number(decoded)?,
            encoded: number(&encoded)?,
            rules: Rules {
                rounding,
                out_of_range,
            },
            encode: map(extension, "encode", decoded, &encoded)?,
            decode: map(extension, "decode", &encoded, decoded)?,
        };
        if out_of_range == OutOfRange::Wrap && codec.encoded.is_float() {
            let expected = "\"clamp\" where the target is a float";
            return Err(setting::bad(extension, "out_of_range", expected));
        }
        Ok(codec)
    }

    fn cast(&self, src: &[u8], encode: bool) -> Result<Vec<u8>, CodecError> {
        let (from, to, map) = match encode {
            true => (self.decoded, self.encoded, &self.encode),
            false => (self.encoded, self.decoded, &self.decode),
        };
        let mut out = Vec::with_capacity(src.len() / from.size() * to.size());
        for element in src.chunks_exact(from.size()) {
            let value = scalar(from, element);
            if let Some(mapped) = map.get(value) {
                out.extend_from_slice(mapped);
                continue;
            }
            let cast = self.rules.cast(value, to).ok_or_else(|| {
                let kind = CodecErrorKind::Value {
                    value: value.to_string(),
                    data_type: Box::new(to.data_type()),
                    encoding: encode,
                };
                kind.of(NAME)
            })?;
            put(cast, to, &mut out);
        }
        Ok(out)
    }
}

fn number(data_type: &DataType) -> Result<Number, CodecError> {
    let number = Number::of(data_type).filter(|number| *number != Number::Bool);
    number.ok_or_else(|| CodecErrorKind::DataType(Box::new(data_type.clone())).of(NAME))
}

/// A native number of that type.
pub(crate) fn scalar(number: Number, bytes: &[u8]) -> Scalar {
    with_number!(number, T => match T::chunks(bytes).first().map(|bytes| T::get(*bytes)) {
        Some(x) if number.is_float() => Scalar::Float(x.cast()),
        Some(x) if number == Number::U64 => Scalar::Whole(i128::from(x.cast::<u64>())),
        Some(x) => Scalar::Whole(i128::from(x.cast::<i64>())),
        None => Scalar::Whole(0),
    })
}

/// Appends a value that the type has.
pub(crate) fn put(value: Scalar, number: Number, out: &mut Vec<u8>) {
    with_number!(number, T => {
        let x = match value {
            Scalar::Float(x) => T::from_f64(x),
            Scalar::Whole(n) if n < 0 => T::from_i64(n as i64),
            Scalar::Whole(n) => T::from_u64(n as u64),
        };
        out.extend_from_slice(&x.put());
    });
}

fn map(
    extension: &Extension,
    direction: &str,
    from: &DataType,
    to: &DataType,
) -> Result<ScalarMap, CodecError> {
    let maps = setting::given(extension, "scalar_map");
    let Some(list) = maps.and_then(|maps| maps.get(direction)) else {
        return Ok(ScalarMap::default());
    };
    let bad = || {
        let problem = format!("has an entry for {direction} that is not a pair of values");
        setting::error(NAME, "scalar_map", problem)
    };
    let value = |value: &Value, of: &DataType| FillValue::from_json(value, of).map_err(|_| bad());
    let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
        Some([key, mapped]) => {
            let key = scalar(number(from)?, value(key, from)?.as_bytes());
            Ok((key, value(mapped, to)?.as_bytes().to_vec()))
        }
        _ => Err(bad()),
    };
    let pairs = list.as_array().ok_or_else(bad)?.iter().map(pair);
    Ok(ScalarMap::new(pairs.collect::<Result<_, _>>()?))
}

impl ArrayToArrayCodec for CastValueCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let dtype = self.encoded.data_type();
        let fill = self.cast(decoded.fill.as_bytes(), true)?;
        ChunkSpec::from_fill_bytes(NAME, &decoded.shape, dtype, &fill)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        DecodeTarget::elements(dst, Swap::None).put(NAME, &self.cast(&src.to_vec(), false)?)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        DecodeTarget::elements(dst, Swap::None).put(NAME, &self.cast(&src.to_vec(), true)?)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The codec from floats to integers with these entries of its map.
    fn codec(encode: &Value) -> CastValueCodec {
        let extension = json!({"name": "cast_value", "configuration": {
            "data_type": "int32", "scalar_map": {"encode": encode},
        }});
        let extension: Extension = serde_json::from_value(extension).unwrap();
        CastValueCodec::parse(&extension, &DataType::Float64).unwrap()
    }

    fn encoded(codec: &CastValueCodec, values: &[f64]) -> Vec<i32> {
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_ne_bytes()).collect();
        let cast = codec.cast(&bytes, true).unwrap();
        cast.as_chunks()
            .0
            .iter()
            .copied()
            .map(i32::from_ne_bytes)
            .collect()
    }

    #[test]
    fn of_a_value_that_is_mapped_twice_the_first_holds() {
        let codec = codec(&json!([
            [1.5, 7],
            ["NaN", 8],
            [-0.0, 9],
            [1.5, 1],
            [0.0, 2],
            ["NaN", 3]
        ]));
        let values = [1.5, f64::NAN, -f64::NAN, 0.0, -0.0, 2.5];
        assert_eq!(encoded(&codec, &values), [7, 8, 8, 9, 9, 2]);
    }

    #[test]
    fn a_long_map_is_not_searched_for_each_element() {
        let entries: Vec<Value> = (0..100_000).rev().map(|i| json!([i, -i])).collect();
        let codec = codec(&entries.into());
        let values: Vec<f64> = (0..100_000).map(f64::from).collect();
        let start = std::time::Instant::now();
        let expected: Vec<i32> = (0..100_000).map(|i: i32| -i).collect();
        assert_eq!(encoded(&codec, &values), expected);
        // By a search of each entry: a minute and more.
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }
}
