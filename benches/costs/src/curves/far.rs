//! A store that is further and further away: how many times an operation waits for it.

use std::path::Path;
use std::time::Duration;

use zarr::blocking::Wait;
use zarr::testing::{BlockingStore, Latency};
use zarr::{DataType, MemoryStore, sel};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::clock_ms;

const CHUNK: u64 = 16;
const SHARD: u64 = 128;
const LENGTH: u64 = 512;

pub(crate) fn measure(_: &Path, _: bool) -> Result<Vec<Curve>> {
    let title = "a store that answers after so many milliseconds";
    let mut time = Curve::new("latency", title, "ms of each call", "ms", Growth::Linear);
    let title = "the same: how often one call's time passes";
    let mut trips = Curve::new(
        "round-trips",
        title,
        "ms of each call",
        "calls",
        Growth::Flat,
    );
    let memory = MemoryStore::new();
    let shape = [LENGTH, LENGTH];
    let create = |name: &str| {
        let array = zarr::create_array(memory.clone(), shape, DataType::UInt16);
        array.name(name).chunks([CHUNK, CHUNK])
    };
    let plain = create("plain").wait()?;
    let sharded = create("sharded").shards([SHARD, SHARD]).wait()?;
    for array in [plain, sharded] {
        array.write(.., 7_u16).wait()?;
    }
    for delay in [0, 1, 20, 100] {
        let store = Latency::new(memory.clone().into_store(), Duration::from_millis(delay));
        let open = |name: &str| zarr::open_array(store.clone()).name(name).wait();
        let slice = sel![100..120, 100..120];
        let (plain, sharded) = (open("plain")?, open("sharded")?);
        let mut add = |name, ms: f64| {
            time.add(name, delay, ms);
            if delay > 0 {
                trips.add(name, delay, ms / delay as f64);
            }
        };
        add("open", clock_ms(|| open("sharded"))?);
        let first = || open("sharded")?.read::<u16>(slice.clone()).wait();
        add("open, read a slice of shards", clock_ms(first)?);
        // The indexes are remembered.
        add(
            "read the slice again",
            clock_ms(|| sharded.read::<u16>(slice.clone()).wait())?,
        );
        add(
            "read a slice of chunks",
            clock_ms(|| plain.read::<u16>(slice.clone()).wait())?,
        );
        add(
            "read 1024 chunks",
            clock_ms(|| plain.read::<u16>(..).wait())?,
        );
    }
    Ok(vec![time, trips])
}
