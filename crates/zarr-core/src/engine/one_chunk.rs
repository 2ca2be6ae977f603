//! Reads a small box that lies in one chunk, without the plan, the parts and the counting that a read of many chunks
//! needs: these would take longer than the read.

use std::sync::Arc;

use bytemuck::AnyBitPattern;
use smallvec::smallvec;
use zarr_codecs::{CodecChain, Dims, NdViewMut, Region};

use super::output;
use super::plan;
use super::pool::{self, Workers};
use super::request::{self, ChunkRequest};
use super::source::{ChunkData, ChunkId, ChunkSource};
use crate::hierarchy::check_presence;
use crate::{ChunkError, ChunkedArray, ResolvedSelection, Result};

/// Some cells of one chunk.
struct BoxRead {
    array: Arc<ChunkedArray>,
    chain: Arc<CodecChain>,
    chunk: Dims<u64>,
    cells: Region,
}

impl ChunkedArray {
    /// The elements of a small box within one chunk, in C order. `None` where something else is asked for: then
    /// nothing has happened, and [`read`](Self::read) does it.
    ///
    /// # Errors
    /// The errors of [`read`](Self::read).
    pub(crate) async fn read_one_chunk<S: AnyBitPattern + Send>(
        self: &Arc<Self>,
        selection: &ResolvedSelection,
    ) -> Result<Option<Vec<S>>> {
        let in_one = match self.store().as_blocking() {
            Some(_) => selection.in_one_chunk(self.grid()),
            None => None,
        };
        let Some((chunk, cells)) = in_one else {
            return Ok(None);
        };
        let chain = self.decoder()?;
        let work = plan::to_read(chain, 1, selection.cells());
        // Handles need a heap that outlives the read, and whoever keeps decoded chunks wants to find this one there.
        let is_plain = !chain.spec().fill.is_variable() && !self.cached().is_on();
        if !is_plain || !plan::is_tiny(chain, work) {
            return Ok(None);
        }
        let job = BoxRead {
            array: Arc::clone(self),
            chain: Arc::clone(chain),
            chunk: chunk.clone(),
            cells,
        };
        let task = move |workers: Workers<'_>| job.read(workers);
        let (elements, is_there) = match pool::run_tiny(self.context(), work, None, task).await {
            // The file was replaced in between.
            Err(error) if error.is_conflict() => return Ok(None),
            read => read.map_err(|error| self.chunk_error(&chunk, error))?,
        };
        if !is_there {
            check_presence(self.location()).await?;
        }
        Ok(Some(elements))
    }
}

impl BoxRead {
    /// The elements, and whether the chunk is there; if not, they are the fill value.
    fn read<S: AnyBitPattern>(&self, workers: Workers<'_>) -> Result<(Vec<S>, bool), ChunkError> {
        let elem = self.chain.spec().elem();
        let mut is_there = Err(ChunkError::INTERNAL);
        let elements = output::filled(&self.cells.shape(), elem, |to| {
            is_there = self.read_to(to, workers);
            is_there.is_ok().then_some(())
        });
        let is_there = is_there?;
        Ok((elements.ok_or(ChunkError::INTERNAL)?, is_there))
    }

    fn read_to(&self, to: NdViewMut<'_>, workers: Workers<'_>) -> Result<bool, ChunkError> {
        let array = &*self.array;
        let (key, chain) = array.chunk_to_read(&self.chain, &self.chunk)?;
        let object = array.open_chunk(&key, workers)?;
        let data = match object.as_deref() {
            Some(object) => {
                let id = ChunkId::new(array, &key, None);
                ChunkData::Whole(ChunkSource::object(object).of(id))
            }
            None if array.config().read_missing_chunks => ChunkData::Absent,
            None => return Err(ChunkError::NotFound),
        };
        let (cells, filled) = (self.cells.clone(), false);
        let request = ChunkRequest::Box { cells, to, filled };
        request::read(&data, &chain, smallvec![request], None, workers)?;
        Ok(object.is_some())
    }
}
