//! Version 3 documents, `zarr.json`, as they are on disk. Knows nothing of version 2.

mod array;
mod codecs;
mod consolidated;
mod group;

pub use array::ArrayMetadata;
pub use codecs::default_serializer;
pub(crate) use codecs::implied;
pub use consolidated::ConsolidatedMetadata;
pub(crate) use consolidated::same_text;
pub use group::GroupMetadata;
