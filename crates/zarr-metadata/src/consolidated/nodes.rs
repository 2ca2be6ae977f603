//! The nodes in consolidated metadata, read from their documents and put in.

use serde_json::value::{RawValue, to_raw_value};

use super::v2::{self, document_key};
use super::v3;
use crate::array::ArrayMetadata;
use crate::documents::{NodeDocuments, ZARRAY, ZATTRS, ZGROUP};
use crate::group::GroupMetadata;
use crate::node::NodeMetadata;
use crate::path::NodePath;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, ProblemKind};
use crate::raw_members::CONSOLIDATED;
use crate::read::refused;
use crate::report::Report;
use crate::write::{array_v3, group_v3};

impl v2::ConsolidatedMetadataV2 {
    /// The node at a path, if there is one. Reads its documents, each time.
    ///
    /// # Errors
    /// With every problem found in the first document that has any; pointers begin at that
    /// document.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Result<NodeMetadata, MetadataError>> {
        self.read_node(path).map(|read| read.map(|(node, _)| node))
    }

    /// As [`get`](Self::get), with what was [tolerated](crate::Profile::Lenient) in the documents.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[must_use]
    pub fn read_node(&self, path: &str) -> Option<Result<(NodeMetadata, Report), MetadataError>> {
        let text = |name: &str| self.text(&document_key(path, name)).map(str::as_bytes);
        let documents = NodeDocuments {
            zarr_json: None,
            zarray: text(ZARRAY),
            zgroup: text(ZGROUP),
            zattrs: text(ZATTRS),
        };
        self.documents.reader.read(&documents).transpose()
    }

    /// Adds the documents of a node, or replaces them.
    ///
    /// # Errors
    /// When the node is of format 3.
    pub fn insert(&mut self, path: &NodePath, node: &NodeMetadata) -> Result<(), MetadataError> {
        let (name, document, attributes) = match node {
            NodeMetadata::Array(ArrayMetadata::V2 { array, attributes }) => {
                (ZARRAY, array.to_json(), attributes)
            }
            NodeMetadata::Group(GroupMetadata::V2 { group, attributes }) => {
                (ZGROUP, group.to_json(), attributes)
            }
            _ => {
                let (expected, found) = ("a node of format 2".to_owned(), format!("{path}"));
                let kind = ProblemKind::Invalid { expected, found };
                return Err(MetadataError::new(&JsonPlace::ROOT, kind));
            }
        };
        let document = to_raw_value(&document).map_err(|error| refused(&error))?;
        let zattrs = RawValue::from_string(attributes.marked_text());
        let zattrs = zattrs.map_err(|error| refused(&error))?;
        self.remove(path.as_str());
        self.documents
            .insert(document_key(path.as_str(), name), document);
        if !attributes.is_empty() {
            self.documents
                .insert(document_key(path.as_str(), ZATTRS), zattrs);
        }
        Ok(())
    }
}

impl v3::ConsolidatedMetadataV3 {
    /// The node at a path, if there is one. Reads its document, each time.
    ///
    /// # Errors
    /// With every problem found in the document; pointers begin at that document.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Result<NodeMetadata, MetadataError>> {
        self.read_node(path).map(|read| read.map(|(node, _)| node))
    }

    /// As [`get`](Self::get), with what was [tolerated](crate::Profile::Lenient) in the document.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    #[must_use]
    pub fn read_node(&self, path: &str) -> Option<Result<(NodeMetadata, Report), MetadataError>> {
        let documents = NodeDocuments {
            zarr_json: Some(self.text(path)?.as_bytes()),
            ..NodeDocuments::default()
        };
        self.documents.reader.read(&documents).transpose()
    }

    /// Adds the document of a node, or replaces it. A group's own consolidated metadata stays out:
    /// the list is flat.
    ///
    /// # Errors
    /// When the node is of format 2, or the path is the root's.
    pub fn insert(&mut self, path: &NodePath, node: &NodeMetadata) -> Result<(), MetadataError> {
        let text = match node {
            NodeMetadata::Array(ArrayMetadata::V3(array)) if !path.is_root() => array_v3(array),
            NodeMetadata::Group(GroupMetadata::V3(group)) if !path.is_root() => {
                let mut group = group.clone();
                group.consolidated_metadata = None;
                // Also one of an unknown kind.
                group.extra.shift_remove(CONSOLIDATED);
                group_v3(&group)
            }
            _ => {
                let kind = ProblemKind::Invalid {
                    expected: "a node of format 3 below the group".to_owned(),
                    found: format!("{path} of format {}", node.format()),
                };
                return Err(MetadataError::new(&JsonPlace::ROOT, kind));
            }
        };
        let raw = RawValue::from_string(text).map_err(|error| refused(&error))?;
        self.documents.insert(path.as_str().to_owned(), raw);
        Ok(())
    }
}
