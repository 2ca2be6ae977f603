//! Reading some fields of records, as one codec more in front of a chain. Inner chunks of shards keep
//! their own access.

use std::sync::Arc;

use super::{ArrayStage, CodecChain, Serializer};
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, Fields, NdView, NdViewMut, Scratch,
};

const NAME: &str = "fields";

impl CodecChain {
    /// A chain that decodes only these fields of the elements. It cannot encode.
    ///
    /// # Errors
    /// If the elements do not have these fields.
    pub fn fields(&self, fields: &Arc<Fields>) -> Result<Self, CodecError> {
        let spec = fields.spec(&self.spec)?;
        let mut chain = self.clone();
        chain.read_only = Some(NAME.to_owned());
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
        Ok(chain.located())
    }
}

impl Fields {
    /// A chunk of these fields, where one of records is given.
    fn spec(&self, records: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        let unfit = || CodecErrorKind::DataType(Box::new(records.dtype.clone())).of(NAME);
        let dtype = self.data_type().clone();
        let fill = self.of_record(records.fill_element()).ok_or_else(unfit)?;
        ChunkSpec::from_fill_bytes(NAME, &records.shape, dtype, &fill)
    }
}

/// As a codec: the records are the encoded array, their fields the decoded one.
impl ArrayToArrayCodec for Fields {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        Err(CodecErrorKind::DataType(Box::new(decoded.dtype.clone())).of(NAME))
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        mut dst: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let text = || "these are not the fields of such records".to_owned();
        let read = self.read(src, &mut dst).then_some(());
        read.ok_or_else(|| CodecErrorKind::Mismatch(text()).of(NAME))
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        _: &NdView<'_>,
        _: NdViewMut<'_>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let why = "records cannot be made from some of their fields alone";
        Err(CodecErrorKind::Refused(why.into()).of(NAME))
    }
}
