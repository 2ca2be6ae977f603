//! In how many reads boxes of cells are read.

use super::*;

/// Cuts the box of `shape` elements of two bytes, in an output of its own, out of a chunk in
/// which these are the strides.
fn check(shape: &[u64], strides: &[isize], wanted: ReadStrategy) {
    let at = StridedLayout {
        offset: 1 << 40,
        strides: strides.into(),
        elem: 2,
    };
    let mut memory = vec![0; 2 * shape.iter().product::<u64>() as usize];
    // One column is left out of the output, so that its rows do not touch.
    let mut part = Region::whole(shape);
    let dst = NdViewMut::over(&mut memory, shape, 2).unwrap();
    if let Some(last) = part.ranges.last_mut().filter(|last| last.count() > 1) {
        *last = AxisRange::dense(0, last.count() - 1);
    }
    let dst = dst.region(&part).unwrap();
    let reach = |(&n, &stride): (&usize, &isize)| (n as u64 - 1) * stride.unsigned_abs() as u64;
    let span = dst.shape().iter().zip(strides).map(reach).sum::<u64>() + 2;
    let run = dst.run_len(&at);
    assert_eq!(
        strategy(&at, &dst, run, span),
        wanted,
        "{shape:?} {strides:?}"
    );
}

#[test]
fn what_lies_close_is_one_read() {
    check(&[8, 8, 9], &[2048, 128, 2], ReadStrategy::AtOnce);
    check(&[100, 9], &[-64, 2], ReadStrategy::AtOnce);
    check(&[], &[], ReadStrategy::Direct);
    check(&[1, 1, 1], &[1 << 20, 1 << 10, 2], ReadStrategy::Direct);
}

#[test]
fn what_lies_far_apart_is_a_read_each() {
    check(&[8, 8, 9], &[1 << 15, 256, 2], ReadStrategy::Cut(0, 1));
    check(&[8, 8, 9], &[-(1 << 15), 256, 2], ReadStrategy::Cut(0, 1));
    check(&[1, 8, 9], &[1 << 20, 1 << 15, 2], ReadStrategy::Cut(1, 1));
    check(&[3, 1], &[1 << 14, 2], ReadStrategy::Cut(0, 1));
    // Eight planes of 2 KiB with 6 KiB between them: as cheap at once.
    check(&[8, 8, 9], &[8 << 10, 256, 2], ReadStrategy::AtOnce);
}

#[test]
fn what_is_large_is_read_in_slabs() {
    check(
        &[128, 128, 128],
        &[1 << 15, 1 << 8, 2],
        ReadStrategy::Cut(0, 8),
    );
    check(
        &[1, 1 << 14, 128],
        &[1 << 22, 1 << 8, 2],
        ReadStrategy::Cut(1, 1 << 10),
    );
    check(&[16, 128, 128], &[1 << 15, 1 << 8, 2], ReadStrategy::AtOnce);
    // Planes of a MiB: one at a time, and each is cut again.
    check(
        &[4, 4096, 128],
        &[1 << 20, 1 << 8, 2],
        ReadStrategy::Cut(0, 1),
    );
    // What is stored in the other order is cut along its last axis.
    check(&[4096, 1 << 13], &[2, 1 << 13], ReadStrategy::Cut(1, 512));
    check(&[1 << 22, 4], &[2, 1 << 23], ReadStrategy::Cut(1, 1));
    check(&[2048, 1 << 10], &[2, 1 << 12], ReadStrategy::AtOnce);
    // Rows that are worth a read each are not cut at all.
    check(&[512, 1 << 12], &[1 << 13, 2], ReadStrategy::Direct);
}

#[test]
fn what_lies_apart_is_asked_for_apart() {
    let at = StridedLayout {
        offset: 100,
        strides: [1 << 30, 4][..].into(),
        elem: 4,
    };
    let mut all = vec![];
    of_box(&at, &mut [3, 10], &mut all).unwrap();
    let row = |i: u64| 100 + (i << 30)..140 + (i << 30);
    assert_eq!(all, [row(0), row(1), row(2)]);
    all.clear();
    assert_eq!(of_box(&at, &mut [MOST_RANGES + 1, 2], &mut all), None);
}
