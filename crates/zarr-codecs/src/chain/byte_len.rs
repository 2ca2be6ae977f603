//! How many bytes a codec takes or makes, as far as that is known before it runs.

/// What is known of a number of bytes before they are decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteLen {
    /// Precisely this many.
    Exact(usize),
    /// This many or fewer: a decoder stops here.
    AtMost(usize),
}

impl ByteLen {
    /// The most there can be.
    pub const fn max(self) -> usize {
        match self {
            Self::Exact(len) | Self::AtMost(len) => len,
        }
    }

    /// The same kind of knowledge about another number.
    pub(crate) fn map(self, f: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Self::Exact(len) => Self::Exact(f(len)),
            Self::AtMost(len) => Self::AtMost(f(len)),
        }
    }
}
