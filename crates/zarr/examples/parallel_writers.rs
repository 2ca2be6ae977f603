//! Several threads write to one array, several of them to the same chunk, and nothing is lost.
//!
//! `cargo run --example parallel_writers`

use zarr::blocking::Wait;
use zarr::{DataType, sel};

pub(crate) fn main() -> zarr::Result<()> {
    let dir = std::env::temp_dir().join(format!("zarr-writers-{}", std::process::id()));
    let array = zarr::create_array(&dir, [64, 1000], DataType::Int32)
        .chunks([16, 100])
        .shards([64, 1000]) // one file for all of it
        .overwrite(true)
        .wait()?;

    // Each thread writes its own rows. Sixteen rows share a chunk, and all rows share the shard.
    // Handles are cheap to clone and to send; other processes could write, too.
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let array = array.clone();
            std::thread::spawn(move || -> zarr::Result<()> {
                for row in (writer..64).step_by(8) {
                    array.write(sel![row, ..], row).wait()?;
                }
                Ok(())
            })
        })
        .collect();
    for writer in writers {
        writer
            .join()
            .map_err(|_| zarr::Error::argument("writer", "it panicked"))??;
    }

    let all = array.read::<i32>(..).wait()?;
    for (row, cells) in all.outer_iter().enumerate() {
        assert!(cells.iter().all(|&cell| cell == row as i32));
    }
    println!(
        "64 rows written by 8 threads, none lost\n{}",
        array.info_complete().wait()?
    );
    drop(std::fs::remove_dir_all(dir));
    Ok(())
}
