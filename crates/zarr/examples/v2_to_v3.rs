//! A hierarchy of format 2 becomes one of format 3: chunks are copied as they are where nothing else
//! changes, and decoded and encoded where the new arrays are to be sharded.
//!
//! `cargo run --example v2_to_v3`

use ndarray::Array2;
use zarr::blocking::Wait;
use zarr::{IfExists, MemoryStore, Order, ZarrFormat, json};

pub(crate) fn main() -> zarr::Result<()> {
    let old = zarr::create_group(MemoryStore::new())
        .zarr_format(ZarrFormat::V2)
        .attributes(json!({"title": "made in 2018"}))
        .wait()?;
    let image = Array2::from_shape_fn((300, 200), |(y, x)| (x ^ y) as u8);
    // As xarray kept the names of axes then.
    let names = json!({"_ARRAY_DIMENSIONS": ["y", "x"]});
    let create = zarr::array(&old, &image)
        .name("image")
        .zarr_format(ZarrFormat::V2);
    create
        .chunks([100, 100])
        .order(Order::F)
        .attributes(names)
        .wait()?;

    let new = zarr::create_group(MemoryStore::new()).wait()?;
    let stats = zarr::copy_all(&old, &new)
        .progress(|progress| {
            let line = progress.to_string();
            if !line.is_empty() {
                println!("{line}");
            }
        })
        .wait()?;
    println!("all done: {stats}");
    let copy = new.array("image").wait()?;
    assert_eq!(copy.read::<u8>(..).wait()?, image.clone().into_dyn());
    println!("{}", copy.info());

    // The same again, in one shard of small chunks.
    let sharded = zarr::copy_all(&old, &new)
        .if_exists(IfExists::Replace)
        .with(|array| array.chunks([50, 50]).shards([300, 200]).filters(()));
    sharded.wait()?;
    let copy = new.array("image").wait()?;
    assert_eq!(copy.read::<u8>(..).wait()?, image.into_dyn());
    println!("\n{}", copy.info());
    Ok(())
}
