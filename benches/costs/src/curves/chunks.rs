//! The same bytes in more and more chunks: what is left is the cost of a chunk.

use std::path::Path;

use zarr::blocking::Wait;
use zarr::ndarray::Array1;
use zarr::{Array, DataType, Target};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::busy_ms;

const BYTES: u64 = 16_000_000;

pub(crate) fn measure(dir: &Path, full: bool) -> Result<Vec<Curve>> {
    let title = "16 MB in so many chunks, uncompressed";
    let mut curve = Curve::new("chunks", title, "chunks", "busy ms", Growth::Linear);
    let data = Array1::from_iter((0..BYTES).map(|i| (i % 251) as u8));
    for power in 2..=if full { 6 } else { 5 } {
        let chunks = 10_u64.pow(power);
        let create = |target: Target| -> Result<Array> {
            let array = zarr::create_array(target, [BYTES], DataType::UInt8);
            Ok(array.chunks([BYTES / chunks]).compressors(()).wait()?)
        };
        let path = dir.join(chunks.to_string());
        let places = [
            (["write files", "read files"], Target::from(&path)),
            (["write to memory", "read from memory"], Target::Memory),
        ];
        for ([write, read], place) in places {
            let array = create(place)?;
            curve.add(write, chunks, busy_ms(|| array.write(.., &data).wait())?);
            curve.add(read, chunks, busy_ms(|| array.read::<u8>(..).wait())?);
        }
    }
    Ok(vec![curve])
}
