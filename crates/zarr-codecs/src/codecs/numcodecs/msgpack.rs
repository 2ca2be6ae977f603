//! The codec `msgpack2` of numcodecs: the list that `json2` writes, in MessagePack. In memory elements are JSON
//! text, as with `json2`. Values that JSON cannot express are refused, with their place in the list.
//!
//! `NaN` and the infinities, which JSON does not have, are read as strings, as with `json2`.

use rmp::Marker;
use rmp::decode::RmpRead;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use zarr_metadata::Extension;

use crate::codecs::numcodecs::json2::{MAX_DEPTH, MAX_RANK};
use crate::codecs::setting;
use crate::codecs::vlen::check_encoded;
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, JsonCodec, NdView,
    NdViewMut, Scratch,
};

const NAME: &str = "msgpack2";

/// All values of a chunk in one list of MessagePack.
#[derive(Clone, Debug)]
pub struct MsgPackCodec {
    /// Whether short texts have a length of one byte; in old data they have none.
    str8: bool,
    /// Whether floats are written in four bytes.
    single: bool,
}

impl MsgPackCodec {
    /// Reads `{"use_bin_type": bool, "use_single_float": bool, "raw": bool}`.
    ///
    /// # Errors
    /// If `raw` is true: then all texts are bytes, which JSON does not have.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let flag = |key: &str, default| match setting::given(extension, key) {
            None => Ok(default),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| setting::bad(extension, key, "true or false")),
        };
        if flag("raw", false)? {
            return Err(setting::bad(
                extension,
                "raw",
                "false, since JSON does not have bytes",
            ));
        }
        Ok(Self {
            str8: flag("use_bin_type", true)?,
            single: flag("use_single_float", false)?,
        })
    }
}

fn corrupt(text: impl Into<String>) -> CodecError {
    CodecErrorKind::Corrupt(text.into()).of(NAME)
}

fn cut<E>(_: E) -> CodecError {
    corrupt("the data are cut off")
}

/// Where in the list a value stands.
#[derive(Default)]
struct ListIndex(Vec<usize>);

impl ListIndex {
    fn refused(&self, what: &str) -> CodecError {
        let at: String = self.0.iter().map(|i| format!("[{i}]")).collect();
        let text = format!(
            "the value at {at} of the chunk holds {what}, which JSON cannot express; let Python convert the array to `json2`"
        );
        CodecErrorKind::Refused(text.into()).of(NAME)
    }
}

/// The next `len` bytes.
fn take<'s>(src: &mut &'s [u8], len: usize) -> Result<&'s [u8], CodecError> {
    let (bytes, rest) = src.split_at_checked(len).ok_or_else(|| cut(()))?;
    *src = rest;
    Ok(bytes)
}

/// What stands behind a marker: one of the numbers and lengths that MessagePack has.
macro_rules! data {
    ($src:ident, $read:ident) => {
        $src.$read().map_err(cut)?
    };
}

/// Appends the next value as JSON.
fn to_json(
    src: &mut &[u8],
    depth: usize,
    place: &mut ListIndex,
    json: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| corrupt("values are nested too deep"))?;
    let marker = rmp::decode::read_marker(src).map_err(cut)?;
    let (len, is_map) = match marker {
        Marker::FixArray(len) => (usize::from(len), false),
        Marker::Array16 => (usize::from(data!(src, read_data_u16)), false),
        Marker::Array32 => (data!(src, read_data_u32) as usize, false),
        Marker::FixMap(len) => (usize::from(len), true),
        Marker::Map16 => (usize::from(data!(src, read_data_u16)), true),
        Marker::Map32 => (data!(src, read_data_u32) as usize, true),
        other => return scalar(other, src, place, json),
    };
    json.push(if is_map { b'{' } else { b'[' });
    for i in 0..len {
        if i > 0 {
            json.push(b',');
        }
        if is_map {
            let marker = rmp::decode::read_marker(src).map_err(cut)?;
            let key =
                text(marker, src)?.ok_or_else(|| place.refused("a key that is not a text"))?;
            put_text(key, place, json)?;
            json.push(b':');
            to_json(src, depth, place, json)?;
        } else {
            place.0.push(i);
            to_json(src, depth, place, json)?;
            place.0.pop();
        }
    }
    json.push(if is_map { b'}' } else { b']' });
    Ok(())
}

/// The bytes of a text; `None` if it is none.
fn text<'s>(marker: Marker, src: &mut &'s [u8]) -> Result<Option<&'s [u8]>, CodecError> {
    let len = match marker {
        Marker::FixStr(len) => usize::from(len),
        Marker::Str8 => usize::from(data!(src, read_data_u8)),
        Marker::Str16 => usize::from(data!(src, read_data_u16)),
        Marker::Str32 => data!(src, read_data_u32) as usize,
        _ => return Ok(None),
    };
    take(src, len).map(Some)
}

fn put_text(bytes: &[u8], place: &ListIndex, json: &mut Vec<u8>) -> Result<(), CodecError> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|_| place.refused("a text that is not UTF-8"))?;
    serde_json::to_writer(json, text).map_err(|e| CodecErrorKind::Backend(Box::new(e)).of(NAME))
}

fn scalar(
    marker: Marker,
    src: &mut &[u8],
    place: &ListIndex,
    json: &mut Vec<u8>,
) -> Result<(), CodecError> {
    let float = |float: f64| match float {
        _ if float.is_nan() => "\"NaN\"".to_owned(),
        _ if float.is_infinite() && float > 0.0 => "\"Infinity\"".to_owned(),
        _ if float.is_infinite() => "\"-Infinity\"".to_owned(),
        _ => serde_json::Value::from(float).to_string(),
    };
    let number = match marker {
        Marker::Null => "null".to_owned(),
        Marker::True => "true".to_owned(),
        Marker::False => "false".to_owned(),
        Marker::FixPos(n) => n.to_string(),
        Marker::FixNeg(n) => n.to_string(),
        Marker::U8 => data!(src, read_data_u8).to_string(),
        Marker::U16 => data!(src, read_data_u16).to_string(),
        Marker::U32 => data!(src, read_data_u32).to_string(),
        Marker::U64 => data!(src, read_data_u64).to_string(),
        Marker::I8 => data!(src, read_data_i8).to_string(),
        Marker::I16 => data!(src, read_data_i16).to_string(),
        Marker::I32 => data!(src, read_data_i32).to_string(),
        Marker::I64 => data!(src, read_data_i64).to_string(),
        Marker::F32 => float(f64::from(data!(src, read_data_f32))),
        Marker::F64 => float(data!(src, read_data_f64)),
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => return Err(place.refused("bytes")),
        Marker::Reserved => return Err(corrupt("a byte with which no value begins")),
        other => match text(other, src)? {
            Some(bytes) => return put_text(bytes, place, json),
            None => return Err(place.refused("a type of its writer's own")),
        },
    };
    json.extend_from_slice(number.as_bytes());
    Ok(())
}

/// The members of a JSON object, in their order.
struct MapVisitor;

impl<'s> Visitor<'s> for MapVisitor {
    type Value = Vec<(String, &'s RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'s>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Self::Value = vec![];
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            match members.iter_mut().find(|(known, _)| *known == key) {
                Some(member) => member.1 = value,
                None => members.push((key, value)),
            }
        }
        Ok(members)
    }
}

impl MsgPackCodec {
    fn put_len(len: usize, dst: &mut Vec<u8>, is_map: bool) -> Result<(), CodecError> {
        let len = u32::try_from(len).map_err(|_| corrupt("a list is too long"))?;
        let written = match is_map {
            true => rmp::encode::write_map_len(dst, len),
            false => rmp::encode::write_array_len(dst, len),
        };
        written.map(drop).map_err(cut)
    }

    fn put_text(&self, text: &str, dst: &mut Vec<u8>) -> Result<(), CodecError> {
        // Before there were lengths of one byte, two followed the shortest texts.
        if let (false, 32..=255) = (self.str8, text.len()) {
            dst.push(Marker::Str16.to_u8());
            dst.extend((text.len() as u16).to_be_bytes());
            dst.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        rmp::encode::write_str(dst, text).map_err(cut)
    }

    /// Appends a JSON value as Python's `msgpack` writes it.
    fn put(&self, json: &str, depth: usize, dst: &mut Vec<u8>) -> Result<(), CodecError> {
        let wrong = |error: serde_json::Error| corrupt(format!("an element is not JSON: {error}"));
        let too_deep = || corrupt(format!("an element is nested more than {MAX_DEPTH} deep"));
        let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
        let raw: &RawValue = serde_json::from_str(json).map_err(wrong)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{') => {
                let mut reader = serde_json::Deserializer::from_str(text);
                let members = reader.deserialize_map(MapVisitor).map_err(wrong)?;
                Self::put_len(members.len(), dst, true)?;
                members.iter().try_for_each(|(key, value)| {
                    self.put_text(key, dst)?;
                    self.put(value.get(), depth, dst)
                })
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
                Self::put_len(items.len(), dst, false)?;
                let mut items = items.iter();
                items.try_for_each(|item| self.put(item.get(), depth, dst))
            }
            Some(b'"') => self.put_text(&serde_json::from_str::<String>(text).map_err(wrong)?, dst),
            Some(b't' | b'f') => rmp::encode::write_bool(dst, text == "true").map_err(cut),
            Some(b'n') => rmp::encode::write_nil(dst).map_err(cut),
            _ => self.put_number(text, dst),
        }
    }

    fn put_number(&self, text: &str, dst: &mut Vec<u8>) -> Result<(), CodecError> {
        if text.contains(['.', 'e', 'E']) {
            let float: f64 = text
                .parse()
                .map_err(|_| corrupt("an element is not a number"))?;
            return match self.single {
                true => rmp::encode::write_f32(dst, float as f32).map_err(cut),
                false => rmp::encode::write_f64(dst, float).map_err(cut),
            };
        }
        if let Ok(whole) = text.parse::<i64>() {
            return rmp::encode::write_sint(dst, whole).map(drop).map_err(cut);
        }
        let large = |_| corrupt(format!("{text} is a whole number of more than 64 bits"));
        let whole = text.parse::<u64>().map_err(large)?;
        rmp::encode::write_uint(dst, whole).map(drop).map_err(cut)
    }
}

impl ArrayToBytesCodec for MsgPackCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        JsonCodec.encoded_len(spec).map_err(named)
    }

    fn decode(
        &self,
        spec: &ChunkSpec,
        mut src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut json = vec![];
        to_json(
            &mut src,
            MAX_RANK + MAX_DEPTH,
            &mut ListIndex::default(),
            &mut json,
        )?;
        if !src.is_empty() {
            return Err(corrupt("more follows the list"));
        }
        JsonCodec.decode(spec, &json, dst, cx).map_err(named)
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let start = dst.len();
        let heap = cx.heap(NAME)?.elements();
        let shape = src.shape();
        Self::put_len(shape.first().map_or(1, |&first| first) + 2, dst, false)?;
        for (at, handle) in crate::array::heap::VlenHandle::all(&src.to_vec()).enumerate() {
            // A list begins wherever the cells before fill whole ones.
            for axis in 1..shape.len() {
                let cells: usize = shape.iter().skip(axis).product();
                if at.is_multiple_of(cells) {
                    Self::put_len(shape[axis], dst, false)?;
                }
            }
            let value = std::str::from_utf8(heap.element(NAME, handle)?);
            let value = value.map_err(|e| corrupt(format!("an element is not UTF-8: {e}")))?;
            self.put(value, MAX_DEPTH, dst)?;
            check_encoded(NAME, (dst.len() - start) as u64)?;
        }
        self.put_text("|O", dst)?;
        Self::put_len(spec.shape.len(), dst, false)?;
        spec.shape
            .iter()
            .try_for_each(|&length| rmp::encode::write_uint(dst, length).map(drop).map_err(cut))
    }
}

/// An error of the list, which is the same as in JSON.
fn named(error: CodecError) -> CodecError {
    error.kind.of(NAME)
}
