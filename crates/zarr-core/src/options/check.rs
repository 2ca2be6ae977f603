//! Whether the documents of a new node are such that every reader opens them. Knows no store.

use zarr_metadata::{NodeMetadata, Problem, ProblemKind, Reader};

use crate::{Error, Result};

/// Refuses documents that break the format: names of codecs that nobody here knows may be good ones, but
/// their known settings have to be. What readers have limits on is looked at when a place is known.
///
/// # Errors
/// An argument, named by the first thing that is wrong.
pub fn check_new(node: &NodeMetadata) -> Result<()> {
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
