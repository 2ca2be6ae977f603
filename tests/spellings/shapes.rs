//! Shapes.

use ndarray::{Array2, Dim, Ix2};
use zarr::blocking::Wait;
use zarr::*;

/// The shape of an array that is created with it.
fn of(shape: impl Into<Shape>) -> Result<Vec<u64>> {
    let array = zarr::create_array(Target::Memory, shape, DataType::Float32).wait()?;
    Ok(array.shape().to_vec())
}

forms! {
    shape_as_a_tuple => { assert_eq!(of((100, 100))?, [100, 100]); }
    shape_as_an_array => { assert_eq!(of([100, 100])?, [100, 100]); }
    shape_as_a_vec => { assert_eq!(of(vec![2, 3])?, [2, 3]); }
    shape_as_a_reference_to_a_vec => { let v = vec![2_usize, 3]; assert_eq!(of(&v)?, [2, 3]); }
    shape_as_a_slice => { let v = [2_u64, 3, 4]; assert_eq!(of(&v[1..])?, [3, 4]); }
    shape_as_a_number => { assert_eq!(of(10)?, [10]); }
    shape_as_a_tuple_of_one => { assert_eq!(of((10,))?, [10]); }
    shape_of_a_scalar => { assert_eq!(of(())?, [0_u64; 0]); }
    shape_of_usize => { let n = 7usize; assert_eq!(of([n, n])?, [7, 7]); }
    shape_of_mixed_integers => { let (n, m) = (7usize, 8u64); assert_eq!(of((n, m, 9))?, [7, 8, 9]); }
    shape_of_an_ndarray => { let a = Array2::<f32>::zeros((2, 3)); assert_eq!(of(a.shape())?, [2, 3]); }
    shape_as_a_dim => { let a = Array2::<f32>::zeros((2, 3)); assert_eq!(of(a.raw_dim())?, [2, 3]); }
    shape_as_dim => { assert_eq!(of(Dim([2, 3]))?, [2, 3]); assert_eq!(of(Ix2(2, 3))?, [2, 3]); }
    shape_of_another_array => { let a = crate::grid()?; assert_eq!(of(a.shape())?, [3, 4]); }
    shape_of_data_dim => { let a = Array2::<f32>::zeros((2, 3)); assert_eq!(of(a.dim())?, [2, 3]); }
    shape_of_a_len => { let v = [1.0, 2.0]; assert_eq!(of(v.len())?, [2]); }
    shape_of_a_boxed_slice => { let v: Box<[usize]> = vec![2, 3].into(); assert_eq!(of(&*v)?, [2, 3]); }
    shape_collected => { let v: Vec<u64> = crate::grid()?.shape().iter().map(|n| n * 2).collect(); assert_eq!(of(v)?, [6, 8]); }
    resize_by_a_tuple => {
        let mut a = crate::grid()?;
        a.resize((5, 4)).wait()?;
        assert_eq!(a.shape(), [5, 4]);
    }
    resize_by_an_array => {
        let mut a = crate::grid()?;
        a.resize([2, 2]).wait()?;
        assert_eq!(a.shape(), [2, 2]);
    }
    resize_by_a_number => {
        let mut a = zarr::zeros(Target::Memory, 3).wait()?;
        a.resize(5).wait()?;
        assert_eq!(a.shape(), [5]);
    }
    negative_length_is_an_error => { assert_eq!(of((2, -1)).unwrap_err().class(), ErrorClass::Invalid); }
}
