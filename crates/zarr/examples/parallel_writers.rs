//! Several writers of one array, some of them of one chunk: nobody loses anything.
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

    // Each thread writes its own rows, sixteen of which share each chunk, and all of them the shard.
    // Handles are cheap to clone and may go anywhere; other processes could join in.
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
        "64 rows by 8 writers, none lost\n{}",
        array.info_complete().wait()?
    );
    drop(std::fs::remove_dir_all(dir));
    Ok(())
}
