//! What people type first, of whom many come from zarr-python: each form is compiled and run, and says what it gives.
//! One file for each kind of form, one test for each form. Those that cannot compile are in `docs/zarr-python.md`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::clone_on_ref_ptr,
    clippy::needless_borrows_for_generic_args,
    clippy::useless_vec,
    clippy::unnecessary_to_owned,
    reason = "each form stands here as somebody typed it"
)]

/// Makes a test of each form, and counts them. A form is the body of a function that returns `zarr::Result<()>`.
macro_rules! forms {
    ($($(#[$meta:meta])* $name:ident => $body:block)*) => {
        pub(crate) const COUNT: usize = [$(stringify!($name)),*].len();
        $(
            $(#[$meta])*
            #[test]
            fn $name() -> zarr::Result<()> {
                $body
                Ok(())
            }
        )*
    };
}

/// The modules, and how many forms they have together.
macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        $(mod $kind;)*
        const COUNT: usize = 0 $(+ $kind::COUNT)*;
    };
}

kinds! {
    asynchronous, attributes, chunk_handles, chunks, codecs, data, data_types, dates, fill_values, formats, groups,
    modes, reads, records, selections, shapes, stores, views, writers,
}

/// The array [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]] in chunks of 2 by 2, with the axes y and x.
fn grid() -> zarr::Result<zarr::Array> {
    use zarr::blocking::Wait;
    let data = ndarray::Array2::from_shape_fn((3, 4), |(y, x)| (4 * y + x) as i32);
    let create = zarr::array(zarr::Target::Memory, data).chunks([2, 2]);
    create.dimension_names(["y", "x"]).wait()
}

#[test]
fn there_are_at_least_120_forms() {
    const { assert!(COUNT >= 120) };
}
