//! What is done to an array: which parts are read or written, one after another. The same for every
//! program.

use crate::dataset::Dataset;
use crate::program::Part;
use crate::source::hash;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Workload {
    /// Everything in one call.
    ReadAll,
    WriteAll,
    /// 2,000 boxes of 8³.
    Rand8,
    /// `[::2, 10:500:3, :]`
    Strided,
    /// 16 boxes of 64 × 96 × 64, aligned with nothing, over an array that is there.
    PartialWrite,
}

impl Workload {
    pub(crate) const ALL: [Self; 5] = [
        Self::ReadAll,
        Self::WriteAll,
        Self::Rand8,
        Self::Strided,
        Self::PartialWrite,
    ];

    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::ReadAll => "read_all",
            Self::WriteAll => "write_all",
            Self::Rand8 => "rand8",
            Self::Strided => "strided",
            Self::PartialWrite => "partial_write",
        }
    }

    /// Whether it says anything about such a data set.
    pub(crate) fn suits(self, dataset: &Dataset) -> bool {
        match self {
            Self::ReadAll | Self::WriteAll => true,
            Self::Rand8 => ["raw", "shard"].contains(&dataset.name),
            Self::Strided => ["raw", "zstd", "shard"].contains(&dataset.name),
            Self::PartialWrite => dataset.name == "shard",
        }
    }

    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::WriteAll | Self::PartialWrite)
    }

    /// Whether it needs the array to be there.
    pub(crate) fn needs_array(self) -> bool {
        self != Self::WriteAll
    }

    /// The parts, in order.
    pub(crate) fn parts(self, dataset: &Dataset) -> Vec<Part> {
        let shape = dataset.shape;
        let boxes = |count: u64, len: [u64; 3]| {
            let start =
                |i: u64, axis: usize| hash(i * 3 + axis as u64) % (shape[axis] - len[axis] + 1);
            (0..count)
                .map(|i| Part::dense([0, 1, 2].map(|axis| start(i, axis)), len))
                .collect()
        };
        match self {
            Self::ReadAll | Self::WriteAll => vec![Part::dense([0; 3], shape)],
            Self::Rand8 => boxes(2000, [8; 3]),
            Self::PartialWrite => boxes(16, [64, 96, 64]),
            Self::Strided => vec![Part {
                start: [0, 10, 0],
                stop: [shape[0], 500, shape[2]],
                step: [2, 3, 1],
            }],
        }
    }
}
