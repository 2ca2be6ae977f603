//! `ZipError`: what can be wrong with an archive. It knows no store: a `StoreError` around it names
//! the archive and the entry. Builds without archives have it too, so that errors are sorted in one way.

use super::key_problem::KeyProblem;

/// What is wrong with a zip archive or one of its entries. The [`StoreError`](crate::StoreError)
/// around it ([`Archive`](crate::StoreErrorKind::Archive)) names the archive and the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZipError {
    /// There is no archive.
    #[error("there is no archive; create it, or check its name")]
    Absent,
    /// No end record is where it must be.
    #[error(
        "this is no zip archive, or its end was cut off: no end record closes it; fetch or write \
         it again"
    )]
    NoEnd,
    /// The archive contradicts itself; the text says where.
    #[error("this archive contradicts itself: {0}; fetch or write it again")]
    Contradiction(&'static str),
    /// The directory is larger than the reader allows.
    #[error(
        "the archive's directory has {size} bytes, more than the limit of {limit}; if you trust it, \
         open it with a larger `ZipLimits::directory_bytes`"
    )]
    DirectoryTooLarge {
        /// Bytes of the directory.
        size: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The entry's name could leave the place where the archive is unpacked, or is no key.
    #[error("an entry's name is refused: {0}")]
    Name(KeyProblem),
    /// The entry's name is not UTF-8.
    #[error("an entry's name is not UTF-8; write the archive again with UTF-8 names")]
    NotUtf8,
    /// The entry is a symbolic link.
    #[error("the entry is a symbolic link; write the archive again with what the link points to")]
    Symlink,
    /// The entry's bytes are not inside the archive, or in its directory.
    #[error("the entry lies outside of the archive's data; fetch or write it again")]
    Outside,
    /// Two entries share bytes, as in archives made to fill disks.
    #[error("the entry overlaps another one; such archives are made to do harm")]
    Overlap,
    /// The entry's local header contradicts the central directory; the text says in what.
    #[error("the entry's own header contradicts the archive's directory: {0}")]
    Header(&'static str),
    /// The entry is encrypted.
    #[error("the entry is encrypted; write the archive again without a password")]
    Encrypted,
    /// The entry is compressed by a method that this build cannot decode.
    #[error(
        "the entry is compressed by method {0}; this library reads 0 (stored), 8 (deflate) and, with the \
         feature `zip-zstd` or `zip-rust`, 93 (zstd)"
    )]
    Method(u16),
    /// The entry is compressed and larger than the reader allows.
    #[error(
        "the entry claims to decompress to {size} bytes, more than its {packed} bytes can hold, or \
         than the limit of {limit} (`ZipLimits::entry_bytes`)"
    )]
    EntryTooLarge {
        /// Bytes that the directory promises.
        size: u64,
        /// Bytes in the archive.
        packed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The compressed bytes are damaged, or decompress to another size.
    #[error("the entry does not decompress to its {size} bytes; fetch or write the archive again")]
    Damaged {
        /// Bytes that the directory promises.
        size: u64,
    },
    /// The bytes are not those that were written.
    #[error("the entry's bytes have crc32 {found:08x}, not {expected:08x}: they are damaged")]
    Checksum {
        /// What the directory says.
        expected: u32,
        /// What the bytes give.
        found: u32,
    },
    /// The archive was replaced or removed after it was opened.
    #[error("the archive was changed after it was opened; open it again")]
    Changed,
    /// The archive has entries that a store cannot show, and that a change would lose.
    #[error(
        "this archive is not changed: {0} of its entries would be lost, whose names are too long or reserved; copy what \
         you need to a new one"
    )]
    Hidden(usize),
    /// Somebody else is writing the archive.
    #[error(
        "another writer has this archive open; finish and drop that one first, or write to another \
         file"
    )]
    Locked,
}
