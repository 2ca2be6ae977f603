//! `GroupMetadata`: the metadata of a group, of either format.

use crate::format::ZarrFormat;
use crate::problem::MetadataError;
use crate::reader::Reader;
use crate::{Attributes, v2, v3};

/// The metadata of a group, in the format it is stored in.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupMetadata {
    /// `.zgroup` and `.zattrs`.
    V2 {
        /// The `.zgroup`.
        group: v2::GroupMetadataV2,
        /// The `.zattrs`, empty when there is none.
        attributes: Attributes,
    },
    /// `zarr.json`.
    V3(v3::GroupMetadataV3),
}

impl GroupMetadata {
    /// A group with these attributes.
    #[must_use]
    pub fn new(format: ZarrFormat, attributes: Attributes) -> Self {
        match format {
            ZarrFormat::V2 => Self::V2 {
                group: v2::GroupMetadataV2::default(),
                attributes,
            },
            ZarrFormat::V3 => Self::V3(v3::GroupMetadataV3 {
                attributes,
                ..v3::GroupMetadataV3::default()
            }),
        }
    }

    /// Reads a `.zgroup`, with its `.zattrs` if there is one.
    ///
    /// # Errors
    /// With every problem found in the first document that has any.
    pub fn from_v2(zgroup: &[u8], zattrs: Option<&[u8]>) -> Result<Self, MetadataError> {
        Reader::default().group_v2(zgroup, zattrs)
    }

    /// The format in which it is stored.
    #[must_use]
    pub fn format(&self) -> ZarrFormat {
        match self {
            Self::V2 { .. } => ZarrFormat::V2,
            Self::V3(_) => ZarrFormat::V3,
        }
    }

    /// The attributes of the group.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        match self {
            Self::V2 { attributes, .. } => attributes,
            Self::V3(group) => &group.attributes,
        }
    }

    /// The attributes of the group, mutable.
    pub fn attributes_mut(&mut self) -> &mut Attributes {
        match self {
            Self::V2 { attributes, .. } => attributes,
            Self::V3(group) => &mut group.attributes,
        }
    }
}
