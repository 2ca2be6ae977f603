//! The `packbits` codec registered for v3: elements as runs of bits without gaps, the first in the
//! lowest bits of the first byte. This is not the filter of numcodecs, which starts at the highest bit.

use zarr_metadata::{DataType, Extension};

use crate::codecs::setting;
use crate::error::check_len;
use crate::{
    ArrayToBytesCodec, ByteLen, ChunkSpec, CodecError, CodecErrorKind, DecodeTarget, NdView,
    NdViewMut, Scratch,
};
use zarr_metadata::Swap;

const NAME: &str = "packbits";

/// Packs elements as bits.
#[derive(Clone, Copy, Debug)]
pub struct PackBitsCodec {
    component: Component,
    /// How many components each element has: two of complex numbers.
    count: usize,
    first_bit: u32,
    /// How many bits of each component are kept.
    bits: u32,
    padding: Padding,
}

/// A number in memory.
#[derive(Clone, Copy, Debug)]
struct Component {
    /// Bytes in memory.
    size: usize,
    /// Bits that mean something.
    bits: u32,
    signed: bool,
}

/// Where the number of unused bits at the end is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    None,
    FirstByte,
    LastByte,
}

impl PackBitsCodec {
    /// Reads `{"padding_encoding": "none", "first_byte" or "last_byte", "first_bit": integer,
    /// "last_bit": integer}` for elements of this type. By default there is no padding byte, and all bits
    /// are kept.
    ///
    /// The padding byte is written whenever it is asked for, as the registry of extensions says. zarrs 0.23
    /// leaves it out if all bits of elements of whole bytes are kept; such chunks are a length error here.
    ///
    /// # Errors
    /// For other values, and data types that are not made of bits.
    pub fn parse(extension: &Extension, data_type: &DataType) -> Result<Self, CodecError> {
        let unfit = || CodecErrorKind::DataType(Box::new(data_type.clone())).of(NAME);
        let (component, count) = components(data_type).ok_or_else(unfit)?;
        let highest = i64::from(component.bits) - 1;
        let first = setting::integer(extension, "first_bit", 0..=highest, Some(0))?;
        let last = setting::integer(extension, "last_bit", first..=highest, Some(highest))?;
        let padding = setting::word(
            extension,
            "padding_encoding",
            &[
                ("none", Padding::None),
                ("first_byte", Padding::FirstByte),
                ("last_byte", Padding::LastByte),
            ],
        )?;
        Ok(Self {
            component,
            count,
            first_bit: first as u32,
            bits: (last - first + 1) as u32,
            padding,
        })
    }

    /// The bytes of the packed bits and the number of bits that the last of them does not use.
    fn packed(&self, spec: &ChunkSpec) -> Option<(usize, u8)> {
        let elements = usize::try_from(crate::volume(&spec.shape)?).ok()?;
        let bits = elements
            .checked_mul(self.count)?
            .checked_mul(self.bits as usize)?;
        let bytes = bits.div_ceil(8);
        Some((bytes, (bytes * 8 - bits) as u8))
    }
}

/// How the elements of a type are made of bits.
fn components(data_type: &DataType) -> Option<(Component, usize)> {
    use DataType::{
        BFloat16, Bool, Complex64, Complex128, ComplexBFloat16, ComplexFloat16, ComplexSmall,
        Float16, Float32, Float64, Int8, Int16, Int32, Int64, SmallFloat, SmallInt, UInt8, UInt16,
        UInt32, UInt64,
    };
    let component = |size: usize, bits: u32, signed| Component { size, bits, signed };
    let whole = |size: usize| component(size, 8 * size as u32, false);
    Some(match data_type {
        Bool => (component(1, 1, false), 1),
        SmallInt(int) => (component(1, int.bits(), int.is_signed()), 1),
        SmallFloat(float) => (component(1, float.bits(), false), 1),
        ComplexSmall(float) => (component(1, float.bits(), false), 2),
        Int8 => (component(1, 8, true), 1),
        Int16 => (component(2, 16, true), 1),
        Int32 => (component(4, 32, true), 1),
        Int64 => (component(8, 64, true), 1),
        UInt8 => (whole(1), 1),
        UInt16 | Float16 | BFloat16 => (whole(2), 1),
        UInt32 | Float32 => (whole(4), 1),
        UInt64 | Float64 => (whole(8), 1),
        ComplexFloat16 | ComplexBFloat16 => (whole(2), 2),
        Complex64 => (whole(4), 2),
        Complex128 => (whole(8), 2),
        _ => return None,
    })
}

impl Component {
    fn load(self, memory: &[u8]) -> u64 {
        let native = memory.iter().copied();
        if cfg!(target_endian = "big") {
            native.fold(0, |word, byte| word << 8 | u64::from(byte))
        } else {
            native
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(byte))
        }
    }

    /// Writes bits of which those from `end` on are missing.
    fn store(self, word: u64, end: u32, memory: &mut [u8]) {
        let unused = 64 - end;
        let word = if self.signed {
            ((word << unused) as i64 >> unused) as u64
        } else {
            word
        };
        let bytes = word.to_le_bytes();
        for (to, from) in memory.iter_mut().zip(bytes) {
            *to = from;
        }
        if cfg!(target_endian = "big") {
            memory.reverse();
        }
    }
}

impl ArrayToBytesCodec for PackBitsCodec {
    fn name(&self) -> &str {
        NAME
    }

    fn encoded_len(&self, spec: &ChunkSpec) -> Result<ByteLen, CodecError> {
        let (packed, _) = self.packed(spec).ok_or_else(|| {
            CodecErrorKind::ChunkShape("the chunk has too many elements".to_owned()).of(NAME)
        })?;
        let counted = usize::from(self.padding != Padding::None);
        Ok(ByteLen::Exact(packed.saturating_add(counted)))
    }

    fn decode(
        &self,
        spec: &ChunkSpec,
        src: &[u8],
        dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        check_len(NAME, self.encoded_len(spec)?.max(), src.len())?;
        let (_, expected) = self.packed(spec).unwrap_or_default();
        let (counted, packed) = match self.padding {
            Padding::None => (None, src),
            Padding::FirstByte => src
                .split_first()
                .map_or((None, src), |(n, rest)| (Some(n), rest)),
            Padding::LastByte => src
                .split_last()
                .map_or((None, src), |(n, rest)| (Some(n), rest)),
        };
        if let Some(&found) = counted.filter(|found| **found != expected) {
            let text = format!("{found} bits of padding are counted, there must be {expected}");
            return Err(CodecErrorKind::Corrupt(text).of(NAME));
        }
        let len = dst.byte_len();
        DecodeTarget::elements(dst, Swap::None).fill(NAME, len, cx, |memory, _| {
            let memory = crate::array::buffer::zeroed(memory);
            let mask = u64::MAX >> (64 - self.bits);
            let (mut window, mut held, mut packed) = (0_u128, 0, packed.iter());
            for component in memory.chunks_exact_mut(self.component.size) {
                while held < self.bits {
                    window |= u128::from(*packed.next().unwrap_or(&0)) << held;
                    held += 8;
                }
                let word = (window as u64 & mask) << self.first_bit;
                self.component
                    .store(word, self.first_bit + self.bits, component);
                window >>= self.bits;
                held -= self.bits;
            }
            Ok(memory)
        })
    }

    fn encode(
        &self,
        spec: &ChunkSpec,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        _: &mut Scratch,
    ) -> Result<(), CodecError> {
        let (_, padding) = self.packed(spec).unwrap_or_default();
        dst.reserve(self.encoded_len(spec)?.max());
        if self.padding == Padding::FirstByte {
            dst.push(padding);
        }
        let mask = u64::MAX >> (64 - self.bits);
        let (mut window, mut held) = (0_u128, 0);
        src.runs(|run| {
            for component in run.chunks_exact(self.component.size) {
                let word = (self.component.load(component) >> self.first_bit) & mask;
                window |= u128::from(word) << held;
                held += self.bits;
                while held >= 8 {
                    dst.push(window as u8);
                    window >>= 8;
                    held -= 8;
                }
            }
            true
        });
        if held > 0 {
            dst.push(window as u8);
        }
        if self.padding == Padding::LastByte {
            dst.push(padding);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use zarr_metadata::FillValue;

    /// Packs and unpacks; gives what was packed, and what came back where that is not the same.
    #[track_caller]
    fn check(dtype: &str, settings: &Value, elements: &[u8], packed: &[u8], back: &[u8]) {
        let dtype: DataType = dtype.parse().unwrap();
        let mut extension = Extension::new(NAME);
        extension.configuration = settings.as_object().unwrap().clone();
        let codec = PackBitsCodec::parse(&extension, &dtype).unwrap();
        let fill = FillValue::zero(&dtype).unwrap();
        let elem = dtype.size().unwrap();
        let spec = ChunkSpec::new(&[(elements.len() / elem) as u64], dtype, fill).unwrap();
        let view = NdView::new(elements, &spec.shape, elem).unwrap();
        let (mut out, mut cx) = (vec![], Scratch::default());
        codec.encode(&spec, &view, &mut out, &mut cx).unwrap();
        assert_eq!(out, packed);
        assert_eq!(codec.encoded_len(&spec).unwrap(), ByteLen::Exact(out.len()));
        let mut memory = vec![0; elements.len()];
        let view = NdViewMut::over(&mut memory, &spec.shape, elem).unwrap();
        codec.decode(&spec, &out, view, &mut cx).unwrap();
        assert_eq!(memory, back);
    }

    #[test]
    fn bits_fill_bytes_from_the_lowest() {
        // By hand from the text of the registry: bit i of the sequence is bit i % 8 of byte i / 8.
        let flags = [1, 0, 0, 0, 0, 0, 0, 0, 1, 1];
        check("bool", &json!({}), &flags, &[0b1, 0b11], &flags);
        check(
            "bool",
            &json!({"padding_encoding": "first_byte"}),
            &flags,
            &[6, 1, 3],
            &flags,
        );
        check(
            "bool",
            &json!({"padding_encoding": "last_byte"}),
            &flags,
            &[1, 3, 6],
            &flags,
        );
        check("uint4", &json!({}), &[1, 2, 15], &[0x21, 0x0F], &[1, 2, 15]);
        // -1, -8, 7: the sign is the highest bit kept.
        check(
            "int4",
            &json!({}),
            &[255, 248, 7],
            &[0x8F, 0x07],
            &[255, 248, 7],
        );
        check(
            "int2",
            &json!({}),
            &[255, 254, 1, 0],
            &[0b0001_1011],
            &[255, 254, 1, 0],
        );
        check(
            "float6_e2m3fn",
            &json!({}),
            &[63, 1, 0, 63],
            &[0x7F, 0x00, 0xFC],
            &[63, 1, 0, 63],
        );
        check(
            "int8",
            &json!({"first_bit": 1, "last_bit": 3}),
            &[0xFF, 0x05],
            &[0b010_111],
            &[0xFE, 0x04],
        );
    }

    #[test]
    fn whole_numbers_are_little_endian() {
        let elements: Vec<u8> = [1.5_f32, -2.25]
            .iter()
            .flat_map(|x| x.to_ne_bytes())
            .collect();
        let little: Vec<u8> = [1.5_f32, -2.25]
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .collect();
        check("float32", &json!({}), &elements, &little, &elements);
        check(
            "complex64",
            &json!({"padding_encoding": "last_byte"}),
            &elements,
            &[&little[..], &[0]].concat(),
            &elements,
        );
    }

    #[test]
    fn a_wrong_count_of_padding_is_seen() {
        let extension = Extension::new(NAME).with("padding_encoding", "first_byte");
        let codec = PackBitsCodec::parse(&extension, &DataType::Bool).unwrap();
        let fill = FillValue::zero(&DataType::Bool).unwrap();
        let spec = ChunkSpec::new(&[3], DataType::Bool, fill).unwrap();
        let mut memory = [0; 3];
        let mut decode = |src: &[u8]| {
            let view = NdViewMut::over(&mut memory, &[3], 1).unwrap();
            codec.decode(&spec, src, view, &mut Scratch::default())
        };
        decode(&[5, 7]).unwrap();
        assert_eq!(
            decode(&[4, 7]).unwrap_err().to_string(),
            "codec `packbits`: corrupt data: 4 bits of padding are counted, there must be 5"
        );
        decode(&[5]).unwrap_err();
    }
}
