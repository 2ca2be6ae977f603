//! The arrays that are read and written: shapes, chunks, codecs and the document that says so, the
//! same for every program. Knows no library, and no values: those are `source.rs`'s.

use std::path::Path;

use serde_json::{Value, json};

use crate::Result;
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
    /// The same, behind a web server that takes its time.
    Far,
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
    /// What is encoded by itself: inner chunks, where there are shards.
    chunks: [u64; 3],
    shards: Option<[u64; 3]>,
    pub(crate) compressor: Compressor,
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
            Self {
                kind: Kind::Far,
                shape: [256, 512, 256],
                chunks: [32, 64, 32],
                ..new("http512", Compressor::Zstd)
            },
            nodes("group5k", false),
            nodes("group5k_c", true),
        ]
    }

    /// The same without any planes.
    pub(crate) fn empty(mut self) -> Self {
        self.shape[0] = 0;
        self
    }

    /// Makes an empty array of this kind at `path`: its document alone. Or the group.
    pub(crate) fn create(&self, path: &Path) -> Result<()> {
        let document = self.document();
        let put = |path: &Path, document: &Value| -> Result<()> {
            std::fs::create_dir_all(path)?;
            Ok(std::fs::write(
                path.join("zarr.json"),
                document.to_string(),
            )?)
        };
        let Kind::Nodes { consolidated } = self.kind else {
            return put(path, &document);
        };
        let mut group = json!({"zarr_format": 3, "node_type": "group", "attributes": {}});
        let names = (0..nodes::COUNT).map(nodes::name);
        let mut all = serde_json::Map::new();
        for name in names {
            put(&path.join(&name), &document)?;
            all.insert(name, document.clone());
        }
        if consolidated {
            group["consolidated_metadata"] =
                json!({"kind": "inline", "must_understand": false, "metadata": all});
        }
        put(path, &group)
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

    fn document(&self) -> Value {
        let little = json!({"name": "bytes", "configuration": {"endian": "little"}});
        let mut codecs = vec![little.clone()];
        match self.compressor {
            Compressor::None => {}
            Compressor::Zstd => codecs.push(
                json!({"name": "zstd", "configuration": {"level": ZSTD_LEVEL, "checksum": false}}),
            ),
            Compressor::Gzip => {
                codecs.push(json!({"name": "gzip", "configuration": {"level": GZIP_LEVEL}}));
            }
            Compressor::Blosc {
                cname,
                level,
                shuffle,
            } => codecs.push(json!({"name": "blosc", "configuration": {
                "cname": cname,
                "clevel": level,
                "shuffle": shuffle,
                "typesize": self.element.size(),
                "blocksize": 0,
            }})),
        }
        if self.shards.is_some() {
            codecs = vec![json!({"name": "sharding_indexed", "configuration": {
                "chunk_shape": self.chunks,
                "codecs": codecs,
                "index_codecs": [little, {"name": "crc32c"}],
                "index_location": "end",
            }})];
        }
        json!({
            "zarr_format": 3,
            "node_type": "array",
            "shape": self.shape,
            "data_type": self.element.name(),
            "chunk_grid": {
                "name": "regular",
                "configuration": {"chunk_shape": self.shards.unwrap_or(self.chunks)},
            },
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": 0,
            "codecs": codecs,
            "attributes": {},
        })
    }
}
