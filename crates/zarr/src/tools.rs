//! Re-exports for tools that work below arrays and groups: on keys and bytes, and on metadata documents.
//!
//! Programs that read and write arrays do not need them.
//!
//! ```
//! let report = zarr::tools::validate("zarr.json", br#"{"zarr_format": 3, "node_type": "group"}"#);
//! assert!(report.is_valid());
//! ```

pub use zarr_codecs::{CodecError, CodecErrorKind};
pub use zarr_core::hierarchy::place_in;
pub use zarr_metadata::{
    Converted, Finding, JsonPointer, Limits, MetadataError, NodeDocuments, Problem, ProblemKind,
    Profile, Reader, Report, Severity, documents, quote_bare_numbers, v2, v3, validate,
};
pub use zarr_store::runtime::{Budget, PerProcess, Reserved};
pub use zarr_store::{
    AuxiliaryFile, BlockingStore, ByteRange, Call, Entry, Found, Hook, Hooked, IoHints, Key,
    Listing, Op, Outcome, Payload, Prefix, PutMode, Reads, StoreError, StoreErrorKind, StoreExt,
    Version, store_and_path, without_secrets,
};
