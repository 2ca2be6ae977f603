//! Handles on chunks.

use zarr::blocking::Wait;
use zarr::*;

forms! {
    chunk_by_an_array => { assert_eq!(crate::grid()?.chunk([0, 1])?.key()?.as_str(), "c/0/1"); }
    chunk_by_a_tuple => { assert_eq!(crate::grid()?.chunk((0, 1))?.key()?.as_str(), "c/0/1"); }
    chunk_by_usize => { let (i, j) = (1usize, 0usize); assert_eq!(crate::grid()?.chunk([i, j])?.key()?.as_str(), "c/1/0"); }
    chunk_by_a_vec => { assert_eq!(crate::grid()?.chunk(vec![1, 1])?.key()?.as_str(), "c/1/1"); }
    chunk_by_a_number => { assert_eq!(zarr::zeros(Target::Memory, 4).chunks(2).wait()?.chunk(1)?.key()?.as_str(), "c/1"); }
    chunk_by_the_index_of_another => { let a = crate::grid()?; let c = a.chunk([1, 1])?; assert_eq!(a.chunk(c.index())?.region(), c.region()); }
    chunk_decoded => { assert_eq!(crate::grid()?.chunk([0, 1])?.decode::<i32>().wait()?.sum(), 2 + 3 + 6 + 7); }
    chunk_bytes => { assert!(crate::grid()?.chunk([0, 1])?.bytes().wait()?.is_some()); }
    chunk_bytes_written => {
        let a = crate::grid()?;
        let bytes = a.chunk([0, 0])?.bytes().wait()?.unwrap();
        a.chunk([0, 1])?.write_bytes(bytes.to_vec()).wait()?;
        assert_eq!(a.read_scalar::<i32>((0, 2)).wait()?, 0);
    }
    chunk_exists => { assert!(crate::grid()?.chunk([0, 1])?.exists().wait()?); }
    chunk_erased => { let a = crate::grid()?; a.chunk([0, 0])?.erase().wait()?; assert_eq!(a.nchunks_initialized().wait()?, 3); }
    chunks_of_a_row => { assert_eq!(crate::grid()?.chunks_of(0)?.count(), 2); }
    chunks_of_all => { for chunk in crate::grid()?.chunks_of(..)? { assert!(chunk.exists().wait()?); } }
    chunks_of_a_selection => { assert_eq!(crate::grid()?.chunks_of((0..2, 0..2))?.count(), 1); }
    chunks_that_are_stored => { assert_eq!(blocking::iter(crate::grid()?.stored_chunks()).count(), 4); }
    chunk_outside_is_an_error => { assert!(crate::grid()?.chunk([9, 9]).is_err()); assert!(crate::grid()?.chunk((-1, 0)).unwrap_err().to_string().contains("axis 0")); }
}
