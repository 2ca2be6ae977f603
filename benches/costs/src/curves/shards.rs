//! One shard with more and more inner chunks: a cell takes two small reads.

use std::path::Path;

use zarr::blocking::Wait;
use zarr::ndarray::Array1;
use zarr::testing::{BlockingStore, Counting};
use zarr::{DataType, MemoryStore};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::busy_ms;

/// Cells of an inner chunk.
const INNER: u64 = 64;

pub(crate) fn measure(_: &Path, full: bool) -> Result<Vec<Curve>> {
    let title = "a shard of so many inner chunks of 64 bytes, in memory";
    let mut time = Curve::new(
        "shard-time",
        title,
        "inner chunks",
        "busy ms",
        Growth::Linear,
    );
    let title =
        "a cell of a shard of so many inner chunks: reads, the first with the array's document";
    let mut reads = Curve::new("shard-reads", title, "inner chunks", "reads", Growth::Flat);
    let title = "a cell of a shard of so many inner chunks: bytes that are read";
    let mut bytes = Curve::new(
        "shard-bytes",
        title,
        "inner chunks",
        "bytes",
        Growth::Linear,
    );
    for power in 1..=if full { 6 } else { 5 } {
        let inner = 10_u64.pow(power);
        let cells = inner * INNER;
        let store = Counting::new(MemoryStore::new().into_store());
        let array = zarr::create_array(store.clone(), [cells], DataType::UInt8);
        let array = array
            .chunks([INNER])
            .shards([cells])
            .compressors(())
            .wait()?;
        let data = Array1::from_iter((0..cells).map(|i| (i % 251) as u8));
        time.add(
            "write all",
            inner,
            busy_ms(|| array.write(.., &data).wait())?,
        );
        time.add("read all", inner, busy_ms(|| array.read::<u8>(..).wait())?);

        let middle = cells / 2;
        let open = || zarr::open_array(store.clone()).wait();
        let first = || open()?.read_scalar::<u8>([middle]).wait();
        time.add("open, read a cell", inner, busy_ms(first)?);
        store.take();
        first()?;
        let counts = store.take();
        reads.add("open, read a cell", inner, counts.reads as f64);
        bytes.add("open, read a cell", inner, counts.bytes_read as f64);

        let again = || array.read_scalar::<u8>([middle]).wait();
        time.add("read a cell", inner, busy_ms(again)?);
        store.take();
        again()?;
        let counts = store.take();
        reads.add("read a cell", inner, counts.reads as f64);
        bytes.add("read a cell", inner, counts.bytes_read as f64);
        time.add(
            "write a cell",
            inner,
            busy_ms(|| array.write([middle], 7_u8).wait())?,
        );
    }
    Ok(vec![time, reads, bytes])
}
