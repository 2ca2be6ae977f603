//! `Finding`: one thing that is wrong, and how it can be repaired.

use std::path::PathBuf;

use zarr::tools::Key;
use zarr::{Array, Chunk, ErrorClass, Location, ZarrFormat};

use super::rules::{self, Rule};

/// Something that is wrong.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rule: &'static Rule,
    /// The key, path or file it is about.
    pub(super) place: String,
    pub(super) message: String,
    pub(super) fix: Option<Fix>,
    pub(super) fixed: bool,
}

impl Finding {
    pub(super) fn new(
        rule: &'static Rule,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            place: place.into(),
            message: message.into(),
            fix: None,
            fixed: false,
        }
    }

    /// A document or directory that could not be read.
    pub(super) fn unread(path: &str, error: &zarr::Error) -> Self {
        let rule = match error.class() {
            ErrorClass::Corrupt | ErrorClass::Limit => &rules::INVALID,
            _ => &rules::UNAVAILABLE,
        };
        let path = if path.is_empty() { "/" } else { path };
        Self::new(rule, path, error.to_string())
    }

    pub(super) fn with_fix(self, fix: Fix) -> Self {
        Self {
            fix: Some(fix),
            ..self
        }
    }
}

/// One repair.
#[derive(Debug)]
pub(super) enum Fix {
    DeleteKey(Key),
    /// A chunk, if it still lies outside of its array.
    DeleteOutside(Array, Vec<u64>),
    /// A shard with unused bytes.
    Compact(Chunk),
    DeleteFile(PathBuf),
    /// The file of a lock, unless somebody holds it.
    DeleteLock(PathBuf),
    Consolidate(Location),
    MakeGroup(Location, ZarrFormat),
}
