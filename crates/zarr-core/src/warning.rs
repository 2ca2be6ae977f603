//! Warnings: what an operation does not refuse, and a user may want to know.

use std::fmt;
use std::sync::Arc;

use zarr_metadata::NodePath;

/// What an operation does not refuse, and a user may want to know.
///
/// Each is told to [`ContextBuilder::on_warning`](crate::ContextBuilder::on_warning) and, with the feature `tracing`,
/// is an event of level `WARN` with the target `zarr` and the fields `code` and `path`. `Display` is one sentence.
///
/// | code | when |
/// |---|---|
/// | `both-formats` | a node is opened that has documents of format 3 and of format 2, in a store that is asked without delay: memory and files |
/// | `unknown-object` | a listing of nodes passes over a directory that is no node |
/// | `stale-consolidated` | a group that was opened by its consolidated metadata is changed, and the metadata [is left](crate::Config::leave_consolidated) |
/// | `unspecified-data-type` | an array of format 3 is created with a data type that no specification describes |
/// | `reworded` | a copy, or an array made from another, cannot say all that the source says |
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// A node has documents of both formats, and those of format 3 are used.
    BothFormats {
        /// The node's path.
        path: NodePath,
        /// The document of format 2 that is not used.
        unused: &'static str,
    },
    /// Something among the nodes is no node, and is passed over.
    UnknownObject {
        /// Its path.
        path: NodePath,
    },
    /// A group's consolidated metadata is out of date.
    StaleConsolidated {
        /// The group's path.
        path: NodePath,
    },
    /// Other libraries may be unable to read the array.
    UnspecifiedDataType {
        /// The array's path.
        path: NodePath,
        /// The name of its data type.
        data_type: String,
    },
    /// The format of a new array cannot say all that the source says.
    Reworded {
        /// The path of the new array.
        path: NodePath,
        /// What is lost or said otherwise.
        what: String,
    },
}

impl Warning {
    /// A name for the sort of warning that stays the same in all versions.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BothFormats { .. } => "both-formats",
            Self::UnknownObject { .. } => "unknown-object",
            Self::StaleConsolidated { .. } => "stale-consolidated",
            Self::UnspecifiedDataType { .. } => "unspecified-data-type",
            Self::Reworded { .. } => "reworded",
        }
    }

    /// The path of the node that it concerns.
    pub fn path(&self) -> &NodePath {
        match self {
            Self::BothFormats { path, .. }
            | Self::UnknownObject { path }
            | Self::StaleConsolidated { path }
            | Self::UnspecifiedDataType { path, .. }
            | Self::Reworded { path, .. } => path,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BothFormats { path, unused } => write!(
                f,
                "`{path}` has a zarr.json (format 3) and a {unused} (format 2); format 3 is used"
            ),
            Self::UnknownObject { path } => {
                write!(
                    f,
                    "`{path}` is neither an array nor a group; it is passed over"
                )
            }
            Self::StaleConsolidated { path } => write!(
                f,
                "the consolidated metadata of `{path}` does not say what was changed; consolidate it again"
            ),
            Self::UnspecifiedDataType { path, data_type } => write!(
                f,
                "`{path}`: the data type `{data_type}` has no specification for format 3; other libraries may be \
                 unable to read it"
            ),
            Self::Reworded { path, what } => write!(f, "`{path}`: {what}"),
        }
    }
}

/// Gets warnings from the tasks that find reason for them.
pub(crate) type WarningListener = Arc<dyn Fn(&Warning) + Send + Sync>;

#[cfg(feature = "tracing")]
pub(crate) fn trace(warning: &Warning) {
    let (code, path) = (warning.code(), warning.path().as_str());
    tracing::warn!(target: "zarr", code, path, "{warning}");
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn trace(_: &Warning) {}

/// Whether anybody subscribes to the events.
#[cfg(feature = "tracing")]
pub(crate) fn is_traced() -> bool {
    tracing::event_enabled!(target: "zarr", tracing::Level::WARN)
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn is_traced() -> bool {
    false
}
