//! What no library can do without: the files of an array read, and their chunks decoded by the raw
//! codec, by as many threads as there are processors, into memory that is warm already; or chunks encoded, and
//! their files written. Nothing is placed anywhere, so this is a bound and no program.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::Result;
use crate::dataset::{self, Compressor, Dataset};
use crate::source::Source;
use crate::want::Want;

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
        let new = || Scratch::new(self.chunk);
        on_all_processors(&self.files, new, |_, file, scratch| {
            self.file(file, scratch)
                .map_err(|error| format!("{}: {error}", file.display()))
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

/// The chunks of an array, each in one piece.
pub(crate) struct WriteLimit {
    /// Of each file, one or those of a shard.
    files: Vec<Vec<Vec<u8>>>,
    compressor: Compressor,
    elem: usize,
}

impl WriteLimit {
    pub(crate) fn new(source: &Source, dataset: &Dataset) -> Self {
        let chunks: Vec<_> = dataset
            .each_chunk()
            .map(|part| source.bytes(&Want::Box(part)))
            .collect();
        let each = dataset.inner_chunks().unwrap_or(1);
        Self {
            files: chunks.chunks(each).map(<[_]>::to_vec).collect(),
            compressor: dataset.compressor,
            elem: dataset.element.size(),
        }
    }

    /// Encodes and writes everything once, into this directory.
    pub(crate) fn run(&self, dir: &Path) -> Result<()> {
        let new = || (Encoder::new(self.compressor), Vec::new());
        on_all_processors(&self.files, new, |i, chunks, (encoder, encoded)| {
            encoded.clear();
            let mut write = || -> Result<()> {
                if let ([chunk], Ok(Encoder::None)) = (&chunks[..], &*encoder) {
                    return Ok(std::fs::write(dir.join(i.to_string()), chunk)?);
                }
                for chunk in chunks {
                    encoder
                        .as_mut()
                        .map_err(|error| error.clone())?
                        .encode(self.elem, chunk, encoded)?;
                }
                Ok(std::fs::write(dir.join(i.to_string()), &encoded)?)
            };
            write().map_err(|error| error.to_string())
        })
    }
}

/// Calls `one` with each of these, from as many threads as there are processors, each of which has a `new` state.
fn on_all_processors<T: Sync, S>(
    all: &[T],
    new: impl Fn() -> S + Sync,
    one: impl Fn(usize, &T, &mut S) -> std::result::Result<(), String> + Sync,
) -> Result<()> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism()?.get();
    std::thread::scope(|scope| {
        let worker = || {
            let mut state = new();
            loop {
                let i = next.fetch_add(1, Relaxed);
                match all.get(i) {
                    Some(item) => one(i, item, &mut state)?,
                    None => return Ok::<(), String>(()),
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            worker.join().map_err(|_| "a thread ended early")??;
        }
        Ok(())
    })
}

/// The raw encoder of one thread.
enum Encoder {
    None,
    Zstd(Box<zstd::bulk::Compressor<'static>>),
    Gzip(libdeflater::Compressor),
    Blosc {
        cname: &'static str,
        level: u8,
        shuffle: u8,
    },
}

impl Encoder {
    fn new(compressor: Compressor) -> std::result::Result<Self, String> {
        Ok(match compressor {
            Compressor::None => Self::None,
            Compressor::Zstd => {
                let made = zstd::bulk::Compressor::new(dataset::ZSTD_LEVEL);
                Self::Zstd(Box::new(made.map_err(|error| error.to_string())?))
            }
            Compressor::Gzip => {
                let level = libdeflater::CompressionLvl::new(dataset::GZIP_LEVEL);
                let level = level.map_err(|error| format!("{error:?}"))?;
                Self::Gzip(libdeflater::Compressor::new(level))
            }
            Compressor::Blosc {
                cname,
                level,
                shuffle,
            } => Self::Blosc {
                cname,
                level,
                shuffle: match shuffle {
                    "bitshuffle" => 2,
                    _ => 1,
                },
            },
        })
    }

    /// Encodes a chunk to the end of `encoded`.
    fn encode(&mut self, elem: usize, chunk: &[u8], encoded: &mut Vec<u8>) -> Result<()> {
        let start = encoded.len();
        let made = match self {
            Self::None => {
                encoded.extend_from_slice(chunk);
                return Ok(());
            }
            Self::Zstd(zstd) => {
                encoded.resize(start + zstd::zstd_safe::compress_bound(chunk.len()), 0);
                zstd.compress_to_buffer(chunk, &mut encoded[start..])?
            }
            Self::Gzip(gzip) => {
                encoded.resize(start + gzip.gzip_compress_bound(chunk.len()), 0);
                gzip.gzip_compress(chunk, &mut encoded[start..])?
            }
            Self::Blosc {
                cname,
                level,
                shuffle,
            } => {
                encoded.resize(start + chunk.len() + c_blosc::OVERHEAD, 0);
                let settings = c_blosc::Settings {
                    cname,
                    level: *level,
                    shuffle: *shuffle,
                    typesize: elem,
                    block: 0,
                };
                c_blosc::compress_into(settings, chunk, &mut encoded[start..])
                    .ok_or("c-blosc refuses it")?
            }
        };
        encoded.truncate(start + made);
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
