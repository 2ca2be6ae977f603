//! The chunk grid of a new array: chunks and shards as its options say, for its shape.

use std::fmt::Debug;

use zarr_metadata::{AxisChunks, ChunkGridMetadata};

use super::{ArrayOptions, Chunks, Shape};
use crate::{Error, Result, defaults};

impl ArrayOptions {
    fn check_rank(&self, name: &'static str, chosen: &dyn Debug, given: usize) -> Result<()> {
        let rank = self.shape.len();
        if given == rank {
            return Ok(());
        }
        let text = format!("{chosen:?} has {given} axes, the array has {rank}");
        Err(Error::wrong_shape(name, text))
    }

    /// The grid of chunks, or of shards.
    pub(super) fn grid(
        &self,
        name: &'static str,
        chunks: &Chunks,
        largest: f64,
    ) -> Result<ChunkGridMetadata> {
        let Chunks::Rectilinear(axes) = chunks else {
            let chunk_shape = self.chunk_shape(name, chunks, largest)?;
            return Ok(ChunkGridMetadata::Regular { chunk_shape });
        };
        self.check_rank(name, axes, axes.len())?;
        for (axis, (chunks, &length)) in axes.iter().zip(&self.shape).enumerate() {
            let wrong = |text: &str| {
                let text = format!(
                    "axis {axis} has {length} cells; {} {text}",
                    chunks.to_json()
                );
                Err(Error::argument(name, text))
            };
            let lengths = lengths(chunks);
            if lengths.is_empty() || lengths.contains(&0) {
                return wrong("must be positive lengths");
            }
            let last = lengths.last().copied().unwrap_or(0);
            let suits = |reach: u128| {
                let without_last = reach.saturating_sub(last.into());
                reach >= length.into() && (length == 0 || without_last < length.into())
            };
            if let Some(reach) = chunks.reach().filter(|&reach| !suits(reach)) {
                return wrong(&format!(
                    "reach {reach}: the last chunk must hold the end of the axis"
                ));
            }
        }
        let chunk_shapes = axes.clone();
        Ok(ChunkGridMetadata::Rectilinear { chunk_shapes })
    }

    /// The grid of shards of chunks of the shape `inner`.
    pub(super) fn shard_grid(&self, shards: &Chunks, inner: &[u64]) -> Result<ChunkGridMetadata> {
        let guessed = |bytes| {
            let item_size = self.data_type.size().unwrap_or(1);
            Chunks::Shape(defaults::shard_shape(&self.shape, inner, item_size, bytes))
        };
        let chosen = match shards {
            Chunks::Auto => guessed(defaults::LARGEST_SHARD),
            Chunks::Bytes(bytes) => guessed(*bytes),
            Chunks::Whole => guessed(u64::MAX),
            Chunks::Axes(given) => Chunks::Shape(self.axes("shards", given, |axis, length| {
                let inner = inner.get(axis).copied().unwrap_or(1).max(1);
                length.max(1).div_ceil(inner).saturating_mul(inner)
            })?),
            others => others.clone(),
        };
        let grid = self.grid("shards", &chosen, defaults::LARGEST_CHUNK)?;
        check_multiple(&grid, inner)?;
        Ok(grid)
    }

    /// The shape in which -1 stands for the length of an axis, which `whole` gives.
    fn axes(
        &self,
        name: &'static str,
        given: &Shape,
        whole: impl Fn(usize, u64) -> u64,
    ) -> Result<Vec<u64>> {
        let given = given.given();
        let is_wrong = |length: i128| length != -1 && u64::try_from(length).is_err();
        if let Some(axis) = given.iter().position(|&length| is_wrong(length)) {
            let text = format!(
                "{given:?}: the length along axis {axis} must be positive, or -1 for the whole axis"
            );
            return Err(Error::argument(name, text));
        }
        self.check_rank(name, &given, given.len())?;
        let axes = given.iter().zip(&self.shape).enumerate();
        let length = |(axis, (&given, &length)): (usize, (&i128, &u64))| match u64::try_from(given)
        {
            Ok(given) => given,
            Err(_) => whole(axis, length),
        };
        Ok(axes.map(length).collect())
    }

    /// The shape of all chunks, where they have one.
    pub(super) fn chunk_shape(
        &self,
        name: &'static str,
        chunks: &Chunks,
        largest: f64,
    ) -> Result<Vec<u64>> {
        let rank = self.shape.len();
        // Types without a fixed size are guessed as if elements were single bytes.
        let item_size = self.data_type.size().unwrap_or(1);
        let chosen = match chunks {
            Chunks::Auto | Chunks::Unset => defaults::chunk_shape(&self.shape, item_size, largest),
            Chunks::Bytes(bytes) => defaults::chunk_shape_within(&self.shape, item_size, *bytes),
            Chunks::Whole => self.shape.iter().map(|&n| n.max(1)).collect(),
            Chunks::Uniform(length) => vec![*length; rank],
            Chunks::Shape(shape) => shape.clone(),
            Chunks::Axes(given) => self.axes(name, given, |_, length| length.max(1))?,
            Chunks::Rectilinear(_) => {
                let text = "lists of lengths are for format 3, and for shards there: the chunks inside of shards \
                            have one shape";
                return Err(Error::not_in_format(name, text));
            }
        };
        self.check_rank(name, &chosen, chosen.len())?;
        if chosen.contains(&0) {
            return Err(Error::argument(
                name,
                format!("{chosen:?}: every length must be positive"),
            ));
        }
        Ok(chosen)
    }
}

/// The lengths of the chunks of an axis, each at least once and in order.
fn lengths(chunks: &AxisChunks) -> Vec<u64> {
    match chunks {
        AxisChunks::Uniform(length) => vec![*length],
        AxisChunks::Runs(runs) => runs
            .iter()
            .map(|run| run.length * run.count.min(1))
            .collect(),
    }
}

/// Refuses shards that chunks do not divide.
fn check_multiple(shards: &ChunkGridMetadata, inner: &[u64]) -> Result<()> {
    let wrong = |shard: &dyn Debug| {
        let text = format!("{shard:?} is not a multiple of the chunks, {inner:?}");
        Err(Error::conflicting("shards", text))
    };
    match shards {
        ChunkGridMetadata::Regular { chunk_shape } if !defaults::divides(inner, chunk_shape) => {
            wrong(chunk_shape)
        }
        ChunkGridMetadata::Rectilinear { chunk_shapes } => {
            let mut all = chunk_shapes.iter().map(lengths).zip(inner);
            let odd = all.find_map(|(lengths, inner)| {
                lengths.into_iter().find(|shard| shard % inner.max(&1) != 0)
            });
            odd.map_or(Ok(()), |shard| wrong(&shard))
        }
        _ => Ok(()),
    }
}
