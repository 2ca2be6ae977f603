//! The same work by more and more threads.

use std::path::Path;

use zarr::blocking::Wait;
use zarr::codecs::Zstd;
use zarr::ndarray::Array2;
use zarr::{Context, DataType, Target};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::clock_ms;

const LENGTH: u64 = 4096;
const CHUNK: u64 = 512;

pub(crate) fn measure(_: &Path, _: bool) -> Result<Vec<Curve>> {
    let title = "32 MiB in 64 chunks of zstd, in memory, by so many threads";
    let mut curve = Curve::new("threads", title, "threads", "ms", Growth::Linear);
    let there = std::thread::available_parallelism().map_or(1, usize::from);
    let length = LENGTH as usize;
    let data = Array2::from_shape_fn((length, length), |(i, j)| {
        let noise = (i * 7919 + j * 104_729) % 61;
        (10 * i + 3 * j + noise) as u16
    });
    for threads in (0..)
        .map(|power| 1 << power)
        .take_while(|&threads| threads <= there)
    {
        let context = Context::builder().threads(threads).build();
        let array = zarr::create_array(Target::Memory, [LENGTH, LENGTH], DataType::UInt16);
        let array = array.chunks([CHUNK, CHUNK]).compressors(Zstd::new(3));
        let array = array.context(&context).wait()?;
        let write = || array.write(.., &data).wait();
        curve.add("write", threads as u64, clock_ms(write)?);
        let read = || array.read::<u16>(..).wait();
        curve.add("read", threads as u64, clock_ms(read)?);
    }
    Ok(vec![curve])
}
