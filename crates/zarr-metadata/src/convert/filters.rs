//! Converts the filters of numcodecs. Those of v2 see the bytes of elements, as numbers of the type and byte
//! order that their settings name; those of v3 see elements, whose byte order `bytes` names. So byte orders
//! are moved from the filters to `bytes` and back, and types must be those of the elements.

use serde_json::Value;

use crate::codecs::{self, CodecKind, KnownCodec};
use crate::data_type::DataType;
use crate::format::Endian;
use crate::v2::{Codec, DType};

/// Whether this filter turns arrays into arrays; behind the last of them stands `bytes` in v3.
pub(super) fn is_array_filter(codec: &Codec) -> bool {
    codecs::by_id(&codec.id).is_some_and(is_filter_of_arrays)
}

/// Whether it is one of those in both versions.
pub(super) fn is_filter_of_arrays(codec: &KnownCodec) -> bool {
    codec.is_numcodecs && !codec.is_only_v2 && codec.kind == CodecKind::ArrayToArray
}

/// The settings that are dtypes, of all of these filters.
const DTYPES: [&str; 4] = ["dtype", "astype", "decode_dtype", "encode_dtype"];

/// The dtypes that a filter reads and writes.
pub(crate) struct FilterTypes {
    pub(crate) decoded: DType,
    pub(crate) encoded: DType,
}

impl FilterTypes {
    /// The dtypes of a filter for elements of the type `given`; `None` where a setting is not a dtype.
    pub(crate) fn of(filter: &Codec, given: &DType) -> Option<Self> {
        let setting = |key: &str, default: &DType| match filter.configuration.get(key) {
            None | Some(Value::Null) => Some(default.clone()),
            Some(value) => DType::from_json(value.clone()).ok(),
        };
        let (decoded, encoded) = match filter.id.as_str() {
            "astype" => ("decode_dtype", "encode_dtype"),
            "packbits" => {
                return Some(Self {
                    decoded: DType::new(DataType::Bool, None),
                    encoded: DType::new(DataType::UInt8, None),
                });
            }
            _ => ("dtype", "astype"),
        };
        let decoded = setting(decoded, given)?;
        let encoded = setting(encoded, &decoded)?;
        Some(Self { decoded, encoded })
    }
}

/// Whether the bytes of one type, read as the other, are the same values: integers of either sign and moments
/// wrap around alike.
pub(super) fn same_values(a: &DataType, b: &DataType) -> bool {
    let is_whole = |of: &DataType| {
        use DataType as T;
        matches!(
            of,
            T::Int8
                | T::Int16
                | T::Int32
                | T::Int64
                | T::UInt8
                | T::UInt16
                | T::UInt32
                | T::UInt64
                | T::DateTime64 { .. }
                | T::TimeDelta64 { .. }
        )
    };
    a == b || (a.size() == b.size() && is_whole(a) && is_whole(b))
}

/// Whether zarr-python passes values through a filter of v3, whatever the byte orders of its settings: that
/// of the decoded elements makes no difference, and that of the encoded ones none where the settings name it.
pub(super) fn is_of_values(filter: &Codec, types: &FilterTypes) -> bool {
    let declared = match filter.id.as_str() {
        "astype" => true,
        "delta" | "fixedscaleoffset" => filter
            .configuration
            .get("astype")
            .is_some_and(|astype| !astype.is_null()),
        _ => false,
    };
    declared || types.encoded.endian != Some(Endian::Big)
}

/// The same filter with all of its types in one byte order.
pub(super) fn in_order(mut filter: Codec, endian: Endian) -> Codec {
    for key in DTYPES {
        let Some(value) = filter.configuration.get_mut(key) else {
            continue;
        };
        if let Ok(dtype) = DType::from_json(value.clone())
            && dtype.endian.is_some_and(|found| found != endian)
        {
            *value = DType::new(dtype.data_type, Some(endian)).to_json();
        }
    }
    filter
}
