//! `Info`: what `info` and `info_complete` print about a node, in zarr-python's words and layout, made from
//! metadata and counts alone.

mod codecs;
mod python;
#[cfg(test)]
mod tests;
mod types;
mod value;

use std::fmt;

use zarr_metadata::{ArrayMetadata, ChunkGridMetadata, DataType, NodePath, Order, ZarrFormat};

use self::codecs::Codecs;
use self::python::json;
pub(crate) use self::python::{printable, tuple};
pub(crate) use self::types::numpy_name;

/// A summary of a node: its metadata and, from `info_complete`, what is stored of it.
///
/// `Display` has the labels, order and values of zarr-python. Codecs are spelled as in Python. Where zarr-python
/// prints internals (`BloscCodec(_tunable_attrs=set(), …)`), only the settings are printed, and a codec or data
/// type that zarr-python does not have is printed as the metadata names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The number of columns before the colon.
    width: usize,
    fields: Vec<(&'static str, String)>,
    /// The decoded size of all elements, for the storage ratio.
    nbytes: Option<u128>,
    sharded: bool,
}

impl Info {
    /// A summary of an array from its metadata.
    pub(crate) fn array(metadata: &ArrayMetadata, store_type: &str, read_only: bool) -> Self {
        let codecs = Codecs::of(metadata);
        let chunk_shape = match (&codecs.inner_chunk_shape, &*metadata.chunk_grid()) {
            (Some(inner), _) => tuple(inner),
            (None, ChunkGridMetadata::Regular { chunk_shape }) => tuple(chunk_shape),
            // Chunks of several shapes, in zarr-python's words.
            (None, _) => "<variable>".to_owned(),
        };
        let sharded = codecs.inner_chunk_shape.is_some();
        let nbytes = nbytes(metadata);

        let mut info = Self {
            width: 19,
            fields: vec![
                ("Type", "Array".to_owned()),
                ("Zarr format", metadata.format().to_string()),
                ("Data type", types::class(metadata)),
                ("Fill value", fill_value(metadata)),
                ("Shape", tuple(metadata.shape())),
            ],
            nbytes,
            sharded,
        };
        if sharded {
            let shard_shape = match &*metadata.chunk_grid() {
                ChunkGridMetadata::Regular { chunk_shape } => tuple(chunk_shape),
                _ => "<variable>".to_owned(),
            };
            info.fields.push(("Shard shape", shard_shape));
        }
        info.fields.extend([
            ("Chunk shape", chunk_shape),
            ("Order", order(metadata).to_owned()),
            ("Read-only", boolean(read_only).to_owned()),
            ("Store type", printable(store_type)),
        ]);
        info.fields.extend(codecs.fields);
        if let Some(nbytes) = nbytes {
            info.fields.push(("No. bytes", byte_count(nbytes)));
        }
        info
    }

    /// A summary of a group from its metadata.
    pub(crate) fn group(
        path: &NodePath,
        format: ZarrFormat,
        store_type: &str,
        read_only: bool,
    ) -> Self {
        let fields = vec![
            // In zarr-python the name of the root is empty.
            ("Name", printable(path.as_str())),
            ("Type", "Group".to_owned()),
            ("Zarr format", format.to_string()),
            ("Read-only", boolean(read_only).to_owned()),
            ("Store type", printable(store_type)),
        ];
        Self {
            width: 12,
            fields,
            nbytes: None,
            sharded: false,
        }
    }

    /// Adds what is stored of an array: the bytes of its metadata and chunks, and the number of its chunks
    /// or shards.
    #[must_use]
    pub(crate) fn with_stored(mut self, bytes: u64, chunks: u64) -> Self {
        self.fields
            .push(("No. bytes stored", byte_count(bytes.into())));
        if let Some(nbytes) = self.nbytes
            && bytes > 0
        {
            let ratio = nbytes as f64 / bytes as f64;
            self.fields.push(("Storage ratio", format!("{ratio:.1}")));
        }
        let label = if self.sharded {
            "Shards Initialized"
        } else {
            "Chunks Initialized"
        };
        self.fields.push((label, chunks.to_string()));
        self
    }

    /// Adds the number of arrays and groups below a group, at any depth.
    #[must_use]
    pub fn with_members(mut self, arrays: u64, groups: u64) -> Self {
        self.fields.extend([
            ("No. members", arrays.saturating_add(groups).to_string()),
            ("No. arrays", arrays.to_string()),
            ("No. groups", groups.to_string()),
        ]);
        self
    }

    /// The labels and their values, in the order in which they are printed.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(label, value)| (*label, value.as_str()))
    }
}

/// The lines, without a newline after the last one.
impl fmt::Display for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.width;
        for (i, (label, value)) in self.fields.iter().enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}{label:<width$}: {value}")?;
        }
        Ok(())
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// Format 2 stores the order. In format 3 a reader chooses it, and this library always chooses C.
fn order(metadata: &ArrayMetadata) -> &'static str {
    match metadata {
        ArrayMetadata::V2 { array, .. } => array.order.as_str(),
        ArrayMetadata::V3(_) => Order::C.as_str(),
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
