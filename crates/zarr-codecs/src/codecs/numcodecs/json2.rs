//! The codec `json2` of numcodecs: one JSON list with the values of a chunk, nested by its shape, then the
//! dtype and the shape. In memory a value is its JSON text, in the heap.
//!
//! The output is what numcodecs writes by default: ASCII, sorted keys, no spaces. Settings that ask for other
//! text change no value and are ignored. Numbers keep their digits. `NaN`, `Infinity` and `-Infinity`, which
//! Python writes bare, are not JSON: they are read as strings of the same letters, as in metadata, and written
//! as such.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use zarr_metadata::{DataType, Extension, Swap};

use crate::array::heap::VlenHandle;
use crate::codecs::setting;
use crate::codecs::vlen::{MAX_ENCODED, check_encoded};
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView,
    NdViewMut, Scratch,
};

const NAME: &str = "json2";
/// The most axes that NumPy has.
pub(crate) const MAX_RANK: usize = 64;
/// How deep a value may nest, as the JSON reader of this workspace allows.
pub(crate) const MAX_DEPTH: usize = 128;

/// All values of a chunk in one JSON list.
#[derive(Clone, Debug)]
pub struct JsonCodec;

impl JsonCodec {
    /// Reads the settings, of which only `encoding` matters: it must be UTF-8.
    ///
    /// # Errors
    /// For any other encoding.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        setting::word(extension, "encoding", &[("utf-8", ()), ("utf8", ())])?;
        Ok(Self)
    }
}

fn corrupt(what: String) -> CodecError {
    CodecErrorKind::Corrupt(what).of(NAME)
}

fn read<'s, T: Deserialize<'s>>(text: &'s str, what: &str) -> Result<T, CodecError> {
    serde_json::from_str(text).map_err(|error| corrupt(format!("{what}: {error}")))
}

/// Reads a list of at most this many values, so that a text of two bytes for each cannot take any amount of
/// memory.
struct AtMost(usize);

impl<'s> Visitor<'s> for AtMost {
    type Value = Vec<&'s RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of at most {} values", self.0)
    }

    fn visit_seq<A: SeqAccess<'s>>(self, mut values: A) -> Result<Self::Value, A::Error> {
        let mut list = vec![];
        while let Some(value) = values.next_element()? {
            if list.len() == self.0 {
                return Err(A::Error::invalid_length(self.0.saturating_add(1), &self));
            }
            list.push(value);
        }
        Ok(list)
    }
}

fn list<'s>(text: &'s str, most: usize, what: &str) -> Result<Vec<&'s RawValue>, CodecError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let list = reader.deserialize_seq(AtMost(most));
    list.and_then(|list| reader.end().map(|()| list))
        .map_err(|error| corrupt(format!("{what}: {error}")))
}

/// The values of a chunk of `count` elements, in C order.
fn values(src: &[u8], count: usize) -> Result<Vec<&RawValue>, CodecError> {
    let text =
        std::str::from_utf8(src).map_err(|error| corrupt(format!("is not UTF-8: {error}")))?;
    let mut all = list(text, count.saturating_add(2), "is not a JSON list")?;
    let (Some(shape), Some(dtype)) = (all.pop(), all.pop()) else {
        return Err(corrupt("does not end with a dtype and a shape".to_owned()));
    };
    let _: String = read(dtype.get(), "its dtype is not a text")?;
    let what = "its shape is not a list of lengths";
    let shape: Vec<usize> = list(shape.get(), MAX_RANK, what)?
        .into_iter()
        .map(|length| read(length.get(), what))
        .collect::<Result<_, _>>()?;
    let volume = shape.iter().try_fold(1_usize, |n, &m| n.checked_mul(m));
    if volume != Some(count) {
        let text = format!("holds an array of shape {shape:?}, the chunk has {count} elements");
        return Err(corrupt(text));
    }
    // The only value of an array without axes stands in a list like those of any other.
    let (length, inner) = shape.split_first().unwrap_or((&1, &[]));
    check_length(&all, *length)?;
    inner.iter().try_fold(all, |lists, &length| {
        let mut all = vec![];
        for inner in lists {
            let inner = list(inner.get(), length, "is not nested as its shape says")?;
            check_length(&inner, length)?;
            all.extend(inner);
        }
        Ok(all)
    })
}

fn check_length(list: &[&RawValue], length: usize) -> Result<(), CodecError> {
    if list.len() == length {
        return Ok(());
    }
    let found = list.len();
    Err(corrupt(format!(
        "a list holds {found} values, and its shape says {length}"
    )))
}

/// Appends a value as Python's `json` writes it.
fn write(value: &str, depth: usize, dst: &mut Vec<u8>) -> Result<(), CodecError> {
    let what = "an element is not JSON";
    let Some(depth) = depth.checked_sub(1) else {
        return Err(corrupt(format!(
            "{what}: it is nested more than {MAX_DEPTH} deep"
        )));
    };
    let raw: &RawValue = read(value, what)?;
    match raw.get().as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = read(raw.get(), what)?;
            let mut before = b'{';
            for (key, value) in &members {
                dst.push(before);
                write_text(key, dst);
                dst.push(b':');
                write(value.get(), depth, dst)?;
                before = b',';
            }
            dst.extend_from_slice(if members.is_empty() { b"{}" } else { b"}" });
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = read(raw.get(), what)?;
            let mut before = b'[';
            for item in &items {
                dst.push(before);
                write(item.get(), depth, dst)?;
                before = b',';
            }
            dst.extend_from_slice(if items.is_empty() { b"[]" } else { b"]" });
        }
        Some(b'"') => write_text(&read::<String>(raw.get(), what)?, dst),
        _ => dst.extend_from_slice(raw.get().as_bytes()),
    }
    Ok(())
}

fn write_text(text: &str, dst: &mut Vec<u8>) {
    dst.push(b'"');
    for c in text.chars() {
        match c {
            '"' => dst.extend_from_slice(b"\\\""),
            '\\' => dst.extend_from_slice(b"\\\\"),
            '\n' => dst.extend_from_slice(b"\\n"),
            '\r' => dst.extend_from_slice(b"\\r"),
            '\t' => dst.extend_from_slice(b"\\t"),
            '\u{8}' => dst.extend_from_slice(b"\\b"),
            '\u{c}' => dst.extend_from_slice(b"\\f"),
            ' '..='~' => dst.push(c as u8),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    dst.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
        }
    }
    dst.push(b'"');
}

impl ArrayToBytesCodec for JsonCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        match spec.dtype {
            DataType::Json => Ok(ByteLen::AtMost(MAX_ENCODED)),
            _ => Err(CodecErrorKind::DataType(Box::new(spec.dtype.clone())).of(NAME)),
        }
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let count = dst.shape().iter().product();
        let quoted;
        let values = match values(src, count) {
            // Nobody looks for bare numbers before they are in the way.
            Err(error) => {
                quoted = zarr_metadata::quote_bare_numbers(src, MAX_RANK + MAX_DEPTH);
                if let Cow::Borrowed(_) = quoted {
                    return Err(error);
                }
                values(&quoted, count)?
            }
            Ok(values) => values,
        };
        let mut segment = cx.heap(NAME)?.segment();
        let mut handles = Vec::with_capacity(values.len() * VlenHandle::SIZE);
        for value in values {
            let handle = segment.push(value.get().as_bytes())?;
            handles.extend_from_slice(&handle.to_bytes());
        }
        segment.finish();
        DecodeTarget::elements(dst, Swap::None).put(NAME, &handles)
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let heap = cx.heap(NAME)?.elements();
        let start = dst.len();
        // How many elements each list within the list holds.
        let lists: Vec<usize> = (1..src.shape().len())
            .filter_map(|axis| Some(src.shape().get(axis..)?.iter().product()))
            .collect();
        let ends = |at: usize| lists.iter().filter(|len| at.is_multiple_of(**len)).count();
        dst.push(b'[');
        for (at, handle) in VlenHandle::all(&src.to_vec()).enumerate() {
            dst.resize(dst.len() + ends(at), b'[');
            let value = std::str::from_utf8(heap.element(NAME, handle)?)
                .map_err(|error| corrupt(format!("an element is not UTF-8: {error}")))?;
            write(value, MAX_DEPTH, dst)?;
            dst.resize(dst.len() + ends(at + 1), b']');
            dst.push(b',');
            check_encoded(NAME, (dst.len() - start) as u64)?;
        }
        let shape: Vec<String> = spec.shape.iter().map(u64::to_string).collect();
        dst.extend_from_slice(format!("\"|O\",[{}]]", shape.join(",")).as_bytes());
        Ok(())
    }
}
