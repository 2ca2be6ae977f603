//! Version 2 documents, `.zarray` and `.zgroup`, as they are on disk. Knows nothing of version 3.

mod array;
mod codec;
mod consolidated;
mod dtype;
mod group;

pub use array::ArrayMetadata;
pub use codec::Codec;
pub use consolidated::ConsolidatedMetadata;
pub use dtype::{DType, object_codec};
pub use group::GroupMetadata;
