//! The keyword arguments of functions that make arrays, as they are for zarr-python.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use zarr::{AxisChunks, Chunks, Codecs, CreateArray, Fill, ZarrFormat};

use crate::config::Config;
use crate::dtype;
use crate::elements;
use crate::errors::if_suitable;
use crate::json;
use crate::place::Place;

/// Arguments whose value None leaves the choice to the library.
const OPTIONAL: &[&str] = &[
    "attributes",
    "chunk_key_encoding",
    "chunk_shape",
    "chunks",
    "codecs",
    "config",
    "dimension_names",
    "dimension_separator",
    "fill_value",
    "object_codec",
    "order",
    "read_missing_chunks",
    "serializer",
    "shards",
    "write_empty_chunks",
    "zarr_format",
    "zarr_version",
];

/// Sets what the keyword arguments say. The data type is set before, which that of the fill value is.
///
/// # Errors
/// If there is no such argument, or its value is none for it.
pub(crate) fn apply(
    mut create: CreateArray,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<CreateArray> {
    for (name, value) in keywords.into_iter().flatten() {
        let name: String = name.extract()?;
        create = set(create, &name, &value)?;
    }
    Ok(create)
}

fn set(create: CreateArray, name: &str, value: &Bound<'_, PyAny>) -> PyResult<CreateArray> {
    if value.is_none() && OPTIONAL.contains(&name) {
        return Ok(create);
    }
    Ok(match name {
        "chunks" | "chunk_shape" => create.chunks(chunks(value)?),
        "shards" => sharded(create, value)?,
        "filters" => create.filters(codecs(value)?),
        "compressors" | "compressor" => create.compressors(codecs(value)?),
        "serializer" => create.serializer(codecs(value)?),
        "codecs" => create.codecs(codecs(value)?),
        "object_codec" => create.object_codec(codecs(value)?),
        "fill_value" => {
            let data_type = create.options().data_type.clone();
            let data = elements::from_numpy(value, &data_type)?;
            create.fill_value(Fill::Element(data.dtype, data.data))
        }
        "order" => create.order(text(value)?.as_str()),
        "zarr_format" | "zarr_version" => create.zarr_format(format(value)?),
        "attributes" => create.attributes(json::from_python(value)?),
        "chunk_key_encoding" => match value.cast::<PyString>() {
            Ok(name) => create.chunk_key_encoding(name.to_cow()?.as_ref()),
            Err(_) => create.chunk_key_encoding(json::from_python(value)?),
        },
        "dimension_separator" => create.dimension_separator(text(value)?.as_str()),
        "dimension_names" => create.dimension_names(value.extract::<Vec<Option<String>>>()?),
        "overwrite" => create.overwrite(value.is_truthy()?),
        "write_data" => create.write_data(value.is_truthy()?),
        "write_empty_chunks" => create.write_empty_chunks(value.is_truthy()?),
        "read_only" => create.read_only(value.is_truthy()?),
        "config" => Config::new(Some(value))?.of_new(create),
        "read_missing_chunks" => create.read_missing_chunks(value.is_truthy()?),
        other => {
            let text = format!("there is no argument `{other}`");
            return Err(PyTypeError::new_err(text));
        }
    })
}

/// The data type of a `dtype` argument, and a serializer of its byte order where it has one.
///
/// # Errors
/// If it is no data type.
pub(crate) fn with_dtype(create: CreateArray, given: &Bound<'_, PyAny>) -> PyResult<CreateArray> {
    let dtype::Given { data_type, endian } = dtype::from_python(given)?;
    let create = create.dtype(data_type);
    Ok(match endian {
        None => create,
        Some(endian) => create.serializer(zarr::codecs::Bytes::new().endian(endian)),
    })
}

/// Where the array is to be made.
pub(crate) fn at(place: &Place, create: CreateArray) -> CreateArray {
    create
        .name(place.path())
        .storage_options(place.storage_options().iter().cloned())
}

fn chunks(value: &Bound<'_, PyAny>) -> PyResult<Chunks> {
    if let Ok(word) = value.cast::<PyString>() {
        return match word.to_cow()?.as_ref() {
            "auto" => Ok(Chunks::Auto),
            other => Err(PyValueError::new_err(format!(
                "chunks are \"auto\" or lengths, not {other:?}"
            ))),
        };
    }
    if let Ok(guess) = value.cast::<PyBool>() {
        return Ok(guess.is_true().into());
    }
    let py = value.py();
    if let Some(length) = if_suitable(py, value.extract::<i64>())? {
        return Ok(length.into());
    }
    if let Some(lengths) = if_suitable(py, value.extract::<Vec<i64>>())? {
        return Ok(lengths.into());
    }
    // The lengths of the chunks of each axis: a rectilinear grid. A number stands for equal chunks.
    let axes = value.try_iter()?.map(|axis| {
        let axis = axis?;
        Ok(match if_suitable(py, axis.extract::<u64>())? {
            Some(length) => AxisChunks::Uniform(length),
            None => AxisChunks::from_lengths(axis.extract::<Vec<u64>>()?),
        })
    });
    Ok(axes.collect::<PyResult<Vec<_>>>()?.into())
}

fn sharded(create: CreateArray, value: &Bound<'_, PyAny>) -> PyResult<CreateArray> {
    if let Ok(config) = value.cast::<PyDict>() {
        let shape = config.get_item("shape")?;
        let shape = shape.ok_or_else(|| PyValueError::new_err("shards: a dict has a `shape`"))?;
        let create = create.shards(chunks(&shape)?);
        return Ok(match config.get_item("index_location")? {
            Some(location) => create.index_location(text(&location)?),
            None => create,
        });
    }
    Ok(create.shards(chunks(value)?))
}

fn codecs(value: &Bound<'_, PyAny>) -> PyResult<Codecs> {
    if let Ok(word) = value.cast::<PyString>()
        && word.to_cow()? == "auto"
    {
        return Ok(Codecs::Auto);
    }
    Ok(json::from_python(value)?.into())
}

/// The format of a `zarr_format` argument.
///
/// # Errors
/// If there is no such format.
pub(crate) fn format(value: &Bound<'_, PyAny>) -> PyResult<ZarrFormat> {
    match value.extract::<u8>() {
        Ok(2) => Ok(ZarrFormat::V2),
        Ok(3) => Ok(ZarrFormat::V3),
        _ => Err(PyValueError::new_err(format!(
            "zarr_format is 2 or 3, not {value}"
        ))),
    }
}

/// The number of a format.
pub(crate) fn format_number(format: ZarrFormat) -> u8 {
    match format {
        ZarrFormat::V2 => 2,
        ZarrFormat::V3 => 3,
    }
}

fn text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    value.extract()
}
