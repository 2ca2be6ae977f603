//! Writers, which store each chunk or shard once.

use zarr::blocking::Wait;
use zarr::*;

forms! {
    writer_of_rows => {
        let a = zarr::zeros(Target::Memory, (4, 4)).chunks((2, 4)).wait()?;
        let mut w = a.writer();
        for i in 0..4 {
            w.write(i, [i as f64; 4]).wait()?;
        }
        w.finish().wait()?;
        assert_eq!(a.read::<f64>(..).wait()?.sum(), 24.0);
    }
    writer_by_usize => {
        let a = zarr::zeros(Target::Memory, 4).wait()?;
        let mut w = a.writer();
        for i in 0..4usize {
            w.write(i, i as f64).wait()?;
        }
        w.finish().wait()?;
        assert_eq!(a.read::<f64>(..).wait()?.sum(), 6.0);
    }
    writer_of_ndarrays => {
        let a = crate::grid()?;
        let mut w = a.writer();
        w.write((0..2, ..), ndarray::Array2::<i32>::ones((2, 4))).wait()?;
        w.flush().wait()?;
        assert_eq!(a.read::<i32>(0..2).wait()?.sum(), 8);
    }
    writer_casts => {
        let a = zarr::zeros(Target::Memory, 2).dtype("f4").wait()?;
        let mut w = a.writer();
        w.write(.., vec![1.0_f64, 2.0]).cast().wait()?;
        w.finish().wait()?;
        assert_eq!(a.read::<f32>(..).wait()?.sum(), 3.0);
    }
}
