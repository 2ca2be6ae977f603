//! How a document says an array is cut into chunks. Which chunk holds which element is not computed
//! here.

use serde_json::Value;

use crate::extension::Extension;
use crate::pointer::At;
use crate::problem::{ProblemKind, Problems};
use crate::read::chunk_lengths;

/// How an array is cut into chunks, as its document says it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChunkGridMetadata {
    /// All chunks have the same shape; those at the far edges reach beyond the array.
    Regular {
        /// Length of a chunk along each axis, none zero.
        chunk_shape: Vec<u64>,
    },
    /// A grid this library does not know.
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
            Self::Unknown(extension) => extension.clone(),
        }
    }

    /// `rank` is that of the array's shape, where that could be read.
    pub(crate) fn read(
        value: Value,
        rank: Option<usize>,
        at: &At<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut extension = Extension::read_mandatory(value, at, problems)?;
        if extension.name != "regular" {
            return Some(Self::Unknown(extension));
        }
        let at = at.key("configuration");
        let at_shape = at.key("chunk_shape");
        let chunk_shape = extension.configuration.shift_remove("chunk_shape");
        for key in extension.configuration.keys() {
            problems.push(&at.key(key), ProblemKind::UnknownKey);
        }
        let Some(chunk_shape) = chunk_shape else {
            let expected = "an array with the length of a chunk along each axis";
            problems.push(&at_shape, ProblemKind::Missing { expected });
            return None;
        };
        let chunk_shape = chunk_lengths(chunk_shape, rank, &at_shape, problems)?;
        Some(Self::Regular { chunk_shape })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(value: Value, expected: Result<Value, &str>) {
        let mut problems = Problems::default();
        let read = ChunkGridMetadata::read(value, Some(2), &At::ROOT, &mut problems);
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
                "/configuration/chunk_shape/0: expected a chunk length of at least 1, found 0; \
                 /configuration/chunk_shape: expected one length per axis of shape, 2 in all, \
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
}
