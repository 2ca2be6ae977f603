//! Version 3 documents, `zarr.json`, as they are on disk.

mod array;
mod codecs;
mod group;

pub use crate::consolidated::v3::ConsolidatedMetadataV3;
pub use array::ArrayMetadataV3;
pub use codecs::default_serializer;
pub(crate) use codecs::implied;
pub use group::GroupMetadataV3;
