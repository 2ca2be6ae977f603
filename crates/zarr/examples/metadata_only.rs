//! Lists a hierarchy without reading a chunk, as a catalogue would.
//!
//! `cargo run --example metadata_only [path or URL]`

use zarr::blocking::Wait;
use zarr::{DataType, Group, MemoryStore, NodeMetadata, json};

/// A hierarchy to list.
fn demo() -> zarr::Result<Group> {
    let root = zarr::group(MemoryStore::new()).wait()?;
    let new = root.create_array("weather/temperature", [365, 721, 1440], DataType::Float32);
    let new = new
        .chunks([1, 721, 1440])
        .dimension_names(["day", "y", "x"]);
    new.attributes(json!({"units": "K"})).wait()?;
    root.create_array("weather/station", [100], DataType::String)
        .wait()?;
    zarr::consolidate_metadata(&root).wait()
}

fn main() -> zarr::Result<()> {
    let root = match std::env::args().nth(1) {
        None => demo()?,
        Some(place) => zarr::open_group(place.as_str())
            // One request for all documents, if the metadata is consolidated.
            .mode("r")
            .wait()?,
    };
    println!("{}", root.tree().wait()?);
    let mut bytes = 0;
    for (path, node) in root.members().all().metadata().wait()? {
        let NodeMetadata::Array(array) = node else {
            continue;
        };
        let cells: u64 = array.shape().iter().product();
        bytes += cells * array.data_type().size().unwrap_or(0) as u64;
        let codecs: Vec<_> = array
            .codecs()
            .iter()
            .map(|codec| codec.name.clone())
            .collect();
        println!(
            "{path}: {:?} of {}, {}",
            array.shape(),
            array.data_type(),
            codecs.join(", ")
        );
        println!("    {}", json!(array.attributes()));
    }
    println!(
        "{:.1} MiB if every chunk is stored",
        bytes as f64 / f64::from(1 << 20)
    );
    Ok(())
}
