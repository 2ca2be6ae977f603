//! The operations that are counted: each is one call, or a few where one alone would leave something behind.

use futures_util::TryStreamExt;
use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{Array, DataType, Target, UseConsolidated, sel};

use crate::data::{Bench, CHUNK, Kind, SHAPE, chunk};
use crate::{Counter, Result};

pub(crate) fn open(bench: &Bench, counter: &Counter) -> Result<()> {
    let open = |name| zarr::open_array(bench.path(name)).context(&bench.context);
    counter.count("open an array", || open("raw").wait())?;
    counter.count("open a sharded array", || open("shard").wait())?;
    counter.count("open an array, read an attribute", || {
        let units = open("raw").wait()?.attrs().get("units").cloned();
        Ok(units)
    })?;
    let open = |name| zarr::open_group(bench.path(name)).context(&bench.context);
    counter.count("open a group", || open("group").wait())?;
    counter.count("open a group, consolidated", || {
        open("consolidated").use_consolidated(true).wait()
    })?;
    let group = open("group").wait()?;
    counter.count("open a member", || group.array("a50").wait())
}

pub(crate) fn create(bench: &Bench, counter: &Counter) -> Result<()> {
    let mut names = (0..).map(|i| bench.path(&format!("new{i:04}")));
    let mut next = move || names.next().unwrap_or_default();
    counter.count("create an array", || {
        let array = zarr::create_array(next(), SHAPE, DataType::UInt16);
        array.chunks(CHUNK).context(&bench.context).wait()
    })?;
    let mut names = (0..).map(|i| bench.path(&format!("newgroup{i:04}")));
    let mut next = move || names.next().unwrap_or_default();
    counter.count("create a group", || {
        zarr::create_group(next()).context(&bench.context).wait()
    })
}

pub(crate) fn read(bench: &Bench, counter: &Counter) -> Result<()> {
    for kind in Kind::ALL {
        let (array, name) = (bench.array(kind)?, kind.name());
        counter.count(&format!("read a cell, {name}"), || cell(&array))?;
        counter.count(&format!("read a chunk, {name}"), || {
            array.read::<u16>(sel![64..128, 64..128]).wait()
        })?;
        // Of four chunks, or four inner ones.
        counter.count(&format!("read a box, {name}"), || {
            array.read::<u16>(sel![59..69, 59..69]).wait()
        })?;
    }
    let array = bench.array(Kind::Zstd)?;
    counter.count("read 16 chunks, zstd", || array.read::<u16>(..).wait())?;
    counter.count("stream 16 chunks, zstd", || {
        let blocks = array.stream::<u16>(..).prefetch(1).wait();
        blocks.collect::<zarr::Result<Vec<_>>>()
    })
}

fn cell(array: &Array) -> zarr::Result<u16> {
    array.read_scalar::<u16>((100, 100)).wait()
}

pub(crate) fn read_scattered(bench: &Bench, counter: &Counter) -> Result<()> {
    // Far from each other, in no order.
    let points = |i: i64| (i * 7919) % 256;
    let (rows, columns): (Vec<i64>, Vec<i64>) =
        (0..1000).map(|i| (points(i), points(i + 17 * i))).unzip();
    let list: Vec<i64> = (0..40).map(|i| (i * 37) % 256).collect();
    for kind in [Kind::Raw, Kind::Zstd] {
        let (array, name) = (bench.array(kind)?, kind.name());
        counter.count(&format!("vindex of 1000 points, {name}"), || {
            array.vindex((&rows, &columns)).read::<u16>().wait()
        })?;
        counter.count(&format!("oindex of 40 x 40, {name}"), || {
            array.oindex((&list, &list)).read::<u16>().wait()
        })?;
        counter.count(&format!("read every third cell, {name}"), || {
            array.read::<u16>(sel![..;3, ..;3]).wait()
        })?;
    }
    Ok(())
}

/// The same as without a runtime, awaited in one.
pub(crate) fn read_in_runtime(bench: &Bench, counter: &Counter) -> Result<()> {
    let wait = &bench.runtime;
    let path = bench.path("raw");
    counter.count("open an array, awaited", || {
        let open = zarr::open_array(&path).context(&bench.context);
        wait.block_on(open.into_future())
    })?;
    for kind in [Kind::Raw, Kind::Shard] {
        let (array, name) = (bench.array(kind)?, kind.name());
        counter.count(&format!("read a cell, {name}, awaited"), || {
            let read = array.read_scalar::<u16>((100, 100));
            wait.block_on(read.into_future())
        })?;
        counter.count(&format!("read a box, {name}, awaited"), || {
            let read = array.read::<u16>(sel![59..69, 59..69]);
            wait.block_on(read.into_future())
        })?;
    }
    Ok(())
}

pub(crate) fn write(bench: &Bench, counter: &Counter) -> Result<()> {
    for kind in [Kind::Raw, Kind::Zstd, Kind::Shard] {
        let (array, name) = (bench.array(kind)?, kind.name());
        let new = chunk();
        // Of a sharded array it is a part of a shard.
        counter.count(&format!("write a chunk, {name}"), || {
            array.write(sel![64..128, 64..128], new.clone()).wait()
        })?;
        counter.count(&format!("write a part of a chunk, {name}"), || {
            array.write(sel![70..80, 70..80], 7_u16).wait()
        })?;
    }
    let (array, new) = (bench.array(Kind::Raw)?, chunk().reversed_axes());
    counter.count("write a chunk, raw, in order F", || {
        array.write(sel![64..128, 64..128], new.clone()).wait()
    })
}

pub(crate) fn list(bench: &Bench, counter: &Counter) -> Result<()> {
    let group = zarr::open_group(bench.path("group"))
        .context(&bench.context)
        .use_consolidated(UseConsolidated::Never)
        .wait()?;
    counter.count("list 100 arrays", || group.arrays().wait())?;
    let group = zarr::open_group(bench.path("consolidated"))
        .context(&bench.context)
        .use_consolidated(true)
        .wait()?;
    counter.count("list 100 arrays, consolidated", || group.arrays().wait())?;
    counter.count("consolidate 100 arrays", || {
        zarr::consolidate_metadata(bench.path("consolidated"))
            .context(&bench.context)
            .wait()
    })
}

pub(crate) fn change(bench: &Bench, counter: &Counter) -> Result<()> {
    let mut array = bench.create(Kind::Raw, bench.path("changed"))?;
    counter.count("change an attribute", || {
        array.update_attributes(zarr::json!({"units": "km"})).wait()
    })?;
    counter.count("resize there and back", || {
        array.resize([SHAPE[0] + 64, SHAPE[1]]).wait()?;
        array.resize(SHAPE).wait()
    })?;
    let row = Array2::<u16>::from_elem((1, SHAPE[1] as usize), 3);
    counter.count("append a row", || array.append(row.clone()).wait())?;
    counter.count("count stored chunks", || array.nchunks_initialized().wait())
}

pub(crate) fn memory(bench: &Bench, counter: &Counter) -> Result<()> {
    let array = bench.create(Kind::Raw, Target::Memory)?;
    counter.count("read a cell, raw, in memory", || cell(&array))?;
    counter.count("read a chunk, raw, in memory", || {
        array.read::<u16>(sel![64..128, 64..128]).wait()
    })?;
    counter.count("read a box, raw, in memory", || {
        array.read::<u16>(sel![59..69, 59..69]).wait()
    })?;
    let new = chunk();
    counter.count("write a chunk, raw, in memory", || {
        array.write(sel![64..128, 64..128], new.clone()).wait()
    })?;
    counter.count("find stored chunks, in memory", || {
        let stored = array.stored_chunks();
        stored.try_collect::<Vec<_>>().wait()
    })
}
