//! Reading.

use ndarray::{Array1, Array2, ArrayD, Ix2};
use zarr::blocking::Wait;
use zarr::*;

forms! {
    read_by_turbofish => { assert_eq!(crate::grid()?.read::<i32>(..).wait()?.sum(), 66); }
    read_by_the_type_of_the_result => { let d: ArrayD<i32> = crate::grid()?.read(..).wait()?; assert_eq!(d[[2, 3]], 11); }
    read_as_array2 => {
        let a = zarr::zeros(Target::Memory, [3, 3]).wait()?;
        let m: ndarray::Array2<f64> = a.read(..).into_dim().wait()?;
        assert_eq!(m.dim(), (3, 3));
    }
    read_a_row_as_array1 => { let r: Array1<i32> = crate::grid()?.read(1).into_dim().wait()?; assert_eq!(r.to_vec(), [4, 5, 6, 7]); }
    into_dimensionality_with_question_mark => {
        let a = zarr::zeros(Target::Memory, [3, 3]).wait()?;
        let m = a.read::<f64>(..).wait()?.into_dimensionality::<ndarray::Ix2>()?;
        assert_eq!(m.nrows(), 3);
    }
    into_dim_by_turbofish => { assert_eq!(crate::grid()?.read::<i32>(..).into_dim::<Ix2>().wait()?.ncols(), 4); }
    read_a_scalar => { assert_eq!(crate::grid()?.read_scalar::<i32>((1, 2)).wait()?, 6); }
    read_a_scalar_by_its_type => { let x: i32 = crate::grid()?.read_scalar((1, 2)).wait()?; assert_eq!(x, 6); }
    read_a_cell => { assert_eq!(crate::grid()?.read::<i32>((1, 2)).wait()?[[]], 6); }
    read_cast => { assert_eq!(crate::grid()?.read::<f64>(..).cast().wait()?.sum(), 66.0); }
    read_of_any_type => {
        let d = crate::grid()?.read_dyn(..).wait()?;
        assert_eq!((d.dtype, d.shape), (DataType::Int32, vec![3, 4]));
    }
    read_into_a_vec => { let v: Vec<i32> = crate::grid()?.read(0).wait()?.into_iter().collect(); assert_eq!(v, [0, 1, 2, 3]); }
    read_reuse => { assert_eq!(crate::grid()?.read::<i32>(0).reuse(vec![0_i32; 4]).wait()?.sum(), 6); }
    read_into_a_view => {
        let mut m = Array2::<i32>::zeros((3, 4));
        blocking::read_into(&crate::grid()?, .., m.view_mut())?;
        assert_eq!(m.sum(), 66);
    }
    read_many => { assert_eq!(crate::grid()?.read_many::<i32>([0, 2]).wait()?.len(), 2); }
    read_strings => {
        let a = zarr::array(Target::Memory, ["a", "b"]).wait()?;
        assert_eq!(a.read::<String>(..).wait()?.as_slice().unwrap(), ["a", "b"]);
    }
    for_row_in_array => {
        let rows: Vec<i32> = crate::grid()?.outer_iter::<i32>().wait().map(|row| Ok(row?.sum())).collect::<Result<_>>()?;
        assert_eq!(rows, [6, 22, 38]);
    }
    for_block_in_stream => {
        let mut sum = 0;
        for block in crate::grid()?.stream::<i32>(..).wait() {
            let (_, block) = block?;
            sum += block.sum();
        }
        assert_eq!(sum, 66);
    }
    load_an_array => { assert_eq!(zarr::load(crate::grid()?.store()).array::<i32>().wait()?.sum(), 66); }
    properties => {
        let a = crate::grid()?;
        assert_eq!((a.ndim(), a.size(), a.nbytes(), a.nchunks(), a.cdata_shape()), (2, Some(12), Some(48), Some(4), vec![2, 2]));
    }
    wrong_type_is_an_error => { assert!(crate::grid()?.read::<f32>(..).wait().unwrap_err().to_string().contains("cast")); }
}
