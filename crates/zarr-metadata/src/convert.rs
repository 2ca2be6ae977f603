//! Converts metadata from one version of the format to the other, so that the same chunks can be read through
//! it. Reports what is lost and what stands in the way.

mod filters;
mod to_v2;
mod to_v3;

pub(crate) use filters::FilterTypes;
pub(crate) use to_v3::DIMENSIONS;

use crate::array::ArrayMetadata;
use crate::format::ZarrFormat;
use crate::group::GroupMetadata;
use crate::node::NodeMetadata;
use crate::pointer::JsonPlace;
use crate::problem::{MetadataError, Problem, ProblemKind, Problems};
use crate::{v2, v3};

/// Metadata in another version of the format, and what that version cannot express.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted<T> {
    /// The metadata in the other version.
    pub metadata: T,
    /// What was left out or changed, each with its place in the old document.
    pub lost: Vec<Problem>,
}

impl ArrayMetadata {
    /// The same array in another version of the format: the new metadata reads its chunks as they are, byte
    /// for byte and key for key.
    ///
    /// To v3, axis names that xarray keeps in the attribute `_ARRAY_DIMENSIONS` become
    /// `dimension_names`; to v2, the other way round. A `null` fill value becomes zero.
    ///
    /// ```
    /// use zarr_metadata::{ArrayMetadata, ZarrFormat};
    ///
    /// let zarray = br#"{"zarr_format": 2, "shape": [3, 4], "chunks": [3, 2], "dtype": ">i2",
    ///     "fill_value": null, "order": "F", "filters": null,
    ///     "compressor": {"id": "zlib", "level": 1}}"#;
    /// let old = ArrayMetadata::from_v2(zarray, None)?;
    /// let new = old.convert(ZarrFormat::V3)?;
    /// let names: Vec<_> = new.metadata.codecs().iter().map(|c| c.name.clone()).collect();
    /// assert_eq!(names, ["transpose", "bytes", "numcodecs.zlib"]);
    /// assert_eq!(new.lost[0].to_string(), "/fill_value: null, which means any value, becomes 0");
    /// # Ok::<(), zarr_metadata::MetadataError>(())
    /// ```
    ///
    /// # Errors
    /// When the other version cannot express something; everything of the kind is named, with its place in
    /// the old document.
    pub fn convert(&self, to: ZarrFormat) -> Result<Converted<Self>, MetadataError> {
        match (self, to) {
            (Self::V2 { array, attributes }, ZarrFormat::V3) => {
                to_v3::array(array, attributes).map(|converted| converted.map(Self::V3))
            }
            (Self::V3(array), ZarrFormat::V2) => to_v2::array(array),
            _ => Ok(Converted::unchanged(self.clone())),
        }
    }
}

impl GroupMetadata {
    /// The same group in another version of the format. Consolidated metadata is left out in v2: there it is
    /// a document of its own, and [converted](v3::ConsolidatedMetadataV3::convert) as such.
    ///
    /// # Errors
    /// None so far.
    pub fn convert(&self, to: ZarrFormat) -> Result<Converted<Self>, MetadataError> {
        let mut losses = Losses::default();
        let metadata = match (self, to) {
            (Self::V2 { group, attributes }, ZarrFormat::V3) => {
                losses.extra(&group.extra);
                Self::V3(v3::GroupMetadataV3 {
                    attributes: attributes.clone(),
                    ..v3::GroupMetadataV3::default()
                })
            }
            (Self::V3(group), ZarrFormat::V2) => {
                losses.extra(&group.extra);
                if group.consolidated_metadata.is_some() {
                    let why =
                        "format 2 has a document of its own for this, .zmetadata; it is left out";
                    losses.lost(&JsonPlace::ROOT.key("consolidated_metadata"), why);
                }
                Self::V2 {
                    group: v2::GroupMetadataV2::default(),
                    attributes: group.attributes.clone(),
                }
            }
            _ => self.clone(),
        };
        losses.finish(Some(metadata))
    }
}

impl NodeMetadata {
    /// The same node in another version of the format.
    ///
    /// # Errors
    /// When the other version cannot express it.
    pub fn convert(&self, to: ZarrFormat) -> Result<Converted<Self>, MetadataError> {
        match self {
            Self::Array(array) => Ok(array.convert(to)?.map(Self::Array)),
            Self::Group(group) => Ok(group.convert(to)?.map(Self::Group)),
        }
    }
}

impl<T> Converted<T> {
    fn unchanged(metadata: T) -> Self {
        let lost = Vec::new();
        Self { metadata, lost }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Converted<U> {
        Converted {
            metadata: f(self.metadata),
            lost: self.lost,
        }
    }
}

/// What is lost in a conversion, and what prevents it.
#[derive(Default)]
pub(crate) struct Losses(pub(crate) Problems);

impl Losses {
    /// Something is left out, and the array can still be read.
    fn lost(&mut self, at: &JsonPlace<'_>, what: impl Into<String>) {
        let what = what.into();
        self.0.warn(at, ProblemKind::NotCarried { what });
    }

    /// Without this the chunks would be read incorrectly.
    fn barred(&mut self, at: &JsonPlace<'_>, what: impl Into<String>) {
        let what = what.into();
        self.0.push(at, ProblemKind::NotCarried { what });
    }

    pub(crate) fn extra(&mut self, extra: &serde_json::Map<String, serde_json::Value>) {
        for key in extra.keys() {
            self.lost(
                &JsonPlace::ROOT.key(key),
                "the other version of the format does not define this member; it is left out",
            );
        }
    }

    pub(crate) fn finish<T>(self, metadata: Option<T>) -> Result<Converted<T>, MetadataError> {
        let (metadata, warnings) = self.0.finish_with_warnings(metadata)?;
        Ok(Converted {
            metadata,
            lost: warnings,
        })
    }
}

#[cfg(test)]
mod tests;
