//! Data that is written.

use ndarray::{Array, Array2, array};
use zarr::blocking::Wait;
use zarr::*;

/// The elements of an array of three numbers after a write of all of them.
fn of(data: impl Into<Source>) -> Result<Vec<f64>> {
    let a = zarr::zeros(Target::Memory, [3]).wait()?;
    a.write(.., data).wait()?;
    Ok(a.read::<f64>(..).wait()?.into_iter().collect())
}

forms! {
    write_a_vec => { assert_eq!(of(vec![1.0, 2.0, 3.0])?, [1.0, 2.0, 3.0]); }
    write_a_slice => { assert_eq!(of(&[1.0, 2.0, 3.0][..])?, [1.0, 2.0, 3.0]); }
    write_an_array_literal => { assert_eq!(of([1.0, 2.0, 3.0])?, [1.0, 2.0, 3.0]); }
    write_a_reference_to_a_vec => { let v = vec![1.0, 2.0, 3.0]; assert_eq!(of(&v)?, v); }
    write_an_ndarray => { assert_eq!(of(array![1.0, 2.0, 3.0])?, [1.0, 2.0, 3.0]); }
    write_a_reference_to_an_ndarray => { let v = array![1.0, 2.0, 3.0]; assert_eq!(of(&v)?, v.to_vec()); }
    write_a_view => { let v = array![1.0, 2.0, 3.0]; assert_eq!(of(v.view())?, v.to_vec()); }
    write_a_linspace => { assert_eq!(of(Array::linspace(0.0, 1.0, 3))?, [0.0, 0.5, 1.0]); }
    write_a_scalar => { assert_eq!(of(1.5)?, [1.5; 3]); }
    write_an_integer_scalar => { assert_eq!(of(1)?, [1.0; 3]); }
    write_a_usize_scalar => { let n = 2usize; let a = zarr::zeros(Target::Memory, 3).wait()?; a.write(.., n).wait()?; assert_eq!(a.read::<f64>(..).wait()?.sum(), 6.0); }
    write_a_vec_of_usize => { assert_eq!(zarr::array(Target::Memory, vec![1usize, 2]).wait()?.dtype(), &DataType::UInt64); }
    write_a_half_scalar => {
        let a = zarr::zeros(Target::Memory, [3]).dtype(DataType::Float16).wait()?;
        a.write(.., half::f16::from_f32(1.0)).wait()?;
        assert_eq!(a.read_scalar::<half::f16>(2).wait()?.to_f32(), 1.0);
    }
    write_to_a_range => {
        let a = zarr::zeros(Target::Memory, 4).wait()?;
        a.write(1..3, [1.0, 2.0]).wait()?;
        assert_eq!(a.read::<f64>(..).wait()?, array![0.0, 1.0, 2.0, 0.0].into_dyn());
    }
    write_to_an_index => {
        let a = zarr::zeros(Target::Memory, 4).wait()?;
        a.write(-1, 7.0).wait()?;
        assert_eq!(a.read_scalar::<f64>(3).wait()?, 7.0);
    }
    write_to_a_list => {
        let a = zarr::zeros(Target::Memory, 4).wait()?;
        a.write([0, 3], [1.0, 2.0]).wait()?;
        assert_eq!(a.read::<f64>(..).wait()?.sum(), 3.0);
    }
    write_to_a_mask => {
        let a = crate::grid()?;
        let mask = a.read::<i32>(..).wait()?.mapv(|x| x > 5);
        a.write(&mask, 0).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 15);
    }
    write_a_row_to_every_row => {
        let a = crate::grid()?;
        a.write(.., [1, 2, 3, 4]).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 30);
    }
    write_nested_lists => {
        let a = zarr::zeros(Target::Memory, (2, 2)).wait()?;
        a.write(.., [[1.0, 2.0], [3.0, 4.0]]).wait()?;
        a.write(0, vec![5.0, 6.0]).wait()?;
        assert_eq!(a.read::<f64>(..).wait()?.sum(), 18.0);
    }
    write_vecs_of_vecs => {
        let a = zarr::array(Target::Memory, vec![vec![1, 2], vec![3, 4]]).wait()?;
        assert_eq!(a.shape(), [2, 2]);
    }
    write_a_list_of_a_shape => {
        let a = zarr::array(Target::Memory, (vec![1, 2, 3, 4], (2, 2))).wait()?;
        assert_eq!(a.read_scalar::<i32>((1, 0)).wait()?, 3);
    }
    write_cast => {
        let a = zarr::zeros(Target::Memory, 2).dtype("f4").wait()?;
        a.write(.., [1.0_f64, 2.0]).cast().wait()?;
        assert_eq!(a.read::<f32>(..).wait()?.sum(), 3.0);
    }
    write_texts => {
        let a = zarr::create_array(Target::Memory, 2, "str").wait()?;
        a.write(.., ["a", "b"]).wait()?;
        a.write(1, "c").wait()?;
        assert_eq!(a.read::<String>(..).wait()?, array!["a", "c"].mapv(String::from).into_dyn());
    }
    write_strings => {
        let a = zarr::array(Target::Memory, vec![String::from("a"), String::from("b")]).wait()?;
        assert_eq!(a.dtype(), &DataType::String);
    }
    write_bools => { assert_eq!(zarr::array(Target::Memory, [true, false]).wait()?.dtype(), &DataType::Bool); }
    write_complex => {
        let a = zarr::array(Target::Memory, [num_complex::Complex64::new(1.0, 2.0)]).wait()?;
        assert_eq!(a.dtype(), &DataType::Complex128);
    }
    write_another_array => {
        let a = zarr::zeros_like(Target::Memory, &crate::grid()?).wait()?;
        a.write(.., &crate::grid()?).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 66);
    }
    write_through_oindex => {
        let a = crate::grid()?;
        a.oindex(([0, 2], [0, 3])).write(0).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 66 - 3 - 8 - 11);
    }
    write_through_vindex => {
        let a = crate::grid()?;
        a.vindex(([0, 2], [0, 3])).write([100, 200]).wait()?;
        assert_eq!(a.read_scalar::<i32>((2, 3)).wait()?, 200);
    }
    write_through_blocks => {
        let a = crate::grid()?;
        a.blocks((0, 0))?.write(0).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 66 - 10);
    }
    append_a_list => {
        let mut a = zarr::array(Target::Memory, [1, 2]).wait()?;
        a.append([3, 4]).wait()?;
        assert_eq!(a.shape(), [4]);
    }
    append_along_an_axis => {
        let mut a = crate::grid()?;
        a.append(Array2::<i32>::ones((3, 1))).axis(1).wait()?;
        assert_eq!(a.shape(), [3, 5]);
    }
    append_along_the_last_axis => {
        let mut a = crate::grid()?;
        a.append(Array2::<i32>::ones((3, 1))).axis(-1).wait()?;
        assert_eq!(a.shape(), [3, 5]);
    }
    erase_cells => {
        let a = crate::grid()?;
        a.erase(1..).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 6);
    }
    save_with_a_slice => {
        let s = MemoryStore::new();
        zarr::save(&s).array(&[1.0, 2.0][..]).wait()?;
        assert_eq!(zarr::load(&s).array::<f64>().wait()?.sum(), 3.0);
    }
    save_named => {
        let s = MemoryStore::new();
        zarr::save(&s).named("x", vec![1, 2]).named("y", array![[1.0]]).wait()?;
        assert_eq!(zarr::open_group(&s).wait()?.keys().wait()?, ["x", "y"]);
    }
    array_of_an_ndarray => { assert_eq!(zarr::array(Target::Memory, array![[1, 2], [3, 4]]).wait()?.shape(), [2, 2]); }
    array_of_a_reference => { let v = vec![1_u8, 2]; assert_eq!(zarr::array(Target::Memory, &v).wait()?.shape(), [2]); }
    array_of_a_range => { assert_eq!(zarr::array(Target::Memory, (0..10).collect::<Vec<i32>>()).wait()?.shape(), [10]); }
    from_array_of_an_array => { assert_eq!(zarr::from_array(Target::Memory, &crate::grid()?).wait()?.chunks(), Some(vec![2, 2])); }
    from_array_of_a_closure => {
        let rows = Computed::new([6], |cells| ndarray::Array1::from_iter(cells[0].clone().map(|i| i as i64)));
        assert_eq!(zarr::from_array(Target::Memory, rows).wait()?.read::<i64>(..).wait()?.sum(), 15);
    }
    array_config_literal => {
        let config = ArrayConfig { write_empty_chunks: true, ..ArrayConfig::default() };
        let a = zarr::zeros(Target::Memory, 3).wait()?.with_config(config);
        a.write(.., 0.0).wait()?;
        assert_eq!(a.nchunks_initialized().wait()?, 1);
    }
    write_empty_chunks => {
        let a = zarr::zeros(Target::Memory, 3).write_empty_chunks(true).wait()?;
        a.write(.., 0.0).wait()?;
        assert_eq!(a.nchunks_initialized().wait()?, 1);
    }
    wrong_shape_is_an_error => { assert_eq!(of([1.0, 2.0]).unwrap_err().class(), ErrorClass::Invalid); }
}
