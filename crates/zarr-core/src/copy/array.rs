//! The elements of one array into another of the same shape and type: chunk by chunk as they are
//! stored where both mean the same by them, else decoded and encoded in boxes of whole chunks of the
//! destination.

use std::collections::{BTreeSet, HashSet};
use std::future::ready;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use zarr_codecs::{Casting, Dims, Region};
use zarr_metadata::ZarrFormat;
use zarr_store::{BoxFuture, Op, StoreError, StoreErrorKind};

use super::overlap::OverlapCheck;
use super::progress::CopyReporter;
use super::same_chunks::same_chunks;
use crate::engine::{self, Elements};
use crate::{ChunkGrid, ChunkedArray, Error, ErrorKind, ResolvedSelection, Result, Warning};
use zarr_store::runtime::Budget;

/// A copy of the elements of one array.
pub(super) struct ArrayCopy<'m> {
    pub(super) from: Arc<ChunkedArray>,
    pub(super) to: Arc<ChunkedArray>,
    /// Whether chunks that are there stay as they are.
    pub(super) only_missing: bool,
    /// All that is between the two arrays at once.
    pub(super) budget: Arc<Budget>,
    pub(super) reporter: &'m CopyReporter,
}

/// Copies all elements of one array to another that was just created: its chunks as they are stored
/// where codecs, grid and fill value agree, else in boxes of its own chunks.
///
/// Absent chunks stay absent where both have one fill value. A copy that is dropped in the middle
/// leaves every chunk copied or not.
///
/// # Errors
/// Where shapes or types differ, and where a chunk cannot be read or written.
pub async fn copy_array(from: Arc<ChunkedArray>, to: Arc<ChunkedArray>) -> Result<()> {
    check(&from, &to)?;
    let copy = ArrayCopy {
        budget: Budget::new(to.context().memory()),
        reporter: &CopyReporter::new(None),
        only_missing: false,
        from,
        to,
    };
    copy.run("").await
}

/// Whether an array that is to be created can be a copy of another: [`copy_array`].
///
/// # Errors
/// Where shapes or types differ, where codecs cannot be used that are needed, and where the new array
/// would lie in the old one or take it away.
pub fn check_copy(from: &ChunkedArray, to: &ChunkedArray, overwrite: bool) -> Result<()> {
    OverlapCheck::new(from.location(), to.location())?.check(to.location(), overwrite)?;
    check(from, to)?;
    for what in lost(from, to) {
        let path = to.path().clone();
        to.context().warn(&Warning::Reworded { path, what });
    }
    Ok(())
}

/// What the format of a new array cannot say of the one it is made from.
fn lost(from: &ChunkedArray, to: &ChunkedArray) -> Vec<String> {
    let format = to.metadata().format();
    if from.metadata().format() == format {
        return vec![];
    }
    let is_sharded = from.chain().is_ok_and(|chain| chain.shard().is_some());
    if is_sharded && format == ZarrFormat::V2 {
        let text = "format 2 has no shards; what were the chunks in them are stored one by one";
        return vec![text.to_owned()];
    }
    let converted = from.metadata().convert(format);
    let lost = converted
        .map(|converted| converted.lost)
        .unwrap_or_default();
    lost.iter().map(ToString::to_string).collect()
}

/// Whether the elements of one array can be cast to the type of another that is to be created.
///
/// # Errors
/// Those of [`check_copy`], but that types may differ if the old numbers [become](crate::DynData::cast) new ones.
pub fn check_cast(from: &ChunkedArray, to: &ChunkedArray, overwrite: bool) -> Result<()> {
    OverlapCheck::new(from.location(), to.location())?.check(to.location(), overwrite)?;
    check_shape(from, to)?;
    let (old, new) = (from.data_type(), to.data_type());
    if let Err(error) = Casting::AsType.cast(&[], old, new) {
        return Err(Error::argument("dtype", error.to_string()));
    }
    from.chain()?;
    to.check_writable()
}

/// Whether the elements of one array can be copied to another, as far as is known without reading.
///
/// # Errors
/// Where shapes or types differ, or codecs cannot be used that are needed.
pub(super) fn check(from: &ChunkedArray, to: &ChunkedArray) -> Result<()> {
    check_shape(from, to)?;
    let (old, new) = (from.metadata(), to.metadata());
    if same_chunks(old, new) {
        return Ok(());
    }
    if old.data_type() != new.data_type() {
        let text = format!("{} becomes {}", old.data_type(), new.data_type());
        return Err(Error::argument("dtype", format!("a copy keeps it; {text}")));
    }
    from.chain()?;
    to.check_writable()?;
    check_box_count(from, to)
}

fn check_shape(from: &ChunkedArray, to: &ChunkedArray) -> Result<()> {
    let (old, new) = (from.metadata().shape(), to.metadata().shape());
    match old == new {
        true => Ok(()),
        false => {
            let text = format!("a copy keeps it; {old:?} becomes {new:?}");
            Err(Error::wrong_shape("shape", text))
        }
    }
}

/// The part of [`check`] that concerns the source alone.
///
/// # Errors
/// Where a codec of the source cannot be used that is needed.
pub(super) fn check_source(from: &ChunkedArray, to: &ChunkedArray) -> Result<()> {
    match moves_chunks(from, to) {
        true => Ok(()),
        false => from.chain().map(drop),
    }
}

/// Whether chunks move as the bytes they are.
pub(super) fn moves_chunks(from: &ChunkedArray, to: &ChunkedArray) -> bool {
    same_chunks(from.metadata(), to.metadata())
}

/// The most boxes that a copy goes through. Beyond that, a copy would take days where little is stored, and where much
/// is, no disk is large enough.
const MAX_BOXES: u64 = 1 << 24;

/// Refuses a copy in boxes that would not end in reasonable time.
fn check_box_count(from: &ChunkedArray, to: &ChunkedArray) -> Result<()> {
    if is_absent_the_same(from, to) {
        return Ok(());
    }
    check_count(to, boxes(from, to)?.len().unwrap_or(u64::MAX))
}

fn check_count(to: &ChunkedArray, count: u64) -> Result<()> {
    if count <= MAX_BOXES {
        return Ok(());
    }
    let elem = to.metadata().data_type().size().unwrap_or(64) as u64;
    let cells = to.grid().shape().iter().copied();
    let asked = cells.fold(elem, u64::saturating_mul);
    let (what, limit) = (
        "a copy in other chunks",
        (asked / count).saturating_mul(MAX_BOXES),
    );
    Err(ErrorKind::Limit { what, asked, limit }.into())
}

/// Whether absent chunks mean the same in both arrays, and listing shows which ones are absent.
fn is_absent_the_same(from: &ChunkedArray, to: &ChunkedArray) -> bool {
    let fill = |array: &ChunkedArray| array.metadata().fill_value().ok();
    fill(from) == fill(to) && from.can_list()
}

/// Fails where a listing of the source's chunks left something out: a symbolic link that leads out of a store whose
/// links may not. What it leads to may be a chunk.
fn check_listing(from: &ChunkedArray) -> Result<()> {
    if from.can_list() {
        return Ok(());
    }
    let why = "a symbolic link among the chunks leads out of the store, so that not all of them are listed; let links be \
               followed if whoever made the store is to be trusted";
    let kind = StoreErrorKind::Unsupported(why);
    let place = from.location().path().as_str();
    Err(StoreError::new(Op::List, from.store(), place, kind).into())
}

/// What is stored of a source.
struct StoredChunks {
    /// The boxes that hold any of it.
    boxes: BTreeSet<Dims<u64>>,
    /// Its chunks, where boxes are not copied as a whole.
    chunks: HashSet<Dims<u64>>,
}

impl ArrayCopy<'_> {
    /// Copies the elements; `path` is reported to the listener.
    pub(super) async fn run(self, path: &str) -> Result<()> {
        let there = match self.only_missing {
            true => self.to.list_chunks().try_collect().await?,
            false => HashSet::new(),
        };
        match moves_chunks(&self.from, &self.to) {
            true => self.unchanged(path, &there).await,
            false => self.in_boxes(path, &there).await,
        }
    }

    async fn unchanged(self, path: &str, there: &HashSet<Dims<u64>>) -> Result<()> {
        let from = &self.from;
        let wanted = |chunk: &Dims<u64>| !there.contains(chunk);
        let mut done = 0;
        let count = |moved: engine::Moved| {
            done += 1;
            if let engine::Moved::Copied { bytes } = moved {
                self.reporter.add_copied(path, bytes);
            }
            self.reporter.add_done(path, 1);
        };
        let (a, b, budget) = (
            Arc::clone(from),
            Arc::clone(&self.to),
            Arc::clone(&self.budget),
        );
        if from.can_list() {
            let chunks = from
                .list_sizes()
                .try_filter(|(chunk, _)| ready(wanted(chunk)));
            engine::transfer(a, b, chunks, budget, count).await?;
            check_listing(from)?;
        } else {
            // How large they are is not known: taken to be as large as they are decoded.
            let elem = from.metadata().data_type().size().unwrap_or(64) as u64;
            let size = |chunk: &Dims<u64>| {
                let cells = zarr_codecs::volume(&from.grid().chunk_shape(chunk));
                cells.unwrap_or(u64::MAX).saturating_mul(elem)
            };
            let chunks = from.grid().iter().filter(|chunk| wanted(chunk));
            let chunks = stream::iter(chunks.map(|chunk| Ok((chunk.clone(), size(&chunk)))));
            engine::transfer(a, b, chunks, budget, count).await?;
        }
        // Those that were there, and those that the source does not have.
        let all = self.to.grid().len().unwrap_or(u64::MAX);
        self.reporter.add_done(path, all.saturating_sub(done));
        Ok(())
    }

    async fn in_boxes(self, path: &str, there: &HashSet<Dims<u64>>) -> Result<()> {
        let boxes = boxes(&self.from, &self.to)?;
        let stored = self.stored(&boxes, there).await?;
        let some = stored.as_ref().map(|stored| &stored.boxes);
        let held = |some: &BTreeSet<Dims<u64>>| {
            let volumes = some.iter().map(|at| boxes.region(at).volume().unwrap_or(0));
            volumes.sum::<u64>()
        };
        if let Some(some) = some {
            let all = self.to.grid().len().unwrap_or(u64::MAX);
            self.reporter.add_done(path, all.saturating_sub(held(some)));
        }
        let wanted: Box<dyn Iterator<Item = Dims<u64>> + Send> = match some {
            Some(some) => Box::new(some.iter().cloned()),
            None => Box::new(boxes.iter()),
        };
        let threads = self.to.context().threads().saturating_mul(2);
        let copies = wanted.map(|at| {
            let (this, chunks, stored) = (&self, boxes.region(&at), &stored);
            async move {
                this.one_box(&chunks, there, stored.as_ref()).await?;
                this.reporter.add_done(path, chunks.volume().unwrap_or(0));
                Ok(())
            }
        });
        stream::iter(copies)
            .buffer_unordered(threads)
            .try_collect()
            .await
    }

    /// What is stored of the source, where absent chunks need not be copied.
    async fn stored(
        &self,
        boxes: &ChunkGrid,
        there: &HashSet<Dims<u64>>,
    ) -> Result<Option<StoredChunks>> {
        if !is_absent_the_same(&self.from, &self.to) {
            return Ok(None);
        }
        let mut touched = BTreeSet::new();
        let most = self.to.grid().largest_chunk();
        let most = most.iter().copied().fold(1, u64::saturating_mul);
        let mark = |cells: &Region| {
            let place = |axis: usize, cell: u64| {
                let chunk = self.to.grid().locate(axis, cell)?.0;
                Some(boxes.locate(axis, chunk)?.0)
            };
            let axes = cells.ranges.iter().enumerate().map(|(axis, span)| {
                let (first, last) = (place(axis, span.start())?, place(axis, span.last()?)?);
                Some((first, last + 1 - first))
            });
            // What has no cells is in no box.
            let Some((first, count)) = axes.collect::<Option<(Dims<u64>, Dims<u64>)>>() else {
                return;
            };
            let Ok(each) = ChunkGrid::regular(&Dims::from_elem(1, count.len()), &count) else {
                return;
            };
            for at in each.iter() {
                // One more says that they are too many.
                if touched.len() as u64 > MAX_BOXES {
                    break;
                }
                touched.insert(at.iter().zip(&first).map(|(a, b)| a + b).collect());
            }
        };
        self.from.each_stored(most, mark).await?;
        check_listing(&self.from)?;
        check_count(&self.to, touched.len() as u64)?;
        let chunks = match there.is_empty() {
            true => HashSet::new(),
            false => self.from.list_chunks().try_collect().await?,
        };
        Ok(Some(StoredChunks {
            boxes: touched,
            chunks,
        }))
    }

    /// Copies a box of the destination's chunks, or those that are missing of it one by one.
    async fn one_box(
        &self,
        chunks: &Region,
        there: &HashSet<Dims<u64>>,
        stored: Option<&StoredChunks>,
    ) -> Result<()> {
        if there.is_empty() {
            return self.cells(chunks, None).await;
        }
        let stored = stored.map(|stored| &stored.chunks);
        let shape = chunks.shape();
        let one_by_one = ChunkGrid::regular(&Dims::from_elem(1, shape.len()), &shape);
        let Ok(one_by_one) = one_by_one else {
            return Ok(());
        };
        let chunk = |at: Dims<u64>| -> Dims<u64> {
            let axes = at.iter().zip(&chunks.ranges);
            axes.map(|(at, span)| span.start() + at).collect()
        };
        let missing: Vec<Dims<u64>> = one_by_one
            .iter()
            .map(chunk)
            .filter(|chunk| !there.contains(chunk))
            .collect();
        if missing.len() as u64 == chunks.volume().unwrap_or(u64::MAX) {
            return self.cells(chunks, stored).await;
        }
        for chunk in missing {
            let one = Region::dense(&chunk, &Dims::from_elem(1, chunk.len()));
            self.cells(&one, stored).await?;
        }
        Ok(())
    }

    /// Copies all cells of a box of the destination's chunks.
    async fn cells(&self, chunks: &Region, stored: Option<&HashSet<Dims<u64>>>) -> Result<()> {
        let grid = self.to.grid();
        let cells = chunks.ranges.iter().enumerate().map(|(axis, span)| {
            let cells = grid.cells_along(axis, span.start()..span.start() + span.count());
            (cells.start, cells.end - cells.start)
        });
        let (start, shape): (Dims<u64>, Dims<u64>) = cells.unzip();
        let region = Region::dense(&start, &shape);
        if region.is_empty() || stored.is_some_and(|stored| !self.holds(&region, stored)) {
            return Ok(());
        }
        let elem = self.to.metadata().data_type().size().unwrap_or(64) as u64;
        let bytes = region.volume().unwrap_or(u64::MAX).saturating_mul(elem);
        let _until_written = self.budget.take(bytes).await;
        let cells = ResolvedSelection::of_region(grid.shape(), region);
        move_cells(Arc::clone(&self.from), Arc::clone(&self.to), cells).await
    }

    /// Whether a stored chunk of the source holds any of these cells.
    fn holds(&self, cells: &Region, stored: &HashSet<Dims<u64>>) -> bool {
        let grid = self.from.grid();
        let chunk = |axis: usize, cell: u64| grid.locate(axis, cell).map_or(0, |(chunk, _)| chunk);
        let axes = cells.ranges.iter().enumerate().map(|(axis, span)| {
            let first = chunk(axis, span.start());
            (
                first,
                chunk(axis, span.start() + span.count() - 1) + 1 - first,
            )
        });
        let (first, count): (Dims<u64>, Dims<u64>) = axes.unzip();
        let touched = Region::dense(&first, &count);
        if touched.volume().is_none_or(|n| n > stored.len() as u64) {
            // Fewer are stored than could be touched.
            let inside = |chunk: &Dims<u64>| {
                let axes = chunk.iter().zip(&touched.ranges);
                axes.into_iter()
                    .all(|(at, span)| (span.start()..span.start() + span.count()).contains(at))
            };
            return stored.iter().any(inside);
        }
        let each = ChunkGrid::regular(&Dims::from_elem(1, count.len()), &count);
        each.is_ok_and(|each| {
            each.iter().any(|at| {
                let chunk: Dims<u64> = at.iter().zip(&first).map(|(a, b)| a + b).collect();
                stored.contains(&chunk)
            })
        })
    }
}

/// Reads cells of one array and writes them to another. In a box, since the compiler cannot see otherwise
/// that it may move between threads.
fn move_cells(
    from: Arc<ChunkedArray>,
    to: Arc<ChunkedArray>,
    cells: ResolvedSelection,
) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let data = from.read_dyn(cells.clone()).await?;
        to.write(cells, Elements::Each(data.data)).await
    })
}

/// The size of boxes of smaller chunks, such that one read and one write have work for all workers.
const BOX_BYTES: u64 = 8 << 20;

/// How many chunks of the destination are copied at once along each axis, as a grid over its chunks:
/// so many that a chunk of the source is decoded once, or few times, as far as memory allows.
fn boxes(from: &ChunkedArray, to: &ChunkedArray) -> Result<ChunkGrid> {
    let counts = to.grid().shape_in_chunks();
    let rank = counts.len();
    let new = to.grid().chunk_shape(&Dims::from_elem(0, rank));
    let old = from.inner_chunk_shape()?;
    let elem = to.metadata().data_type().size().unwrap_or(64) as u64;
    let most = to.context().memory() / 4;
    let mut per_axis: Dims<u64> = Dims::from_elem(1, rank);
    let bytes = |per_axis: &Dims<u64>| {
        let axes = per_axis.iter().zip(&new).zip(to.grid().shape());
        let cells = axes.map(|((n, len), all)| n.saturating_mul(*len).min(*all));
        cells.fold(elem, u64::saturating_mul)
    };
    let mut widen = |axis: usize, to: u64, limit: u64| {
        let to = to.clamp(1, counts.get(axis).copied().unwrap_or(1).max(1));
        if let Some(&before) = per_axis.get(axis)
            && before < to
        {
            let mut wider = per_axis.clone();
            wider[axis] = to;
            if bytes(&wider) <= limit {
                per_axis = wider;
            }
        }
    };
    for axis in (0..rank).rev() {
        let (new, old) = (new[axis].max(1), old.get(axis).copied().unwrap_or(1).max(1));
        // Whole chunks of both, else whole chunks of the source but for one.
        widen(axis, old.div_ceil(new), most);
        widen(axis, old / gcd(old, new), most);
    }
    for axis in (0..rank).rev() {
        for doublings in 1..=16 {
            let wider = 1_u64 << doublings;
            widen(axis, wider, BOX_BYTES.min(most));
        }
    }
    ChunkGrid::regular(&per_axis, &counts).map_err(|source| {
        let path = to.path().clone();
        ErrorKind::Grid { path, source }.into()
    })
}

fn gcd(a: u64, b: u64) -> u64 {
    match b {
        0 => a,
        _ => gcd(b, a % b),
    }
}
