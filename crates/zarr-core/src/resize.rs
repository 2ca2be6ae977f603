//! Resizes arrays, and appends to them. Steps come in an order in which a crash between two of them leaves
//! an array that reads as before or as after, never as a mixture.

use std::future::ready;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use zarr_codecs::{Dims, Region};
use zarr_metadata::ArrayMetadata;
use zarr_store::{KeyLock, Prefix};

use crate::hierarchy::Document;
use crate::stored::LIST_FROM;
use crate::{Appended, ChunkedArray, Error, ResolvedSelection, Result, Selection, Slice};

/// What happens to the chunks outside a smaller shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OutOfBoundsChunks {
    /// They are deleted, and cells that are cut off from chunks at the edge become the fill value. If the
    /// array grows again, the new cells hold the fill value.
    #[default]
    Delete,
    /// They stay in the store. If the array grows again, their cells reappear.
    Keep,
    /// The array stays as it is if one is stored, or a stored chunk reaches beyond the new shape.
    Refuse,
}

impl ChunkedArray {
    /// Changes the array's shape, and returns the resized array. The document is changed first, then the
    /// chunks outside the new shape are deleted: a reader sees their old cells or the fill value.
    ///
    /// In stores whose locks exclude other processes, no other process appends or resizes meanwhile. In other
    /// stores the shape is read again before each few chunks are deleted; cells that another process appends
    /// are lost only if this happens between that read and the deletion.
    ///
    /// # Errors
    /// If the number of axes would change, if cells would be lost and that is [refused](OutOfBoundsChunks::Refuse),
    /// and the errors of the store. The document is then either changed or not; chunks outside the new shape that could not be deleted remain, and are not read.
    pub async fn resize(
        self: Arc<Self>,
        shape: &[u64],
        outside: OutOfBoundsChunks,
    ) -> Result<Self> {
        let _lock = self.lock_shape().await?;
        if outside == OutOfBoundsChunks::Refuse {
            let now = Arc::clone(&self).reread().await?;
            now.check_nothing_is_lost(shape).await?;
        }
        // Another handle may have made the array longer.
        let mut before = self.metadata().clone();
        let set = |array: &mut ArrayMetadata| {
            before.clone_from(array);
            self.set_shape(array, shape.to_vec())
        };
        let resized = self.change(Document::Node, set).await?;
        let shrinks = shape.iter().zip(before.shape()).any(|(new, old)| new < old);
        if shrinks && outside == OutOfBoundsChunks::Delete {
            let before = Arc::new(self.with_metadata(before)?);
            before.delete_removed_chunks(&resized).await?;
            before.erase_cut_off_cells(shape).await?;
        }
        Ok(resized)
    }

    /// Appends elements at the end of an axis. Returns the array with its new shape, and the range of the new
    /// cells along the axis.
    ///
    /// If the lock of the document excludes all other writers, the cells are written first and the shape last,
    /// so that a crash between the two leaves the array as it was. Otherwise, and in a grid that lists the
    /// lengths of its chunks, the shape is changed first, so that two writers never write to the same cells.
    /// An axis whose listed chunks end where it ends gets one more chunk, which holds all new cells.
    ///
    /// # Errors
    /// If the lengths along the other axes differ from the array's, if elements cannot be made or read, and
    /// the errors of [`resize`](Self::resize) and [`write`](Self::write). The array then has its old shape, and
    /// the cells that were written are erased, as far as the store allows.
    pub async fn append(
        self: Arc<Self>,
        shape: &[u64],
        elements: Appended,
        axis: usize,
    ) -> Result<(Arc<Self>, Range<u64>)> {
        let own = self.metadata().shape();
        let fits = shape.len() == own.len()
            && axis < own.len()
            && (0..own.len()).all(|i| i == axis || shape[i] == own[i]);
        if !fits {
            let text = format!(
                "elements of shape {shape:?} cannot be appended along axis {axis} of an array of shape {own:?}"
            );
            return Err(Error::wrong_shape("data", text));
        }
        let _lock = self.lock_shape().await?;
        // The locks of a store that threads may wait for exclude every other writer. Where the lengths of
        // chunks are listed, only the document has that of the new chunk, so it must be changed first.
        if self.store().as_blocking().is_none() || self.grid().chunk_lengths().is_none() {
            let (before, grown, place) = self.grow(axis, shape[axis]).await?;
            let cells = appended_cells(&grown, axis, &place);
            let written = elements.write(&grown, &cells).await;
            grown.undo_if_failed(&before, axis, &place, written).await?;
            return Ok((grown, place));
        }
        loop {
            let now = self.change(Document::Node, |_| Ok(())).await?;
            let (begin, grown) = now.lengthened(now.metadata(), axis, shape[axis])?;
            let place = begin..begin + shape[axis];
            let grown = Arc::new(now.with_metadata(grown)?);
            // Nobody else appends, so cells beyond the end are leftovers of a writer that crashed.
            let writer = Arc::new(grown.with_current_shape());
            let cells = appended_cells(&writer, axis, &place);
            let written = elements.write(&writer, &cells).await;
            let before = now.metadata();
            writer.undo_if_failed(before, axis, &place, written).await?;
            let mut moved = false;
            let set = |array: &mut ArrayMetadata| {
                moved = array.shape() != now.metadata().shape();
                match moved {
                    true => Ok(()),
                    false => self.set_shape(array, grown.metadata().shape().to_vec()),
                }
            };
            self.change(Document::Node, set).await?;
            if !moved {
                return Ok((grown, place));
            }
        }
    }

    /// Locks the array's shape, against other processes too if the store's locks exclude them. Every append,
    /// every resize, and every deletion of chunks outside the shape holds this lock.
    async fn lock_shape(&self) -> Result<KeyLock> {
        // Only the name of the lock: nothing is stored under this key.
        let name = self.location().key(".append")?;
        Ok(self.store().lock(&name).await?)
    }

    /// Makes an axis longer by `cells`. Returns the old metadata, the grown array and the range of new cells.
    async fn grow(
        &self,
        axis: usize,
        cells: u64,
    ) -> Result<(ArrayMetadata, Arc<Self>, Range<u64>)> {
        let (mut begin, mut before) = (0, self.metadata().clone());
        let grown = self
            .change(Document::Node, |array| {
                before.clone_from(array);
                (begin, *array) = self.lengthened(array, axis, cells)?;
                Ok(())
            })
            .await?;
        Ok((before, Arc::new(grown), begin..begin + cells))
    }

    /// Undoes an append if not all of it could be written: erases the cells and restores the metadata, unless
    /// another writer has changed the array meanwhile. Returns the error of the write.
    async fn undo_if_failed(
        self: &Arc<Self>,
        before: &ArrayMetadata,
        axis: usize,
        place: &Range<u64>,
        written: Result<()>,
    ) -> Result<()> {
        if written.is_err() {
            let taken_back = async {
                let now = Arc::clone(self).reread().await?;
                if now.metadata() == self.metadata() || now.metadata() == before {
                    let mut slices = vec![Slice::Full; axis];
                    slices.push(Slice::from(place.clone()));
                    let cells = self.resolve(&Selection::Basic(slices))?;
                    Arc::clone(self).erase(cells).await?;
                }
                let back = |array: &mut ArrayMetadata| {
                    if array == self.metadata() {
                        array.clone_from(before);
                    }
                    Ok(())
                };
                self.change(Document::Node, back).await
            };
            // If this fails too, the error of the write says more about the cause.
            drop(taken_back.await);
        }
        written
    }

    /// The metadata of an array with `cells` more along an axis, and where these begin.
    fn lengthened(
        &self,
        array: &ArrayMetadata,
        axis: usize,
        cells: u64,
    ) -> Result<(u64, ArrayMetadata)> {
        let (mut grown, mut shape) = (array.clone(), array.shape().to_vec());
        let too_long =
            || Error::argument("data", format!("axis {axis} would have 2^64 cells or more"));
        let length = shape.get_mut(axis).ok_or_else(too_long)?;
        let begin = *length;
        *length = begin.checked_add(cells).ok_or_else(too_long)?;
        self.set_shape(&mut grown, shape)?;
        Ok((begin, grown))
    }

    /// Sets the shape in metadata. An axis whose chunk lengths are listed gets one more chunk for the cells
    /// that are added. The codecs must be able to hold this chunk, or the array could not be read any more.
    fn set_shape(&self, array: &mut ArrayMetadata, shape: Vec<u64>) -> Result<()> {
        let wrong = format!(
            "{shape:?} does not have as many axes as {:?}",
            array.shape()
        );
        array
            .set_shape(shape)
            .map_err(|_| Error::wrong_shape("shape", wrong))?;
        let resized = self.with_metadata(array.clone())?;
        if resized.grid().chunk_lengths().is_none() && self.chain().is_ok() {
            resized.chain().map_err(|error| {
                let text = format!("the added cells would be one chunk, but {error}");
                let advice = "grow the axis by other lengths, in several steps";
                Error::argument("shape", format!("{text}; {advice}"))
            })?;
        }
        Ok(())
    }

    /// Deletes those of the given chunks that lie outside the current shape of the array, and returns them.
    /// Nobody appends or resizes meanwhile: see [`resize`](Self::resize).
    ///
    /// # Errors
    /// If the array was deleted, and the errors of the store.
    pub async fn delete_outside(self: &Arc<Self>, chunks: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>> {
        let _lock = self.lock_shape().await?;
        let chunks = stream::iter(chunks.into_iter().map(|chunk| Ok(Dims::from(chunk))));
        let deleted = self.delete_still_outside(chunks).await?;
        Ok(deleted.into_iter().map(|chunk| chunk.to_vec()).collect())
    }

    /// Deletes the chunks that are not in the smaller grid of `resized`.
    async fn delete_removed_chunks(self: &Arc<Self>, resized: &Self) -> Result<()> {
        let outside = self.chunks_outside(resized.grid().shape_in_chunks());
        self.delete_still_outside(outside).await.map(drop)
    }

    /// Checks that no stored chunk has cells outside a smaller shape.
    async fn check_nothing_is_lost(&self, shape: &[u64]) -> Result<()> {
        let mut kept = self.grid().shape_in_chunks();
        let axes = kept.iter_mut().zip(shape).enumerate();
        for (axis, (kept, &cells)) in axes {
            if let Some((cut, _)) = self.grid().locate(axis, cells) {
                *kept = cut;
            }
        }
        let limit = self.store().hints().concurrency.max(1);
        let stored = self.chunks_outside(kept).map_ok(|chunk| async move {
            let key = self.chunk_key(&chunk)?;
            let found = self.store().head(&key).await?;
            Ok::<_, Error>(found.map(|_| key))
        });
        let mut stored = pin!(stored.try_buffer_unordered(limit));
        while let Some(key) = stored.try_next().await? {
            if let Some(key) = key {
                let text = format!(
                    "the chunk `{key}` is stored and has cells outside {shape:?}, which would be lost"
                );
                return Err(Error::argument("shape", text));
            }
        }
        Ok(())
    }

    /// The chunks that a grid of fewer chunks does not have: all of them if these are few, otherwise those that
    /// are stored.
    fn chunks_outside(&self, kept: Dims<u64>) -> impl Stream<Item = Result<Dims<u64>>> + Send {
        let grid = self.grid().shape_in_chunks();
        let outside = boxes_outside(&grid, &kept);
        let volumes = outside
            .iter()
            .map(|region| region.volume().unwrap_or(u64::MAX));
        let count = volumes.fold(0, u64::saturating_add);
        let store = self.store();
        if count <= LIST_FROM as u64 || !store.hints().listable {
            let chunks = outside.into_iter().flat_map(|region| indices(&region));
            return stream::iter(chunks.map(Ok)).left_stream();
        }
        let (encoding, rank) = (self.metadata().chunk_key_encoding(), grid.len());
        let prefix: &Prefix = self.location().path();
        let outside = move |key: &zarr_store::Key| {
            let chunk = encoding.decode(key.strip(prefix)?.as_str(), rank)?;
            let is_kept = chunk.iter().zip(&kept).all(|(at, kept)| at < kept);
            (self.grid().contains(&chunk) && !is_kept).then(|| Dims::from(chunk))
        };
        let listed = store.list_keys(prefix).map_err(Error::from);
        let outside = listed.try_filter_map(move |key| ready(Ok(outside(&key))));
        outside.right_stream()
    }

    /// Deletes the chunks that lie outside the current shape, which is read again before each few of them.
    async fn delete_still_outside(
        self: &Arc<Self>,
        chunks: impl Stream<Item = Result<Dims<u64>>> + Send,
    ) -> Result<Vec<Dims<u64>>> {
        let limit = self.store().hints().concurrency.max(1);
        let mut chunks = pin!(chunks.try_chunks(limit));
        let mut deleted = vec![];
        while let Some(some) = chunks.try_next().await.map_err(|error| error.1)? {
            let now = Arc::clone(self).reread().await?;
            let outside = some.into_iter().filter(|chunk| !now.grid().contains(chunk));
            let deletes = outside.map(|chunk| async move {
                let key = self.chunk_key(&chunk)?;
                self.store().delete(&key, None).await?;
                Ok::<_, Error>(chunk)
            });
            deleted.append(&mut try_join_all(deletes).await?);
        }
        Ok(deleted)
    }

    /// Erases the cells between a smaller shape and the ends of the chunks at its edge. `self` is the array
    /// before it was resized, which still has these cells.
    async fn erase_cut_off_cells(&self, shape: &[u64]) -> Result<()> {
        let whole = Arc::new(self.with_config(self.config().clone()));
        let old = self.metadata().shape();
        // The end of the remaining chunks along an axis, which may also be one that grows.
        let reach = |axis: usize| match shape[axis]
            .min(old[axis])
            .checked_sub(1)
            .and_then(|last| self.grid().locate(axis, last))
        {
            Some((chunk, _)) => self.grid().cells_along(axis, 0..chunk + 1).end,
            None => 0,
        };
        for axis in (0..shape.len()).filter(|&axis| shape[axis] < old[axis]) {
            let slices = (0..shape.len()).map(|other| {
                let from = if other == axis { shape[axis] } else { 0 };
                Slice::from(from..reach(other))
            });
            let selection = whole.resolve(&Selection::Basic(slices.collect()))?;
            if !selection.is_empty() {
                Arc::clone(&whole).erase(selection).await?;
            }
        }
        Ok(())
    }
}

/// The cells of a range along an axis.
fn appended_cells(array: &ChunkedArray, axis: usize, place: &Range<u64>) -> ResolvedSelection {
    let shape = array.grid().shape();
    let (mut start, mut lengths) = (Dims::from_elem(0, shape.len()), Dims::from(shape));
    if let (Some(start), Some(length)) = (start.get_mut(axis), lengths.get_mut(axis)) {
        (*start, *length) = (place.start, place.end - place.start);
    }
    ResolvedSelection::of_region(shape, Region::dense(&start, &lengths))
}

/// The part of a box of shape `old` outside a box of shape `new`, as boxes that do not overlap.
fn boxes_outside(old: &[u64], new: &[u64]) -> Vec<Region> {
    let mut boxes = Vec::new();
    for axis in (0..old.len()).filter(|&axis| new[axis] < old[axis]) {
        // Inside along the axes before this one, outside along it, anywhere along those after it.
        let start: Dims<u64> = (0..old.len())
            .map(|i| if i == axis { new[i] } else { 0 })
            .collect();
        let end = |i: usize| if i < axis { new[i].min(old[i]) } else { old[i] };
        let shape: Dims<u64> = (0..old.len()).map(|i| end(i) - start[i]).collect();
        boxes.push(Region::dense(&start, &shape));
    }
    boxes
}

/// The indices of the cells of a dense box, in C order.
fn indices(region: &Region) -> impl Iterator<Item = Dims<u64>> + use<> {
    let (start, shape) = (region.start(), region.shape());
    let mut next = (!shape.contains(&0)).then(|| start.clone());
    std::iter::from_fn(move || {
        let index = next.take()?;
        let mut after = index.clone();
        for axis in (0..after.len()).rev() {
            after[axis] += 1;
            if after[axis] < start[axis] + shape[axis] {
                next = Some(after);
                break;
            }
            after[axis] = start[axis];
        }
        Some(index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_is_listed_once() {
        let check = |old: &[u64], new: &[u64]| {
            let outside = boxes_outside(old, new)
                .into_iter()
                .flat_map(|region| indices(&region));
            let mut outside: Vec<_> = outside.collect();
            outside.sort_unstable();
            let all = indices(&Region::dense(&vec![0; old.len()], old));
            let is_outside = |index: &Dims<u64>| index.iter().zip(new).any(|(i, n)| i >= n);
            assert_eq!(
                outside,
                all.filter(is_outside).collect::<Vec<_>>(),
                "{old:?} {new:?}"
            );
        };
        check(&[3, 4, 2], &[2, 2, 2]);
        check(&[3, 4, 2], &[5, 1, 1]);
        check(&[3, 4], &[0, 9]);
        check(&[3, 4], &[3, 4]);
        check(&[], &[]);
    }
}
