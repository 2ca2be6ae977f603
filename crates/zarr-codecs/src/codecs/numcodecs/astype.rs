//! The `astype` filter of numcodecs: numbers of another type. Values that do not fit wrap around,
//! as in NumPy.

use zarr_metadata::Extension;

use crate::CodecError;
use crate::array::stored_number::{StoredNumber, cast, cast_onto};
use crate::codecs::numcodecs::filter::{Filter, FilterTypes};
use crate::codecs::setting;

#[derive(Debug)]
pub(crate) struct AsType {
    types: FilterTypes,
}

impl AsType {
    /// Reads `{"encode_dtype": dtype, "decode_dtype": dtype}`.
    pub(crate) fn parse(
        extension: &Extension,
        given: Option<StoredNumber>,
    ) -> Result<Self, CodecError> {
        let types = FilterTypes {
            decoded: setting::dtype(extension, "decode_dtype", given)?,
            encoded: setting::dtype(extension, "encode_dtype", None)?,
            is_declared: true,
        };
        Ok(Self { types })
    }
}

impl Filter for AsType {
    fn name(&self) -> &'static str {
        "astype"
    }

    fn types(&self) -> FilterTypes {
        self.types
    }

    fn encode(&self, src: &[u8], dst: &mut Vec<u8>) -> Result<(), CodecError> {
        cast_onto(self.types.decoded, src, self.types.encoded, dst);
        Ok(())
    }

    fn decode(&self, src: &[u8], dst: &mut [u8]) -> Result<(), CodecError> {
        cast(self.types.encoded, src, self.types.decoded, dst);
        Ok(())
    }
}
