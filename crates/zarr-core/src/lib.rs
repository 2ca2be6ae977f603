//! The engine of the Zarr library: selections, nodes in stores, and reading and writing chunks. Arrays are
//! untyped and every argument is explicit; the crate `zarr` adds the convenience.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod appended;
mod array;
mod broadcast;
mod cast;
mod cells;
mod chains;
mod chunk;
mod config;
mod context;
pub mod copy;
mod defaults;
mod engine;
mod erase;
mod error;
pub mod hierarchy;
mod initialized;
mod memory;
mod metrics;
mod options;
mod refused;
mod resize;
mod selection;
mod stored;
mod typed;
mod values;
mod verify;
mod warning;
mod words;

pub use appended::Appended;
pub use array::{ArrayConfig, CacheMetadata, ChunkedArray, LastRead};
pub use chunk::{Chunk, InnerChunk};
pub use config::Config;
pub use context::{Context, ContextBuilder};
pub use engine::{ArrayWriter, Block, BlockPlace, Elements, Output};
pub use error::{ArgumentProblem, ChunkError, Error, ErrorClass, ErrorKind, NodeKind, Result};
pub use metrics::Metrics;
pub use options::{
    ArrayOptions, Chunks, Fill, IntoLengths, Length, Shape, check_new, check_new_array, codec_parts,
};
pub use refused::Refused;
pub use resize::OutOfBoundsChunks;
pub use selection::{
    AxisSelection, CellView, Indices, Mask, Points, RangeExt, ResolvedSelection, Selection,
    SelectionError, SelectionTarget, Slice,
};
pub use stored::StoredBytes;
pub use typed::{Columns, DynData, Element, NewColumns, Plain, c_order, to_data_type};
pub use values::{Values, VarArray};
pub use verify::{ChunkProblem, VerifiedChunk};
pub use warning::Warning;
pub use zarr_codecs::{ChunkGrid, ChunkIndices, GridError, VlenElements};
pub use zarr_metadata::codecs::Codecs;

/// Runs the examples of the README as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
