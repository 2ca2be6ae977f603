//! How many bytes a codec takes or makes, as far as that is known before it runs.

/// How many bytes a codec takes or makes: known exactly, or by a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteLen {
    /// Exactly this many.
    Exact(usize),
    /// At most this many: a decoder stops there.
    AtMost(usize),
}

impl ByteLen {
    /// The most bytes there can be.
    pub const fn max(self) -> usize {
        match self {
            Self::Exact(len) | Self::AtMost(len) => len,
        }
    }

    /// Another number, known as well as this one.
    pub(crate) fn map(self, f: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Self::Exact(len) => Self::Exact(f(len)),
            Self::AtMost(len) => Self::AtMost(f(len)),
        }
    }
}
