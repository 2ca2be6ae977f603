//! Selections, on the array [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]].

use std::collections::HashMap;

use ndarray::{array, s};
use zarr::blocking::Wait;
use zarr::*;

/// The elements of a selection, with their shape.
fn of(selection: impl Into<Selection>) -> Result<(Vec<usize>, Vec<i32>)> {
    let found = crate::grid()?.read::<i32>(selection).wait()?;
    Ok((found.shape().to_vec(), found.into_iter().collect()))
}

/// The elements alone.
fn elements(selection: impl Into<Selection>) -> Result<Vec<i32>> {
    Ok(of(selection)?.1)
}

/// The elements of an indexed array.
fn indexed(indexed: &Indexed) -> Result<Vec<i32>> {
    Ok(indexed.read::<i32>().wait()?.into_iter().collect())
}

forms! {
    select_all => { assert_eq!(of(..)?.0, [3, 4]); assert_eq!(of(())?.0, [3, 4]); }
    select_ellipsis => { assert_eq!(elements(sel![..., 0])?, [0, 4, 8]); assert_eq!(elements((Slice::Ellipsis, 0))?, [0, 4, 8]); }
    select_a_cell => { assert_eq!(of((1, 2))?, (vec![], vec![6])); }
    select_a_row => { assert_eq!(elements(1)?, [4, 5, 6, 7]); assert_eq!(elements((1, ..))?, [4, 5, 6, 7]); }
    select_a_column => { assert_eq!(elements((.., 1))?, [1, 5, 9]); }
    select_the_last_row => { assert_eq!(elements(-1)?, [8, 9, 10, 11]); assert_eq!(elements((-1, -1))?, [11]); }
    select_ranges => { assert_eq!(elements((0..2, 1..3))?, [1, 2, 5, 6]); }
    select_inclusive_ranges => { assert_eq!(elements((0..=1, 1..=2))?, [1, 2, 5, 6]); assert_eq!(elements((..=0, 3))?, [3]); }
    select_open_ranges => { assert_eq!(elements((1.., ..2))?, [4, 5, 8, 9]); }
    select_from_the_end => { assert_eq!(elements((-2.., -1))?, [7, 11]); assert_eq!(elements((0, ..-1))?, [0, 1, 2]); }
    select_by_usize => { let (i, n) = (0usize, 2usize); assert_eq!(elements((i..n, i))?, [0, 4]); }
    select_by_u64 => { let a = crate::grid()?; assert_eq!(elements((0..a.shape()[0], 0))?, [0, 4, 8]); }
    select_by_u8 => { let i = 1_u8; assert_eq!(elements((i, i))?, [5]); }
    select_steps => { assert_eq!(elements(sel![..;2, 0])?, [0, 8]); assert_eq!(elements(((0..3).step(2), 0))?, [0, 8]); }
    select_in_reverse => { assert_eq!(elements(sel![..;-1, 0])?, [8, 4, 0]); }
    select_by_step_by => { assert_eq!(elements(((..).step(-2), 3))?, [11, 3]); }
    select_new_axis => { assert_eq!(of(sel![NewAxis, 0, ..])?.0, [1, 4]); assert_eq!(of((Slice::NewAxis, 0, ..))?.0, [1, 4]); }
    select_by_ndarrays_s => { assert_eq!(elements(s![.., 1])?, [1, 5, 9]); assert_eq!(elements(&s![..;2, -1])?, [3, 11]); }
    select_by_a_list => { assert_eq!(elements([0, 2])?, [0, 1, 2, 3, 8, 9, 10, 11]); assert_eq!(elements(vec![-1])?, [8, 9, 10, 11]); }
    list_in_brackets_mixed => {
        let a = zarr::zeros(Target::Memory, [3, 3]).wait()?;
        assert_eq!(a.read::<f64>((.., [0, 2])).wait()?.shape(), [3, 2]);
    }
    select_by_two_lists => { assert_eq!(elements(([0, 2], [1, 3]))?, [1, 11]); }
    select_by_an_ndarray => { assert_eq!(elements((array![2, 0], 0))?, [8, 0]); }
    select_by_a_mask_of_an_axis => { assert_eq!(elements(([true, false, true], 0))?, [0, 8]); }
    select_by_a_mask_of_the_array => {
        let data = crate::grid()?.read::<i32>(..).wait()?;
        assert_eq!(elements(data.mapv(|x| x > 9))?, [10, 11]);
    }
    select_by_a_text => { assert_eq!(elements("1:, ::2".parse::<Selection>()?)?, [4, 6, 8, 10]); }
    select_by_name => { assert_eq!(elements([("x", 0)])?, [0, 4, 8]); assert_eq!(elements([("y", 0..1)])?, [0, 1, 2, 3]); }
    select_by_names => { assert_eq!(elements([("x", 1), ("y", 2)])?, [9]); assert_eq!(elements(vec![("x", 1..2)])?, [1, 5, 9]); }
    select_by_a_map_of_names => { assert_eq!(elements(HashMap::from([("x", 1), ("y", 2)]))?, [9]); }
    select_by_names_of_mixed_kinds => { assert_eq!(elements([("x", AxisSelection::from(1)), ("y", (1..).into())])?, [5, 9]); }
    select_by_a_reference => { let s: Selection = sel![0, ..2]; assert_eq!(elements(&s)?, [0, 1]); }
    select_by_a_list_of_slices => { assert_eq!(elements(vec![Slice::from(0), Slice::from(..2)])?, [0, 1]); }
    oindex_with_usize_list => {
        let a = zarr::zeros(Target::Memory, [3, 3]).wait()?;
        let l: Vec<usize> = vec![0, 2];
        assert_eq!(a.oindex((.., l)).read::<f64>().wait()?.shape(), [3, 2]);
    }
    oindex_with_ndarray_bool_mask => {
        let a = zarr::zeros(Target::Memory, [3, 3]).wait()?;
        assert_eq!(a.oindex((.., ndarray::array![true, false, true])).read::<f64>().wait()?.shape(), [3, 2]);
    }
    oindex_on_one_axis_not_in_a_tuple => {
        let a = zarr::zeros(Target::Memory, [3]).wait()?;
        assert_eq!(a.oindex([0, 2]).read::<f64>().wait()?.shape(), [2]);
    }
    oindex_of_two_lists => { assert_eq!(indexed(&crate::grid()?.oindex(([0, 2], [1, 3])))?, [1, 3, 9, 11]); }
    oindex_of_a_slice => { let l = [0_u64, 2]; assert_eq!(indexed(&crate::grid()?.oindex((&l[..], 0)))?, [0, 8]); }
    oindex_with_a_range => { assert_eq!(indexed(&crate::grid()?.oindex((1.., vec![0])))?, [4, 8]); }
    vindex_of_two_lists => { assert_eq!(indexed(&crate::grid()?.vindex(([0, 2], [1, 3])))?, [1, 11]); }
    vindex_of_vecs => { assert_eq!(indexed(&crate::grid()?.vindex((vec![0, -1], vec![1, -1])))?, [1, 11]); }
    vindex_of_ndarrays => { assert_eq!(indexed(&crate::grid()?.vindex((array![0, 2], array![1, 3])))?, [1, 11]); }
    vindex_of_a_mask => {
        let mask = crate::grid()?.read::<i32>(..).wait()?.mapv(|x| x % 5 == 0);
        assert_eq!(indexed(&crate::grid()?.vindex(&mask))?, [0, 5, 10]);
    }
    blocks_of_integers => { assert_eq!(indexed(&crate::grid()?.blocks((1, 0))?)?, [8, 9]); }
    blocks_of_an_integer => { assert_eq!(indexed(&crate::grid()?.blocks(-1)?)?, [8, 9, 10, 11]); }
    blocks_of_ranges => { assert_eq!(indexed(&crate::grid()?.blocks((0..1, 1..))?)?, [2, 3, 6, 7]); }
    out_of_bounds_is_an_error => { assert!(of(3).unwrap_err().to_string().contains('3')); }
}
