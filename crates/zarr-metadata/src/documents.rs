//! The names of the documents that a store keeps, and which of those found in one place describe the node
//! there. It is given the documents and looks for none.

use crate::format::ZarrFormat;

/// The document of a node of format 3.
pub const ZARR_JSON: &str = "zarr.json";
/// The document of an array of format 2.
pub const ZARRAY: &str = ".zarray";
/// The document of a group of format 2.
pub const ZGROUP: &str = ".zgroup";
/// The attributes of a node of format 2, beside its document.
pub const ZATTRS: &str = ".zattrs";
/// The consolidated metadata of a group of format 2, beside its document.
pub const ZMETADATA: &str = ".zmetadata";

/// The names of all documents: those that make a node first.
pub const ALL: [&str; 5] = [ZARR_JSON, ZARRAY, ZGROUP, ZATTRS, ZMETADATA];
/// Those that make a node: the first one that is there counts.
pub const OF_NODES: [&str; 3] = [ZARR_JSON, ZARRAY, ZGROUP];
/// Those that make a node of format 2.
pub const NODE_V2: [&str; 2] = [ZARRAY, ZGROUP];
/// Those of a node of format 2, in the order in which they are deleted: what makes the node goes last.
pub const OF_V2_NODES: [&str; 4] = [ZMETADATA, ZATTRS, ZARRAY, ZGROUP];

/// The documents of a node of a format, in the order in which they are deleted: what makes the node goes last.
#[must_use]
pub const fn of(format: ZarrFormat) -> &'static [&'static str] {
    match format {
        ZarrFormat::V2 => &OF_V2_NODES,
        ZarrFormat::V3 => &[ZARR_JSON],
    }
}

/// Those of [`of`] that make a node of the format.
#[must_use]
pub const fn making_node(format: ZarrFormat) -> &'static [&'static str] {
    match format {
        ZarrFormat::V2 => &NODE_V2,
        ZarrFormat::V3 => &[ZARR_JSON],
    }
}

/// The documents found where a node may be, of either format.
///
/// ```
/// use zarr_metadata::{NodeDocuments, Reader, ZarrFormat};
///
/// let found = NodeDocuments {
///     zarr_json: Some(br#"{"zarr_format": 3, "node_type": "group"}"#),
///     zgroup: Some(br#"{"zarr_format": 2}"#),
///     ..NodeDocuments::default()
/// };
/// let node = Reader::default().node(&found)?.unwrap();
/// assert_eq!(node.format(), ZarrFormat::V3);
/// assert_eq!(found.overruled(), [".zgroup"]);
/// # Ok::<(), zarr_metadata::MetadataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeDocuments<'a> {
    /// `zarr.json`: overrules all others.
    pub zarr_json: Option<&'a [u8]>,
    /// `.zarray`: overrules `.zgroup`.
    pub zarray: Option<&'a [u8]>,
    /// `.zgroup`.
    pub zgroup: Option<&'a [u8]>,
    /// `.zattrs`: does not make a node by itself.
    pub zattrs: Option<&'a [u8]>,
}

impl NodeDocuments<'_> {
    /// The documents that there are, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        let all = [
            (ZARR_JSON, self.zarr_json),
            (ZARRAY, self.zarray),
            (ZGROUP, self.zgroup),
            (ZATTRS, self.zattrs),
        ];
        all.into_iter()
            .filter_map(|(name, text)| Some((name, text?)))
    }

    /// The documents that describe a node too, but are not read because another takes precedence. Worth
    /// telling the user: two writers may be at work.
    #[must_use]
    pub fn overruled(&self) -> Vec<&'static str> {
        let nodes = self.all().filter(|(name, _)| *name != ZATTRS);
        nodes.skip(1).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NodeMetadata, Reader, ZarrFormat};

    #[test]
    fn arrays_overrule_groups_and_attributes_are_no_node() {
        let reader = Reader::default();
        let mut found = NodeDocuments {
            zattrs: Some(b"{}"),
            ..NodeDocuments::default()
        };
        assert_eq!(reader.node(&found), Ok(None));
        found.zgroup = Some(b"{}");
        let node = reader.node(&found).unwrap().unwrap();
        assert_eq!(node.format(), ZarrFormat::V2);
        assert!(matches!(node, NodeMetadata::Group(_)));
        found.zarray = Some(b"[]");
        assert!(reader.node(&found).is_err(), "a bad array is no group");
        assert_eq!(found.overruled(), [".zgroup"]);
    }
}
