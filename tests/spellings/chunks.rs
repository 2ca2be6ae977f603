//! Chunks and shards.

use zarr::blocking::Wait;
use zarr::*;

/// The chunks of an array of the shape (100, 60).
fn of(chunks: impl Into<Chunks>) -> Result<Vec<u64>> {
    Ok(zarr::create_array(Target::Memory, [100, 60], "f4").chunks(chunks).wait()?.chunks().unwrap_or_default())
}

/// The shards of such an array with chunks of (10, 10).
fn sharded(shards: impl Into<Chunks>) -> Result<Option<Vec<u64>>> {
    let create = zarr::create_array(Target::Memory, [100, 60], "f4").chunks(10);
    Ok(create.shards(shards).wait()?.shards())
}

forms! {
    chunks_of_usize => { let n = 10usize; assert_eq!(of([n, n])?, [10, 10]); }
    chunks_as_a_tuple => { assert_eq!(of((10, 20))?, [10, 20]); }
    chunks_as_a_vec => { assert_eq!(of(vec![10, 20])?, [10, 20]); }
    chunks_as_a_slice => { let c = [10_u32, 20]; assert_eq!(of(&c[..])?, [10, 20]); }
    chunks_as_a_number => { assert_eq!(of(10)?, [10, 10]); }
    chunks_whole_axis => { assert_eq!(of([10, -1])?, [10, 60]); assert_eq!(of((10, -1))?, [10, 60]); }
    chunks_minus_one => { assert_eq!(of(-1)?, [100, 60]); }
    chunks_guessed => { assert_eq!(of(true)?, [100, 60]); assert_eq!(of(Chunks::Auto)?, [100, 60]); }
    chunks_false => { assert_eq!(of(false)?, [100, 60]); }
    chunks_like_another_array => { let a = crate::grid()?; assert_eq!(of(&a)?, [2, 2]); }
    chunks_of_another_array => { let a = crate::grid()?; assert_eq!(of(a.chunks())?, [2, 2]); }
    chunks_none => { assert_eq!(of(None)?, [100, 60]); }
    shards_none => { assert_eq!(sharded(None)?, None); }
    chunks_of_a_data_shape => { assert_eq!(of(ndarray::Array2::<u8>::zeros((5, 6)).shape())?, [5, 6]); }
    chunks_of_each_length => {
        let a = zarr::zeros(Target::Memory, [60, 40]).chunks([vec![10, 20, 30], vec![20, 20]]).wait()?;
        assert_eq!(a.nchunks(), Some(6));
    }
    chunks_of_each_length_in_arrays => {
        let a = zarr::zeros(Target::Memory, [60, 40]).chunks([[20, 40], [30, 10]]).wait()?;
        assert_eq!(a.nchunks(), Some(4));
    }
    chunk_shape => { assert_eq!(zarr::create(Target::Memory, [3]).chunk_shape([1]).wait()?.chunks(), Some(vec![1])); }
    shards_as_a_tuple => { assert_eq!(sharded((50, 20))?, Some(vec![50, 20])); }
    shards_as_an_array => { assert_eq!(sharded([50, 20])?, Some(vec![50, 20])); }
    shards_as_a_number => { assert_eq!(sharded(20)?, Some(vec![20, 20])); }
    shards_auto => { assert_eq!(sharded(true)?, Some(vec![100, 60])); }
    shards_whole => { assert_eq!(sharded([20, -1])?, Some(vec![20, 60])); }
    without_shards => {
        let a = zarr::zeros(Target::Memory, [4]).chunks(2).shards(4).without_shards().wait()?;
        assert_eq!(a.shards(), None);
    }
    index_location => {
        let a = zarr::zeros(Target::Memory, [4]).chunks(2).shards(4).index_location("start").wait()?;
        assert_eq!(a.shards(), Some(vec![4]));
    }
    create_in_a_group_with_chunks => {
        let g = zarr::create_group(Target::Memory).wait()?;
        let a = g.create_array("a", (4, 4), "i2").chunks((2, 2)).wait()?;
        assert_eq!(a.nchunks(), Some(4));
    }
}
