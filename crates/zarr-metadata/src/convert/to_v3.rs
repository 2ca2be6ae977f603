//! `.zarray` to `zarr.json`.

use serde_json::{Map, Value};

use super::filters::{FilterTypes, in_order, is_array_filter, same_values};
use super::{Converted, Losses};
use crate::chunk_grid::ChunkGridMetadata;
use crate::chunk_key::ChunkKeyEncoding;
use crate::codecs::{self, ElementSizes};
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::format::Endian;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, brief};
use crate::v2::DType;
use crate::{ArrayMetadata, Attributes, v2, v3};

/// The attribute in which xarray keeps the names of axes in v2.
pub(crate) const DIMENSIONS: &str = "_ARRAY_DIMENSIONS";

/// The serializer, and the data type that goes with it.
struct V3Serializer {
    data_type: DataType,
    codec: Extension,
    fill_value: Value,
    /// How many of the filters `codec` stands for.
    filters: usize,
}

pub(super) fn array(
    array: &v2::ArrayMetadataV2,
    attributes: &Attributes,
) -> Result<Converted<v3::ArrayMetadataV3>, MetadataError> {
    let mut losses = Losses::default();
    losses.extra(&array.extra);
    let serialized = serialized(array, &mut losses);
    let codecs = serialized
        .as_ref()
        .and_then(|serialized| v3_codecs(array, serialized, &mut losses));
    let mut attributes = attributes.clone();
    let dimension_names = names(&attributes, array.shape.len());
    if dimension_names.is_some() {
        attributes.shift_remove(DIMENSIONS);
    } else if attributes.contains_key(DIMENSIONS) {
        let what = "not a list with one name per axis, so it stays an attribute";
        losses.lost(&JsonPlace::ROOT.key("attributes").key(DIMENSIONS), what);
    }
    let converted = serialized
        .zip(codecs)
        .map(|(serialized, codecs)| v3::ArrayMetadataV3 {
            shape: array.shape.clone(),
            data_type: serialized.data_type,
            data_type_spelling: None,
            chunk_grid: ChunkGridMetadata::Regular {
                chunk_shape: array.chunks.clone(),
            },
            chunk_key_encoding: ChunkKeyEncoding::V2(array.dimension_separator),
            fill_value: serialized.fill_value,
            codecs,
            attributes,
            dimension_names,
            storage_transformers: Vec::new(),
            extra: Map::new(),
        });
    losses.finish(converted)
}

fn names(attributes: &Attributes, rank: usize) -> Option<Vec<Option<String>>> {
    let names = attributes.get(DIMENSIONS)?.as_array()?;
    let names: Vec<Option<String>> = names
        .iter()
        .map(|name| name.as_str().map(|name| Some(name.to_owned())))
        .collect::<Option<_>>()?;
    (names.len() == rank).then_some(names)
}

fn serialized(array: &v2::ArrayMetadataV2, losses: &mut Losses) -> Option<V3Serializer> {
    let root = JsonPlace::ROOT;
    let data_type = array.dtype.data_type.clone();
    let of_objects = of_objects(array);
    if of_objects.is_none() && data_type.size().is_none() {
        let dtype = array.dtype.to_json();
        let what = match array.filters.first() {
            Some(filter) => format!(
                "this library has no v3 name for the dtype {dtype} with the filter `{}`",
                filter.id
            ),
            None => format!("this library has no v3 name for the dtype {dtype}"),
        };
        losses.barred(&root.key("dtype"), what);
        return None;
    }
    // v3 cannot spell these, and without them the chunks would be read as something else.
    if array.dtype.mixed_endian().is_some() {
        losses.barred(&root.key("dtype"), "fields of different byte orders");
        return None;
    }
    if has_arrays(&data_type) {
        losses.barred(&root.key("dtype"), "fields that are arrays themselves");
        return None;
    }
    let at_fill = root.key("fill_value");
    let read = array.dtype.fill_value_from_json(&array.fill_value);
    let Ok(fill_value) = read.map(|fill| fill.to_json(&data_type)) else {
        let what = format!("{} is not a value of {data_type}", brief(&array.fill_value));
        losses.barred(&at_fill, what);
        return None;
    };
    if array.fill_value.is_null() {
        let what = format!("null, which means any value, becomes {fill_value}");
        losses.lost(&at_fill, what);
    } else if of_objects.is_some() && fill_value != array.fill_value {
        // Old writers gave arrays of strings a 0.
        let what = format!("{} becomes {fill_value}", brief(&array.fill_value));
        losses.lost(&at_fill, what);
    }
    let filters = usize::from(of_objects.is_some());
    let codec = match of_objects {
        Some(codec) => codec,
        None => bytes(array)?,
    };
    Some(V3Serializer {
        data_type,
        codec,
        fill_value,
        filters,
    })
}

/// The filter that encodes objects as bytes, where v3 has it under the same name.
fn of_objects(array: &v2::ArrayMetadataV2) -> Option<Extension> {
    let data_type = &array.dtype.data_type;
    let known = matches!(data_type, DataType::String | DataType::Bytes);
    let codec = v2::object_codec(data_type).filter(|_| known)?;
    let first = array.filters.first()?;
    (first.id == codec.id).then(|| Extension::new(codec.id))
}

/// As v2 arrays are read.
fn bytes(array: &v2::ArrayMetadataV2) -> Option<Extension> {
    let array = ArrayMetadata::V2 {
        array: array.clone(),
        attributes: Attributes::new(),
    };
    let codecs = array.codecs();
    codecs.iter().find(|codec| codec.name == "bytes").cloned()
}

/// Whether a record has fields with a shape of their own, at any depth.
fn has_arrays(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) => {
            let of_field = |f: &crate::Field| !f.shape.is_empty() || has_arrays(&f.data_type);
            fields.iter().any(of_field)
        }
        _ => false,
    }
}

fn v3_codecs(
    array: &v2::ArrayMetadataV2,
    serialized: &V3Serializer,
    losses: &mut Losses,
) -> Option<Vec<Extension>> {
    let root = JsonPlace::ROOT;
    let mut chain = Vec::new();
    let rank = array.shape.len();
    if array.order == crate::Order::F && rank > 1 {
        let axes: Value = (0..rank).rev().collect();
        chain.push(Extension::new("transpose").with("order", axes));
    }
    let at_filters = root.key("filters");
    let mut good = true;
    let mut serializer = Some(serialized.codec.clone());
    // What the next filter sees, and in the end `bytes`.
    let mut dtype = array.dtype.clone();
    let array_size = serialized.data_type.size();
    let mut sizes = ElementSizes {
        array: array_size,
        stored: array_size,
    };
    for (i, filter) in array.filters.iter().enumerate().skip(serialized.filters) {
        let at = at_filters.index(i);
        let takes_arrays = serializer.is_some() && serialized.filters == 0;
        if is_array_filter(filter) && takes_arrays {
            match array_filter(filter, &dtype) {
                Ok((codec, made)) => {
                    chain.push(codec);
                    sizes.stored = made.data_type.size();
                    serializer = Some(behind(&made));
                    dtype = made;
                }
                Err(what) => {
                    losses.barred(&at, what);
                    good = false;
                }
            }
        } else if is_array_filter(filter) {
            let what = format!(
                "v3 cannot have {} after a filter that produces bytes",
                filter.id
            );
            losses.barred(&at, what);
            good = false;
        } else if let Some(codec) = to_v3(filter, sizes) {
            chain.extend(serializer.take());
            chain.push(codec);
        } else {
            let what = format!("v3 has no name for the filter {:?}", filter.id);
            losses.barred(&at, what);
            good = false;
        }
    }
    chain.extend(serializer);
    if let Some(compressor) = &array.compressor {
        sizes.stored = sizes.stored.or(Some(1));
        let known = to_v3(compressor, sizes);
        match known.filter(|_| !is_array_filter(compressor)) {
            Some(codec) => chain.push(codec),
            None => {
                let what = format!("v3 has no name for the compressor {:?}", compressor.id);
                losses.barred(&root.key("compressor"), what);
                good = false;
            }
        }
    }
    good.then_some(chain)
}

/// A v2 codec in v3; `None` if v3 has no name for it.
fn to_v3(codec: &v2::Codec, sizes: ElementSizes) -> Option<Extension> {
    codecs::by_id(&codec.id)?.to_v3?(codec, sizes)
}

/// A filter for elements of this dtype in v3, and the dtype that it writes; or why there is none.
fn array_filter(filter: &v2::Codec, given: &DType) -> Result<(Extension, DType), String> {
    let id = &filter.id;
    let Some(FilterTypes { decoded, encoded }) = FilterTypes::of(filter, given) else {
        return Err(format!("{id} has a setting that is not a dtype"));
    };
    if !same_values(&given.data_type, &decoded.data_type) || given.endian != decoded.endian {
        let (given, taken) = (given.to_json(), decoded.to_json());
        let text =
            format!("{id} reads the bytes of {given} as {taken}, but v3 would convert the values");
        return Err(text);
    }
    let codec = in_order(filter.clone(), Endian::Little);
    let extension = Extension {
        name: format!("{}{id}", codecs::NUMCODECS_PREFIX),
        ..codec.to_extension()
    };
    Ok((extension, encoded))
}

/// `bytes` behind a filter that makes elements of this dtype.
fn behind(dtype: &DType) -> Extension {
    let bytes = Extension::new("bytes");
    match dtype.endian {
        Some(endian) => bytes.with("endian", endian.as_str()),
        None => bytes,
    }
}
