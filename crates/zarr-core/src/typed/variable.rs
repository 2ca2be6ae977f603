//! Elements that differ in length: texts, byte strings, lists and JSON values. Texts and byte strings are also those
//! of fixed length, which zeros fill up.

use serde_json::Value;
use zarr_codecs::{VlenElements, VlenHandle};
use zarr_metadata::DataType;

use super::{Element, invalid, room};
use crate::{Result, Values, values};

impl Element for String {
    type Stored = u8;

    fn data_type() -> DataType {
        DataType::String
    }

    fn accepts(data_type: &DataType) -> bool {
        matches!(
            data_type,
            DataType::String | DataType::Json | DataType::FixedUtf32(_) | DataType::FixedBytes(_)
        )
    }

    fn from_stored(
        stored: Vec<u8>,
        data_type: &DataType,
        heap: &VlenElements,
    ) -> Result<Vec<Self>> {
        if let DataType::FixedUtf32(_) = data_type {
            return each(&stored, data_type, heap, text_of);
        }
        each(&stored, data_type, heap, |bytes| {
            let text = str::from_utf8(bytes).map(str::to_owned);
            text.map_err(|error| format!("it is not UTF-8: {error}"))
        })
    }

    fn into_data(elements: Vec<Self>) -> (DataType, Values) {
        let values = Values::Variable(elements.into_iter().collect());
        (Self::data_type(), values)
    }
}

/// Byte strings of any length, or of a fixed one.
impl Element for Vec<u8> {
    type Stored = u8;

    fn data_type() -> DataType {
        DataType::Bytes
    }

    fn accepts(data_type: &DataType) -> bool {
        match data_type {
            DataType::Bytes | DataType::FixedBytes(_) | DataType::Raw(_) => true,
            DataType::Ragged(elements) => **elements == DataType::UInt8,
            _ => false,
        }
    }

    fn from_stored(
        stored: Vec<u8>,
        data_type: &DataType,
        heap: &VlenElements,
    ) -> Result<Vec<Self>> {
        each(&stored, data_type, heap, |bytes| Ok(bytes.to_vec()))
    }

    fn into_data(elements: Vec<Self>) -> (DataType, Values) {
        let values = Values::Variable(elements.into_iter().collect());
        (Self::data_type(), values)
    }
}

/// JSON values, as v2 objects through `json2` are.
impl Element for Value {
    type Stored = u8;

    fn data_type() -> DataType {
        DataType::Json
    }

    fn from_stored(
        stored: Vec<u8>,
        data_type: &DataType,
        heap: &VlenElements,
    ) -> Result<Vec<Self>> {
        each(&stored, data_type, heap, |bytes| {
            serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON: {error}"))
        })
    }

    fn into_data(elements: Vec<Self>) -> (DataType, Values) {
        let texts = elements.iter().map(Value::to_string).collect();
        (Self::data_type(), Values::Variable(texts))
    }
}

/// Lists of numbers, as v2 objects through `vlen-array` are. Those of bytes are byte strings, too.
macro_rules! lists {
    ($($number:ident)*) => {$(
        impl Element for Vec<$number> {
            type Stored = u8;

            fn data_type() -> DataType {
                DataType::Ragged(Box::new($number::data_type()))
            }

            fn from_stored(
                stored: Vec<u8>,
                data_type: &DataType,
                heap: &VlenElements,
            ) -> Result<Vec<Self>> {
                each(&stored, data_type, heap, |bytes| {
                    if !bytes.len().is_multiple_of(size_of::<$number>()) {
                        return Err(format!("its {} bytes end in a number", bytes.len()));
                    }
                    Ok(bytemuck::pod_collect_to_vec(bytes))
                })
            }

            fn into_data(elements: Vec<Self>) -> (DataType, Values) {
                let bytes = elements.iter().map(|list| bytemuck::cast_slice::<_, u8>(list));
                (Self::data_type(), Values::Variable(bytes.collect()))
            }
        }
    )*};
}

lists!(i8 i16 i32 i64 u16 u32 u64 f32 f64);

/// Makes an element of the bytes of each, of variable length or of one size. Of texts and byte strings of fixed
/// length, zeros at the end are no part.
fn each<E>(
    stored: &[u8],
    data_type: &DataType,
    heap: &VlenElements,
    make: impl Fn(&[u8]) -> Result<E, String>,
) -> Result<Vec<E>> {
    let size = data_type.size();
    let mut elements: Vec<E> = room(stored.len() / size.unwrap_or(VlenHandle::SIZE).max(1))?;
    let mut push = |bytes: Option<&[u8]>| -> Result<()> {
        // Only a user's own codec can make a handle that is not in the heap.
        let missing = || "a codec returned no bytes for it".to_owned();
        let made = bytes.ok_or_else(missing).and_then(&make);
        elements.push(made.map_err(|problem| invalid(elements.len(), data_type, problem))?);
        Ok(())
    };
    match size {
        None => {
            let mut handles = stored.as_chunks::<16>().0.iter();
            handles.try_for_each(|handle| push(values::look_up(heap, bytemuck::cast(*handle))))
        }
        // Nothing tells how many elements without bytes there are; the shape will not fit.
        Some(0) => Ok(()),
        Some(size) => {
            let mut bytes = stored.chunks_exact(size);
            bytes.try_for_each(|bytes| push(Some(cut(bytes, data_type))))
        }
    }?;
    Ok(elements)
}

/// The bytes without the zeros at their end, if those are no part of an element.
fn cut<'a>(bytes: &'a [u8], data_type: &DataType) -> &'a [u8] {
    let width = match data_type {
        DataType::FixedBytes(_) => 1,
        DataType::FixedUtf32(_) => 4,
        _ => return bytes,
    };
    let last = bytes.iter().rposition(|&byte| byte != 0);
    let len = last.map_or(0, |last| (last / width + 1) * width);
    bytes.get(..len).unwrap_or(bytes)
}

/// The text of characters of four bytes.
fn text_of(bytes: &[u8]) -> Result<String, String> {
    let units = bytes.as_chunks::<4>().0.iter();
    let character = |unit: &[u8; 4]| {
        let number = u32::from_ne_bytes(*unit);
        char::from_u32(number).ok_or_else(|| format!("{number:#x} is no character of Unicode"))
    };
    units.map(character).collect()
}
