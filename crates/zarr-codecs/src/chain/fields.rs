//! The chain that decodes some fields of the records of another: one codec more, in front of all
//! others. Inner chunks of shards keep their own access.

use std::sync::Arc;

use super::{ArrayStage, CodecChain, Serializer};
use crate::{CodecError, Fields};

impl CodecChain {
    /// This chain, of whose elements only some fields are wanted. It decodes; nothing can be encoded.
    ///
    /// # Errors
    /// Where the elements do not have these fields.
    pub fn fields(&self, fields: &Arc<Fields>) -> Result<Self, CodecError> {
        let spec = fields.spec(&self.spec)?;
        let mut chain = self.clone();
        chain.read_only = Some("fields".to_owned());
        match self.shard() {
            Some(shard) => {
                chain.serializer = Serializer::Shard(Arc::new(shard.fields(fields, &spec)?));
                chain.serialized = spec.clone();
            }
            None => {
                let codec = Arc::clone(fields) as _;
                let stage = ArrayStage::new(codec, spec.clone(), self.spec.clone())?;
                chain.arrays.insert(0, stage);
                chain.picked = Some(Arc::clone(fields));
            }
        }
        chain.spec = spec;
        Ok(chain)
    }
}
