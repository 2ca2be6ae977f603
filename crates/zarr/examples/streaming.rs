//! An array larger than the memory that it may use: computed block by block, and read block by block.
//!
//! `cargo run --release --example streaming`

use ndarray::Array3;
use zarr::blocking::Wait;
use zarr::{Computed, Context, Target};

pub(crate) fn main() -> zarr::Result<()> {
    // At most 2 MiB are on their way between memory and the store at any time.
    let little = Context::builder().memory(2 << 20).build();

    // A wave of 16 MiB, computed by the workers chunk by chunk.
    let wave = Computed::new([64, 256, 256], |cells| {
        let shape: Vec<usize> = cells.iter().map(|axis| axis.clone().count()).collect();
        Array3::from_shape_fn([shape[0], shape[1], shape[2]], |(t, y, x)| {
            let at = |axis: usize, i: usize| (cells[axis].start + i as u64) as f32;
            (at(0, t) / 10.0 + at(1, y) / 30.0).sin() * (at(2, x) / 50.0).cos()
        })
    });
    let array = zarr::from_array(Target::Memory, wave)
        .chunks([16, 128, 128])
        .dimension_names(["t", "y", "x"])
        .context(&little)
        .wait()?;

    let (mut sum, mut cells) = (0.0, 0_u64);
    // Blocks arrive as they are decoded, a few ahead of this loop.
    for block in array.stream::<f32>(..).wait() {
        let (_place, block) = block?;
        sum += block.iter().map(|&x| f64::from(x)).sum::<f64>();
        cells += block.len() as u64;
    }
    assert_eq!(Some(cells), array.size());
    println!("the mean of {cells} cells is {:.4}", sum / cells as f64);
    Ok(())
}
