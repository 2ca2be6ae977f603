//! Arrays that are larger and larger than what may be on its way: memory stays what it is.

use std::path::Path;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::testing::{BlockingStore, Latency};
use zarr::{Context, DataType, MemoryStore};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::memory::{peak_rss_mb, reset_peak_rss};

/// A chunk of 4 MiB.
const CHUNK: u64 = 1 << 22;
const BUDGET: u64 = 256 << 20;

pub(crate) fn measure(_: &Path, full: bool) -> Result<Vec<Curve>> {
    let title =
        "an array of so many MiB, with a budget of 256 MiB: the largest size of the process";
    let mut curve = Curve::new("large", title, "MiB", "MiB", Growth::Flat);
    let context = Context::builder().memory(BUDGET).build();
    let sizes: &[u64] = if full {
        &[1024, 4096, 20_480]
    } else {
        &[1024, 2048, 4096]
    };
    for &size in sizes {
        let memory = MemoryStore::new();
        // Far away, so that as much is on its way as may be.
        let store = Latency::new(memory.into_store(), Duration::from_millis(2));
        let array = zarr::create_array(store, [size << 20], DataType::UInt8);
        let array = array.chunks([CHUNK]).context(&context).wait()?;
        reset_peak_rss();
        array.write(.., 7_u8).wait()?;
        curve.add("write a value", size, peak_rss_mb());
        reset_peak_rss();
        for block in array.stream::<u8>(..).wait() {
            block?;
        }
        curve.add("stream", size, peak_rss_mb());
        let other = Latency::new(MemoryStore::new().into_store(), Duration::from_millis(2));
        reset_peak_rss();
        let copy = zarr::from_array(other, &array).chunks([CHUNK + CHUNK / 2]);
        copy.context(&context).wait()?;
        curve.add("copy to other chunks", size, peak_rss_mb());
    }
    Ok(vec![curve])
}
