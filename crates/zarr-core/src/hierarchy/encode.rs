//! The documents of a node as they are stored: laid out as the context says, and such that they can be
//! read again.

use zarr_metadata::documents::{self, ZATTRS};
use zarr_metadata::{NodeDocuments, NodeMetadata, Reader, ZarrFormat};
use zarr_store::Location;

use super::invalid;
use crate::{Context, Error, Result};

/// The documents of a node, each with its name.
pub(crate) type DocumentTexts = Vec<(&'static str, Vec<u8>)>;

/// The documents of a node.
///
/// # Errors
/// Where they could not be read again: above the limits of readers, or no node at all; and, where the
/// context says so, attributes with numbers that JSON does not have.
pub(super) fn encode_documents(
    location: &Location,
    node: &NodeMetadata,
    context: &Context,
) -> Result<DocumentTexts> {
    let config = context.config();
    if config.strict_json
        && let Some(place) = node.attributes().bare_numbers().first()
    {
        let text = format!(
            "{place} is NaN or infinite, which JSON does not have; leave it out, make it a text, or \
             write it as zarr-python does, without `Config::strict_json`"
        );
        return Err(Error::argument("attributes", text));
    }
    let mut documents = node.documents(config.json_indent);
    if config.write_empty_zattrs && node.format() == ZarrFormat::V2 && node.attributes().is_empty()
    {
        documents.push((ZATTRS, b"{}".to_vec()));
    }
    let text = |wanted: &str| {
        let mut documents = documents.iter();
        let found = documents.find(|(name, _)| *name == wanted);
        found.map(|(_, text)| text.as_slice())
    };
    let again = NodeDocuments {
        zarr_json: text(documents::ZARR_JSON),
        zarray: text(documents::ZARRAY),
        zgroup: text(documents::ZGROUP),
        zattrs: text(documents::ZATTRS),
    };
    let name = documents
        .first()
        .map_or(documents::ZARR_JSON, |(name, _)| name);
    match Reader::default().node(&again) {
        Ok(_) => Ok(documents),
        Err(error) => Err(invalid(location, name, error)),
    }
}
