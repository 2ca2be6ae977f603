//! The arrays that are read and written: shapes, chunks, codecs and the document that says so, the
//! same for every program. Knows no library, and no values: those are `source.rs`'s.

use std::path::Path;

use serde_json::{Value, json};

use crate::Result;

/// How large the data sets are: a minute's worth, or the size the peers were measured at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    Reduced,
    Full,
}

/// One array of `uint16`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dataset {
    pub(crate) name: &'static str,
    pub(crate) shape: [u64; 3],
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
        let (shape, tiny, shard) = match size {
            Size::Reduced => ([128, 512, 512], [128, 256, 256], 128),
            Size::Full => ([512, 1024, 512], [256, 512, 256], 256),
        };
        let new = |name, compressor| Self {
            name,
            shape,
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
        vec![
            new("raw", Compressor::None),
            new("zstd", Compressor::Zstd),
            new("gzip", Compressor::Gzip),
            new("blosclz4", blosc("lz4", 5, "shuffle")),
            new("blosczstd", blosc("zstd", 5, "shuffle")),
            sharded("shard", Compressor::Zstd),
            sharded("shardblz", blosc("blosclz", 9, "bitshuffle")),
            // 4 KiB each: what is measured is the cost of a chunk, not of its bytes.
            Self {
                shape: tiny,
                chunks: [8, 16, 16],
                ..new("tiny", Compressor::None)
            },
        ]
    }

    /// Makes an empty array of this kind at `path`: its document alone.
    pub(crate) fn create(&self, path: &Path) -> Result<()> {
        std::fs::create_dir_all(path)?;
        Ok(std::fs::write(
            path.join("zarr.json"),
            self.document().to_string(),
        )?)
    }

    /// Bytes of a decoded chunk; of an inner chunk, where there are shards.
    pub(crate) fn chunk_bytes(&self) -> usize {
        self.chunks.iter().product::<u64>() as usize * 2
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
            Compressor::Zstd => codecs
                .push(json!({"name": "zstd", "configuration": {"level": 3, "checksum": false}})),
            Compressor::Gzip => {
                codecs.push(json!({"name": "gzip", "configuration": {"level": 5}}));
            }
            Compressor::Blosc {
                cname,
                level,
                shuffle,
            } => codecs.push(json!({"name": "blosc", "configuration": {
                "cname": cname,
                "clevel": level,
                "shuffle": shuffle,
                "typesize": 2,
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
            "data_type": "uint16",
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
