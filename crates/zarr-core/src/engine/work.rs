//! How much there is to do for the cells of a region: arithmetic, which decides where it is done.

use zarr_codecs::{Access, Chain, Projections, Region};

use super::pool::Work;

/// To read the cells: of what is not encoded only the wanted bytes, of all else whole pieces.
pub(super) fn to_read(chain: &Chain, region: &Region) -> Work {
    let (work, spec) = (to_write(chain, region), smallest(chain).spec());
    match smallest(chain).access(&Region::whole(&spec.shape)) {
        Access::Cells(_) => {
            let cells = region.volume().unwrap_or(u64::MAX);
            let elem = spec.elem() as u64;
            Work {
                bytes: cells.saturating_mul(elem),
                ..work
            }
        }
        Access::Whole | Access::Shard(_) => work,
    }
}

/// To write the cells: each piece is made as a whole. Pieces are chunks, or the smallest inner
/// chunks of shards; both lie on regular grids, from the origin of the array and of each shard on.
pub(super) fn to_write(chain: &Chain, region: &Region) -> Work {
    let spec = smallest(chain).spec();
    let touched = Projections::new(region, &spec.shape);
    let pieces = touched.map_or(usize::MAX, |touched| touched.len());
    let each = spec.byte_len().unwrap_or(0) as u64;
    Work {
        pieces,
        bytes: each.saturating_mul(pieces as u64),
    }
}

/// The codecs of what is encoded by itself.
fn smallest(mut chain: &Chain) -> &Chain {
    while let Some(shard) = chain.shard() {
        chain = shard.inner();
    }
    chain
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use zarr_codecs::{ChunkSpec, Registry};
    use zarr_metadata::{DataType, Extension, FillValue};

    use super::*;

    /// Of 8 × 8 elements of two bytes.
    fn chain(codecs: Value) -> Chain {
        let codecs: Vec<Extension> = serde_json::from_value(codecs).unwrap();
        let fill = FillValue::from_bytes(&DataType::UInt16, &[0; 2]).unwrap();
        let spec = ChunkSpec::new(&[8, 8], DataType::UInt16, fill).unwrap();
        Chain::new(&codecs, spec, &Registry::default()).unwrap()
    }

    /// A shard of chunks of `side`².
    fn shard(side: u64, inner: &Value) -> Value {
        json!([{"name": "sharding_indexed", "configuration": {
            "chunk_shape": [side, side], "codecs": inner,
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        }}])
    }

    fn check(codecs: Value, read: (usize, u64), write: (usize, u64)) {
        let chain = chain(codecs);
        // Two cells, in two chunks and, within these, in two inner chunks.
        let region = Region::dense(&[7, 3], &[2, 1]);
        let found = |work: Work| (work.pieces, work.bytes);
        assert_eq!(found(to_read(&chain, &region)), read);
        assert_eq!(found(to_write(&chain, &region)), write);
    }

    #[test]
    fn what_is_not_encoded_is_read_by_the_cell() {
        let raw = json!([{"name": "bytes", "configuration": {"endian": "big"}}]);
        check(raw.clone(), (2, 4), (2, 256));
        check(shard(4, &raw), (2, 4), (2, 64));
        check(shard(4, &shard(2, &raw)), (2, 4), (2, 16));
    }

    #[test]
    fn what_is_encoded_is_decoded_whole() {
        let packed = json!([
            {"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"},
        ]);
        check(packed.clone(), (2, 256), (2, 256));
        check(shard(4, &packed), (2, 64), (2, 64));
    }
}
