//! Converts a hierarchy from format 2 to format 3. Chunks are copied as they are stored; for sharded
//! copies they are decoded and encoded again.
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
    // The attribute in which xarray keeps dimension names in format 2.
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
    println!("{stats}");
    let copy = new.array("image").wait()?;
    assert_eq!(copy.read::<u8>(..).wait()?, image.clone().into_dyn());
    println!("{}", copy.info());

    // Copy again, now into one shard of smaller chunks.
    let sharded = zarr::copy_all(&old, &new)
        .if_exists(IfExists::Replace)
        .with(|array| array.chunks([50, 50]).shards([300, 200]).filters(()));
    sharded.wait()?;
    let copy = new.array("image").wait()?;
    assert_eq!(copy.read::<u8>(..).wait()?, image.into_dyn());
    println!("\n{}", copy.info());
    Ok(())
}
