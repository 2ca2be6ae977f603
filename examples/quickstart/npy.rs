//! The `.npy` files of numpy, as far as this example needs them: version 1, little-endian, C order.

use ndarray::{Array, ArrayD, Dimension, IxDyn};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A number that numpy writes.
pub(crate) trait Number: Sized {
    /// The type in the header.
    const DESCR: &'static str;

    /// All elements.
    fn from_bytes(bytes: &[u8]) -> Vec<Self>;
}

macro_rules! number {
    ($number:ty, $descr:literal) => {
        impl Number for $number {
            const DESCR: &'static str = $descr;

            fn from_bytes(bytes: &[u8]) -> Vec<Self> {
                let (elements, _) = bytes.as_chunks();
                elements.iter().copied().map(Self::from_le_bytes).collect()
            }
        }
    };
}
number!(i16, "<i2");
number!(f32, "<f4");

/// The array in a file.
pub(crate) fn read<T: Number, D: Dimension>(file: &[u8]) -> Result<Array<T, D>> {
    // Ten bytes of which the last two are the length of the header, a Python dictionary as text.
    let (start, rest) = file.split_first_chunk::<10>().ok_or("not a .npy file")?;
    let [b'\x93', b'N', b'U', b'M', b'P', b'Y', 1, _, low, high] = *start else {
        return Err("not a .npy file of version 1".into());
    };
    let length = u16::from_le_bytes([low, high]).into();
    let (header, elements) = rest
        .split_at_checked(length)
        .ok_or("the header is cut off")?;
    let header = str::from_utf8(header)?;

    let expected = format!("'descr': '{}', 'fortran_order': False", T::DESCR);
    if !header.contains(&expected) {
        return Err(format!("{expected} is expected, found {header}").into());
    }
    let shape = header
        .split(['(', ')'])
        .nth(1)
        .ok_or("the header has no shape")?;
    let lengths = shape
        .split(',')
        .map(str::trim)
        .filter(|length| !length.is_empty());
    let shape = lengths
        .map(str::parse)
        .collect::<std::result::Result<Vec<usize>, _>>()?;

    let array = ArrayD::from_shape_vec(IxDyn(&shape), T::from_bytes(elements))?;
    Ok(array.into_dimensionality()?)
}
