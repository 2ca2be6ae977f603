//! Views: parts of an array that are not read yet.

use zarr::blocking::Wait;

forms! {
    view_of_a_range => { assert_eq!(crate::grid()?.view((.., 1..3))?.shape(), [3, 2]); }
    view_read => { assert_eq!(crate::grid()?.view(1..)?.read::<i32>(0).wait()?.into_iter().collect::<Vec<_>>(), [4, 5, 6, 7]); }
    view_of_a_view => { assert_eq!(crate::grid()?.view(1..)?.view((.., 2..))?.read_scalar::<i32>((1, 1)).wait()?, 11); }
    view_transposed => { assert_eq!(crate::grid()?.view(..)?.t().shape(), [4, 3]); }
    view_transposed_by_an_order => { assert_eq!(crate::grid()?.view(..)?.transpose([1, 0])?.read_scalar::<i32>((3, 0)).wait()?, 3); }
    view_flipped => { assert_eq!(crate::grid()?.view(..)?.flip(0)?.read_scalar::<i32>((0, 0)).wait()?, 8); }
    view_written => {
        let a = crate::grid()?;
        a.view((0, ..))?.write(.., 0).wait()?;
        assert_eq!(a.read::<i32>(..).wait()?.sum(), 60);
    }
    view_by_name => { assert_eq!(crate::grid()?.view([("x", 0..2)])?.shape(), [3, 2]); }
    view_rows => { assert_eq!(crate::grid()?.view((.., 0))?.outer_iter::<i32>().wait().count(), 3); }
    view_by_an_index => { assert_eq!(crate::grid()?.view(-1)?.shape(), [4]); }
}
