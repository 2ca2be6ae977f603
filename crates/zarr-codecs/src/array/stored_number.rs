//! Numbers in the byte order they are stored in, and NumPy's casts from one such type to another.

use std::borrow::Cow;

use serde_json::Value;
use zarr_metadata::{DataType, Endian, Extension, Swap, v2};

use crate::array::kernels;
use crate::array::number::{Number, with_number};
use crate::array::number_type::NumberType;

/// A type of numbers with a byte order: what a NumPy dtype string such as `<f4` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredNumber {
    pub(crate) number: Number,
    pub(crate) endian: Endian,
}

impl StoredNumber {
    pub(crate) const fn native(number: Number) -> Self {
        let endian = Endian::NATIVE;
        Self { number, endian }
    }

    /// `None` if elements are not single numbers.
    pub(crate) fn of(data_type: &DataType, endian: Endian) -> Option<Self> {
        let number = Number::of(data_type)?;
        Some(Self { number, endian })
    }

    /// Reads a dtype string; one without a byte order is little-endian.
    pub(crate) fn parse(dtype: &Value) -> Option<Self> {
        let dtype = v2::DType::from_json(dtype.clone()).ok()?;
        Self::of(&dtype.data_type, dtype.endian.unwrap_or(Endian::Little))
    }

    pub(crate) fn size(self) -> usize {
        self.number.size()
    }

    /// The numbers as this array→bytes codec writes them, where that is known: `bytes` writes them one by
    /// one.
    pub(crate) fn serialized(self, serializer: &Extension) -> Option<Self> {
        let little = serializer
            .configuration
            .get("endian")
            .is_none_or(|e| e == "little");
        let endian = if little { Endian::Little } else { Endian::Big };
        (serializer.name == "bytes").then_some(Self { endian, ..self })
    }

    /// Converts between stored and native byte order, in place.
    pub(crate) fn swap(self, bytes: &mut [u8]) {
        if self.endian != Endian::NATIVE && self.size() > 1 {
            kernels::swap_bytes(bytes, self.size(), &Swap::Width(self.size()));
        }
    }

    /// Stored numbers as native ones of the same type.
    pub(crate) fn load(self, bytes: &[u8]) -> Vec<u8> {
        let mut native = bytes.to_vec();
        self.swap(&mut native);
        native
    }
}

/// Casts every number of `src` as NumPy's `astype` does. `dst` has room for as many.
pub(crate) fn cast(from: StoredNumber, src: &[u8], to: StoredNumber, dst: &mut [u8]) {
    if from == to {
        dst.copy_from_slice(src);
        return;
    }
    let native;
    let src = if from.endian == Endian::NATIVE || from.size() == 1 {
        src
    } else {
        native = from.load(src);
        &native
    };
    with_number!(from.number, F => with_number!(to.number, T => {
        for (to, from) in T::chunks_mut(dst).iter_mut().zip(F::chunks(src)) {
            *to = F::get(*from).cast::<T>().put();
        }
    }));
    to.swap(dst);
}

/// As [`cast`], without a copy where the numbers stay as they are.
pub(crate) fn cast_all<'a>(
    from: StoredNumber,
    src: Cow<'a, [u8]>,
    to: StoredNumber,
) -> Cow<'a, [u8]> {
    if from.number == to.number && (from.endian == to.endian || from.size() == 1) {
        return src;
    }
    let mut dst = vec![];
    cast_onto(from, &src, to, &mut dst);
    dst.into()
}

/// As [`cast`], appended to `dst`.
pub(crate) fn cast_onto(from: StoredNumber, src: &[u8], to: StoredNumber, dst: &mut Vec<u8>) {
    let start = dst.len();
    dst.resize(start + src.len() / from.size() * to.size(), 0);
    cast(from, src, to, &mut dst[start..]);
}
