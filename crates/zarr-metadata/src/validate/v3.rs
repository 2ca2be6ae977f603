//! The rules for `zarr.json` that go beyond what its reader checks. Each part is read again on its own, so
//! that one bad part does not hide problems in the others.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{chain, names};
use crate::chunk_grid::ChunkGridMetadata;
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::node::NodeMetadata;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems, brief};
use crate::reader::Reader;
use crate::v3::{ConsolidatedMetadataV3, implied};
use crate::{GroupMetadata, read};

/// Validates the document of a node. Returns the consolidated metadata in it, which is not validated here.
pub(crate) fn node(
    value: Value,
    consolidated: Option<&RawValue>,
    reader: &Reader,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<ConsolidatedMetadataV3> {
    let again = value.clone();
    let node = NodeMetadata::read(value, consolidated, reader, at, problems);
    match node {
        Some(NodeMetadata::Group(GroupMetadata::V3(group))) => return group.consolidated_metadata,
        _ if again.get("node_type").is_some_and(|kind| kind == "array") => {
            array(&again, at, problems);
        }
        _ => {}
    }
    None
}

/// Reads a part of the document; its problems were reported before.
fn quietly<T>(
    value: Option<&Value>,
    problems: &Problems,
    read: impl FnOnce(Value, &mut Problems) -> Option<T>,
) -> Option<T> {
    read(value?.clone(), &mut problems.none_yet())
}

fn array(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) {
    let shape = quietly(value.get("shape"), problems, |value, problems| {
        read::lengths(value, &JsonPlace::ROOT, problems)
    });
    let data_type = quietly(value.get("data_type"), problems, |value, problems| {
        DataType::read(value, &JsonPlace::ROOT, problems)
    });
    let grid = quietly(value.get("chunk_grid"), problems, |value, problems| {
        ChunkGridMetadata::read(value, shape.as_deref(), &JsonPlace::ROOT, problems)
    });
    let codecs = quietly(value.get("codecs"), problems, |value, problems| {
        read::limited_list(value, "", &JsonPlace::ROOT, problems, Extension::read)
    });
    match &data_type {
        Some(DataType::Unknown(extension)) => {
            unknown("data type", extension, &at.key("data_type"), problems);
        }
        Some(known) if !known.is_registered() => {
            let advice = format!("{known} has no registered name; other readers may not know it");
            problems.discourage(&at.key("data_type"), advice);
        }
        _ => {}
    }
    if let Some(ChunkGridMetadata::Unknown(extension)) = &grid {
        unknown("chunk grid", extension, &at.key("chunk_grid"), problems);
    }
    let lengths = grid.as_ref().and_then(ChunkGridMetadata::distinct_lengths);
    if let (Some(lengths), Some(data_type)) = (&lengths, &data_type) {
        chunk_bytes(lengths, data_type, &at.key("chunk_grid"), problems);
    }
    if let Some(codecs) = codecs {
        let given = chain::ChainInput {
            lengths,
            implied: data_type
                .as_ref()
                .is_some_and(|data_type| implied(&codecs, data_type).is_some()),
            data_type,
            is_old: value
                .pointer("/data_type/name")
                .is_some_and(|name| name == "structured"),
            depth: 0,
        };
        chain::check(&codecs, given, &at.key("codecs"), problems);
    }
    same_names(value, &at.key("dimension_names"), problems);
}

fn unknown(what: &'static str, extension: &Extension, at: &JsonPlace<'_>, problems: &mut Problems) {
    let name = extension.name.clone();
    problems.warn(at, ProblemKind::Unsupported { what, name });
    names::extension(&extension.name, at, problems);
}

/// The size of the largest chunk must fit a `u64`. That of the array need not: only its chunks are ever in
/// memory.
pub(super) fn chunk_bytes(
    lengths: &[Vec<u64>],
    data_type: &DataType,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) {
    let largest = lengths.iter().map(|axis| axis.iter().max());
    let mut bytes = Some(data_type.size().unwrap_or(1) as u64);
    for length in largest.flatten() {
        bytes = bytes.and_then(|bytes| bytes.checked_mul(*length));
    }
    if bytes.is_none() {
        let kind = ProblemKind::Invalid {
            expected: "chunks of less than 2^64 bytes".to_owned(),
            found: format!("larger ones, with elements of {data_type}"),
        };
        problems.push(at, kind);
    }
}

/// Allowed, but then the axes cannot be told apart by name.
fn same_names(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) {
    let names = value.get("dimension_names").and_then(Value::as_array);
    let names: Vec<&Value> = names.into_iter().flatten().collect();
    for (i, name) in names.iter().enumerate() {
        if name.is_string() && names.iter().take(i).any(|earlier| earlier == name) {
            let advice = format!(
                "expected a name for this axis alone, found {} again",
                brief(name)
            );
            problems.discourage(&at.index(i), advice);
        }
    }
}
