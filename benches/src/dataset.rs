//! The arrays that are read and written: shapes, chunks and codecs, the same for every program. Knows no library, and
//! no values: those are `source.rs`'s.

use std::path::Path;

use serde_json::json;

use crate::Result;
use crate::document::document;
use crate::element::Element;
use crate::nodes;
use crate::want::Part;

pub(crate) const ZSTD_LEVEL: i32 = 3;
pub(crate) const GZIP_LEVEL: i32 = 5;

/// How large the data sets are: a minute's worth, or the size the peers were measured at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    Reduced,
    Full,
}

/// Where a data set is, and what of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An array in files.
    Files,
    /// The same, opened and read as on a network's file system, where each call takes its time.
    Mount,
    /// The same, behind a web server that takes its time.
    Far,
    /// The same, in a bucket of that server, by the calls of S3.
    Bucket,
    /// The same, in a store in memory, into which the program copies the files before it is measured.
    Memory,
    /// A group of thousands of empty arrays.
    Nodes { consolidated: bool },
}

/// One array, or many alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dataset {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) shape: [u64; 3],
    pub(crate) element: Element,
    pub(crate) format: Format,
    /// What is encoded by itself: inner chunks, where there are shards.
    pub(crate) chunks: [u64; 3],
    pub(crate) shards: Option<[u64; 3]>,
    pub(crate) compressor: Compressor,
}

/// The format of the documents, and what is unusual in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    V3,
    /// The chunks of an axis are by turns a quarter shorter and longer than `chunks`, where there are two.
    V3Rectilinear,
    V2(Option<Filter>),
    /// The elements are the field [`FIELD`] of records.
    V2Records,
}

/// The field of records that is read and written; the others keep the fill value.
pub(crate) const FIELD: &str = "green";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Delta,
    Shuffle,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Compressor {
    None,
    Zstd,
    Gzip,
    Blosc {
        cname: &'static str,
        level: u8,
        shuffle: &'static str,
    },
}

impl Dataset {
    /// All data sets, in the order they are shown.
    pub(crate) fn all(size: Size) -> Vec<Self> {
        let (shape, tiny, shard, floats) = match size {
            Size::Reduced => ([128, 512, 512], [128, 256, 256], 128, [64, 512, 512]),
            Size::Full => ([512, 1024, 512], [256, 512, 256], 256, [256, 1024, 512]),
        };
        let new = |name, compressor| Self {
            name,
            kind: Kind::Files,
            shape,
            element: Element::U16,
            format: Format::V3,
            chunks: [128; 3],
            shards: None,
            compressor,
        };
        let blosc = |cname, level, shuffle| Compressor::Blosc {
            cname,
            level,
            shuffle,
        };
        let sharded = |name, compressor| Self {
            chunks: [32; 3],
            shards: Some([shard; 3]),
            ..new(name, compressor)
        };
        let nodes = |name, consolidated| Self {
            kind: Kind::Nodes { consolidated },
            shape: nodes::SHAPE,
            chunks: nodes::SHAPE,
            ..new(name, Compressor::Zstd)
        };
        let floats = |name, compressor| Self {
            shape: floats,
            element: Element::F32,
            chunks: [64, 128, 128],
            ..new(name, compressor)
        };
        let formatted = |name, format, compressor| Self {
            format,
            ..new(name, compressor)
        };
        let in_memory = |name, compressor| Self {
            kind: Kind::Memory,
            ..new(name, compressor)
        };
        let far = |name, kind| Self {
            kind,
            shape: [256, 512, 256],
            chunks: [32, 64, 32],
            ..new(name, Compressor::Zstd)
        };
        vec![
            new("raw", Compressor::None),
            new("zstd", Compressor::Zstd),
            new("gzip", Compressor::Gzip),
            new("blosclz4", blosc("lz4", 5, "shuffle")),
            new("blosczstd", blosc("zstd", 5, "shuffle")),
            floats("f32raw", Compressor::None),
            floats("f32zstd", Compressor::Zstd),
            floats("f32blosclz4", blosc("lz4", 5, "shuffle")),
            floats("f32blosczstd", blosc("zstd", 5, "shuffle")),
            sharded("shard", Compressor::Zstd),
            sharded("shardblz", blosc("blosclz", 9, "bitshuffle")),
            // 4 KiB each: what is measured is the cost of a chunk, not of its bytes.
            Self {
                shape: tiny,
                chunks: [8, 16, 16],
                ..new("tiny", Compressor::None)
            },
            formatted("rectilinear", Format::V3Rectilinear, Compressor::Zstd),
            formatted("v2blosclz4", Format::V2(None), blosc("lz4", 5, "shuffle")),
            formatted("v2delta", Format::V2(Some(Filter::Delta)), Compressor::Zstd),
            formatted(
                "v2shuffle",
                Format::V2(Some(Filter::Shuffle)),
                Compressor::Zstd,
            ),
            // A million texts.
            Self {
                shape: [64, 128, 128],
                element: Element::Text,
                chunks: [16, 128, 128],
                ..new("texts", Compressor::Zstd)
            },
            formatted("records", Format::V2Records, Compressor::Zstd),
            in_memory("raw_mem", Compressor::None),
            in_memory("zstd_mem", Compressor::Zstd),
            far("mount512", Kind::Mount),
            far("http512", Kind::Far),
            far("s3512", Kind::Bucket),
            nodes("group5k", false),
            nodes("group5k_c", true),
        ]
    }

    /// The same without any planes.
    pub(crate) fn empty(mut self) -> Self {
        self.shape[0] = 0;
        self
    }

    /// The same in files, wherever programs find it.
    pub(crate) fn in_files(self) -> Self {
        let kind = Kind::Files;
        Self { kind, ..self }
    }

    /// Other chunks than these, of as many elements: two axes longer, the first one shorter.
    pub(crate) fn with_other_chunks(self) -> Self {
        let [z, y, x] = self.chunks;
        let chunks = [z / 4, y * 2, x * 2];
        Self { chunks, ..self }
    }

    /// The same with the compressor that takes the least time.
    pub(crate) fn with_other_compressor(self) -> Self {
        let compressor = Compressor::Blosc {
            cname: "lz4",
            level: 5,
            shuffle: "shuffle",
        };
        Self { compressor, ..self }
    }

    /// Makes an empty array of this kind at `path`: its document alone. Or the group with its arrays.
    pub(crate) fn create(&self, path: &Path) -> Result<()> {
        if !matches!(self.kind, Kind::Nodes { .. }) {
            return self.put_document(path);
        }
        for i in 0..nodes::COUNT {
            self.put_document(&path.join(nodes::name(i)))?;
        }
        self.create_group(path)
    }

    fn put_document(&self, path: &Path) -> Result<()> {
        let name = if self.is_v2() { ".zarray" } else { "zarr.json" };
        std::fs::create_dir_all(path)?;
        Ok(std::fs::write(path.join(name), document(self).to_string())?)
    }

    /// Makes the document of the group anew, with consolidated metadata if this is so.
    pub(crate) fn create_group(&self, path: &Path) -> Result<()> {
        let mut group = json!({"zarr_format": 3, "node_type": "group", "attributes": {}});
        if self.kind == (Kind::Nodes { consolidated: true }) {
            let array = document(self);
            let all = (0..nodes::COUNT).map(|i| (nodes::name(i), array.clone()));
            group["consolidated_metadata"] = json!({
                "kind": "inline",
                "must_understand": false,
                "metadata": all.collect::<serde_json::Map<_, _>>(),
            });
        }
        std::fs::create_dir_all(path)?;
        Ok(std::fs::write(path.join("zarr.json"), group.to_string())?)
    }

    /// Bytes of a decoded chunk; of an inner chunk, where there are shards.
    pub(crate) fn chunk_bytes(&self) -> usize {
        self.chunks.iter().product::<u64>() as usize * self.element.size()
    }

    /// The chunks one after another, in C order: the inner ones, where there are shards.
    pub(crate) fn each_chunk(&self) -> impl Iterator<Item = Part> {
        let counts = [0, 1, 2].map(|axis| self.shape[axis] / self.chunks[axis]);
        let chunks = self.chunks;
        (0..counts.iter().product()).map(move |i: u64| {
            let at = [
                i / counts[2] / counts[1],
                i / counts[2] % counts[1],
                i % counts[2],
            ];
            Part::dense([0, 1, 2].map(|axis| at[axis] * chunks[axis]), chunks)
        })
    }

    /// How many inner chunks a shard has.
    pub(crate) fn inner_chunks(&self) -> Option<usize> {
        let shard = self.shards?;
        let inner: u64 = shard.iter().zip(&self.chunks).map(|(s, c)| s / c).product();
        Some(inner as usize)
    }

    pub(crate) fn is_v2(&self) -> bool {
        matches!(self.format, Format::V2(_) | Format::V2Records)
    }

    /// The field that is read and written, where the elements are records.
    pub(crate) fn field(&self) -> Option<&'static str> {
        (self.format == Format::V2Records).then_some(FIELD)
    }
}
