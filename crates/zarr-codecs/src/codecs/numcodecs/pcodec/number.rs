//! The numbers that pco compresses, to and from little-endian bytes.

use pco::data_types::Number as PcoNumber;

pub(super) const NAME: &str = "pcodec";

/// A number that pco knows.
pub(super) trait PcodecNumber: PcoNumber {
    /// The numbers of `bytes`.
    fn from_bytes(bytes: &[u8]) -> Vec<Self>;
    /// Replaces `bytes` by those of `numbers`.
    fn to_bytes(numbers: &[Self], bytes: &mut Vec<u8>);
}

macro_rules! elements {
    ($($T:ty),*) => {$(
        impl PcodecNumber for $T {
            fn from_bytes(bytes: &[u8]) -> Vec<Self> {
                bytes.as_chunks().0.iter().map(|bytes| Self::from_le_bytes(*bytes)).collect()
            }
            fn to_bytes(numbers: &[Self], bytes: &mut Vec<u8>) {
                bytes.clear();
                bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            }
        }
    )*};
}
elements!(i16, i32, i64, u16, u32, u64, half::f16, f32, f64);
