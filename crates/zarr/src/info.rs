//! `ArrayInfo` and `GroupInfo`: what `info` and `info_complete` say about a node, and print in zarr-python's words and
//! layout, made from metadata and counts alone.

mod codecs;
mod python;
#[cfg(test)]
mod tests;
mod types;
mod value;

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::json as object;
use zarr_metadata::{ArrayMetadata, DataType, NodePath, Order, ZarrFormat};

use self::codecs::Codecs;
use self::python::json;
pub(crate) use self::python::{printable, tuple};
pub(crate) use self::types::numpy_name;

/// A summary of an array: its metadata and, from [`info_complete`](crate::Array::info_complete), what is stored of it.
///
/// `Display` has the labels, order and values of zarr-python. Codecs and data types are spelled as in Python, also in
/// the fields. Where zarr-python prints internals (`BloscCodec(_tunable_attrs=set(), …)`), only the settings are printed,
/// and a codec or data type that zarr-python does not have is printed as the metadata names it.
///
/// ```
/// # use zarr::{DataType, Target, blocking::Wait};
/// # fn main() -> zarr::Result<()> {
/// let a = zarr::create_array(Target::Memory, [4, 4], DataType::Int16).chunks([2, 4]).wait()?;
/// let info = a.info();
/// assert_eq!((info.chunk_shape.as_deref(), info.nbytes), (Some(&[2, 4][..]), Some(32)));
/// assert!(info.to_string().contains("Data type          : Int16(endianness='little')"));
/// assert_eq!(serde_json::to_value(&info).unwrap()["shape"], serde_json::json!([4, 4]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArrayInfo {
    /// The format.
    pub zarr_format: ZarrFormat,
    /// The data type, such as `Int16(endianness='little')`.
    pub data_type: String,
    /// The fill value as Python prints it.
    pub fill_value: String,
    /// The number of elements along each axis.
    pub shape: Vec<u64>,
    /// Whether chunks are stored in shards.
    pub is_sharded: bool,
    /// The shape of a shard; `None` if there are no shards, or not all have one shape.
    pub shard_shape: Option<Vec<u64>>,
    /// The shape of a chunk, in a shard if there are shards; `None` if not all have one shape.
    pub chunk_shape: Option<Vec<u64>>,
    /// The order of the elements in memory.
    pub order: Order,
    /// Whether the handle cannot write.
    pub read_only: bool,
    /// The kind of store.
    pub store_type: String,
    /// The codecs from arrays to arrays.
    pub filters: Vec<String>,
    /// The codec from an array to bytes; none in format 2.
    pub serializer: Option<String>,
    /// The codecs from bytes to bytes.
    pub compressors: Vec<String>,
    /// All codecs, if it cannot be told which of them makes bytes of an array; the three above are empty then.
    pub unsorted_codecs: Vec<String>,
    /// The decoded size of all elements, in bytes; `None` from 2^128 on.
    pub nbytes: Option<u128>,
    /// The size of what is stored, metadata and chunks, in bytes; from `info_complete`.
    pub nbytes_stored: Option<u64>,
    /// How many chunks are stored, or shards of a sharded array; from `info_complete`.
    pub chunks_initialized: Option<u64>,
}

impl ArrayInfo {
    /// A summary of an array from its metadata.
    pub(crate) fn new(metadata: &ArrayMetadata, store_type: &str, read_only: bool) -> Self {
        let codecs = Codecs::of(metadata);
        let stored_shape = metadata.chunk_grid().chunk_shape().map(<[u64]>::to_vec);
        let is_sharded = codecs.inner_chunk_shape.is_some();
        let (shard_shape, chunk_shape) = match codecs.inner_chunk_shape {
            Some(inner) => (stored_shape, Some(inner)),
            None => (None, stored_shape),
        };
        Self {
            zarr_format: metadata.format(),
            data_type: types::class(metadata),
            fill_value: fill_value(metadata),
            shape: metadata.shape().to_vec(),
            is_sharded,
            shard_shape,
            chunk_shape,
            order: order(metadata),
            read_only,
            store_type: printable(store_type),
            filters: codecs.filters,
            serializer: codecs.serializer,
            compressors: codecs.compressors,
            unsorted_codecs: codecs.unsorted,
            nbytes: nbytes(metadata),
            nbytes_stored: None,
            chunks_initialized: None,
        }
    }

    /// With the bytes of metadata and chunks, and the number of chunks or shards.
    #[must_use]
    pub(crate) fn with_stored(self, bytes: u64, chunks: u64) -> Self {
        Self {
            nbytes_stored: Some(bytes),
            chunks_initialized: Some(chunks),
            ..self
        }
    }

    /// Decoded bytes per stored byte, if something is stored and counted.
    pub fn storage_ratio(&self) -> Option<f64> {
        let stored = self.nbytes_stored.filter(|bytes| *bytes > 0)?;
        Some(self.nbytes? as f64 / stored as f64)
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let shape = |shape: &Option<Vec<u64>>| match shape {
            Some(shape) => tuple(shape),
            // In zarr-python's words.
            None => "<variable>".to_owned(),
        };
        let mut lines = vec![
            ("Type", "Array".to_owned()),
            ("Zarr format", self.zarr_format.to_string()),
            ("Data type", self.data_type.clone()),
            ("Fill value", self.fill_value.clone()),
            ("Shape", tuple(&self.shape)),
        ];
        if self.is_sharded {
            lines.push(("Shard shape", shape(&self.shard_shape)));
        }
        lines.extend([
            ("Chunk shape", shape(&self.chunk_shape)),
            ("Order", self.order.as_str().to_owned()),
            ("Read-only", boolean(self.read_only).to_owned()),
            ("Store type", self.store_type.clone()),
        ]);
        if self.unsorted_codecs.is_empty() {
            lines.push(("Filters", tuple(&self.filters)));
            let serializer = self.serializer.clone();
            lines.extend(serializer.map(|serializer| ("Serializer", serializer)));
            lines.push(("Compressors", tuple(&self.compressors)));
        } else {
            lines.push(("Codecs", tuple(&self.unsorted_codecs)));
        }
        lines.extend(self.nbytes.map(|bytes| ("No. bytes", byte_count(bytes))));
        let stored = self.nbytes_stored.map(u128::from);
        lines.extend(stored.map(|bytes| ("No. bytes stored", byte_count(bytes))));
        let ratio = self.storage_ratio();
        lines.extend(ratio.map(|ratio| ("Storage ratio", format!("{ratio:.1}"))));
        let label = match self.is_sharded {
            true => "Shards Initialized",
            false => "Chunks Initialized",
        };
        lines.extend(self.chunks_initialized.map(|n| (label, n.to_string())));
        lines
    }
}

/// The lines, without a newline after the last one.
impl fmt::Display for ArrayInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, 19, &self.lines())
    }
}

/// An object with the fields by their names.
impl Serialize for ArrayInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = object!({
            "zarr_format": number(self.zarr_format),
            "data_type": self.data_type,
            "fill_value": self.fill_value,
            "shape": self.shape,
            "is_sharded": self.is_sharded,
            "shard_shape": self.shard_shape,
            "chunk_shape": self.chunk_shape,
            "order": self.order.as_str(),
            "read_only": self.read_only,
            "store_type": self.store_type,
            "filters": self.filters,
            "serializer": self.serializer,
            "compressors": self.compressors,
            "unsorted_codecs": self.unsorted_codecs,
            // JSON has no larger integers that all readers take.
            "nbytes": self.nbytes.and_then(|bytes| u64::try_from(bytes).ok()),
            "nbytes_stored": self.nbytes_stored,
            "chunks_initialized": self.chunks_initialized,
        });
        fields.serialize(serializer)
    }
}

/// A summary of a group: its metadata and, from [`info_complete`](crate::Group::info_complete), what is below it.
///
/// `Display` is what zarr-python prints.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupInfo {
    /// The group's path.
    pub path: NodePath,
    /// The format.
    pub zarr_format: ZarrFormat,
    /// Whether the handle cannot write.
    pub read_only: bool,
    /// The kind of store.
    pub store_type: String,
    /// How many arrays are below it, at any depth; from `info_complete`.
    pub arrays: Option<u64>,
    /// How many groups are below it, at any depth; from `info_complete`.
    pub groups: Option<u64>,
}

impl GroupInfo {
    /// A summary of a group from its metadata.
    pub(crate) fn new(
        path: &NodePath,
        zarr_format: ZarrFormat,
        store_type: &str,
        read_only: bool,
    ) -> Self {
        Self {
            path: path.clone(),
            zarr_format,
            read_only,
            store_type: store_type.to_owned(),
            arrays: None,
            groups: None,
        }
    }

    /// With the number of arrays and groups below it.
    #[must_use]
    pub(crate) fn with_members(self, arrays: u64, groups: u64) -> Self {
        Self {
            arrays: Some(arrays),
            groups: Some(groups),
            ..self
        }
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            // In zarr-python the name of the root is empty.
            ("Name", printable(self.path.as_str())),
            ("Type", "Group".to_owned()),
            ("Zarr format", self.zarr_format.to_string()),
            ("Read-only", boolean(self.read_only).to_owned()),
            ("Store type", printable(&self.store_type)),
        ];
        if let (Some(arrays), Some(groups)) = (self.arrays, self.groups) {
            lines.extend([
                ("No. members", arrays.saturating_add(groups).to_string()),
                ("No. arrays", arrays.to_string()),
                ("No. groups", groups.to_string()),
            ]);
        }
        lines
    }
}

/// The lines, without a newline after the last one.
impl fmt::Display for GroupInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, 12, &self.lines())
    }
}

/// An object with the fields by their names.
impl Serialize for GroupInfo {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = object!({
            "path": self.path.as_str(),
            "zarr_format": number(self.zarr_format),
            "read_only": self.read_only,
            "store_type": self.store_type,
            "arrays": self.arrays,
            "groups": self.groups,
        });
        fields.serialize(serializer)
    }
}

fn write_lines(f: &mut fmt::Formatter<'_>, width: usize, lines: &[(&str, String)]) -> fmt::Result {
    for (i, (label, value)) in lines.iter().enumerate() {
        let newline = if i == 0 { "" } else { "\n" };
        write!(f, "{newline}{label:<width$}: {value}")?;
    }
    Ok(())
}

fn number(format: ZarrFormat) -> u8 {
    match format {
        ZarrFormat::V2 => 2,
        ZarrFormat::V3 => 3,
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Format 2 stores the order. In format 3 a reader chooses it, and this library always chooses C.
fn order(metadata: &ArrayMetadata) -> Order {
    match metadata {
        ArrayMetadata::V2 { array, .. } => array.order,
        ArrayMetadata::V3(_) => Order::C,
    }
}

/// `None` from 2^128 on.
fn nbytes(metadata: &ArrayMetadata) -> Option<u128> {
    // Elements of variable length count as what NumPy stores in the array for each of them.
    let element = match metadata.data_type() {
        DataType::String => 16,
        DataType::Bytes => 8,
        other => other.size()? as u128,
    };
    if metadata.shape().contains(&0) {
        return Some(0);
    }
    metadata
        .shape()
        .iter()
        .try_fold(element, |bytes, n| bytes.checked_mul((*n).into()))
}

fn byte_count(bytes: u128) -> String {
    let power = bytes.checked_ilog2().unwrap_or(0) / 10;
    let unit = match power {
        0 => return bytes.to_string(),
        1 => 'K',
        2 => 'M',
        3 => 'G',
        4 => 'T',
        _ => 'P',
    };
    let size = bytes as f64 / 1024_f64.powi(power.min(5).cast_signed());
    format!("{bytes} ({size:.1}{unit})")
}

fn fill_value(metadata: &ArrayMetadata) -> String {
    let written = match metadata {
        ArrayMetadata::V2 { array, .. } => &array.fill_value,
        ArrayMetadata::V3(array) => &array.fill_value,
    };
    // In v2, null means that there is none. The value of an unknown type is printed as it is written.
    match metadata.fill_value() {
        Ok(fill) if !written.is_null() => value::element(metadata.data_type(), fill.as_bytes()),
        _ => json(written),
    }
}
