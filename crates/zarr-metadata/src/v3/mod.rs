//! Version 3 documents, `zarr.json`, as they are on disk. Knows nothing of version 2.

mod array;
mod group;

pub use array::ArrayMetadata;
pub use group::GroupMetadata;
