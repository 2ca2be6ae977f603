//! Giving an array another shape, and adding to its end. The order of steps is the point: whoever
//! dies between two of them leaves an array that reads as before or as after, never a mixture.

use std::future::ready;
use std::ops::Range;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::{Stream, TryStreamExt, stream};
use zarr_codecs::{Dims, Region};
use zarr_metadata::ArrayMetadata;
use zarr_store::{KeyLock, Prefix};

use crate::engine::LIST_FROM;
use crate::hierarchy::Document;
use crate::{Appended, ArrayConfig, ChunkedArray, Error, Result, Selection, Slice};

/// What becomes of the chunks that a smaller shape leaves outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OutOfBoundsChunks {
    /// They are deleted, and cells of edge chunks that are cut off become the fill value: what is
    /// grown again is empty.
    #[default]
    Delete,
    /// They stay, and come back where the array grows again.
    Keep,
}

impl ChunkedArray {
    /// The same array with another shape. First the document, on condition that nobody else changed
    /// the shape meanwhile, then the chunks outside: a reader sees the old cells or fill values.
    ///
    /// Where locks keep other processes out, none of them appends or resizes meanwhile. Elsewhere the
    /// shape is looked at again before chunks are deleted, so that what another process appends right
    /// after is lost only if it comes between that look and the deletion of a few chunks.
    ///
    /// # Errors
    /// Where the number of axes would change, and what the store says. The document is changed or
    /// not; chunks outside may remain, unseen, where deleting them failed.
    pub async fn resize(
        self: Arc<Self>,
        shape: &[u64],
        outside: OutOfBoundsChunks,
    ) -> Result<Self> {
        let _turn = self.turn().await?;
        // Another handle may have made it longer than this one knows.
        let mut before = self.metadata().clone();
        let set = |array: &mut ArrayMetadata| {
            before.clone_from(array);
            self.set_shape(array, shape.to_vec())
        };
        let resized = self.change(Document::Node, set).await?;
        let shrinks = shape.iter().zip(before.shape()).any(|(new, old)| new < old);
        if shrinks && outside == OutOfBoundsChunks::Delete {
            let before = Arc::new(self.with_metadata(before)?);
            before.delete_between(&resized).await?;
            before.clear_edges(shape).await?;
        }
        Ok(resized)
    }

    /// Adds elements at the end of an axis, and says where they came to stand along it.
    ///
    /// Where the lock of a document keeps every other writer out, the cells are written first and the
    /// shape last: who dies between leaves the array as it was. Elsewhere, and where chunks are listed,
    /// the shape comes first, so that two writers never take the same cells. To an axis whose chunks
    /// are listed and end with it one chunk is added that holds all new cells.
    ///
    /// # Errors
    /// Where the other axes differ from the array's, where elements cannot be made or read, and as
    /// [`resize`](Self::resize) and [`write`](Self::write). The array then has the shape it had, and holds
    /// nothing of what was written, as far as the store lets that be taken back.
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
                "elements of shape {shape:?} cannot be appended along axis {axis} of {own:?}"
            );
            return Err(Error::wrong_shape("data", text));
        }
        let _turn = self.turn().await?;
        // Where the store can be asked from a thread, its locks keep every other writer out. Where chunks
        // are listed, how long the new one is stands in the document alone.
        if self.store().as_blocking().is_none() || self.grid().chunk_lengths().is_none() {
            let (before, grown, place) = self.grow(axis, shape[axis]).await?;
            let written = elements.write(&grown, axis, place.start, shape).await;
            grown.or_back_to(&before, axis, &place, written).await?;
            return Ok((grown, place));
        }
        loop {
            let now = self.change(Document::Node, |_| Ok(())).await?;
            let (begin, grown) = now.longer(now.metadata(), axis, shape[axis])?;
            let place = begin..begin + shape[axis];
            let grown = Arc::new(now.with_metadata(grown)?);
            // Nobody else appends: what lies beyond the end is what a writer left that died.
            let config = ArrayConfig {
                shape_is_current: true,
                ..self.config().clone()
            };
            let writer = Arc::new(grown.with_config(config));
            let written = elements.write(&writer, axis, begin, shape).await;
            let before = now.metadata();
            writer.or_back_to(before, axis, &place, written).await?;
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

    /// Waits until nobody else changes the array's shape, no other process either where locks keep
    /// them out: whoever appends, resizes, or deletes chunks because they lie outside holds this lock.
    async fn turn(&self) -> Result<KeyLock> {
        // Only a name: nothing is stored there.
        let name = self.location().key(".append")?;
        Ok(self.store().lock(&name).await?)
    }

    /// Makes an axis longer by so many cells, and says which these are and what the array was before.
    async fn grow(
        &self,
        axis: usize,
        cells: u64,
    ) -> Result<(ArrayMetadata, Arc<Self>, Range<u64>)> {
        let (mut begin, mut before) = (0, self.metadata().clone());
        let grown = self
            .change(Document::Node, |array| {
                before.clone_from(array);
                (begin, *array) = self.longer(array, axis, cells)?;
                Ok(())
            })
            .await?;
        Ok((before, Arc::new(grown), begin..begin + cells))
    }

    /// Where not all of what was appended here could be written, takes it back and says why: nobody else
    /// looks there as long as the document is that of this array or the one before.
    async fn or_back_to(
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
            // What made the write fail may well make this fail, and says more.
            drop(taken_back.await);
        }
        written
    }

    /// The document of an array with so many cells more along an axis, and where these begin.
    fn longer(
        &self,
        array: &ArrayMetadata,
        axis: usize,
        cells: u64,
    ) -> Result<(u64, ArrayMetadata)> {
        let (mut grown, mut shape) = (array.clone(), array.shape().to_vec());
        let too_long = || Error::argument("data", format!("axis {axis} would exceed 2^64 cells"));
        let length = shape.get_mut(axis).ok_or_else(too_long)?;
        let begin = *length;
        *length = begin.checked_add(cells).ok_or_else(too_long)?;
        self.set_shape(&mut grown, shape)?;
        Ok((begin, grown))
    }

    /// Gives a document another shape. An axis whose chunks are listed gets one for what it has more;
    /// that must be one that the codecs can hold, else nobody could read the array any more.
    fn set_shape(&self, array: &mut ArrayMetadata, shape: Vec<u64>) -> Result<()> {
        let wrong = format!("{shape:?} has not as many axes as {:?}", array.shape());
        array
            .set_shape(shape)
            .map_err(|_| Error::wrong_shape("shape", wrong))?;
        let resized = self.with_metadata(array.clone())?;
        if resized.grid().chunk_lengths().is_none() && self.chain().is_ok() {
            resized.chain().map_err(|error| {
                let text = format!("what is added would be one chunk, but {error}");
                let advice = "grow the axis by other lengths, one after the other";
                Error::argument("shape", format!("{text}; {advice}"))
            })?;
        }
        Ok(())
    }

    /// Deletes those of these chunks that lie outside of the array as its document says by now, and
    /// says which these were. Nobody appends or resizes meanwhile: see [`resize`](Self::resize).
    ///
    /// # Errors
    /// Where the array is gone, and what the store says.
    pub async fn delete_outside(self: &Arc<Self>, chunks: Vec<Vec<u64>>) -> Result<Vec<Vec<u64>>> {
        let _turn = self.turn().await?;
        let chunks = stream::iter(chunks.into_iter().map(|chunk| Ok(Dims::from(chunk))));
        let deleted = self.delete_still_outside(chunks).await?;
        Ok(deleted.into_iter().map(|chunk| chunk.to_vec()).collect())
    }

    /// Deletes the chunks that the smaller grid of `resized` has not.
    async fn delete_between(self: &Arc<Self>, resized: &Self) -> Result<()> {
        let (old, new) = (
            self.grid().shape_in_chunks(),
            resized.grid().shape_in_chunks(),
        );
        let count: Option<u64> = self
            .grid()
            .len()
            .zip(resized.grid().len())
            .map(|(a, b)| a.saturating_sub(b));
        let store = self.store();
        let is_few =
            count.is_some_and(|count| count <= LIST_FROM as u64) || !store.hints().listable;
        if is_few {
            let outside = boxes_outside(&old, &new).into_iter();
            let outside = outside.flat_map(|region| indices(&region));
            let deleted = self.delete_still_outside(stream::iter(outside.map(Ok)));
            return deleted.await.map(drop);
        }
        let (encoding, rank) = (self.metadata().chunk_key_encoding(), old.len());
        let prefix: &Prefix = self.location().path();
        let outside = |key: &zarr_store::Key| {
            let chunk = encoding.decode(key.strip(prefix)?.as_str(), rank)?;
            let was_inside = self.grid().contains(&chunk) && !resized.grid().contains(&chunk);
            was_inside.then(|| Dims::from(chunk))
        };
        let listed = store.list(prefix).map_err(Error::from);
        let outside = listed.try_filter_map(|entry| ready(Ok(outside(&entry.key))));
        self.delete_still_outside(outside).await.map(drop)
    }

    /// Deletes those chunks that lie outside by now, looking at the document before each few of them.
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

    /// Fills the cells between a smaller shape and the ends of the chunks that hold its edge. Asked
    /// of the array as it was, which still has these cells.
    async fn clear_edges(&self, shape: &[u64]) -> Result<()> {
        let whole = Arc::new(self.with_config(self.config().clone()));
        let old = self.metadata().shape();
        // Up to where chunks that stay reach along an axis, which may be another that grows.
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

/// The part of a box of `old` lengths that lies outside of one of `new` lengths, in boxes that do not
/// overlap.
fn boxes_outside(old: &[u64], new: &[u64]) -> Vec<Region> {
    let mut boxes = Vec::new();
    for axis in (0..old.len()).filter(|&axis| new[axis] < old[axis]) {
        // Before this axis inside, along it outside, after it anywhere.
        let start: Dims<u64> = (0..old.len())
            .map(|i| if i == axis { new[i] } else { 0 })
            .collect();
        let end = |i: usize| if i < axis { new[i].min(old[i]) } else { old[i] };
        let shape: Dims<u64> = (0..old.len()).map(|i| end(i) - start[i]).collect();
        boxes.push(Region::dense(&start, &shape));
    }
    boxes
}

/// The cells of a dense box, one after the other.
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
