//! Which filter of Blosc a block goes through. The filters are in `shuffle_kernels.rs`.

/// How the bytes of a block are ordered before they are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shuffle {
    None,
    Byte,
    Bit,
}

impl Shuffle {
    /// What happens to a block of `len` bytes: a bit shuffle needs a multiple of eight elements and
    /// otherwise leaves the block alone, and single bytes have but one plane.
    pub(super) fn of_block(self, typesize: usize, len: usize) -> Self {
        let elements = len / typesize;
        match self {
            Self::Byte if typesize > 1 && elements > 0 => Self::Byte,
            Self::Bit if elements > 0 && elements.is_multiple_of(8) => Self::Bit,
            _ => Self::None,
        }
    }
}
