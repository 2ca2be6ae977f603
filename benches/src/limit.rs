//! What no library can do without: the files of an array read, and their chunks decoded by the raw
//! codec, by as many threads as there are processors, into memory that is warm already. Nothing is
//! placed anywhere, so this is a bound and no program.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Result;
use crate::dataset::{Compressor, Dataset};

/// All files of the chunks of an array.
#[derive(Debug)]
pub(crate) struct Limit {
    files: Vec<PathBuf>,
    compressor: Compressor,
    /// Bytes of one decoded chunk.
    chunk: usize,
    /// Chunks in a shard, where there are shards.
    inner: Option<usize>,
}

impl Limit {
    pub(crate) fn new(array: &Path, dataset: &Dataset) -> Result<Self> {
        let mut files = Vec::new();
        collect(&array.join("c"), &mut files)?;
        Ok(Self {
            files,
            compressor: dataset.compressor,
            chunk: dataset.chunk_bytes(),
            inner: dataset.inner_chunks(),
        })
    }

    /// Reads and decodes everything once.
    pub(crate) fn run(&self) -> Result<()> {
        let next = AtomicUsize::new(0);
        let threads = std::thread::available_parallelism()?.get();
        std::thread::scope(|scope| {
            let worker = || -> std::result::Result<(), String> {
                let mut scratch = Scratch::new(self.chunk);
                while let Some(file) = self.files.get(next.fetch_add(1, Relaxed)) {
                    self.file(file, &mut scratch)
                        .map_err(|error| format!("{}: {error}", file.display()))?;
                }
                Ok(())
            };
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
            for worker in workers {
                worker.join().map_err(|_| "a thread ended early")??;
            }
            Ok(())
        })
    }

    fn file(&self, file: &Path, scratch: &mut Scratch) -> Result<()> {
        use std::io::Read;
        let mut bytes = std::mem::take(&mut scratch.encoded);
        bytes.clear();
        std::fs::File::open(file)?.read_to_end(&mut bytes)?;
        match self.inner {
            None => scratch.decode(self.compressor, &bytes)?,
            Some(count) => {
                // The index stands at the end, with a checksum behind it.
                let index = bytes.len().checked_sub(count * 16 + 4).ok_or("no index")?;
                let (entries, _) = bytes[index..index + count * 16].as_chunks::<8>();
                let (entries, _) = entries.as_chunks::<2>();
                for [offset, len] in entries {
                    let [offset, len] =
                        [offset, len].map(|word| u64::from_le_bytes(*word) as usize);
                    if offset != usize::MAX {
                        scratch.decode(self.compressor, &bytes[offset..offset + len])?;
                    }
                }
            }
        }
        scratch.encoded = bytes;
        Ok(())
    }
}

/// What one thread keeps.
struct Scratch {
    encoded: Vec<u8>,
    decoded: Vec<u8>,
    zstd: zstd::bulk::Decompressor<'static>,
    gzip: libdeflater::Decompressor,
}

impl Scratch {
    fn new(chunk: usize) -> Self {
        Self {
            encoded: Vec::new(),
            decoded: vec![0; chunk],
            zstd: zstd::bulk::Decompressor::new().unwrap_or_default(),
            gzip: libdeflater::Decompressor::new(),
        }
    }

    fn decode(&mut self, compressor: Compressor, bytes: &[u8]) -> Result<()> {
        let decoded = match compressor {
            Compressor::None => bytes.len(),
            Compressor::Zstd => self
                .zstd
                .decompress_to_buffer(bytes, &mut self.decoded[..])?,
            Compressor::Gzip => self.gzip.gzip_decompress(bytes, &mut self.decoded)?,
            Compressor::Blosc { .. } => {
                if !c_blosc::decompress(bytes, &mut self.decoded) {
                    return Err("c-blosc refuses it".into());
                }
                self.decoded.len()
            }
        };
        match decoded == self.decoded.len() {
            true => Ok(()),
            false => Err("a chunk of another size".into()),
        }
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => collect(&entry.path(), files)?,
            false => files.push(entry.path()),
        }
    }
    Ok(())
}
