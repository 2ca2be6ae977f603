//! What `info` and `info_complete` say about a node, in zarr-python's words and layout. Knows
//! documents and numbers; asks no store for anything.

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

/// A summary of a node: what its documents say and, in its complete form, what is stored of it.
///
/// Printed, the labels, their order and their values are those of zarr-python, so that a user of it
/// reads nothing new. Codecs are spelled as Python would call them; where zarr-python prints
/// something of its own inner life (`BloscCodec(_tunable_attrs=set(), …)`) only the settings are
/// given, and a codec or data type it does not know is named as the document names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// Columns up to the colon.
    width: usize,
    fields: Vec<(&'static str, String)>,
    /// Size of all elements, decoded, for the ratio.
    nbytes: Option<u128>,
    sharded: bool,
}

impl Info {
    /// What is known of an array without asking its store.
    pub(crate) fn array(metadata: &ArrayMetadata, store_type: &str, read_only: bool) -> Self {
        let codecs = Codecs::of(metadata);
        let chunk_shape = match (&codecs.inner_chunk_shape, &*metadata.chunk_grid()) {
            (Some(inner), _) => tuple(inner),
            (None, ChunkGridMetadata::Regular { chunk_shape }) => tuple(chunk_shape),
            // No one shape: zarr-python says so in these words.
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

    /// What is known of a group without asking its store.
    pub(crate) fn group(
        path: &NodePath,
        format: ZarrFormat,
        store_type: &str,
        read_only: bool,
    ) -> Self {
        let fields = vec![
            // zarr-python leaves the root's name empty.
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

    /// An array's summary with what its store holds: bytes of documents and chunks, and how many
    /// chunks, or shards, are there.
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

    /// A group's summary with what is below it, at any depth.
    #[must_use]
    pub fn with_members(mut self, arrays: u64, groups: u64) -> Self {
        self.fields.extend([
            ("No. members", arrays.saturating_add(groups).to_string()),
            ("No. arrays", arrays.to_string()),
            ("No. groups", groups.to_string()),
        ]);
        self
    }

    /// The labels with their values, in the order in which they are printed.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(label, value)| (*label, value.as_str()))
    }
}

/// The lines, without a line end behind the last one.
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

/// Of v2 arrays the order is stored; to v3 arrays a reader gives the one it likes, and we give C.
fn order(metadata: &ArrayMetadata) -> &'static str {
    match metadata {
        ArrayMetadata::V2 { array, .. } => array.order.as_str(),
        ArrayMetadata::V3(_) => Order::C.as_str(),
    }
}

/// Beyond 2^128 there is no number to show.
fn nbytes(metadata: &ArrayMetadata) -> Option<u128> {
    // Of elements that differ in length as many as numpy has for each, beside their own.
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
    // v2 writes null for "none"; a type that is only a name has a value that is only text.
    match metadata.fill_value() {
        Ok(fill) if !written.is_null() => value::element(metadata.data_type(), fill.as_bytes()),
        _ => json(written),
    }
}
