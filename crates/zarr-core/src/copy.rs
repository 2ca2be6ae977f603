//! Copying: nodes with their data from place to place, the elements of one array into another, and
//! plain values from store to store. What will be done is planned, and all of it checked, before
//! anything is changed. Chunks are moved by the engine.

mod array;
mod blocks;
mod documents;
mod keys;
mod nodes;
mod other_values;
mod overlap;
mod plan;
mod progress;
mod same_chunks;
mod values;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use zarr_metadata::{NodeMetadata, NodePath, WordError, ZarrFormat};
use zarr_store::Location;

use crate::words::converts_from_text;
use crate::{ArrayConfig, ArrayOptions, Context, Error, Result};

pub use array::{check_cast, check_copy, copy_array};
pub use blocks::{MakeBlock, write_blocks};
pub use keys::{CopyKeysOptions, copy_keys};
pub use nodes::copy_nodes;

/// What a copy does about arrays, or keys, that are there already. Groups that are there already get what the
/// copied ones have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IfExists {
    /// It fails, and then nothing at all was copied.
    #[default]
    Raise,
    /// What is there is deleted first.
    Replace,
    /// What is there stays.
    Skip,
    /// An array of which all chunks are there stays, or all that the source has, if both have the same chunks; another is
    /// replaced.
    SkipInitialized,
    /// Only what is missing is copied, so that a copy that was interrupted goes on: chunks that are
    /// not there, or keys that are not there in the same size. Documents that are there stay.
    Update,
}

/// The names that zarr-python 2 gives them, and `update`.
impl FromStr for IfExists {
    type Err = WordError;

    fn from_str(name: &str) -> std::result::Result<Self, WordError> {
        match name {
            "raise" => Ok(Self::Raise),
            "replace" => Ok(Self::Replace),
            "skip" => Ok(Self::Skip),
            "skip_initialized" => Ok(Self::SkipInitialized),
            "update" => Ok(Self::Update),
            other => Err(WordError::new(
                "`raise`, `replace`, `skip`, `skip_initialized` or `update`",
                other,
            )),
        }
    }
}

converts_from_text!(IfExists: &str, String, &String);

/// What a copy did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyStats {
    /// Arrays and groups, or keys, that were copied; in a dry run, that would have been.
    pub copied: u64,
    /// Arrays and groups, or keys, that were there and stay as they are.
    pub skipped: u64,
    /// Values that are neither documents nor chunks, such as files of other programs among the nodes.
    pub others: u64,
    /// Nodes, other values and names that were left out, each with its reason: see
    /// [`CopyStep::LeftOut`]. None, where a copy does not [keep going](CopyOptions::keep_going).
    pub left_out: u64,
    /// The bytes of all elements of the copied arrays, as in memory; of elements that differ in
    /// length, and of keys, the bytes that were stored. None in a dry run.
    pub bytes: u64,
    /// Chunks (shards, of sharded arrays) that were stored. None in a dry run.
    pub chunks: u64,
}

impl CopyStats {
    pub(crate) fn add(&mut self, other: Self) {
        self.copied += other.copied;
        self.skipped += other.skipped;
        self.others += other.others;
        self.left_out += other.left_out;
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.chunks += other.chunks;
    }
}

impl fmt::Display for CopyStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            copied,
            skipped,
            bytes,
            ..
        } = self;
        write!(
            f,
            "{copied} copied, {skipped} skipped, {bytes} bytes copied"
        )
    }
}

/// How far a copy is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CopyProgress<'a> {
    /// The node of the source, or its key.
    pub path: &'a str,
    /// What happens to it.
    pub step: CopyStep<'a>,
    /// Chunks of the destination, or keys, that are done, of all nodes: copied, found to be there, or
    /// found to be absent from the source.
    pub done: u64,
    /// How many there are to do.
    pub total: u64,
    /// Bytes that came from the source so far; what a store copies by itself is counted, too.
    pub bytes_in: u64,
    /// Bytes that went to the destination so far, in the same way.
    pub bytes_out: u64,
}

/// What happens to a node or a key that is copied.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum CopyStep<'a> {
    /// A node begins; in a dry run it would.
    Node(&'a NodeMetadata),
    /// A key is to be copied to this one.
    Key(&'a str),
    /// It is left as it is: a node, or a key.
    Skip(Option<&'a NodeMetadata>),
    /// It is left out, for this reason.
    LeftOut(&'a Error),
    /// It is copied, and this is what its documents cannot say in the other format, or say otherwise, or what of it
    /// is not copied: chunks outside of its shape.
    Reworded(&'a str),
    /// More of it is done.
    Chunks,
    /// All of it is done, or would be, and this is what.
    Done {
        /// What was copied.
        stats: &'a CopyStats,
        /// Whether nothing was done.
        dry_run: bool,
    },
}

/// Gets reports of how far a copy is, from the task that drives it.
pub type CopyListener = Arc<dyn Fn(&CopyProgress<'_>) + Send + Sync>;

/// Makes the options of an array's copy, and how it is written, from those of the source.
pub type Adapt = Arc<dyn Fn(ArrayOptions) -> Result<(ArrayOptions, ArrayConfig)> + Send + Sync>;

/// Whether a path, or a key, is chosen.
pub type Choice = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Nodes to be copied, as they were found.
#[derive(Debug)]
pub struct CopySource {
    /// The place of the topmost.
    pub location: Location,
    /// The topmost, whose path is the root, and all below it that may be copied; sorted by path.
    pub nodes: Vec<(NodePath, NodeMetadata)>,
    /// Nodes below whose documents cannot be read, and why.
    pub unread: Vec<(NodePath, Error)>,
    /// Whether documents are there to be copied byte for byte: not where the nodes are known by consolidated metadata
    /// alone.
    pub has_documents: bool,
    /// What they are read with.
    pub context: Context,
}

/// How nodes are copied.
#[derive(Clone, Default)]
pub struct CopyOptions {
    /// What is done about arrays that are there.
    pub if_exists: IfExists,
    /// Whether all is checked and counted, and nothing done.
    pub dry_run: bool,
    /// Whether a node that cannot be copied is left out, and the rest is copied. Otherwise nothing is copied; or, where
    /// a chunk cannot be read, the copy ends there.
    pub keep_going: bool,
    /// Whether groups below the topmost node are left out.
    pub shallow: bool,
    /// Whether attributes are left behind.
    pub without_attrs: bool,
    /// Whether the topmost node itself is not copied, but its children and attributes are.
    pub children_only: bool,
    /// The format of the copies; if not given, that of the group they come to lie in, else the
    /// source's.
    pub zarr_format: Option<ZarrFormat>,
    /// Changes the options of the arrays that are copied.
    pub adapt: Option<Adapt>,
    /// Which nodes are copied, by their paths below the topmost, which always is.
    pub choice: Option<Choice>,
    /// Gets reports of how far it is.
    pub progress: Option<CopyListener>,
    /// What the copies are written with.
    pub context: Context,
}

impl fmt::Debug for CopyOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyOptions")
            .field("if_exists", &self.if_exists)
            .field("dry_run", &self.dry_run)
            .field("shallow", &self.shallow)
            .field("without_attrs", &self.without_attrs)
            .field("zarr_format", &self.zarr_format)
            .finish_non_exhaustive()
    }
}
