//! Version 2 documents, `.zarray` and `.zgroup`, as they are on disk.

mod array;
mod codec;
mod dtype;
mod group;

pub use crate::consolidated::v2::ConsolidatedMetadataV2;
pub use array::ArrayMetadataV2;
pub use codec::Codec;
pub use dtype::{DType, object_codec};
pub use group::GroupMetadataV2;
