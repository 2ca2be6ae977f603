//! The directories of a hierarchy and the documents in them as they are stored, valid or not.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use zarr::tools::{Limits, Listing, MetadataError, NodeDocuments, Prefix, Reader, StoreExt};
use zarr::{Location, NodeMetadata, ZarrFormat};

use zarr::tools::documents::{self, ZARR_JSON, ZARRAY, ZATTRS, ZGROUP};

/// A directory of a hierarchy.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) location: Location,
    /// Its path below the start of the walk, which has the empty path.
    pub(crate) path: String,
    pub(crate) documents: BTreeMap<&'static str, Vec<u8>>,
    /// What it contains; empty for arrays, which may contain very much.
    pub(crate) listing: Listing,
    /// What could not be read in it, by path below the start of the walk.
    pub(crate) unread: Vec<(String, zarr::Error)>,
}

impl Directory {
    /// The directory with its documents, without what else it contains.
    pub(crate) async fn read(start: &Location, location: Location) -> Self {
        let path = location.path().as_str();
        let path = path.strip_prefix(start.path().as_str()).unwrap_or(path);
        let mut directory = Self {
            path: path.trim_matches('/').to_owned(),
            listing: Listing::default(),
            documents: BTreeMap::new(),
            unread: Vec::new(),
            location,
        };
        for name in documents::ALL {
            match read(&directory.location, name).await {
                Ok(Some(text)) => {
                    directory.documents.insert(name, text);
                }
                Ok(None) => {}
                Err(error) => directory.unread.push((directory.path_of(name), error)),
            }
        }
        directory
    }

    pub(crate) fn document(&self, name: &str) -> Option<&[u8]> {
        self.documents.get(name).map(Vec::as_slice)
    }

    /// Which of the documents of a format it has, in the order in which they are deleted.
    pub(crate) fn documents_of(&self, format: ZarrFormat) -> Vec<&'static str> {
        let names = documents::of(format).iter().copied();
        names
            .filter(|name| self.documents.contains_key(name))
            .collect()
    }

    /// What the node is whose documents are of this format, whatever other documents say.
    pub(crate) fn node_of(
        &self,
        format: ZarrFormat,
    ) -> Result<Option<NodeMetadata>, MetadataError> {
        let all = self.of_node();
        let documents = match format {
            ZarrFormat::V2 => NodeDocuments {
                zarr_json: None,
                ..all
            },
            ZarrFormat::V3 => NodeDocuments {
                zarr_json: all.zarr_json,
                ..NodeDocuments::default()
            },
        };
        Reader::default().node(&documents)
    }

    /// Deletes documents, in this order.
    pub(crate) async fn delete(&self, names: &[&str]) -> zarr::Result<()> {
        for name in names {
            let key = self.location.key(name)?;
            self.location.store().delete(&key, None).await?;
        }
        Ok(())
    }

    /// The documents that make a node together.
    pub(crate) fn of_node(&self) -> NodeDocuments<'_> {
        NodeDocuments {
            zarr_json: self.document(ZARR_JSON),
            zarray: self.document(ZARRAY),
            zgroup: self.document(ZGROUP),
            zattrs: self.document(ZATTRS),
        }
    }

    /// Whether one of the documents makes it a node.
    pub(crate) fn is_node(&self) -> bool {
        documents::OF_NODES
            .iter()
            .any(|name| self.documents.contains_key(name))
    }

    /// Whether it is an array, even one with an invalid document.
    pub(crate) fn is_array(&self) -> bool {
        let says = |text: &[u8]| match serde_json::from_slice::<BTreeMap<String, &RawValue>>(text) {
            Ok(document) => {
                let kind = document.get("node_type").map(|kind| kind.get());
                kind == Some("\"array\"") || document.contains_key("shape")
            }
            // Even if it is not JSON, so that chunks are not reported as unknown keys.
            Err(_) => text.windows(7).any(|word| word == b"\"array\""),
        };
        match self.document(ZARR_JSON) {
            Some(text) => says(text),
            None => self.documents.contains_key(ZARRAY),
        }
    }

    /// Whether it has a document of this name that could not be read.
    pub(crate) fn has_unread(&self, name: &str) -> bool {
        let path = self.path_of(name);
        self.unread.iter().any(|(unread, _)| *unread == path)
    }

    /// The path of a document below the start of the walk.
    pub(crate) fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}/{name}"),
        }
    }
}

/// All directories of a hierarchy in the order of their paths, except those in arrays. If the store cannot be listed,
/// only the first.
pub(crate) async fn walk(start: &Location) -> Vec<Directory> {
    let mut found = Vec::new();
    let mut rest = vec![start.clone()];
    while let Some(location) = rest.pop() {
        let directory = look(start, location).await;
        for prefix in directory.listing.prefixes.iter().rev() {
            rest.push(below(start, prefix));
        }
        found.push(directory);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn below(start: &Location, prefix: &Prefix) -> Location {
    Location::new(std::sync::Arc::clone(start.store()), prefix.clone())
}

/// Reads one directory. What cannot be read is noted and affects nothing else.
async fn look(start: &Location, location: Location) -> Directory {
    let mut directory = Directory::read(start, location).await;
    // A document that cannot be read may be that of an array.
    let is_array = directory.is_array()
        || [ZARRAY, ZARR_JSON]
            .iter()
            .any(|name| directory.has_unread(name));
    if store_lists(&directory.location) && !is_array {
        let store = directory.location.store();
        match store.list_dir(directory.location.path()).await {
            Ok(listing) => directory.listing = listing,
            Err(error) => directory
                .unread
                .push((directory.path.clone(), error.into())),
        }
    }
    directory
}

/// A document, up to the size that readers accept.
pub(crate) async fn read(directory: &Location, name: &str) -> zarr::Result<Option<Vec<u8>>> {
    let most = Limits::default().document_bytes as u64;
    let text = directory
        .store()
        .get_at_most(&directory.key(name)?, most)
        .await?;
    Ok(text.map(|text| text.to_vec()))
}

/// Whether a store can be listed.
pub(crate) fn store_lists(location: &Location) -> bool {
    location.store().hints().listable
}
