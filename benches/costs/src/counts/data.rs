//! The arrays and groups that operations are counted on: small, and the same on every machine.

use std::path::{Path, PathBuf};

use ndarray::{Array2, s};
use tokio::runtime::Runtime;
use zarr::blocking::Wait;
use zarr::codecs::Blosc;
use zarr::{Array, Context, CreateArray, DataType, Target, json};

use crate::Result;

/// Rows and columns of each array.
pub(crate) const SHAPE: [u64; 2] = [256, 256];
/// Of a chunk, or an inner chunk: 8 KiB.
pub(crate) const CHUNK: [u64; 2] = [64, 64];
/// Of a shard.
const SHARD: [u64; 2] = [128, 128];
/// How many arrays each group has.
const NODES: usize = 100;

/// Where everything is, and what operations share.
pub(crate) struct Bench {
    dir: PathBuf,
    pub(crate) context: Context,
    pub(crate) runtime: Runtime,
}

/// How an array is stored.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Raw,
    Zstd,
    Blosc,
    Shard,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Raw, Self::Zstd, Self::Blosc, Self::Shard];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Zstd => "zstd",
            Self::Blosc => "blosc",
            Self::Shard => "shard",
        }
    }

    fn store(self, array: CreateArray) -> CreateArray {
        let array = array.chunks(CHUNK);
        match self {
            Self::Raw => array.compressors(()),
            Self::Zstd => array,
            Self::Blosc => array.compressors(Blosc::default()),
            Self::Shard => array.shards(SHARD),
        }
    }
}

impl Bench {
    pub(crate) fn new(dir: &Path) -> Result<Self> {
        let bench = Self {
            dir: dir.to_owned(),
            // The same on every machine, whatever its processors and memory.
            context: Context::builder().threads(2).memory(64 << 20).build(),
            // A thread that is started now and then would be counted.
            runtime: tokio::runtime::Builder::new_current_thread()
                .max_blocking_threads(1)
                .build()?,
        };
        for kind in Kind::ALL {
            bench.create(kind, bench.path(kind.name()))?;
        }
        for name in ["group", "consolidated"] {
            let group = zarr::create_group(bench.path(name))
                .context(&bench.context)
                .wait()?;
            for i in 0..NODES {
                let array = group.create_array(format!("a{i:02}"), [16, 8, 4], DataType::Float32);
                array.attributes(json!({"units": "m"})).wait()?;
            }
        }
        zarr::consolidate_metadata(bench.path("consolidated")).wait()?;
        Ok(bench)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A new array, filled.
    pub(crate) fn create(&self, kind: Kind, at: impl Into<Target>) -> Result<Array> {
        let array = zarr::create_array(at, SHAPE, DataType::UInt16)
            .context(&self.context)
            .attributes(json!({"units": "m", "scale": [1.0, 0.5], "title": "what is counted"}));
        let array = kind.store(array).wait()?;
        array.write(.., values()).wait()?;
        Ok(array)
    }

    /// An array that is there.
    pub(crate) fn array(&self, kind: Kind) -> Result<Array> {
        let open = zarr::open_array(self.path(kind.name()));
        Ok(open.context(&self.context).wait()?)
    }
}

/// Smooth rows with some noise, which compress to about a half.
fn values() -> Array2<u16> {
    let [rows, columns] = SHAPE.map(|length| length as usize);
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        let noise = (i * 7919 + j * 104_729) % 61;
        (10 * i + 3 * j + noise) as u16
    })
}

/// The values of one chunk.
pub(crate) fn chunk() -> Array2<u16> {
    values()
        .slice(s![..CHUNK[0] as usize, ..CHUNK[1] as usize])
        .to_owned()
}
