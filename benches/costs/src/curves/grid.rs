//! Few stored chunks in a large grid: the cost follows what is stored, not what could be.

use std::path::Path;

use futures_util::TryStreamExt;
use zarr::blocking::Wait;
use zarr::{DataType, sel};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::busy_ms;

/// Cells of a chunk.
const CHUNK: u64 = 8;
/// Chunks of the largest grid.
const GRID: u64 = 1_000_000_000;
/// Chunks that are stored of each grid.
const STORED: u64 = 1000;
/// Chunks of a small box.
const BOX: u64 = 10;

pub(crate) fn measure(dir: &Path, full: bool) -> Result<Vec<Curve>> {
    let title = "so many chunks stored, of a grid of a thousand million";
    let mut stored = Curve::new("stored", title, "stored chunks", "busy ms", Growth::Linear);
    for power in 0..=if full { 6 } else { 5 } {
        let chunks = 10_u64.pow(power);
        sparse(dir, &mut stored, chunks, GRID, chunks)?;
    }
    let title = "a thousand chunks stored, of grids of so many";
    let mut grid = Curve::new("grid", title, "chunks of the grid", "busy ms", Growth::Flat);
    for power in 3..=9 {
        let chunks = 10_u64.pow(power);
        sparse(dir, &mut grid, chunks, chunks, STORED)?;
    }
    Ok(vec![stored, grid])
}

/// Adds what operations cost on an array of so many chunks, of which so many are stored, evenly.
fn sparse(dir: &Path, curve: &mut Curve, x: u64, chunks: u64, stored: u64) -> Result<()> {
    let path = dir.join(format!("{stored}-of-{chunks}-{}", curve.name));
    let array = zarr::create_array(&path, [chunks * CHUNK], DataType::UInt8);
    array.chunks([CHUNK]).compressors(()).wait()?;
    let files = path.join("c");
    std::fs::create_dir(&files)?;
    for i in 0..stored {
        std::fs::write(
            files.join((i * (chunks / stored)).to_string()),
            [1; CHUNK as usize],
        )?;
    }
    let open = || zarr::open_array(&path).wait();
    let array = open()?;
    curve.add("open", x, busy_ms(open)?);
    let small = sel![..(BOX * CHUNK) as i64];
    curve.add(
        "read a small box",
        x,
        busy_ms(|| array.read::<u8>(small.clone()).wait())?,
    );
    let list = || array.stored_chunks().try_collect::<Vec<_>>().wait();
    assert_eq_len(list()?.len(), stored)?;
    curve.add("list what is stored", x, busy_ms(list)?);
    let count = || array.nchunks_initialized().wait();
    curve.add("nchunks_initialized", x, busy_ms(count)?);
    Ok(())
}

fn assert_eq_len(found: usize, stored: u64) -> Result<()> {
    match found as u64 == stored {
        true => Ok(()),
        false => Err(format!("{found} chunks are listed, and {stored} are stored").into()),
    }
}
