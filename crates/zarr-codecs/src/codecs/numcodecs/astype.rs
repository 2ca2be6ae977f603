//! The `astype` filter of numcodecs: numbers of another type. Values that do not fit wrap around,
//! as in NumPy.

use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::Filter;
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct AsType {
    decoded: StoredNumber,
    encoded: StoredNumber,
}

impl AsType {
    /// Reads `{"encode_dtype": dtype, "decode_dtype": dtype}`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        Ok(Self {
            decoded: setting::dtype(extension, "decode_dtype", given)?,
            encoded: setting::dtype(extension, "encode_dtype", None)?,
        })
    }
}

impl Filter for AsType {
    fn name(&self) -> &'static str {
        "astype"
    }

    fn decoded(&self) -> StoredNumber {
        self.decoded
    }

    fn encoded(&self) -> StoredNumber {
        self.encoded
    }

    fn is_declared(&self) -> bool {
        true
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        cast_onto(self.decoded, src, self.encoded, dst);
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        cast(self.encoded, src, self.decoded, dst);
        Ok(())
    }
}
