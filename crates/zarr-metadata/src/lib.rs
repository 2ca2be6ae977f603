//! Zarr v2 and v3 metadata documents: read, check, write.
//!
//! JSON goes in; a model or a list of problems comes out. The crate has no stores, no codec implementations
//! and no runtime: it tells whether a document is well formed, not whether a program can act on it. Unknown
//! codecs and data types are therefore kept, not refused.
//!
//! # Reading and checking a document
//!
//! Every problem found is reported, each with a JSON pointer to its place.
//!
//! ```
//! use zarr_metadata::NodeMetadata;
//!
//! let document = br#"{
//!     "zarr_format": 3, "node_type": "array", "shape": [720, 1440],
//!     "data_type": "uint8", "fill_value": 256,
//!     "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [90]}},
//!     "chunk_key_encoding": {"name": "default"},
//!     "codecs": [{"name": "bytes"}]
//! }"#;
//! let error = NodeMetadata::from_zarr_json(document).unwrap_err();
//! let places: Vec<&str> = error.problems().iter().map(|p| p.pointer.as_str()).collect();
//! assert_eq!(places, ["/fill_value", "/chunk_grid/configuration/chunk_shape"]);
//! ```
//!
//! A reader stops at what it cannot use. [`validate`] finds everything, from duplicate keys to codecs that do
//! not make a chain. A program that checks documents, in ten lines:
//!
//! ```no_run
//! fn main() -> std::io::Result<()> {
//!     let mut valid = true;
//!     for name in std::env::args().skip(1) {
//!         let report = zarr_metadata::validate(&name, &std::fs::read(&name)?);
//!         report.findings().iter().for_each(|finding| println!("{finding}"));
//!         valid &= report.is_valid();
//!     }
//!     std::process::exit(i32::from(!valid));
//! }
//! ```
//!
//! It checks metadata only, not whether chunks exist and decode, nor what attributes mean; [`validate`] lists
//! what else it leaves out. [`Reader::validate_node`] compares the documents of one node with each other.
//!
//! # Documents of old and careless writers
//!
//! What breaks the format but can mean one thing only is read, unless a [`Reader`] has the profile
//! [`Profile::Strict`]. [`Reader::read`] returns what was tolerated along with the node:
//!
//! ```
//! use zarr_metadata::{Indent, NodeDocuments, Reader};
//!
//! // NumPy reads this dtype, but never writes it.
//! let zarray = br#"{"zarr_format": 2, "shape": [3], "chunks": [3], "dtype": "=f8",
//!     "fill_value": 5, "order": "C", "filters": null, "compressor": null}"#;
//! let found = NodeDocuments { zarray: Some(zarray), ..NodeDocuments::default() };
//! let (node, warnings) = Reader::default().read(&found)?.expect("an array");
//! assert_eq!(node.documents(Indent::default()).len(), 1);
//! assert_eq!(warnings.to_string(), r#"warning: .zarray/dtype: expected "<f8", found "=f8""#);
//! # Ok::<(), zarr_metadata::MetadataError>(())
//! ```
//!
//! # Untrusted documents
//!
//! [`Limits`], which a [`Reader`] can be given, bound size, nesting, rank and the length of codec chains. No
//! input makes a function panic, or allocate out of proportion to its length.
//!
//! # Building and writing one
//!
//! ```
//! use zarr_metadata::{ArrayMetadata, DataType, Extension, Indent, v3};
//!
//! let mut array = v3::ArrayMetadataV3::new(vec![720, 1440], DataType::Float32, vec![90, 90]);
//! array.codecs = vec![
//!     Extension::new("bytes").with("endian", "little"),
//!     Extension::new("zstd").with("level", 3).with("checksum", false),
//! ];
//! array.attributes.insert("units".into(), "K".into());
//! for (name, text) in ArrayMetadata::V3(array).documents(Indent::default()) {
//!     assert_eq!(name, "zarr.json");
//!     assert!(text.starts_with(b"{\n  \"shape\": [\n    720,"));
//! }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod array;
mod attributes;
mod chunk_grid;
mod chunk_key;
pub mod codecs;
mod complete;
mod consolidated;
mod convert;
mod data_type;
mod datetime;
pub mod documents;
mod extension;
mod fill_value;
mod format;
mod group;
mod indent;
mod layout;
mod limits;
pub mod near;
mod node;
mod path;
mod pointer;
mod problem;
mod profile;
mod raw_members;
mod read;
mod reader;
mod rectilinear;
mod report;
mod scan;
#[cfg(test)]
mod testing;
pub mod v2;
pub mod v3;
mod validate;
mod write;

pub use array::ArrayMetadata;
pub use attributes::{Attribute, AttributeError, Attributes};
pub use chunk_grid::ChunkGridMetadata;
pub use chunk_key::ChunkKeyEncoding;
pub use convert::Converted;
pub use data_type::{DataType, Field, SmallFloat, SmallInt, TimeUnit};
pub use datetime::{Datetime64, TimeError, Timedelta64};
pub use documents::NodeDocuments;
pub use extension::Extension;
pub use fill_value::FillValue;
pub use format::{Endian, Order, Separator, WordError, ZarrFormat};
pub use group::GroupMetadata;
pub use indent::Indent;
pub use layout::{Layout, Swap, SwapField};
pub use limits::Limits;
pub use node::NodeMetadata;
pub use path::{NodePath, NodePathError, NodePathProblem};
pub use pointer::JsonPointer;
pub use problem::{MetadataError, Problem, ProblemKind, Severity};
pub use profile::Profile;
pub use reader::Reader;
pub use rectilinear::{AxisChunks, ChunkRun};
pub use report::{Finding, Report};
pub use scan::quote_bare_numbers;
pub use validate::validate;
