//! `ZipLimits`: how much memory an archive may take.

/// How much memory an archive may take. The true size of the archive is a limit in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZipLimits {
    /// The largest directory that is read, in bytes; the map of keys takes about three times as
    /// much memory. The directory of a million entries has about 100 MB.
    pub directory_bytes: u64,
    /// The largest value that is decompressed, in bytes. Stored entries may be larger.
    pub entry_bytes: u64,
}

impl Default for ZipLimits {
    fn default() -> Self {
        ZipLimits {
            directory_bytes: 256 << 20,
            entry_bytes: 2 << 30,
        }
    }
}
