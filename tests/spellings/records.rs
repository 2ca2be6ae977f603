//! Records: NumPy's structured data types.

use ndarray::array;
use zarr::blocking::Wait;
use zarr::*;

zarr::record! {
    #[derive(Clone, Debug, PartialEq)]
    struct Cell {
        id: u32,
        height: f32,
    }
}

/// An array of two cells.
fn cells() -> Result<Array> {
    zarr::array(Target::Memory, array![Cell { id: 1, height: 0.5 }, Cell { id: 2, height: 1.5 }]).wait()
}

forms! {
    data_type_record_with_tuples => {
        assert_eq!(DataType::record([("a", DataType::Int32), ("b", DataType::Float64)]).size(), Some(12));
    }
    data_type_record_with_texts => { assert_eq!(DataType::record([("a", "i4"), ("b", "f8")]).size(), Some(12)); }
    data_type_record_with_a_vec => { assert_eq!(DataType::record(vec![("a", "i4")]).size(), Some(4)); }
    data_type_record_with_an_inner_shape => { assert_eq!(DataType::record([("a", "f4", [3])]).size(), Some(12)); }
    record_read => { assert_eq!(cells()?.read::<Cell>(1).wait()?[[]], Cell { id: 2, height: 1.5 }); }
    record_scalar => { assert_eq!(cells()?.read_scalar::<Cell>(0).wait()?.id, 1); }
    record_field => { assert_eq!(cells()?.read::<f32>(..).field("height").wait()?.sum(), 2.0); }
    record_field_written => {
        let a = cells()?;
        a.write(.., [7_u32, 8]).field("id").wait()?;
        assert_eq!(a.read_scalar::<Cell>(1).wait()?, Cell { id: 8, height: 1.5 });
    }
    record_fields => { assert_eq!(cells()?.read_dyn(..).fields(["id"]).wait()?.shape, [2]); }
    record_written_in_a_vec => {
        let a = zarr::create_array(Target::Memory, 1, Cell::data_type()).wait()?;
        a.write(.., vec![Cell { id: 1, height: 2.0 }]).wait()?;
        assert_eq!(a.read_scalar::<Cell>(0).wait()?.height, 2.0);
    }
    record_written_alone => {
        let a = cells()?;
        a.write(0, Cell { id: 9, height: 0.0 }).wait()?;
        assert_eq!(a.read::<u32>(0).field("id").wait()?[[]], 9);
    }
}
