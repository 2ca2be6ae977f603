//! The `sharding_indexed` codec as a *format*: the index, the places of inner chunks, and how a shard is assembled.
//! This file fetches nothing and runs nothing in parallel. To the engine, an inner chunk is a chunk in a byte range of
//! an object. Specification: Zarr v3 codecs, `sharding_indexed`.

mod index;
mod order;

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use zarr_metadata::{DataType, Extension};

pub use self::index::ShardIndex;
use self::index::{ABSENT, NAME};
pub use self::order::InnerChunkOrder;
use crate::array::kernels;
use crate::codecs::registry::Setting;
use crate::codecs::setting;
use crate::{
    ByteLen, ChunkSpec, CodecChain, CodecError, CodecErrorKind, Dims, Fields, NdView, NdViewMut,
    Projection, Projections, Region, Scratch, volume,
};

/// The index of this many inner chunks takes a gigabyte.
const MAX_INNER_CHUNKS: u64 = 1 << 26;
/// How deep shards may nest: each level is a level of recursion.
const MAX_DEPTH: usize = 4;

/// The codec `sharding_indexed`: a chunk as a grid of inner chunks with an index.
#[derive(Clone, Debug)]
pub struct ShardingCodec {
    spec: ChunkSpec,
    /// Inner chunks per axis.
    grid: Dims<u64>,
    inner: Arc<CodecChain>,
    index: CodecChain,
    index_len: usize,
    at: IndexLocation,
    /// How new shards are written.
    order: InnerChunkOrder,
}

/// At which end of the shard the index lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum IndexLocation {
    Start,
    End,
}

impl ShardingCodec {
    pub(crate) fn parse(setting: &Setting<'_>) -> Result<Self, CodecError> {
        let Setting {
            extension,
            spec,
            registry,
            depth,
            ..
        } = setting;
        if *depth >= MAX_DEPTH {
            return Err(CodecErrorKind::Order("is nested in more than four shards").of(NAME));
        }
        let inner_shape: Dims<u64> = field::<Vec<u64>>(extension, "chunk_shape")?
            .into_iter()
            .collect();
        check_divides(&inner_shape, &spec.shape)?;
        let grid: Dims<u64> = inner_shape
            .iter()
            .zip(&spec.shape)
            .map(|(i, o)| o / i)
            .collect();
        let count = volume(&grid).filter(|&n| n <= MAX_INNER_CHUNKS);
        let Some(_) = count else {
            let text = format!(
                "{:?} inner chunks are more than {MAX_INNER_CHUNKS}",
                grid.as_slice()
            );
            return Err(CodecErrorKind::ChunkShape(text).of(NAME));
        };
        let codecs: Vec<Extension> = field(extension, "codecs")?;
        let inner =
            CodecChain::nested(&codecs, spec.with_shape(&inner_shape), registry, depth + 1)?;

        let index_codecs: Vec<Extension> = field(extension, "index_codecs")?;
        let mut index_shape = grid.clone();
        index_shape.push(2);
        let fill = ABSENT.to_ne_bytes();
        let index_spec = ChunkSpec::from_fill_bytes(NAME, &index_shape, DataType::UInt64, &fill)?;
        let index = CodecChain::nested(&index_codecs, index_spec, registry, depth + 1)?;
        let ByteLen::Exact(index_len) = index.encoded_len() else {
            let problem = "must make an index of fixed size";
            return Err(setting::error(NAME, "index_codecs", problem));
        };
        let at = match extension
            .configuration
            .get("index_location")
            .map(|v| v.as_str())
        {
            None | Some(Some("end")) => IndexLocation::End,
            Some(Some("start")) => IndexLocation::Start,
            Some(_) => {
                let expected = "\"start\" or \"end\"";
                return Err(setting::bad(extension, "index_location", expected));
            }
        };
        Ok(Self {
            spec: (*spec).clone(),
            grid,
            inner: Arc::new(inner),
            index,
            index_len,
            at,
            order: registry.order(),
        })
    }

    /// The codec that decodes only these fields of the elements, into chunks of this `spec`.
    pub(crate) fn fields(
        &self,
        fields: &Arc<Fields>,
        spec: &ChunkSpec,
    ) -> Result<Self, CodecError> {
        Ok(Self {
            spec: spec.clone(),
            inner: Arc::new(self.inner.fields(fields)?),
            ..self.clone()
        })
    }

    /// The codecs of inner chunks; its spec has the shape of an inner chunk.
    pub fn inner(&self) -> &Arc<CodecChain> {
        &self.inner
    }

    /// Inner chunks per axis.
    pub fn grid(&self) -> &[u64] {
        &self.grid
    }

    /// Where the index of a shard of `size` bytes lies.
    ///
    /// # Errors
    /// If the object is too short to hold one.
    pub fn index_range(&self, size: u64) -> Result<Range<u64>, CodecError> {
        let len = self.index_len as u64;
        if size < len {
            return Err(CodecErrorKind::Length {
                expected: len,
                found: size,
            }
            .of(NAME));
        }
        Ok(match self.at {
            IndexLocation::Start => 0..len,
            IndexLocation::End => size - len..size,
        })
    }

    /// The length of the index in bytes, and whether it lies at the end of the shard. This is enough to request it
    /// before the size of the object is known.
    pub fn index_len(&self) -> (u64, bool) {
        (self.index_len as u64, self.at == IndexLocation::End)
    }

    /// Reads the index of a shard of `size` bytes.
    ///
    /// # Errors
    /// If the index is damaged or points outside the object.
    pub fn decode_index(
        &self,
        bytes: &[u8],
        size: u64,
        cx: &mut Scratch,
    ) -> Result<ShardIndex, CodecError> {
        let spec = self.index.spec();
        let mut entries = vec![0; spec.byte_len().unwrap_or(0)];
        let view = NdViewMut::over(&mut entries, &spec.shape, 8);
        view.map_or(Ok(()), |view| self.index.decode(bytes, view, cx))?;
        ShardIndex::new(entries, size)
    }

    /// The inner chunks that hold the cells of `part`.
    ///
    /// # Errors
    /// If `part` does not lie within the shard.
    pub fn project(&self, part: &Region) -> Result<Projections, CodecError> {
        let inside = part.fits(&self.spec.shape);
        let projections = inside.then(|| Projections::new(part, &self.inner.spec().shape));
        projections.flatten().ok_or_else(|| {
            let text = format!(
                "{part:?} does not lie within a shard of {:?}",
                self.spec.shape.as_slice()
            );
            CodecErrorKind::Mismatch(text).of(NAME)
        })
    }

    /// Checks that the inner chunks divide a shard of another shape, too.
    ///
    /// # Errors
    /// If they do not divide it.
    pub fn check_shape(&self, shape: &[u64]) -> Result<(), CodecError> {
        check_divides(&self.inner.spec().shape, shape)
    }

    /// The number of an inner chunk in the index.
    pub fn number(&self, index: &[u64]) -> usize {
        let flat = self
            .grid
            .iter()
            .zip(index)
            .fold(0_u64, |flat, (&n, &i)| flat * n + i);
        usize::try_from(flat).unwrap_or(usize::MAX)
    }

    /// The inner chunk of a number in the index.
    pub fn at(&self, number: usize) -> Dims<u64> {
        let mut rest = number as u64;
        let mut index: Dims<u64> = Dims::from_elem(0, self.grid.len());
        for (at, &n) in index.iter_mut().zip(&self.grid).rev() {
            *at = rest % n.max(1);
            rest /= n.max(1);
        }
        index
    }

    /// How many inner chunks a shard has.
    pub fn count(&self) -> usize {
        volume(&self.grid)
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(0)
    }

    /// Puts a shard together from its encoded inner chunks, given in C order of the grid; `None` is an absent one.
    /// They are stored in the order that the registry has. The parts, one behind the other, are the object. There are none if all inner chunks are absent.
    ///
    /// # Errors
    /// If an index codec fails.
    pub fn assemble(
        &self,
        chunks: Vec<Option<Bytes>>,
        cx: &mut Scratch,
    ) -> Result<Vec<Bytes>, CodecError> {
        let mut offset = match self.at {
            IndexLocation::Start => self.index_len as u64,
            IndexLocation::End => 0,
        };
        let mut chunks = chunks;
        let mut entries = vec![ABSENT.to_ne_bytes(); 2 * chunks.len()];
        let mut parts: Vec<Bytes> = vec![];
        for number in self.order.numbers(&self.grid, chunks.len()) {
            let chunk = chunks.get_mut(number).and_then(Option::take);
            let entry = entries.as_chunks_mut().0.get_mut(number);
            if let (Some(chunk), Some(entry)) = (chunk, entry) {
                let len = chunk.len() as u64;
                *entry = [offset, len].map(u64::to_ne_bytes);
                offset += len;
                parts.push(chunk);
            }
        }
        if parts.is_empty() {
            return Ok(parts);
        }
        let index = self.encode_index(entries.as_flattened(), cx)?;
        match self.at {
            IndexLocation::Start => parts.insert(0, index),
            IndexLocation::End => parts.push(index),
        }
        Ok(parts)
    }

    /// What turns a stored shard of `size` bytes into one with other inner chunks if it is put behind it: the new inner
    /// chunks, given by their numbers, and a new index; `None` is one that is no longer there. What the old index
    /// says stays where it is, unused. `None` if the index lies at the start, or no inner chunk would be left.
    ///
    /// # Errors
    /// If an index codec fails.
    pub fn extend(
        &self,
        old: &ShardIndex,
        size: u64,
        changed: impl IntoIterator<Item = (usize, Option<Bytes>)>,
        cx: &mut Scratch,
    ) -> Result<Option<Vec<Bytes>>, CodecError> {
        if self.at == IndexLocation::Start {
            return Ok(None);
        }
        let (mut index, mut offset, mut parts) = (old.clone(), size, vec![]);
        for (number, chunk) in changed {
            let len = chunk.as_ref().map(|chunk| chunk.len() as u64);
            index.set(number, len.map(|len| offset..offset + len));
            offset += len.unwrap_or(0);
            parts.extend(chunk);
        }
        if index.present().next().is_none() {
            return Ok(None);
        }
        parts.push(self.encode_index(index.entries(), cx)?);
        Ok(Some(parts))
    }

    fn encode_index(&self, entries: &[u8], cx: &mut Scratch) -> Result<Bytes, CodecError> {
        let shape = &self.index.spec().shape;
        let mut index = Vec::with_capacity(self.index_len);
        let view = NdView::new(entries, shape, 8).ok_or_else(|| {
            let found = entries.len() as u64;
            CodecErrorKind::Length {
                expected: 16 * self.count() as u64,
                found,
            }
            .of(NAME)
        })?;
        self.index.encode(&view, &mut index, cx)?;
        Ok(index.into())
    }

    /// How many bytes a shard may have. The bound is generous, since shards may contain unused bytes.
    pub(crate) fn encoded_len(&self) -> ByteLen {
        let chunks = self.inner.encoded_len().max().saturating_mul(self.count());
        ByteLen::AtMost(chunks.saturating_mul(2).saturating_add(self.index_len))
    }

    /// Decodes the cells of `part` of a shard in memory.
    pub(crate) fn decode(
        &self,
        src: &[u8],
        part: &Region,
        mut dst: NdViewMut<'_>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let size = src.len() as u64;
        let at = self.index_range(size)?;
        let index = self.decode_index(&src[at.start as usize..at.end as usize], size, cx)?;
        let wanted = self.project(part)?;
        let is_sparse = index.present().take(wanted.len()).count() < wanted.len();
        let visited: Box<dyn Iterator<Item = Projection>> = match is_sparse {
            // Filled at once, so that what is not there costs no visit.
            true => {
                kernels::fill(&mut dst, self.spec.fill_element());
                let chunks = index.present().map(|number| self.at(number));
                Box::new(chunks.filter_map(|chunk| wanted.get(wanted.find(&chunk)?)))
            }
            false => Box::new(wanted.iter()),
        };
        for Projection { chunk, part, to } in visited {
            let cells = dst.reborrow().region(&to);
            let mut cells = cells.ok_or_else(|| {
                CodecErrorKind::Mismatch("the output is smaller than the region".to_owned())
                    .of(NAME)
            })?;
            match index.get(self.number(&chunk)) {
                None => kernels::fill(&mut cells, self.spec.fill_element()),
                Some(range) => {
                    // `decode_index` checked every range against the size.
                    let bytes = &src[range.start as usize..range.end as usize];
                    self.inner.decode_part(bytes, &part, cells, cx)?;
                }
            }
        }
        Ok(())
    }

    /// Appends a whole shard. Inner chunks that hold only the fill value are left out.
    pub(crate) fn encode(
        &self,
        src: &NdView<'_>,
        dst: &mut Vec<u8>,
        cx: &mut Scratch,
    ) -> Result<(), CodecError> {
        let mut chunks = Vec::with_capacity(self.count());
        for Projection { to, .. } in self.project(&Region::whole(&self.spec.shape))?.iter() {
            let cells = src.region(&to).ok_or_else(|| {
                CodecErrorKind::Mismatch("the input is smaller than the shard".to_owned()).of(NAME)
            })?;
            if kernels::all_equal(&cells, self.spec.fill_element()) {
                chunks.push(None);
                continue;
            }
            let mut bytes = vec![];
            self.inner.encode(&cells, &mut bytes, cx)?;
            chunks.push(Some(bytes.into()));
        }
        let parts = self.assemble(chunks, cx)?;
        if parts.is_empty() {
            // A nested shard of fill values only is asked for all the same: an index alone.
            let absent = vec![0xFF; 16 * self.count()];
            let view = NdView::new(&absent, &self.index.spec().shape, 8);
            return view.map_or(Ok(()), |view| self.index.encode(&view, dst, cx));
        }
        parts.iter().for_each(|part| dst.extend_from_slice(part));
        Ok(())
    }
}

fn check_divides(inner: &[u64], shard: &[u64]) -> Result<(), CodecError> {
    let divides = |(&inner, &shard): (&u64, &u64)| inner > 0 && shard % inner == 0;
    if inner.len() == shard.len() && inner.iter().zip(shard).all(divides) {
        return Ok(());
    }
    let text = format!("inner chunks of {inner:?} do not divide the shard of {shard:?}");
    Err(CodecErrorKind::ChunkShape(text).of(NAME))
}

/// A required field of the configuration.
fn field<T: serde::de::DeserializeOwned>(
    extension: &Extension,
    key: &str,
) -> Result<T, CodecError> {
    let value = extension.configuration.get(key).cloned();
    let value = value.ok_or_else(|| setting::error(NAME, key, "is missing"))?;
    serde_json::from_value(value)
        .map_err(|error| setting::error(NAME, key, format!("is not valid: {error}")))
}
