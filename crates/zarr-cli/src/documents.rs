//! The documents of a hierarchy as they lie in a store, valid or not. Judges nothing; for tools that do.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use zarr::Location;
use zarr::tools::{Limits, Listing, NodeDocuments, Prefix, StoreExt};

pub(crate) use zarr::tools::documents::ALL as NAMES;

/// A directory of a hierarchy.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) location: Location,
    /// Its path below the place where the search began; empty for that itself.
    pub(crate) path: String,
    pub(crate) documents: BTreeMap<&'static str, Vec<u8>>,
    /// What lies in it; of an array nothing, since there may be very much.
    pub(crate) listing: Listing,
    /// What could not be read of it, by path below the place where the search began.
    pub(crate) unread: Vec<(String, zarr::Error)>,
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

    /// Whether a document is there that could not be read.
    pub(crate) fn has_unread(&self, name: &str) -> bool {
        let path = self.path_of(name);
        self.unread.iter().any(|(unread, _)| *unread == path)
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
pub(crate) async fn walk(start: &Location) -> Vec<Place> {
    let mut found = Vec::new();
    let mut rest = vec![start.clone()];
    while let Some(location) = rest.pop() {
        let place = look(start, location).await;
        for prefix in place.listing.prefixes.iter().rev() {
            rest.push(below(start, prefix));
        }
        found.push(place);
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn below(start: &Location, prefix: &Prefix) -> Location {
    Location::new(std::sync::Arc::clone(start.store()), prefix.clone())
}

/// Reads what is in one directory. What cannot be read is told with it, and nothing else suffers.
async fn look(start: &Location, location: Location) -> Place {
    let path = location.path().as_str();
    let path = path.strip_prefix(start.path().as_str()).unwrap_or(path);
    let mut place = Place {
        path: path.trim_matches('/').to_owned(),
        listing: Listing::default(),
        documents: BTreeMap::new(),
        unread: Vec::new(),
        location,
    };
    for name in NAMES {
        match read(&place.location, name).await {
            Ok(Some(text)) => {
                place.documents.insert(name, text);
            }
            Ok(None) => {}
            Err(error) => place.unread.push((place.path_of(name), error)),
        }
    }
    // What is not known may be an array, too.
    let is_array = place.is_array()
        || [".zarray", "zarr.json"]
            .iter()
            .any(|name| place.has_unread(name));
    if store_lists(&place.location) && !is_array {
        let store = place.location.store();
        match store.list_dir(place.location.path()).await {
            Ok(listing) => place.listing = listing,
            Err(error) => place.unread.push((place.path.clone(), error.into())),
        }
    }
    place
}

async fn read(place: &Location, name: &str) -> zarr::Result<Option<Vec<u8>>> {
    let most = Limits::default().document_bytes as u64;
    let text = place.store().get_at_most(&place.key(name)?, most).await?;
    Ok(text.map(|text| text.to_vec()))
}

/// Whether a store says what is in it.
pub(crate) fn store_lists(location: &Location) -> bool {
    location.store().hints().listable
}
