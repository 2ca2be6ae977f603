//! Random writes, resizes and appends; what is read is what a plain ndarray holds.

use ndarray::{ArrayD, Axis, IxDyn, Slice as Cut};
use proptest::prelude::*;
use zarr::blocking::Wait;
use zarr::{DataType, ZarrFormat};

use crate::support::stores::{KINDS, Kind, store};

#[derive(Clone, Debug)]
enum Step {
    Write(i32),
    Resize(Vec<u64>),
    Append(usize, u64, i32),
}

#[derive(Clone, Debug)]
struct Case {
    shape: Vec<u64>,
    chunks: Vec<u64>,
    shards: bool,
    format: ZarrFormat,
    store: Kind,
    fill: i32,
    steps: Vec<Step>,
}

fn case() -> impl Strategy<Value = Case> {
    let axes = prop::collection::vec((0_u64..9, 1_u64..5), 1..4);
    let store = prop::sample::select(KINDS.to_vec());
    (axes, store, any::<[bool; 2]>(), 0..2_i32).prop_flat_map(
        |(axes, store, [v3, shards], fill)| {
            let rank = axes.len();
            let length = prop::collection::vec(0_u64..12, rank);
            let step = prop_oneof![
                (1..100_i32).prop_map(Step::Write),
                length.prop_map(Step::Resize),
                (0..rank, 0_u64..6, 1..100_i32)
                    .prop_map(|(axis, n, seed)| Step::Append(axis, n, seed)),
            ];
            prop::collection::vec(step, 1..8).prop_map(move |steps| Case {
                shape: axes.iter().map(|axis| axis.0).collect(),
                chunks: axes.iter().map(|axis| axis.1).collect(),
                shards: v3 && shards,
                format: if v3 { ZarrFormat::V3 } else { ZarrFormat::V2 },
                store,
                fill,
                steps,
            })
        },
    )
}

fn data(shape: &[usize], seed: i32) -> ArrayD<i32> {
    let mut next = seed * 1000;
    ArrayD::from_shape_simple_fn(IxDyn(shape), || {
        next += 1;
        next
    })
}

/// The model in another shape: what is cut off is gone.
fn resized(model: &ArrayD<i32>, shape: &[usize], fill: i32) -> ArrayD<i32> {
    let mut new = ArrayD::from_elem(IxDyn(shape), fill);
    let both: Vec<usize> = shape
        .iter()
        .zip(model.shape())
        .map(|(a, b)| *a.min(b))
        .collect();
    let cut = |axis: ndarray::AxisDescription| Cut::from(0..both[axis.axis.index()]);
    new.slice_each_axis_mut(cut)
        .assign(&model.slice_each_axis(cut));
    new
}

fn run(case: Case) {
    let (store, _dir) = store(case.store);
    let mut create = zarr::create_array(store, case.shape.clone(), DataType::Int32)
        .zarr_format(case.format)
        .chunks(case.chunks.clone())
        .fill_value(case.fill);
    if case.shards {
        create = create.shards(case.chunks.iter().map(|n| n * 2).collect::<Vec<_>>());
    }
    let mut array = create.wait().unwrap();
    let shape: Vec<usize> = case.shape.iter().map(|&n| n as usize).collect();
    let mut model = ArrayD::from_elem(IxDyn(&shape), case.fill);
    for step in case.steps {
        match step {
            Step::Write(seed) => {
                model = data(model.shape(), seed);
                array.write(.., model.clone()).wait().unwrap();
            }
            Step::Resize(shape) => {
                array.resize(shape.clone()).wait().unwrap();
                let shape: Vec<usize> = shape.iter().map(|&n| n as usize).collect();
                model = resized(&model, &shape, case.fill);
            }
            Step::Append(axis, count, seed) => {
                let mut shape = model.shape().to_vec();
                shape[axis] = count as usize;
                let new = data(&shape, seed);
                let append = array.append(new.clone()).axis(axis as isize);
                let written = append.wait().unwrap();
                let begin = model.shape()[axis] as u64;
                assert_eq!(written, begin..begin + count);
                model.append(Axis(axis), new.view()).unwrap();
            }
        }
        let again = zarr::open_array(array.store().clone()).wait().unwrap();
        assert_eq!(again.read::<i32>(..).wait().unwrap(), model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("ZARR_TEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96),
    ))]

    #[test]
    fn any_order_of_changes(case in case()) {
        run(case);
    }
}
