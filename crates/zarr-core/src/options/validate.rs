//! Whether a new node is valid: its documents such that every reader opens them, its codecs such that chunks can be
//! written. Asks no store.

use zarr_metadata::{
    ArrayMetadata, ChunkGridMetadata, DataType, NodeMetadata, Problem, ProblemKind, Reader,
};

use crate::{ChunkedArray, Error, ErrorClass, ErrorKind, Result};

/// Refuses documents that break the format. Codecs of unknown names may be valid; known settings of codecs have to be.
/// The limits of readers are checked when a place is known.
///
/// # Errors
/// An argument, named by the first thing that is wrong.
pub fn check_new(node: &NodeMetadata) -> Result<()> {
    // Objects, and fields that are arrays themselves: what would be written could not be read again.
    if let NodeMetadata::Array(ArrayMetadata::V3(array)) = node
        && DataType::from_json(array.data_type.to_json()).as_ref() != Ok(&array.data_type)
    {
        let text = format!("format 3 has no {}; format 2 has it", array.data_type);
        return Err(Error::not_in_format("dtype", text));
    }
    let Err(error) = Reader::default().check_new(node) else {
        return Ok(());
    };
    let is_limit = |problem: &&Problem| matches!(problem.kind, ProblemKind::Limit { .. });
    let mut wrong = error.problems().iter().filter(|problem| !is_limit(problem));
    let Some(first) = wrong.next() else {
        return Ok(());
    };
    let text = wrong.fold(first.to_string(), |text, problem| {
        format!("{text}; {problem}")
    });
    Err(Error::argument(argument(first.pointer.as_str()), text))
}

/// Refuses an array that is to be created where its chunks could not be written.
///
/// # Errors
/// As [`ChunkedArray::check_writable`]. Codecs that do not suit the array are the argument `codecs` here, since no
/// document is damaged.
pub fn check_new_array(array: &ChunkedArray) -> Result<()> {
    let grid = array.metadata().chunk_grid();
    let is_rectilinear = matches!(*grid, ChunkGridMetadata::Rectilinear { .. });
    if is_rectilinear && array.context().config().rectilinear_chunks == Some(false) {
        let text =
            "chunks that differ in length are turned off by the setting `array.rectilinear_chunks`";
        return Err(Error::argument("chunks", text));
    }
    array.check_writable().map_err(|error| match error.kind() {
        ErrorKind::Codec { source, .. } if error.class() == ErrorClass::Corrupt => {
            Error::argument("codecs", source.to_string())
        }
        _ => error,
    })
}

/// Which argument became this part of a document.
fn argument(pointer: &str) -> &'static str {
    match pointer.split('/').nth(1) {
        Some("codecs") => "codecs",
        Some("filters") => "filters",
        Some("compressor") => "compressors",
        Some("fill_value") => "fill_value",
        Some("data_type" | "dtype") => "dtype",
        Some("chunk_grid" | "chunks") => "chunks",
        Some("chunk_key_encoding" | "dimension_separator") => "chunk_key_encoding",
        Some("dimension_names") => "dimension_names",
        Some("shape") => "shape",
        _ => "attributes",
    }
}
