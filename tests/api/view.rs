//! `view`: parts of arrays, transposed and flipped, against ndarray's views of the same elements.

use ndarray::{ArrayD, Axis, IxDyn, SliceInfo, SliceInfoElem, array};
use proptest::prelude::*;
use zarr::blocking::Wait;
use zarr::{Array, DataType, ErrorKind, Field, RangeExt, SelectionError, Slice, Target, View, sel};

fn numbered(shape: &[usize], chunks: &[u64]) -> (ArrayD<i32>, Array) {
    let mut next = 0..;
    let model = ArrayD::from_shape_simple_fn(IxDyn(shape), || next.next().unwrap());
    let a = zarr::array(Target::Memory, &model).chunks(chunks.to_vec());
    (model, a.wait().unwrap())
}

#[test]
fn g18_shape_and_type_are_known_at_once() {
    let (_, a) = numbered(&[4, 6], &[2, 3]);
    let view = a.view(sel![1.., ..;2]).unwrap().view((0, ..)).unwrap();
    assert_eq!(
        (view.shape(), view.ndim(), view.size()),
        (&[3][..], 1, Some(3))
    );
    assert_eq!(view.dtype(), &DataType::Int32);
    assert_eq!(view.view(sel![NewAxis, ..]).unwrap().t().shape(), [3, 1]);
}

#[test]
fn g18_selections_of_any_kind_go_through_a_view() {
    let (model, a) = numbered(&[4, 5, 6], &[3, 2, 4]);
    let view = a.view(sel![1.., -2, ..;-2]).unwrap().t();
    let seen: ndarray::ArrayView2<'_, i32> =
        model.slice(ndarray::s![1.., 3, ..;-2]).reversed_axes();
    // ndarray reverses the range and then walks it, here from 5 as well.
    assert_eq!(
        view.read::<i32>(..).wait().unwrap(),
        seen.to_owned().into_dyn()
    );
    let lists = view.read::<i32>(([2, 0], [0, 1])).wait().unwrap();
    assert_eq!(lists, array![seen[(2, 0)], seen[(0, 1)]].into_dyn());
    let list = view.read::<i32>((.., [2, 0, 2])).wait().unwrap();
    assert_eq!(list, seen.select(Axis(1), &[2, 0, 2]).into_dyn());
    let mask = seen.mapv(|n| n % 3 == 0);
    let masked = view.read::<i32>(&mask).wait().unwrap();
    assert_eq!(
        masked,
        seen.iter()
            .copied()
            .filter(|n| n % 3 == 0)
            .collect::<ndarray::Array1<_>>()
            .into_dyn()
    );
    assert_eq!(
        view.read_scalar::<i32>((1, -1)).wait().unwrap(),
        seen[(1, 2)]
    );
    assert_eq!(view.read_dyn(..).wait().unwrap().shape, [3, 3]);
    let new = view.view(sel![NewAxis, ..]).unwrap();
    let repeated = new.read::<i32>(([0, 0], 1)).wait().unwrap();
    assert_eq!(repeated.shape(), [2, 3]);
    assert_eq!(
        repeated.index_axis(Axis(0), 1),
        seen.index_axis(Axis(0), 1).into_dyn()
    );
}

#[test]
fn g18_fields_names_and_errors() {
    let record = DataType::record([
        Field::new("a", DataType::Int32),
        Field::new("b", DataType::Float64),
    ]);
    let create = zarr::create_array(Target::Memory, [3, 4], record).dimension_names(["y", "x"]);
    let a = create.wait().unwrap();
    let b = a.view(sel! { x: 1..3 }).unwrap().t().field("b").unwrap();
    assert_eq!((b.shape(), b.dtype()), (&[2, 3][..], &DataType::Float64));
    b.write(sel! { y: -1 }, array![1.5, 2.5]).wait().unwrap();
    assert_eq!(
        a.read::<f64>((2, 1..3)).field("b").wait().unwrap(),
        array![1.5, 2.5].into_dyn()
    );
    b.erase((0, 2)).wait().unwrap();
    assert_eq!(
        b.read::<f64>((.., 2)).wait().unwrap(),
        array![0.0, 2.5].into_dyn()
    );

    let view = a.view(1..).unwrap();
    let text = view.view((0, 4)).unwrap_err().to_string();
    assert!(
        text.contains("of shape [2, 4]: index 4 is out of bounds for axis 1 of length 4"),
        "{text}"
    );
    for error in [
        view.view([0, 1]).unwrap_err(),
        view.transpose([0, 0]).unwrap_err(),
        view.flip(2).unwrap_err(),
        view.view(sel! { z: 0 }).unwrap_err(),
    ] {
        assert!(
            matches!(error.kind(), ErrorKind::Selection { .. }),
            "{error}"
        );
    }
    let mut resized = a.clone();
    resized.resize([5, 4]).wait().unwrap();
    let reloading = zarr::open_array(a.location().clone())
        .cache_metadata(false)
        .wait()
        .unwrap();
    let old = reloading.view(..).unwrap();
    resized.resize([6, 4]).wait().unwrap();
    let error = old.read_dyn(..).wait().unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Selection {
                source: SelectionError::ShapeMismatch { .. },
                ..
            }
        ),
        "{error}"
    );
}

/// A step of a chain of views.
#[derive(Clone, Debug)]
enum Step {
    /// One number draws all slices.
    Slice(u64),
    Transpose(u64),
    Flip(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => any::<u64>().prop_map(Step::Slice),
        2 => any::<u64>().prop_map(Step::Transpose),
        1 => any::<u64>().prop_map(Step::Flip),
    ];
    prop::collection::vec(step, 0..5)
}

/// Numbers that are drawn from one.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n.max(1) as u64) as usize
    }
}

/// The same step of a view of the array and of ndarray's view of the elements.
fn stepped<'m>(
    step: &Step,
    view: &View,
    model: ndarray::ArrayViewMutD<'m, i32>,
) -> (View, ndarray::ArrayViewMutD<'m, i32>) {
    let rank = model.ndim();
    match step {
        Step::Slice(seed) => {
            let mut drawn = Drawn(*seed);
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for &n in model.shape() {
                if drawn.below(4) == 0 {
                    ours.push(Slice::NewAxis);
                    theirs.push(SliceInfoElem::NewAxis);
                }
                let kind = drawn.below(4);
                if kind == 0 && n > 0 {
                    let at = drawn.below(n);
                    ours.push(Slice::Index(at as i64));
                    theirs.push(SliceInfoElem::Index(at as isize));
                    continue;
                }
                let start = drawn.below(n + 1);
                let end = start + drawn.below(n - start + 1);
                let step = 1 + drawn.below(3) as isize;
                let (start, end) = (start as isize, Some(end as isize));
                let step = if kind == 1 { -step } else { step };
                let slice = SliceInfoElem::Slice { start, end, step };
                ours.push(slice.into());
                theirs.push(slice);
            }
            let info = SliceInfo::<_, IxDyn, IxDyn>::try_from(theirs).unwrap();
            (view.view(ours).unwrap(), model.slice_move(info))
        }
        Step::Transpose(seed) => {
            let mut drawn = Drawn(*seed);
            let mut order: Vec<usize> = (0..rank).collect();
            (1..rank).for_each(|i| order.swap(i, drawn.below(i + 1)));
            (view.transpose(&order).unwrap(), model.permuted_axes(order))
        }
        Step::Flip(seed) if rank > 0 => {
            let axis = Drawn(*seed).below(rank);
            let mut model = model;
            model.invert_axis(Axis(axis));
            (view.flip(axis).unwrap(), model)
        }
        Step::Flip(_) => (view.clone(), model),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn g18_chains_of_views_are_those_of_ndarray(
        axes in prop::collection::vec((1_usize..7, 1_u64..5), 0..4),
        steps in steps(),
        part in any::<u64>(),
    ) {
        let (shape, chunks): (Vec<usize>, Vec<u64>) = axes.into_iter().unzip();
        let (mut model, a) = numbered(&shape, &chunks);
        let (mut view, mut seen) = (a.view(..).unwrap(), model.view_mut());
        for step in &steps {
            (view, seen) = stepped(step, &view, seen);
        }
        let lengths: Vec<u64> = seen.shape().iter().map(|&n| n as u64).collect();
        prop_assert_eq!(view.shape(), &lengths[..]);
        prop_assert_eq!(view.read::<i32>(..).wait().unwrap(), seen.to_owned());
        let reversed: Vec<Slice> = lengths.iter().map(|_| (..).step(-1)).collect();
        let mut flipped = seen.view();
        (0..lengths.len()).for_each(|axis| flipped.invert_axis(Axis(axis)));
        prop_assert_eq!(view.read::<i32>(reversed).wait().unwrap(), flipped.to_owned());

        // Written through a part of the view, and read from the array.
        let (part, mut written) = stepped(&Step::Slice(part), &view, seen);
        let mut next = 1000..;
        written.map_inplace(|n| *n = next.next().unwrap());
        part.write(.., written.to_owned()).wait().unwrap();
        prop_assert_eq!(a.read::<i32>(..).wait().unwrap(), model);
    }
}
