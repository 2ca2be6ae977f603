//! Reading into memory that is there already: in any order, in a part of something larger, used before.

use std::sync::Arc;
use std::time::Duration;

use ndarray::{Array2, ArrayD, IxDyn, ShapeBuilder, Slice as Cut};
use zarr::blocking::{Wait, read_into};
use zarr::{Array, DataType, Element, Plain, sel};
use zarr_store::Store;

use crate::support::far::far;
use crate::support::slices::Chosen;
use crate::support::stores::{KINDS, store};

/// Reads to wherever there is room, and compares with what a read gives.
pub(super) fn check<T>(array: &Array, at: &Chosen, wanted: &ArrayD<T>, number: impl Fn(i64) -> T)
where
    T: Element<Stored = T> + Plain + PartialEq + std::fmt::Debug,
{
    let shape = wanted.shape();
    let mut fortran = ArrayD::from_elem(IxDyn(shape).f(), number(0));
    read_into(array, at.selection.clone(), fortran.view_mut()).unwrap();
    assert_eq!(&fortran, wanted);

    // Every other cell of something larger, from its end to its beginning.
    let larger: Vec<usize> = shape.iter().map(|n| 2 * n + 1).collect();
    let mut around = ArrayD::from_elem(IxDyn(&larger), number(0));
    for (i, cell) in (0..).zip(&mut around) {
        *cell = number(i);
    }
    let before = around.clone();
    let every_other = |_: ndarray::AxisDescription| Cut::new(1, None, -2);
    read_into(
        array,
        at.selection.clone(),
        around.slice_each_axis_mut(every_other),
    )
    .unwrap();
    assert_eq!(&around.slice_each_axis(every_other), wanted);
    around
        .slice_each_axis_mut(every_other)
        .assign(&before.slice_each_axis(every_other));
    assert_eq!(around, before);

    for capacity in [0, wanted.len(), wanted.len() + 7] {
        let used = vec![number(0); capacity];
        let (memory, len) = (used.as_ptr(), wanted.len());
        let read = array.read::<T>(at.selection.clone()).reuse(used);
        let read = read.wait().unwrap();
        assert_eq!(&read, wanted);
        assert!(len == 0 || capacity < len || read.as_ptr() == memory);
    }
}

#[test]
fn another_shape_or_type_is_refused_before_anything_is_read() {
    let (store, ..) = far(Duration::ZERO);
    let create = zarr::create_array(store.clone() as Arc<dyn Store>, [4, 6], DataType::Int32);
    let array = create.chunks([2, 2]).wait().unwrap();
    array.write(.., 1).wait().unwrap();
    store.take();
    for shape in [(6, 4), (4, 5), (1, 24)] {
        let mut out = Array2::<i32>::zeros(shape);
        let error = read_into(&array, .., out.view_mut())
            .unwrap_err()
            .to_string();
        assert!(error.contains("[4, 6]"), "{error}");
        assert_eq!(out.sum(), 0);
    }
    let mut flat = ndarray::Array1::<i32>::zeros(24);
    assert!(read_into(&array, .., flat.view_mut()).is_err());
    let mut other = Array2::<u32>::zeros((4, 6));
    let error = read_into(&array, .., other.view_mut()).unwrap_err();
    assert!(error.to_string().contains("u32"), "{error}");
    assert_eq!(store.take().reads, 0);
    read_into(&array, sel![2, ..], flat.slice_mut(ndarray::s![..;4])).unwrap();
    assert_eq!(flat.sum(), 6);
}

#[test]
fn an_error_leaves_nobody_in_borrowed_memory() {
    // Of many chunks that are decoded at once one is damaged; the others are on their way.
    for kind in KINDS {
        let (store, _dir) = store(kind);
        let create = zarr::create_array(store.clone(), [64, 64], DataType::Int64);
        let array = create.chunks([8, 64]).wait().unwrap();
        array.write(.., 7_i64).wait().unwrap();
        let key = zarr_store::Key::new("c/3/0").unwrap();
        let damaged = zarr_store::Payload::from(vec![1_u8, 2, 3]);
        let put = store.put(&key, damaged, zarr_store::PutMode::Overwrite);
        zarr_store::runtime::wait(put).unwrap();
        for _ in 0..20 {
            let mut out = Array2::<i64>::zeros((64, 64));
            assert!(read_into(&array, .., out.view_mut()).is_err());
            // Whoever wrote after the return would be seen here, or by the allocator.
            let copy = out.clone();
            std::thread::yield_now();
            assert_eq!(out, copy);
        }
    }
}
