//! The documents of a hierarchy as they lie in a store, valid or not. Judges nothing; for tools that do.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use zarr::Location;
use zarr::tools::{Limits, Listing, NodeDocuments, Prefix, StoreExt};

/// What documents are called.
pub(crate) const NAMES: [&str; 5] = ["zarr.json", ".zarray", ".zgroup", ".zattrs", ".zmetadata"];

/// A directory of a hierarchy.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) location: Location,
    /// Its path below the place where the search began; empty for that itself.
    pub(crate) path: String,
    pub(crate) documents: BTreeMap<&'static str, Vec<u8>>,
    /// What lies in it; of an array nothing, since there may be very much.
    pub(crate) listing: Listing,
}

impl Place {
    pub(crate) fn document(&self, name: &str) -> Option<&[u8]> {
        self.documents.get(name).map(Vec::as_slice)
    }

    /// Those that make a node together.
    pub(crate) fn of_node(&self) -> NodeDocuments<'_> {
        NodeDocuments {
            zarr_json: self.document("zarr.json"),
            zarray: self.document(".zarray"),
            zgroup: self.document(".zgroup"),
            zattrs: self.document(".zattrs"),
        }
    }

    /// Whether any of them says that a node is here.
    pub(crate) fn is_node(&self) -> bool {
        ["zarr.json", ".zarray", ".zgroup"]
            .iter()
            .any(|name| self.documents.contains_key(name))
    }

    /// Whether an array is here; also one whose document says little else that makes sense.
    pub(crate) fn is_array(&self) -> bool {
        let says = |text: &[u8]| match serde_json::from_slice::<BTreeMap<String, &RawValue>>(text) {
            Ok(document) => {
                let kind = document.get("node_type").map(|kind| kind.get());
                kind == Some("\"array\"") || document.contains_key("shape")
            }
            // Not even JSON: chunks are not to be taken for lost files.
            Err(_) => text.windows(7).any(|word| word == b"\"array\""),
        };
        match self.document("zarr.json") {
            Some(text) => says(text),
            None => self.documents.contains_key(".zarray"),
        }
    }

    /// The path of a document below the place where the search began.
    pub(crate) fn path_of(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}/{name}"),
        }
    }
}

/// All directories of a hierarchy in the order of their paths, but those inside of arrays. Of a store that cannot
/// list, the first one.
pub(crate) async fn walk(start: &Location) -> zarr::Result<Vec<Place>> {
    let mut found = Vec::new();
    let mut rest = vec![start.clone()];
    while let Some(location) = rest.pop() {
        let place = look(start, location).await?;
        for prefix in place.listing.prefixes.iter().rev() {
            rest.push(below(start, prefix));
        }
        found.push(place);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn below(start: &Location, prefix: &Prefix) -> Location {
    Location::new(std::sync::Arc::clone(start.store()), prefix.clone())
}

/// Reads what is in one directory.
async fn look(start: &Location, location: Location) -> zarr::Result<Place> {
    let store = location.store();
    let mut documents = BTreeMap::new();
    for name in NAMES {
        let most = Limits::default().document_bytes as u64;
        if let Some(text) = store.get_at_most(&location.key(name)?, most).await? {
            documents.insert(name, text.to_vec());
        }
    }
    let path = location.path().as_str();
    let path = path.strip_prefix(start.path().as_str()).unwrap_or(path);
    let mut place = Place {
        path: path.trim_matches('/').to_owned(),
        listing: Listing::default(),
        documents,
        location,
    };
    if store_lists(&place.location) && !place.is_array() {
        place.listing = place
            .location
            .store()
            .list_dir(place.location.path())
            .await?;
    }
    Ok(place)
}

/// Whether a store says what is in it.
pub(crate) fn store_lists(location: &Location) -> bool {
    location.store().hints().listable
}
