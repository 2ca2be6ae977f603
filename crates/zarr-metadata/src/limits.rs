//! The most that a document may ask for. The readers compare documents with it.

/// Bounds on untrusted documents. Every reading function enforces them: the defaults, unless a
/// [`Reader`](crate::Reader) was given others.
///
/// ```
/// use zarr_metadata::{Limits, Reader};
///
/// let mut limits = Limits::default();
/// limits.rank = 2;
/// let cube = br#"{"zarr_format": 2, "shape": [1, 1, 1], "chunks": [1, 1, 1], "dtype": "|u1",
///     "fill_value": 0, "order": "C", "filters": null, "compressor": null}"#;
/// let error = Reader::default().limits(limits).array_v2(cube, None).unwrap_err();
/// assert_eq!(error.problems()[0].to_string(), "/shape: rank 3 is above the limit of 2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The size of a document, in bytes. Consolidated metadata has about a thousand for each array.
    pub document_bytes: usize,
    /// JSON values in a document, counted by its brackets and commas: two bytes of text can be a value, which
    /// takes a hundred bytes in memory. Each copy of a document in consolidated metadata is counted by
    /// itself.
    pub values: usize,
    /// How deep arrays and objects nest. The JSON reader itself stops at 128.
    pub depth: usize,
    /// Axes of an array.
    pub rank: usize,
    /// Codecs in one chain, and storage transformers.
    pub codecs: usize,
    /// How deep shards nest.
    pub nested_shards: usize,
    /// Problems kept per document, so that an error is never much larger than its document.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 128 << 20,
            values: 1 << 20,
            depth: 64,
            rank: 64,
            codecs: 32,
            nested_shards: 4,
            problems: 100,
        }
    }
}
