//! The fuzz targets: everything that reads bytes nobody vouches for, each as a function of bytes.
//!
//! A target returns, whatever it is given. Coverage-guided runs and the seeded ones of `cargo test`
//! use this one list; a new reader or decoder of bytes is a line here.

mod archives;
mod chains;
mod hierarchy;
mod indexing;
mod metadata;

/// One reader or decoder of untrusted bytes.
pub struct Target {
    pub name: &'static str,
    /// Must return, and must not hold more memory than its bound.
    pub run: fn(&[u8]),
    /// Inputs worth starting from: what a well-meaning writer makes.
    pub seeds: fn() -> Vec<Vec<u8>>,
    pub bound: Bound,
}

/// The most bytes that an input may make a target hold at once.
#[derive(Clone, Copy)]
pub struct Bound {
    /// For each byte of the input.
    pub per_byte: usize,
    /// Whatever the input is: twice the size it decodes to, which the metadata says before anything
    /// is decoded, and what the library behind a codec needs for itself.
    pub fixed: usize,
}

impl Bound {
    /// A JSON tree: an element of two bytes is a value of 32 and stands in a list that may be copied to
    /// one of twice its length, both held meanwhile.
    pub const JSON: Self = Self {
        per_byte: 48,
        fixed: 64 << 10,
    };

    /// A decoder of chunks of `decoded` bytes.
    #[must_use]
    pub const fn chunk(decoded: usize) -> Self {
        Self {
            per_byte: 8,
            fixed: (64 << 10) + 2 * decoded,
        }
    }

    /// The bound for one input.
    #[must_use]
    pub fn of(self, input: &[u8]) -> usize {
        self.fixed + self.per_byte * input.len()
    }
}

/// All targets.
#[must_use]
pub fn all() -> Vec<Target> {
    let mut all = metadata::targets();
    all.extend(chains::targets());
    all.extend(indexing::targets());
    all.extend(hierarchy::targets());
    all.extend(archives::targets());
    all
}
