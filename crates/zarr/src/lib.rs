//! Zarr for Rust: chunked, compressed, N-dimensional arrays in any store.
//!
//! Functions and methods have the names and meanings of zarr-python. Every operation is a value: set what
//! differs from the defaults, then `.await` it on any async runtime, or `.wait()` for it without one.
//!
//! ```
//! use zarr::blocking::Wait;
//! use zarr::{DataType, sel};
//!
//! # fn main() -> zarr::Result<()> {
//! # let dir = tempfile::tempdir().unwrap();
//! # let path = dir.path().join("demo.zarr");
//! // A group with a sharded, compressed array in it.
//! let root = zarr::create_group(&path).wait()?;
//! let t = root
//!     .create_array("t", [100, 64, 64], DataType::Float32)
//!     .chunks([10, 32, 32])
//!     .shards([50, 64, 64])
//!     .dimension_names(["time", "y", "x"])
//!     .wait()?;
//!
//! // Write one value to the first ten planes, then read a window of them.
//! t.write(0..10, 1.5_f32).wait()?;
//! let window = t.read::<f32>(sel![8..12, 0, ..;16]).wait()?;
//! assert_eq!(window.shape(), [4, 4]);
//! assert_eq!(window[[1, 0]], 1.5);
//! assert_eq!(window[[2, 0]], 0.0); // never written: the fill value
//! # Ok(())
//! # }
//! ```
//!
//! The same on an async runtime:
//!
//! ```
//! use zarr::{DataType, Target};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> zarr::Result<()> {
//! let a = zarr::create_array(Target::Memory, [4, 4], DataType::Int16).fill_value(-1).await?;
//! a.write((1.., ..2), ndarray::Array2::<i16>::zeros((3, 2))).await?;
//! assert_eq!(a.read::<i16>(..).await?.sum(), -10);
//! # Ok(())
//! # }
//! ```
//!
//! A runtime's tasks and the functions that join futures take `.into_future()` of an operation, which borrows nothing:
//! `tokio::spawn(a.read::<f64>(..).into_future())`.
//!
//! # Where things are
//! - creating: [`create_array`], [`create_group`], [`create_hierarchy`]; arrays filled with one value:
//!   [`zeros`], [`ones`], [`full`], [`empty`] and their `_like`s; from another array or a closure:
//!   [`from_array`]
//! - copying and converting: [`copy()`], [`copy_all`], [`copy_store`]
//! - opening: [`open`], [`open_array`], [`open_group`], [`open_consolidated`], each with a [`Mode`]
//! - parts of arrays that are not read yet: [`Array::view`]
//! - arrays in memory: [`array()`], [`save`], [`load`]
//! - handles: [`Array`], [`Group`]; selections: [`Selection`] and [`sel!`], or ndarray's `s![]`
//! - reading: [`Array::read`]; several selections at once: [`Array::read_many`]; arrays larger than memory:
//!   [`Array::stream`]; into your own memory: [`blocking::read_into`], [`Read::reuse`]
//! - single chunks, their places and their encoded bytes: [`Array::chunk`], [`Array::chunks_of`]
//! - writing: [`Array::write`]; in parts smaller than a chunk or a shard: [`Array::writer`]
//! - element types: [`Element`] has the table of data types and Rust types, [`record!`] makes one of a struct,
//!   [`Datetime64`] and [`Timedelta64`] are NumPy's; `f16`, `bf16` and complex numbers need the features `half` and
//!   `num-complex`, dates of other crates `chrono` or `jiff`
//! - blocking use: [`blocking::Wait`]; codecs, workers, limits and settings: [`Context`], [`Config`]
//! - codecs and their settings: [`codecs`]
//! - keys, bytes and documents below arrays and groups: [`tools`]
//! - stores and codecs of your own: [`testing`]
//! - errors: [`Error`], with an [`ErrorKind`] and a coarser [`ErrorClass`]

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod arguments;
mod array;
mod attributes;
pub mod blocking;
mod change;
mod consolidate;
mod copy;
mod create;
mod data;
mod environment;
mod group;
mod info;
mod load;
mod node;
mod open;
mod operation;
mod record;
mod save;
mod target;
pub mod testing;
pub mod tools;

pub use array::Array;
pub use array::erase::Erase;
pub use array::indexed::Indexed;
pub use array::initialized::ReadInitialized;
pub use array::outer_iter::OuterIter;
pub use array::read::{Read, ReadDyn, ReadMany, ReadScalar, Used};
pub use array::stream::{BlockStream, StreamIter};
pub use array::view::View;
pub use array::write::Write;
pub use array::writer::{ArrayWriter, BufferedWrite};
pub use attributes::{Edit, UpdateAttributes};
pub use change::{Append, Resize};
pub use consolidate::{ConsolidateMetadata, consolidate_metadata};
pub use copy::progress::CopyProgress;
pub use copy::store::{CopyStore, copy_store};
pub use copy::{CopyNodes, copy, copy_all};
pub use create::dry_run::DryRun;
pub use create::filled::{
    Like, empty, empty_like, full, full_like, ones, ones_like, zeros, zeros_like,
};
pub use create::group::{CreateGroup, create_group, group};
pub use create::nodes::{
    CreateHierarchy, CreateRootedHierarchy, NewNode, create_hierarchy, create_rooted_hierarchy,
};
pub use create::shape::DimensionName;
pub use create::source::{Computed, Source};
pub use create::{CreateArray, array, create, create_array, from_array};
pub use data::Data;
pub use data::lists::{Lists, Nested};
pub use environment::{config_from_env, default_context};
pub use group::Group;
pub use group::members::Members;
pub use group::put::IntoMember;
pub use group::require::RequireArray;
pub use group::tree::{Tree, tree};
pub use group::tree_view::TreeView;
pub use info::{ArrayInfo, GroupInfo};
pub use load::{LazyGroup, Load, LoadArray, Loaded, load};
/// Arrays in memory: [`Array::read`] returns them, [`Array::write`] takes them.
pub use ndarray;
pub use node::Node;
pub use open::opening::OnConflict;
pub use open::{
    Open, OpenArray, OpenGroup, open, open_array, open_consolidated, open_group, open_like,
};
/// What [`record!`] expands to.
#[doc(hidden)]
pub use record::__record;
pub use save::{Save, save, save_array, save_group};
/// JSON for attributes and codec settings.
pub use serde_json::json;
pub use target::Target;
pub use target::access::Synchronizer;
pub use zarr_codecs::{AxisRange, CodecRegistry, InnerChunkOrder, Region};
pub use zarr_core::copy::{CopyStats, CopyStep, IfExists};
pub use zarr_core::hierarchy::{CreatePlan, Mode, UseConsolidated};
pub use zarr_core::{
    ArgumentProblem, ArrayConfig, ArrayOptions, AxisSelection, BlockPlace, CacheMetadata,
    ChunkError, Chunks, Codecs, Config, Context, ContextBuilder, DynData, Element, Error,
    ErrorClass, ErrorKind, Fill, Indices, IntoLengths, Length, Mask, Metrics, NodeKind, Plain,
    Points, RangeExt, Result, Selection, SelectionError, Shape, Slice, Values, VarArray, Warning,
    sel,
};
pub use zarr_core::{Chunk, ChunkProblem, InnerChunk, StoredBytes, VerifiedChunk};
pub use zarr_metadata::codecs::typed as codecs;
pub use zarr_metadata::{
    ArrayMetadata, Attribute, AttributeError, Attributes, AxisChunks, ChunkKeyEncoding, ChunkRun,
    DataType, Datetime64, Endian, Extension, Field, FillValue, GroupMetadata, Indent, NodeMetadata,
    NodePath, Order, Separator, SmallFloat, SmallInt, TimeError, TimeUnit, Timedelta64, WordError,
    ZarrFormat,
};
#[cfg(feature = "cache")]
pub use zarr_store::Cached;
#[cfg(all(feature = "fetch", target_family = "wasm", target_os = "unknown"))]
pub use zarr_store::FetchStore;
pub use zarr_store::MemoryStore;
#[cfg(feature = "tracing")]
pub use zarr_store::Traced;
#[cfg(feature = "local")]
pub use zarr_store::{Durability, LocalStore, Locking, Symlinks};
pub use zarr_store::{Location, Overlay, Store};

/// The examples of the README are tests like any other.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
