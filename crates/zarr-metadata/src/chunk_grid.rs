//! The chunk grid as a document describes it. Which chunk holds which element is computed elsewhere.

use serde_json::Value;

use crate::extension::Extension;
use crate::pointer::JsonPlace;
use crate::problem::{ProblemKind, Problems};
use crate::read::{list, mend_length, mended_chunk_lengths};
use crate::rectilinear::AxisChunks;

/// The chunk grid of an array, as its document describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChunkGridMetadata {
    /// All chunks have the same shape; those at the far edges reach beyond the array.
    Regular {
        /// Length of a chunk along each axis, none zero.
        chunk_shape: Vec<u64>,
    },
    /// Chunk lengths may differ along an axis: all chunks at the same position of an axis have the same
    /// length along it.
    Rectilinear {
        /// The chunk lengths along each axis.
        chunk_shapes: Vec<AxisChunks>,
    },
    /// A grid unknown to this library.
    Unknown(Extension),
}

impl ChunkGridMetadata {
    /// As v3 documents write it.
    #[must_use]
    pub fn to_extension(&self) -> Extension {
        match self {
            Self::Regular { chunk_shape } => {
                Extension::new("regular").with("chunk_shape", chunk_shape.as_slice())
            }
            Self::Rectilinear { chunk_shapes } => {
                let shapes: Value = chunk_shapes.iter().map(AxisChunks::to_json).collect();
                Extension::new("rectilinear")
                    .with("kind", "inline")
                    .with("chunk_shapes", shapes)
            }
            Self::Unknown(extension) => extension.clone(),
        }
    }

    /// The shape that all chunks have; `None` unless the grid is regular.
    #[must_use]
    pub fn chunk_shape(&self) -> Option<&[u64]> {
        match self {
            Self::Regular { chunk_shape } => Some(chunk_shape),
            Self::Rectilinear { .. } | Self::Unknown(_) => None,
        }
    }

    /// Makes the grid cover an array of this shape: where the chunks of an axis are listed and end
    /// before it does, one more is added for the rest. Chunks that lie beyond the array stay, so
    /// that none ever changes its length.
    pub fn extend_to(&mut self, shape: &[u64]) {
        if let Self::Rectilinear { chunk_shapes } = self {
            for (axis, extent) in chunk_shapes.iter_mut().zip(shape) {
                axis.extend_to(*extent);
            }
        }
    }

    /// The lengths that chunks have along each axis; `None` in a grid unknown to this library.
    pub(crate) fn distinct_lengths(&self) -> Option<Vec<Vec<u64>>> {
        match self {
            Self::Regular { chunk_shape } => {
                Some(chunk_shape.iter().map(|length| vec![*length]).collect())
            }
            Self::Rectilinear { chunk_shapes } => {
                Some(chunk_shapes.iter().map(AxisChunks::distinct).collect())
            }
            Self::Unknown(_) => None,
        }
    }

    /// `shape` is that of the array, where that could be read.
    pub(crate) fn read(
        value: Value,
        shape: Option<&[u64]>,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut extension = Extension::read_mandatory(value, at, problems)?;
        let at = at.key("configuration");
        let (key, expected) = match extension.name.as_str() {
            "regular" => (
                "chunk_shape",
                "an array with the length of a chunk along each axis",
            ),
            "rectilinear" => {
                kind(&mut extension, &at, problems)?;
                (
                    "chunk_shapes",
                    "an array with the chunk lengths along each axis",
                )
            }
            _ => return Some(Self::Unknown(extension)),
        };
        let lengths = extension.configuration.shift_remove(key);
        for key in extension.configuration.keys() {
            problems.push(&at.key(key), ProblemKind::UnknownKey);
        }
        let at = at.key(key);
        let Some(lengths) = lengths else {
            problems.push(&at, ProblemKind::Missing { expected });
            return None;
        };
        if key == "chunk_shapes" {
            let chunk_shapes = axes(lengths, shape, &at, problems)?;
            return Some(Self::Rectilinear { chunk_shapes });
        }
        if is_mixed(&lengths) {
            let expected = "one length per axis, or a grid named \"rectilinear\"";
            problems.tolerate_instead(&at, expected, "lists of lengths");
            let chunk_shapes = axes(mended(lengths, &at, problems), shape, &at, problems)?;
            return Some(Self::Rectilinear { chunk_shapes });
        }
        let rank = shape.map(<[u64]>::len);
        let chunk_shape = mended_chunk_lengths(lengths, rank, &at, problems)?;
        Some(Self::Regular { chunk_shape })
    }
}

/// Whether these are lengths of axes with lists of lengths, as zarr-python reads them under
/// the name of a regular grid; it takes no list of `[length, count]` there.
fn is_mixed(lengths: &Value) -> bool {
    let axes = || lengths.as_array().into_iter().flatten();
    let is_list = |axis: &Value| {
        let items = axis.as_array();
        items.is_some_and(|items| !items.iter().any(Value::is_array))
    };
    axes().any(is_list) && axes().any(|axis| !axis.is_array())
}

/// The lengths, each that stands alone as a regular grid has it.
fn mended(mut lengths: Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Value {
    for (i, axis) in lengths.as_array_mut().into_iter().flatten().enumerate() {
        mend_length(axis, &at.index(i), problems);
    }
    lengths
}

/// The one way to list chunk lengths that there is so far.
fn kind(extension: &mut Extension, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<()> {
    let at = at.key("kind");
    match extension.configuration.shift_remove("kind") {
        Some(Value::String(kind)) if kind == "inline" => return Some(()),
        Some(other) => problems.invalid(&at, "\"inline\"", &other),
        None => {
            let expected = "\"kind\": \"inline\"";
            problems.push(&at, ProblemKind::Missing { expected });
        }
    }
    None
}

fn axes(
    value: Value,
    shape: Option<&[u64]>,
    at: &JsonPlace<'_>,
    problems: &mut Problems,
) -> Option<Vec<AxisChunks>> {
    let (rank, limit) = (value.as_array().map_or(0, Vec::len), problems.limits.rank);
    if !problems.within(at, "rank", rank, limit) {
        return None;
    }
    let mut extents = shape.unwrap_or_default().iter();
    let expected = "an array with the chunk lengths along each axis";
    let axes = list(value, expected, at, problems, |value, at, problems| {
        AxisChunks::read(value, extents.next().copied(), at, problems)
    });
    if let Some(shape) = shape
        && shape.len() != rank
    {
        let expected = format!("one entry per axis of shape, {} in all", shape.len());
        problems.disagrees(at, expected, rank.to_string());
        return None;
    }
    axes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Result<Value, &str>) {
        let mut problems = Problems::default();
        let read = ChunkGridMetadata::read(value, Some(&[4, 6]), &JsonPlace::ROOT, &mut problems);
        let read = problems
            .finish(read)
            .map(|grid| grid.to_extension().to_json());
        assert_eq!(
            read.map_err(|e| e.to_string()),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn documents() {
        let regular =
            |shape: Value| json!({"name": "regular", "configuration": {"chunk_shape": shape}});
        check(regular(json!([1, 2])), Ok(regular(json!([1, 2]))));
        let other = json!({"name": "voronoi", "configuration": {"seeds": 9}});
        check(other.clone(), Ok(other));
        check(
            json!("regular"),
            Err(
                "/configuration/chunk_shape: missing; add an array with the length of a chunk \
                 along each axis",
            ),
        );
        check(
            regular(json!([0, 1, 2])),
            Err(
                "/configuration/chunk_shape: expected one length per axis of shape, 2 in all, \
                 found 3",
            ),
        );
        check(
            regular(json!([-1, 2.5])),
            Err(
                "/configuration/chunk_shape/0: expected a whole number from 0 to 2^64-1, found -1; \
                 /configuration/chunk_shape/1: expected a whole number from 0 to 2^64-1, found 2.5",
            ),
        );
    }

    #[test]
    fn rectilinear_documents() {
        let grid = |shapes: Value| {
            json!({"name": "rectilinear",
                "configuration": {"kind": "inline", "chunk_shapes": shapes}})
        };
        let good = grid(json!([[[1, 3], 1], 4]));
        check(good.clone(), Ok(good));
        check(
            json!({"name": "rectilinear", "configuration": {"chunk_shapes": []}}),
            Err("/configuration/kind: missing; add \"kind\": \"inline\""),
        );
        check(
            json!({"name": "rectilinear", "configuration": {"kind": "inline", "x": 1}}),
            Err(
                "/configuration/x: unknown key; remove it, or make it an object with \
                 \"must_understand\": false; /configuration/chunk_shapes: missing; add an array \
                 with the chunk lengths along each axis",
            ),
        );
        check(
            grid(json!([[1, 2], 3, 4])),
            Err(
                "/configuration/chunk_shapes/0: expected chunks that reach the end of the axis, 4, \
                 found chunks of 3 in all; /configuration/chunk_shapes: expected one entry per \
                 axis of shape, 2 in all, found 3",
            ),
        );
    }

    #[test]
    fn a_grid_grows_with_its_array() {
        let mut grid = ChunkGridMetadata::Rectilinear {
            chunk_shapes: vec![AxisChunks::Uniform(3), AxisChunks::from_lengths([1, 2])],
        };
        let lengths = |grid: &ChunkGridMetadata| {
            grid.to_extension().configuration["chunk_shapes"].to_string()
        };
        grid.extend_to(&[9, 3]);
        assert_eq!(lengths(&grid), "[3,[1,2]]");
        grid.extend_to(&[1, 10]);
        assert_eq!(lengths(&grid), "[3,[1,2,7]]");
        grid.extend_to(&[1, 2]);
        assert_eq!(
            lengths(&grid),
            "[3,[1,2,7]]",
            "chunks beyond the array stay"
        );
    }
}
