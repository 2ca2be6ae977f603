//! The filter `categorize` of numcodecs: a number for each text, by a list of labels. The first label is 1.
//! Any other text is 0, which decodes to the empty text. Texts are handles into the heap.

use std::collections::HashMap;

use zarr_metadata::{DataType, Extension, Swap};

use crate::array::heap::VlenHandle;
use crate::array::number::Number;
use crate::array::stored_number::{StoredNumber, cast_onto};
use crate::codecs::setting;
use crate::{
    ArrayToArrayCodec, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView, NdViewMut,
    Scratch,
};

const NAME: &str = "categorize";

/// Encodes texts as numbers.
#[derive(Clone, Debug)]
pub struct CategorizeCodec {
    encoded: Number,
    /// The number of each label.
    codes: HashMap<String, Box<[u8]>>,
    /// The label of each number.
    labels: HashMap<Box<[u8]>, String>,
    /// The number of all other texts.
    other: Box<[u8]>,
}

impl CategorizeCodec {
    /// Reads `{"labels": [text, …], "astype": dtype}`. `dtype` is ignored: it repeats the type of the array.
    ///
    /// # Errors
    /// For labels that are not texts, and for more labels than there are numbers of that type.
    pub fn parse(extension: &Extension) -> Result<Self, CodecError> {
        let texts = || setting::bad(extension, "labels", "a list of texts");
        let list = setting::given(extension, "labels").and_then(|labels| labels.as_array());
        let byte = StoredNumber::native(Number::U8);
        let encoded = setting::dtype(extension, "astype", Some(byte))?.number;
        let (index, number) = (
            StoredNumber::native(Number::U64),
            StoredNumber::native(encoded),
        );
        let code = |n: u64| {
            let (mut code, mut back) = (vec![], vec![]);
            cast_onto(index, &n.to_ne_bytes(), number, &mut code);
            cast_onto(number, &code, index, &mut back);
            (back == n.to_ne_bytes()).then(|| code.into_boxed_slice())
        };
        let few = || setting::bad(extension, "astype", "numbers for all labels and one more");
        let (mut codes, mut labels) = (HashMap::new(), HashMap::new());
        for (label, n) in list.ok_or_else(texts)?.iter().zip(1..) {
            let label = label.as_str().ok_or_else(texts)?;
            let code = code(n).ok_or_else(few)?;
            // Of equal labels numcodecs writes the last, and reads any.
            codes.insert(label.to_owned(), code.clone());
            labels.insert(code, label.to_owned());
        }
        let other = code(0).ok_or_else(few)?;
        Ok(Self {
            encoded,
            codes,
            labels,
            other,
        })
    }

    fn code(&self, text: &[u8]) -> &[u8] {
        let label = std::str::from_utf8(text).ok();
        label
            .and_then(|label| self.codes.get(label))
            .unwrap_or(&self.other)
    }
}

impl ArrayToArrayCodec for CategorizeCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_spec(&self, decoded: &ChunkSpec) -> Result<ChunkSpec, CodecError> {
        if decoded.dtype != DataType::String {
            return Err(CodecErrorKind::DataType(Box::new(decoded.dtype.clone())).of(NAME));
        }
        let dtype = self.encoded.data_type();
        let fill = self.code(decoded.fill.as_bytes());
        ChunkSpec::from_fill_bytes(NAME, &decoded.shape, dtype, fill)
    }

    fn decode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let numbers = src.to_vec();
        let mut segment = cx.heap(NAME)?.segment();
        // Each text is in the heap once, however many elements it has.
        let mut known = HashMap::new();
        let mut handles = vec![];
        for number in numbers.chunks_exact(self.encoded.size()) {
            let handle = match known.get(number) {
                Some(handle) => *handle,
                None => {
                    let label = self.labels.get(number).map_or("", String::as_str);
                    let handle = segment.push(label.as_bytes())?.to_bytes();
                    known.insert(number, handle);
                    handle
                }
            };
            handles.extend_from_slice(&handle);
        }
        segment.finish();
        DecodeTarget::elements(dst, Swap::None).put(NAME, &handles)
    }

    fn encode(
        &self,
        _: &ChunkSpec,
        src: &NdView<'_>,
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let heap = cx.heap(NAME)?.elements();
        let mut numbers = vec![];
        for handle in VlenHandle::all(&src.to_vec()) {
            numbers.extend_from_slice(self.code(heap.element(NAME, handle)?));
        }
        DecodeTarget::elements(dst, Swap::None).put(NAME, &numbers)
    }
}
