//! `zarr.json` to `.zarray` and `.zattrs`, where they can say it.

use serde_json::Value;

use super::filters::{
    FilterTypes, in_order, is_array_filter, is_filter_of_arrays, is_of_values, same_values,
};
use super::to_v3::DIMENSIONS;
use super::{Converted, Losses};
use crate::array::ArrayMetadata;
use crate::chunk_grid::ChunkGridMetadata;
use crate::chunk_key::ChunkKeyEncoding;
use crate::codecs;
use crate::extension::Extension;
use crate::format::{Endian, Order};
use crate::pointer::JsonPlace;
use crate::problem::MetadataError;
use crate::v2::{self, Codec, DType};
use crate::v3;

pub(super) fn array(
    array: &v3::ArrayMetadataV3,
) -> Result<Converted<ArrayMetadata>, MetadataError> {
    let root = JsonPlace::ROOT;
    let mut losses = Losses::default();
    losses.extra(&array.extra);
    for (i, transformer) in array.storage_transformers.iter().enumerate() {
        let what = format!("v2 has no storage transformers; {transformer} is left out");
        losses.lost(&root.key("storage_transformers").index(i), what);
    }
    let chunks = match &array.chunk_grid {
        ChunkGridMetadata::Regular { chunk_shape } => Some(chunk_shape.clone()),
        _ => {
            let what = "v2 has only regular chunk grids";
            losses.barred(&root.key("chunk_grid"), what);
            None
        }
    };
    let separator = array.chunk_key_encoding.separator();
    if let ChunkKeyEncoding::Default(_) = array.chunk_key_encoding {
        let what = "chunk keys of v2 do not begin with c: the chunks would have to be renamed";
        losses.barred(&root.key("chunk_key_encoding"), what);
    }
    if array.data_type.size().is_none() {
        let what = format!("this library has no v2 dtype for {}", array.data_type);
        losses.barred(&root.key("data_type"), what);
    }
    let fill_value = ArrayMetadata::V3(array.clone()).fill_value().ok();
    if fill_value.is_none() && array.data_type.size().is_some() {
        let what = format!("this is not a value of {}", array.data_type);
        losses.barred(&root.key("fill_value"), what);
    }
    let chain = v2_codecs(array, &mut losses);
    let mut attributes = array.attributes.clone();
    let names = array.dimension_names.as_deref();
    if let Some(names) = names.and_then(|names| names.iter().cloned().collect::<Option<Vec<_>>>()) {
        attributes.insert(DIMENSIONS.to_owned(), names.into());
    } else if names.is_some() {
        let what = "v2 readers take names for all axes or for none; they are left out";
        losses.lost(&root.key("dimension_names"), what);
    }
    let converted = chunks
        .zip(chain)
        .zip(fill_value)
        .map(|((chunks, chain), fill)| {
            let dtype = DType::new(array.data_type.clone(), chain.endian);
            let mut converted = v2::ArrayMetadataV2::new(array.shape.clone(), dtype, chunks);
            converted.fill_value = converted.dtype.fill_value_to_json(&fill);
            converted.order = chain.order;
            converted.filters = chain.filters;
            converted.compressor = chain.compressor;
            converted.dimension_separator = separator;
            ArrayMetadata::V2 {
                array: converted,
                attributes,
            }
        });
    losses.finish(converted)
}

/// What v2 has in place of a chain.
struct V2Codecs {
    order: Order,
    endian: Option<Endian>,
    filters: Vec<Codec>,
    compressor: Option<Codec>,
}

/// `None` when something prevents it, which was reported.
fn v2_codecs(array: &v3::ArrayMetadataV3, losses: &mut Losses) -> Option<V2Codecs> {
    let root = JsonPlace::ROOT;
    let at = root.key("codecs");
    let mut good = true;
    let mut serialized = false;
    let mut chain = V2Codecs {
        order: Order::C,
        endian: None,
        filters: Vec::new(),
        compressor: None,
    };
    let is_filter =
        |codec: &&Extension| codecs::by_own_name(&codec.name).is_some_and(is_filter_of_arrays);
    let several = array.codecs.iter().filter(is_filter).count() > 1;
    // What the next filter sees.
    let mut dtype = DType::new(array.data_type.clone(), None);
    for (i, codec) in array.codecs.iter().enumerate() {
        let at = at.index(i);
        match codec.name.as_str() {
            "transpose" if i == 0 => match reverses(codec, array.shape.len()) {
                Some(true) => chain.order = Order::F,
                Some(false) => {}
                None => {
                    let what = "v2 has only the orders C and F, all axes forward or all backward";
                    losses.barred(&at, what);
                    good = false;
                }
            },
            "bytes" => {
                serialized = true;
                chain.endian = match codec.configuration.get("endian").and_then(Value::as_str) {
                    Some("big") => Some(Endian::Big),
                    Some(_) => Some(Endian::Little),
                    None => None,
                };
            }
            _ => match to_v2(codec, dtype.data_type.size()) {
                Some(codec) if is_array_filter(&codec) => {
                    match array_filter(codec, &dtype, several) {
                        Ok((codec, made)) => {
                            dtype = made;
                            chain.filters.push(codec);
                        }
                        Err(what) => {
                            losses.barred(&at, what);
                            good = false;
                        }
                    }
                }
                Some(codec) if serialized => chain.filters.push(codec),
                _ => {
                    let what = format!("v2 cannot have {codec} in this place");
                    losses.barred(&at, what);
                    good = false;
                }
            },
        }
    }
    if chain
        .filters
        .last()
        .is_some_and(|last| !is_array_filter(last))
    {
        chain.compressor = chain.filters.pop();
    }
    if chain.filters.iter().any(is_array_filter) {
        // In v2 all of it is in the order of the bytes.
        let order = chain.endian.unwrap_or(Endian::Little);
        let filters = std::mem::take(&mut chain.filters);
        chain.filters = filters.into_iter().map(|f| in_order(f, order)).collect();
        chain.endian = array.data_type.has_byte_order().then_some(order);
    }
    good.then_some(chain)
}

/// A filter for elements of this dtype in v2, and the dtype that it writes; or why there is none.
fn array_filter(mut filter: Codec, given: &DType, others: bool) -> Result<(Codec, DType), String> {
    let id = filter.id.clone();
    let Some(types) = FilterTypes::of(&filter, given) else {
        return Err(format!("{id} has a setting that is not a dtype"));
    };
    let FilterTypes { decoded, encoded } = &types;
    if !same_values(&given.data_type, &decoded.data_type) {
        let (given, taken) = (given.to_json(), decoded.to_json());
        let text = format!(
            "{id} converts values of {given} to {taken}, but v2 would reinterpret their bytes"
        );
        return Err(text);
    }
    let is_big = [decoded, encoded].map(|dtype| dtype.endian == Some(Endian::Big));
    if !is_of_values(&filter, &types) || (others && is_big.contains(&true)) {
        let text = format!("{id} reads elements of one byte order as those of the other");
        return Err(text);
    }
    // numcodecs needs the setting, where v3 has the type of the array.
    let key = match id.as_str() {
        "astype" => "decode_dtype",
        "bitround" | "packbits" => return Ok((filter, types.encoded)),
        _ => "dtype",
    };
    let little = |dtype: &DType| {
        let endian = dtype.data_type.has_byte_order().then_some(Endian::Little);
        DType::new(dtype.data_type.clone(), endian).to_json()
    };
    filter
        .configuration
        .entry(key)
        .or_insert_with(|| little(decoded));
    Ok((filter, types.encoded))
}

/// A v3 codec from bytes to bytes, or one of numcodecs from array to array, in v2; `None` if v2 has none.
fn to_v2(codec: &Extension, stored: Option<usize>) -> Option<Codec> {
    codecs::by_own_name(&codec.name)?.to_v2?(codec, stored)
}

/// `true` where the axes are reversed, `false` where their order stays.
fn reverses(transpose: &Extension, rank: usize) -> Option<bool> {
    let order = transpose.configuration.get("order")?;
    let axes: Vec<u64> = order
        .as_array()?
        .iter()
        .map(Value::as_u64)
        .collect::<Option<_>>()?;
    let rank = rank as u64;
    match () {
        () if axes.iter().copied().eq(0..rank) => Some(false),
        () if axes.iter().copied().eq((0..rank).rev()) => Some(true),
        () => None,
    }
}
