//! Zarr for Rust: chunked, compressed, N-dimensional arrays in any store.
//!
//! Names and meanings are zarr-python's. Every operation is a value: name what differs from the
//! default, then `.await` it on any runtime, or `.wait()` for it with none.
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
//! // One value everywhere in the first ten planes, then a window of them.
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
//! # Where things are
//! - creating: [`create_array`], [`create_group`], [`create_hierarchy`], and with a value everywhere
//!   [`zeros`], [`ones`], [`full`], [`empty`] and their `_like`s; from another array or a closure:
//!   [`from_array`]
//! - copying and converting: [`copy()`], [`copy_all`], [`copy_store`]
//! - opening: [`open`], [`open_array`], [`open_group`], [`open_consolidated`], each with a [`Mode`]
//! - arrays in memory: [`array()`], [`save`], [`load`]
//! - handles: [`Array`], [`Group`]; which cells: [`Selection`] and [`sel!`], or ndarray's `s![]`
//! - reading: [`Array::read`], several parts at once by [`Array::read_many`], more than memory holds by
//!   [`Array::stream`], into memory of your own by [`blocking::read_into`] or [`Read::reuse`]
//! - blocking use: [`blocking::Wait`]; codecs, workers, limits and settings: [`Context`], [`Config`]
//! - looking below arrays and groups, at keys, bytes and documents: [`tools`]
//! - stores and codecs of your own: [`testing`]
//! - what can go wrong: [`Error`], by [`ErrorKind`] or, coarser, by [`ErrorClass`]

#![forbid(unsafe_code)]

mod access;
mod array;
pub mod blocking;
mod change;
mod consolidate;
mod copy;
mod copy_store;
mod create;
mod create_group;
mod create_hierarchy;
mod data;
mod erase;
mod facts;
mod fields;
mod filled;
mod filter;
mod finish;
mod group;
mod indexed;
mod info;
mod load;
mod members;
mod mode;
mod node;
mod open;
mod opening;
mod operation;
mod read;
mod require;
mod save;
mod shape;
mod source;
mod stream;
mod target;
pub mod testing;
pub mod tools;
mod tree;
mod tree_of;
mod view;
mod write;

pub use access::Synchronizer;
pub use array::Array;
pub use change::{Append, Edit, Resize, UpdateAttributes};
pub use consolidate::{ConsolidateMetadata, consolidate_metadata};
pub use copy::{CopyNodes, copy, copy_all};
pub use copy_store::{CopyStore, copy_store};
pub use create::{CreateArray, array, create, create_array, from_array};
pub use create_group::{CreateGroup, create_group, group};
pub use create_hierarchy::{CreateHierarchy, NewNode, create_hierarchy};
pub use data::Data;
pub use erase::Erase;
pub use filled::{Like, empty, empty_like, full, full_like, ones, ones_like, zeros, zeros_like};
pub use group::Group;
pub use indexed::Indexed;
pub use info::Info;
pub use load::{LazyGroup, Load, LoadArray, Loaded, load};
pub use members::Members;
pub use mode::Mode;
/// Arrays in memory: what [`Array::read`] gives and [`Array::write`] takes.
pub use ndarray;
pub use node::Node;
pub use open::{
    Open, OpenArray, OpenGroup, open, open_array, open_consolidated, open_group, open_like,
};
pub use read::{Read, ReadDyn, ReadMany, Used};
pub use require::RequireArray;
pub use save::{Save, save, save_array, save_group};
/// JSON for attributes and codec settings.
pub use serde_json::json;
pub use shape::{DimensionName, Shape};
pub use source::{Computed, Source};
pub use stream::{BlockStream, Blocks};
pub use target::Target;
pub use tree::TreeView;
pub use tree_of::{Tree, tree};
pub use view::UseConsolidated;
pub use write::Write;
pub use zarr_codecs::{AxisRange, CodecRegistry, Region};
pub use zarr_core::copy::{CopyProgress, CopyStats, CopyStep, IfExists};
pub use zarr_core::{
    ArrayConfig, ArrayOptions, Bounds, ChunkError, Chunks, Codecs, Config, Context, ContextBuilder,
    DynData, Element, Error, ErrorClass, ErrorKind, Fill, Mask, NodeKind, Pick, Picks, Plain,
    Points, Result, Selection, SelectionError, Slice, Values, VarArray, sel,
};
pub use zarr_metadata::{
    ArrayMetadata, Attribute, Attributes, AxisChunks, ChunkKeyEncoding, ChunkRun, DataType, Endian,
    Extension, Field, FillValue, GroupMetadata, Indent, NodeMetadata, NodePath, Order, Separator,
    ZarrFormat,
};
pub use zarr_store::MemoryStore;
#[cfg(feature = "local")]
pub use zarr_store::{Durability, LocalStore, Locking, Symlinks};
pub use zarr_store::{Location, Store};

/// The examples of the READMEs are tests like any other.
#[cfg(doctest)]
mod readme {
    #[doc = include_str!("../../../README.md")]
    mod project {}
    #[doc = include_str!("../README.md")]
    mod this_crate {}
    #[doc = include_str!("../../../docs/zarr-python.md")]
    mod from_zarr_python {}
}
