//! Converts consolidated metadata from one version of the format to the other, member by member.

use super::v2::{self, document_key};
use super::v3;
use crate::convert::{Converted, Losses};
use crate::documents::{ZARRAY, ZATTRS, ZGROUP};
use crate::format::ZarrFormat;
use crate::node::NodeMetadata;
use crate::path::NodePath;
use crate::pointer::{JsonPlace, JsonPointer};
use crate::problem::{MetadataError, Problem, ProblemKind};

impl v2::ConsolidatedMetadataV2 {
    /// The same copies in format 3. The pointers of what is lost begin at the `.zmetadata`.
    ///
    /// The group that holds all this is left out: in format 3 it stands around the copies, so
    /// [convert](crate::GroupMetadata::convert) it by itself.
    ///
    /// ```
    /// use zarr_metadata::v2::ConsolidatedMetadataV2;
    ///
    /// let text = br#"{"zarr_consolidated_format": 1, "metadata": {
    ///     ".zgroup": {"zarr_format": 2},
    ///     "a/.zarray": {"zarr_format": 2, "shape": [3], "chunks": [3], "dtype": "<i2",
    ///         "fill_value": null, "order": "C", "filters": null, "compressor": null}
    /// }}"#;
    /// let new = ConsolidatedMetadataV2::from_zmetadata(text)?.convert()?;
    /// assert_eq!(new.metadata.paths().collect::<Vec<_>>(), ["a"]);
    /// assert_eq!(new.lost[0].pointer.as_str(), "/metadata/a~1.zarray/fill_value");
    /// # Ok::<(), zarr_metadata::MetadataError>(())
    /// ```
    ///
    /// # Errors
    /// When a member cannot be read or expressed in format 3; everything of the kind is named, with its
    /// place.
    pub fn convert(&self) -> Result<Converted<v3::ConsolidatedMetadataV3>, MetadataError> {
        let mut members = ConvertedMembers::default();
        let mut converted = v3::ConsolidatedMetadataV3::default();
        let metadata = JsonPointer::root().key("metadata");
        let paths = self.paths();
        for key in self.keys() {
            let (path, name) = key.rsplit_once('/').unwrap_or(("", key));
            let is_read = matches!(name, ZARRAY | ZGROUP | ZATTRS);
            if !is_read || !paths.contains(path) {
                let what = "not a document of a node, so it is left out".to_owned();
                members.lost.push(Problem {
                    pointer: metadata.clone().key(key),
                    kind: ProblemKind::NotCarried { what },
                });
            }
        }
        for path in paths.into_iter().filter(|path| !path.is_empty()) {
            let name = |name: &str| metadata.clone().key(&document_key(path, name));
            let node = match self.text(&document_key(path, ZARRAY)) {
                Some(_) => name(ZARRAY),
                None => name(ZGROUP),
            };
            let place = |pointer: &JsonPointer| {
                let attributes = pointer.as_str().strip_prefix("/attributes");
                match attributes.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
                    Some(rest) => name(ZATTRS).followed_by(rest),
                    None => node.clone().followed_by(pointer.as_str()),
                }
            };
            let read = self.get(path);
            members.convert(path, read, ZarrFormat::V3, place, |path, node| {
                converted.insert(path, node)
            });
        }
        members.finish(converted)
    }
}

impl v3::ConsolidatedMetadataV3 {
    /// The same copies in format 2. The pointers of what is lost begin at the block.
    ///
    /// The group that holds all this is not among them, as it is in the `.zmetadata` that zarr-python
    /// writes: [insert](v2::ConsolidatedMetadataV2::insert) it.
    ///
    /// # Errors
    /// When a member cannot be read or expressed in format 2; everything of the kind is named, with its
    /// place.
    pub fn convert(&self) -> Result<Converted<v2::ConsolidatedMetadataV2>, MetadataError> {
        let mut members = ConvertedMembers::default();
        let mut converted = v2::ConsolidatedMetadataV2::default();
        members.losses.extra(self.extra());
        for path in self.paths() {
            let node = JsonPointer::root().key("metadata").key(path);
            let place = |pointer: &JsonPointer| node.clone().followed_by(pointer.as_str());
            let read = self.get(path);
            members.convert(path, read, ZarrFormat::V2, place, |path, node| {
                converted.insert(path, node)
            });
        }
        members.finish(converted)
    }
}

/// The conversion of all members.
#[derive(Default)]
struct ConvertedMembers {
    /// What prevents it, as many problems as an error keeps.
    losses: Losses,
    /// All that is lost, which is in proportion to the documents.
    lost: Vec<Problem>,
}

impl ConvertedMembers {
    fn convert(
        &mut self,
        path: &str,
        read: Option<Result<NodeMetadata, MetadataError>>,
        to: ZarrFormat,
        place: impl Fn(&JsonPointer) -> JsonPointer,
        insert: impl FnOnce(&NodePath, &NodeMetadata) -> Result<(), MetadataError>,
    ) {
        let converted = read.map(|read| read.and_then(|node| node.convert(to)));
        let parsed = NodePath::parse(path);
        let inserted = match (converted, parsed) {
            (None, _) => return,
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => {
                let (expected, found) = ("a path of names".to_owned(), error.to_string());
                let kind = ProblemKind::Invalid { expected, found };
                Err(MetadataError::new(&JsonPlace::ROOT, kind))
            }
            (Some(Ok(converted)), Ok(path)) => {
                let lost = converted.lost.into_iter().map(|lost| Problem {
                    pointer: place(&lost.pointer),
                    kind: lost.kind,
                });
                self.lost.extend(lost);
                insert(&path, &converted.metadata)
            }
        };
        for problem in inserted.err().iter().flat_map(MetadataError::problems) {
            let pointer = place(&problem.pointer);
            self.losses.0.push_at(pointer, problem.kind.clone());
        }
    }

    fn finish<T>(self, metadata: T) -> Result<Converted<T>, MetadataError> {
        let mut converted = self.losses.finish(Some(metadata))?;
        converted.lost.extend(self.lost);
        Ok(converted)
    }
}
