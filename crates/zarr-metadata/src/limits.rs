//! What a document may ask for at most. Knows no documents: the readers compare with it.

/// Bounds on documents that nobody vouches for. Every reading function holds to them, with the
/// defaults unless a [`Reader`](crate::Reader) was given others.
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
    /// Bytes of one document.
    pub document_bytes: usize,
    /// Values of JSON in one document, counted by its brackets and commas: two bytes of text can be one,
    /// which takes a hundred in memory. Copies of documents in consolidated metadata count by themselves.
    pub values: usize,
    /// Arrays and objects inside each other. The JSON reader itself stops at 128.
    pub depth: usize,
    /// Axes of an array.
    pub rank: usize,
    /// Codecs in one chain, and storage transformers.
    pub codecs: usize,
    /// Shards inside each other.
    pub nested_shards: usize,
    /// Problems kept of one document, so that an error is never much larger than what it is about.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 64 << 20,
            values: 1 << 20,
            depth: 64,
            rank: 64,
            codecs: 32,
            nested_shards: 4,
            problems: 100,
        }
    }
}
