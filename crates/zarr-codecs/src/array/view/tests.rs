//! Views against plain indexing; these are the tests that reach every unsafe line of `view.rs`,
//! but for the constructors from raw parts: those are for outputs of `zarr-core`, and tested there.

use std::mem::MaybeUninit;

use proptest::prelude::*;

use super::*;
use crate::array::buffer;
use crate::{AxisGrid, AxisRange, Dims, volume};
use zarr_metadata::{AxisChunks, ChunkRun};

/// The bytes of element `index` of a dense C-order array.
fn element<'b>(bytes: &'b [u8], shape: &[u64], index: &[u64], elem: usize) -> &'b [u8] {
    let flat = shape
        .iter()
        .zip(index)
        .fold(0, |flat, (&n, &i)| flat * n + i) as usize;
    &bytes[flat * elem..(flat + 1) * elem]
}

/// Every index of a box in C order.
fn indices(shape: &[u64]) -> Vec<Vec<u64>> {
    shape.iter().fold(vec![vec![]], |done, &n| {
        done.iter()
            .flat_map(|d| (0..n).map(move |i| [d.as_slice(), &[i]].concat()))
            .collect()
    })
}

fn range(len: u64) -> impl Strategy<Value = AxisRange> {
    (0..=len, 0..=len, prop_oneof![Just(1_i64), -3_i64..=3]).prop_map(move |(a, n, step)| {
        let step = if step == 0 { 1 } else { step };
        let ranges = (0..=n).rev().filter_map(|n| AxisRange::new(a, n, step));
        ranges.into_iter().find(|range| range.fits(len)).unwrap()
    })
}

/// Numbers that are most likely to leave `u64`.
fn far() -> impl Strategy<Value = u64> {
    let ends = [0, 1 << 32, 1 << 62, 1 << 63, u64::MAX - 40, u64::MAX];
    (prop::sample::select(ends.to_vec()), -9_i64..40)
        .prop_map(|(end, more)| end.saturating_add_signed(more))
}

/// What nobody should ask for, and anybody can.
fn unfit() -> impl Strategy<Value = (Region, Vec<AxisGrid>)> {
    let count = prop_oneof![8 => 0_u64..9, 1 => far()];
    let step = prop_oneof![
        4 => -3_i64..=3,
        1 => far().prop_map(|n| n as i64),
        1 => far().prop_map(|n| (n as i64).wrapping_neg()),
    ];
    let listed = prop::collection::vec((prop_oneof![0_u64..5, far()], 0_u64..4), 0..4);
    let listed = listed.prop_map(|runs| {
        let runs = runs.into_iter().map(|(length, n)| ChunkRun::new(length, n));
        AxisGrid::from(&AxisChunks::Runs(runs.collect()))
    });
    let length = prop_oneof![0_u64..5, far()];
    let grid = prop_oneof![2 => length.prop_map(AxisGrid::Uniform), 1 => listed];
    let axis = (far(), count, step, grid).prop_map(|(start, count, step, grid)| {
        let range = AxisRange::new(start, count, step).unwrap_or(AxisRange::dense(start, count));
        (range, grid)
    });
    prop::collection::vec(axis, 0..3).prop_map(|axes| {
        let (ranges, grids): (Dims<AxisRange>, Vec<AxisGrid>) = axes.into_iter().unzip();
        (Region { ranges }, grids)
    })
}

fn boxed() -> impl Strategy<Value = (Vec<u64>, Region, usize)> {
    (
        prop::collection::vec(0_u64..6, 0..4),
        prop::sample::select(vec![1, 2, 3, 4, 8, 16]),
    )
        .prop_flat_map(|(shape, elem)| {
            let ranges = shape.iter().map(|&n| range(n)).collect::<Vec<_>>();
            (Just(shape), ranges, Just(elem))
        })
        .prop_map(|(shape, ranges, elem)| {
            (
                shape,
                Region {
                    ranges: ranges.into_iter().collect(),
                },
                elem,
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_region_makes_parts_overlap((region, grids) in unfit(), more in 0_u64..2) {
        let Some(projections) = Projections::of(&region, &grids) else { return Ok(()) };
        let mut shape = projections.shape();
        let cells = volume(&shape).filter(|&cells| cells < 1 << 12);
        let Some(cells) = cells else { return Ok(()) };
        let mut memory = vec![0xFF; cells as usize * 4];
        let Some(view) = NdViewMut::over(&mut memory, &shape, 4) else {
            // Only of what no memory of this machine can be.
            prop_assert!(shape.iter().any(|&n| usize::try_from(n).is_err()));
            return Ok(());
        };
        let split = DisjointParts::new(view, projections.clone()).unwrap();
        let mut parts: Vec<_> = (0..split.len()).map(|i| split.take(i).unwrap()).collect();
        // All are alive at once. What one has written no other writes, and all is written.
        let mut sizes = vec![];
        for (i, (_, part)) in (0_u32..).zip(&mut parts) {
            crate::fill(part, &i.to_ne_bytes());
            sizes.push(part.byte_len() / 4);
        }
        drop(parts);
        drop(split);
        let mut found = vec![0; sizes.len()];
        for cell in memory.as_chunks().0 {
            found[u32::from_ne_bytes(*cell) as usize] += 1;
        }
        prop_assert_eq!(found, sizes);
        // A view of any other shape is refused.
        if let Some(last) = shape.last_mut() {
            *last = last.wrapping_add(more);
        }
        if more > 0 && let Some(cells) = volume(&shape).filter(|&cells| cells < 1 << 12) {
            let mut memory = vec![0; cells as usize];
            let view = NdViewMut::over(&mut memory, &shape, 1);
            prop_assert!(shape.is_empty() || view.is_none_or(|v| DisjointParts::new(v, projections).is_none()));
        }
    }
}

proptest! {
    #[test]
    fn region_gathers_what_indexing_gives((shape, region, elem) in boxed()) {
        let len = volume(&shape).unwrap() as usize * elem;
        let bytes: Vec<u8> = (0..len).map(|i| (i * 7 + 3) as u8).collect();
        let view = NdView::new(&bytes, &shape, elem).unwrap().region(&region).unwrap();
        let wanted: Vec<u8> = indices(&region.shape())
            .iter()
            .flat_map(|index| {
                let at: Vec<u64> = index.iter().zip(&region.ranges)
                    .map(|(&i, s)| s.start().checked_add_signed(i as i64 * s.step()).unwrap())
                    .collect();
                element(&bytes, &shape, &at, elem).to_vec()
            })
            .collect();
        prop_assert_eq!(&view.to_vec(), &wanted);
        if let Some(slice) = view.as_slice() {
            prop_assert_eq!(slice, wanted.as_slice());
        }

        // Scatter it back through a mutable view of the same region, then compare the whole.
        let mut target = vec![MaybeUninit::new(0xEE); len];
        let mut into = NdViewMut::new(&mut target, &shape, elem).unwrap().region(&region).unwrap();
        let dense = NdView::new(&wanted, &region.shape(), elem).unwrap();
        prop_assert!(into.copy_from(&dense));
        let mut model = vec![0xEE; len];
        if len > 0 {
            for (index, value) in indices(&region.shape()).iter().zip(wanted.chunks(elem)) {
                let flat = index.iter().zip(&region.ranges).zip(&shape)
                    .fold(0, |flat, ((&i, s), &n)| {
                        flat * n + s.start().checked_add_signed(i as i64 * s.step()).unwrap()
                    }) as usize;
                model[flat * elem..(flat + 1) * elem].copy_from_slice(value);
            }
        }
        prop_assert_eq!(buffer::to_vec_for_tests(&target), model);
    }

    #[test]
    fn permuting_reorders_axes((shape, _, elem) in boxed(), seed in any::<u64>()) {
        let mut axes: Vec<usize> = (0..shape.len()).collect();
        if !axes.is_empty() {
            let n = axes.len();
            axes.rotate_left(seed as usize % n);
        }
        let len = volume(&shape).unwrap() as usize * elem;
        let bytes: Vec<u8> = (0..len).map(|i| i as u8).collect();
        let view = NdView::new(&bytes, &shape, elem).unwrap().permute(&axes).unwrap();
        let permuted: Vec<u64> = axes.iter().map(|&a| shape[a]).collect();
        let wanted: Vec<u8> = indices(&permuted).iter().flat_map(|index| {
            let mut at = vec![0; shape.len()];
            for (&a, &i) in axes.iter().zip(index) { at[a] = i; }
            element(&bytes, &shape, &at, elem).to_vec()
        }).collect();
        prop_assert_eq!(view.to_vec(), wanted);
    }
}

#[test]
fn wrong_lengths_and_axes_are_refused() {
    assert!(NdView::new(&[0; 5], &[2, 3], 1).is_none());
    assert!(NdView::new(&[], &[u64::MAX, 2], 8).is_none());
    let view = NdView::new(&[0; 6], &[2, 3], 1).unwrap();
    assert!(view.permute(&[0, 0]).is_none());
    assert!(view.permute(&[0]).is_none());
    assert!(view.region(&Region::dense(&[1, 1], &[2, 1])).is_none());
    let mut memory = [MaybeUninit::uninit(); 6];
    let mut out = NdViewMut::new(&mut memory, &[6], 1).unwrap();
    assert!(!out.copy_from(&view));
}

#[test]
fn a_gap_between_rows_is_not_contiguous() {
    let bytes = [0_u8; 24];
    let view = NdView::new(&bytes, &[4, 6], 1).unwrap();
    assert!(view.as_slice().is_some());
    assert!(
        view.region(&Region::dense(&[1, 0], &[2, 6]))
            .unwrap()
            .as_slice()
            .is_some()
    );
    assert!(
        view.region(&Region::dense(&[0, 1], &[2, 5]))
            .unwrap()
            .as_slice()
            .is_none()
    );
    assert!(
        view.region(&Region::dense(&[3, 1], &[1, 5]))
            .unwrap()
            .as_slice()
            .is_some()
    );
}

#[test]
fn parts_of_a_split_are_taken_once_and_do_not_overlap() {
    let mut memory = vec![MaybeUninit::new(0); 5 * 7 * 2];
    let view = NdViewMut::new(&mut memory, &[5, 7], 2).unwrap();
    let projections = Projections::new(&Region::whole(&[5, 7]), &[2, 3]).unwrap();
    let split = DisjointParts::new(view, projections).unwrap();
    assert_eq!(split.len(), 9);
    let mut parts: Vec<_> = (0..9).map(|i| split.take(i).unwrap()).collect();
    assert!(
        (0..10).all(|i| split.take(i).is_none()),
        "none is left, and there is no tenth"
    );
    // All are alive at once: write through each, then look at the whole.
    for (i, (_, part)) in parts.iter_mut().enumerate() {
        crate::fill(part, &[i as u8 + 1; 2]);
    }
    drop(parts);
    drop(split);
    let bytes = buffer::to_vec_for_tests(&memory);
    let wanted = [1, 1, 1, 2, 2, 2, 3];
    assert_eq!(
        bytes.chunks(2).take(7).map(|c| c[0]).collect::<Vec<_>>(),
        wanted
    );
    assert_eq!(bytes[bytes.len() - 1], 9);
}

#[test]
fn parts_that_are_taken_together_are_taken_once() {
    let mut memory = vec![MaybeUninit::new(0); 130 * 3];
    let view = NdViewMut::new(&mut memory, &[130, 3], 1).unwrap();
    let projections = Projections::new(&Region::whole(&[130, 3]), &[1, 1]).unwrap();
    let split = DisjointParts::new(view, projections).unwrap();
    let (_, mut one) = split.take(100).unwrap();
    let mut runs = [split.take_run(0..100), split.take_run(101..390)];
    assert!(split.take_run(389..391).is_none(), "there are 390");
    let all_taken = |i| split.take(i).is_none() && split.take_run(i..i + 1).is_none();
    assert!((0..390).all(all_taken));
    crate::fill(&mut one, &[1]);
    for (i, run) in runs.iter_mut().enumerate() {
        for part in run.as_mut().unwrap() {
            crate::fill(part, &[i as u8 + 2]);
        }
    }
    drop((one, runs));
    drop(split);
    let bytes = buffer::to_vec_for_tests(&memory);
    let wanted = [vec![2; 100], vec![1], vec![3; 289]].concat();
    assert_eq!(bytes, wanted);
}

#[test]
fn parts_that_are_given_back_are_taken_once_more() {
    let mut memory = [0; 100];
    let view = NdViewMut::over(&mut memory, &[100], 1).unwrap();
    let projections = Projections::new(&Region::whole(&[100]), &[1]).unwrap();
    let mut split = DisjointParts::new(view, projections).unwrap();
    for round in 1..3 {
        for i in 0..100 {
            let (_, mut part) = split.take(i).unwrap();
            crate::fill(&mut part, &[round]);
            assert!(split.take(i).is_none());
        }
        split.give_back();
    }
    drop(split);
    assert_eq!(memory, [2; 100]);
}

#[test]
fn cells_outside_of_the_bytes_are_refused() {
    let at = |offset, strides: &[isize]| StridedLayout {
        offset,
        strides: strides.into(),
        elem: 2,
    };
    let inside = |at: &StridedLayout| NdView::strided(&[0; 10], at, &[2, 3]).is_some();
    assert!(inside(&at(0, &[4, 2])));
    assert!(!inside(&at(2, &[4, 2])), "the last cell begins at 10");
    assert!(inside(&at(8, &[-4, -2])));
    assert!(!inside(&at(5, &[-4, -2])), "the last cell begins before 0");
    assert!(!inside(&at(0, &[isize::MAX, 2])));
    assert!(!inside(&at(u64::MAX, &[4, 2])));
    assert!(!inside(&at(0, &[4])), "one stride is missing");
}

#[test]
fn a_reader_that_fills_too_little_leaves_zeros_and_an_error() {
    let mut memory = vec![MaybeUninit::new(0xEE); 6];
    let mut view = NdViewMut::new(&mut memory, &[6], 1).unwrap();
    let at = StridedLayout {
        offset: 0,
        strides: [1].into_iter().collect(),
        elem: 1,
    };
    let result = view.read_strided::<()>(&at, |_, run| Ok(&mut buffer::zeroed(run)[..3]));
    assert_eq!(result, Err(None));
    assert_eq!(buffer::to_vec_for_tests(&memory), [0; 6]);
}

#[test]
fn a_reader_that_panics_leaves_zeros() {
    let mut memory = vec![0xEE; 6];
    let at = StridedLayout {
        offset: 0,
        strides: [1].into_iter().collect(),
        elem: 1,
    };
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut view = NdViewMut::over(&mut memory, &[6], 1).unwrap();
        view.read_strided::<()>(&at, |_, run| {
            run.fill(MaybeUninit::uninit());
            panic!("a reader that gives up")
        })
    }));
    assert!(caught.is_err());
    assert_eq!(memory, [0; 6]);
}

#[test]
fn a_field_is_a_part_of_every_element() {
    let records: Vec<u8> = (0..24).collect();
    let view = NdView::new(&records, &[2, 3], 4).unwrap();
    assert!(view.field(2, 3).is_none());
    assert!(view.field(usize::MAX, 2).is_none());
    let field = view.field(1, 2).unwrap();
    assert!(field.as_slice().is_none());
    assert_eq!(field.to_vec(), [1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22]);
    let column = field.region(&Region::dense(&[0, 2], &[2, 1])).unwrap();
    assert_eq!(column.to_vec(), [9, 10, 21, 22]);
    let mut other = vec![0; 24];
    let mut to = NdViewMut::over(&mut other, &[3, 2], 4).unwrap();
    let turned = field.permute(&[1, 0]).unwrap();
    assert!(to.reborrow().field(2, 2).unwrap().copy_from(&turned));
    assert!(to.field(2, 3).is_none());
    assert_eq!(other[..8], [0, 0, 1, 2, 0, 0, 13, 14]);
}

#[test]
fn a_region_that_leaves_u64_is_cut() {
    let region = Region::dense(&[u64::MAX - 1], &[4]);
    assert_eq!(region.shape().as_slice(), [1]);
    let projections = Projections::new(&region, &[1 << 63]).unwrap();
    let mut bytes = [0; 4];
    let view = NdViewMut::over(&mut bytes, &[4], 1).unwrap();
    assert!(DisjointParts::new(view, projections).is_none());
}

/// One row, three times: what is read of it is what a copy of three rows would be.
#[test]
fn cells_with_a_stride_of_zero_are_repeated() {
    let row = [1_u8, 2, 3, 4];
    let layout = |strides: &[isize]| StridedLayout {
        offset: 0,
        strides: strides.into(),
        elem: 1,
    };
    let rows = NdView::strided(&row, &layout(&[0, 1]), &[3, 4]).unwrap();
    assert_eq!(rows.to_vec(), [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]);
    assert!(rows.as_slice().is_none());
    let part = rows.region(&Region::dense(&[1, 1], &[2, 2])).unwrap();
    assert_eq!(part.to_vec(), [2, 3, 2, 3]);
    assert_eq!(part.permute(&[1, 0]).unwrap().to_vec(), [2, 2, 3, 3]);
    let mut copy = [0; 4];
    let mut target = NdViewMut::over(&mut copy, &[2, 2], 1).unwrap();
    assert!(target.copy_from(&part));
    assert_eq!(copy, [2, 3, 2, 3]);
    let one = NdView::strided(&row, &layout(&[0, 0]), &[2, 2]).unwrap();
    assert_eq!(one.to_vec(), [1; 4]);
    assert!(crate::all_equal(&one, &[1]));
    let last = one.region(&Region::dense(&[1, 0], &[1, 2])).unwrap();
    assert_eq!(last.to_vec(), [1; 2]);
    for shape in [[2, 5], [usize::MAX, 4], [usize::MAX, 2]] {
        assert!(NdView::strided(&row, &layout(&[0, 1]), &shape).is_none());
    }
}
