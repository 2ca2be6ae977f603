//! What is done to an array: which parts are read or written, one after another. The same for every
//! program.

use serde::Serialize;

use crate::dataset::{Dataset, Kind};
use crate::element::Element;
use crate::source::hash;
use crate::want::{Part, Want};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// Everything in one call.
    ReadAll,
    WriteAll,
    /// Everything in one call, of what is only on the disk.
    ReadCold,
    /// A call for each chunk, for each inner chunk where there are shards; one after another.
    ReadChunks,
    /// The same, many at once.
    ReadChunksPar,
    /// Boxes of 8³, 2,000 of the full size and 400 of the reduced one.
    Rand8,
    /// The same, many at once.
    Rand8Conc,
    /// As many boxes of 1 × 64 × 64.
    RandPlane,
    /// `[::2, 10:500:3, :]`
    Strided,
    /// A list per axis, in no order: a third of the cells of each.
    Oindex,
    /// 100,000 points in one call.
    Vindex,
    /// 16 boxes of 64 × 96 × 64, aligned with nothing, over an array that is there.
    PartialWrite,
    /// Eight planes at a time to the end of an array that is empty at first.
    Append,
    /// Opens the array and reads a box of 8³, eight times.
    Open,
    /// Copies everything into a new array of other chunks.
    Rechunk,
    /// Copies everything into a new array of another compressor.
    Reencode,
    /// Opens a group and lists its arrays with their shapes.
    MetaList,
    /// Writes the documents of a group's arrays into that of the group.
    Consolidate,
}

/// What a program is told to do. Its JSON is what the peers' scripts are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verb {
    Read,
    Open,
    Write,
    Append,
    Copy,
    List,
    Consolidate,
}

impl Workload {
    pub(crate) const ALL: [Self; 18] = [
        Self::ReadAll,
        Self::ReadCold,
        Self::WriteAll,
        Self::ReadChunks,
        Self::ReadChunksPar,
        Self::Rand8,
        Self::Rand8Conc,
        Self::RandPlane,
        Self::Strided,
        Self::Oindex,
        Self::Vindex,
        Self::PartialWrite,
        Self::Append,
        Self::Open,
        Self::Rechunk,
        Self::Reencode,
        Self::MetaList,
        Self::Consolidate,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::ReadAll => "read_all",
            Self::WriteAll => "write_all",
            Self::ReadCold => "read_cold",
            Self::ReadChunks => "read_chunks",
            Self::ReadChunksPar => "read_chunks_par",
            Self::Rand8 => "rand8",
            Self::Rand8Conc => "rand8_conc",
            Self::RandPlane => "randplane",
            Self::Strided => "strided",
            Self::Oindex => "oindex",
            Self::Vindex => "vindex",
            Self::PartialWrite => "partial_write",
            Self::Append => "append",
            Self::Open => "open",
            Self::Rechunk => "rechunk",
            Self::Reencode => "reencode",
            Self::MetaList => "meta_list",
            Self::Consolidate => "consolidate",
        }
    }

    /// Whether it says anything about such a data set.
    pub(crate) fn suits(self, dataset: &Dataset) -> bool {
        match dataset.kind {
            Kind::Files => self.suits_files(dataset),
            Kind::Mount => self == Self::ReadAll,
            Kind::Far => matches!(self, Self::ReadAll | Self::Open),
            Kind::Bucket => matches!(self, Self::ReadAll | Self::WriteAll),
            Kind::Memory => matches!(self, Self::ReadAll | Self::ReadChunks),
            Kind::Nodes { consolidated } => {
                self == Self::MetaList || self == Self::Consolidate && !consolidated
            }
        }
    }

    fn suits_files(self, dataset: &Dataset) -> bool {
        match self {
            Self::ReadAll => true,
            // Encoders take their time, and floats cost them what integers do. A field of records is not all of an array.
            Self::WriteAll => match dataset.element {
                Element::F32 => dataset.name == "f32blosclz4",
                Element::U16 | Element::Text => dataset.field().is_none(),
            },
            Self::Open | Self::MetaList | Self::Consolidate => false,
            Self::Rechunk | Self::Reencode => dataset.name == "zstd",
            Self::ReadCold => ["raw", "zstd", "shard", "tiny"].contains(&dataset.name),
            Self::ReadChunks => {
                ["raw", "zstd", "blosclz4", "shard", "tiny"].contains(&dataset.name)
            }
            Self::ReadChunksPar => ["zstd", "shard"].contains(&dataset.name),
            Self::Rand8Conc => dataset.name == "shard",
            Self::Rand8 | Self::RandPlane => ["raw", "shard"].contains(&dataset.name),
            Self::Strided | Self::Oindex | Self::Vindex => {
                ["raw", "zstd", "shard"].contains(&dataset.name)
            }
            Self::PartialWrite => dataset.name == "shard",
            Self::Append => dataset.name == "raw",
        }
    }

    /// Whether there is a bound beside it that no program can pass.
    pub(crate) fn has_limit(self) -> bool {
        matches!(self, Self::ReadAll | Self::WriteAll)
    }

    pub(crate) fn verb(self) -> Verb {
        match self {
            Self::WriteAll | Self::PartialWrite => Verb::Write,
            Self::Append => Verb::Append,
            Self::Open => Verb::Open,
            Self::Rechunk | Self::Reencode => Verb::Copy,
            Self::MetaList => Verb::List,
            Self::Consolidate => Verb::Consolidate,
            _ => Verb::Read,
        }
    }

    pub(crate) fn writes(self) -> bool {
        !matches!(self.verb(), Verb::Read | Verb::Open | Verb::List)
    }

    /// Whether its calls wait for nothing.
    pub(crate) fn is_at_once(self) -> bool {
        matches!(self, Self::ReadChunksPar | Self::Rand8Conc)
    }

    /// Whether the system forgets the array before each call.
    pub(crate) fn is_cold(self) -> bool {
        self == Self::ReadCold
    }

    /// The array that a copy becomes.
    pub(crate) fn copied(self, dataset: &Dataset) -> Dataset {
        match self {
            Self::Rechunk => dataset.with_other_chunks(),
            Self::Reencode => dataset.with_other_compressor(),
            _ => *dataset,
        }
    }

    /// The boxes among what is wanted: all of it, for workloads that write.
    pub(crate) fn parts(self, dataset: &Dataset) -> Vec<Part> {
        let wants = self.wants(dataset);
        wants.iter().filter_map(Want::part).copied().collect()
    }

    /// What is read or written, call by call.
    pub(crate) fn wants(self, dataset: &Dataset) -> Vec<Want> {
        let shape = dataset.shape;
        // Some peers need seconds for a hundred.
        let many = if shape[0] < 512 { 400 } else { 2000 };
        let boxes = |count: u64, len: [u64; 3]| {
            let start =
                |i: u64, axis: usize| hash(i * 3 + axis as u64) % (shape[axis] - len[axis] + 1);
            (0..count)
                .map(|i| Want::Box(Part::dense([0, 1, 2].map(|axis| start(i, axis)), len)))
                .collect()
        };
        let drawn = |count: u64, axis: usize| {
            (0..count)
                .map(|i| hash(i * 3 + axis as u64) % shape[axis])
                .collect()
        };
        match self {
            Self::ReadAll | Self::WriteAll | Self::ReadCold | Self::Rechunk | Self::Reencode => {
                vec![Want::Box(Part::dense([0; 3], shape))]
            }
            Self::ReadChunks | Self::ReadChunksPar => dataset.each_chunk().map(Want::Box).collect(),
            Self::MetaList | Self::Consolidate => vec![Want::Nodes],
            Self::Open => boxes(8, [8; 3]),
            Self::Rand8 | Self::Rand8Conc => boxes(many, [8; 3]),
            Self::RandPlane => boxes(many, [1, 64, 64]),
            Self::PartialWrite => boxes(16, [64, 96, 64]),
            Self::Append => (0..shape[0])
                .step_by(8)
                .map(|z| Want::Box(Part::dense([z, 0, 0], [8, shape[1], shape[2]])))
                .collect(),
            Self::Strided => vec![Want::Box(Part {
                start: [0, 10, 0],
                stop: [shape[0], 500, shape[2]],
                step: [2, 3, 1],
            })],
            Self::Oindex => vec![Want::Lists(
                [0, 1, 2].map(|axis| drawn(shape[axis] / 3, axis)),
            )],
            Self::Vindex => vec![Want::Points([0, 1, 2].map(|axis| drawn(100_000, axis)))],
        }
    }
}
