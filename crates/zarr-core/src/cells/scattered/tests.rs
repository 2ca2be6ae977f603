//! Scattered cells come to their places, whatever the chunks are.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::cells::{CellRows, RowCells};

const SHAPE: [u64; 2] = [7, 9];

fn product(rows: &[u64], columns: &[u64]) -> ScatteredCells {
    let axis = |cells: &[u64], stride: usize| -> Arc<[ListedCell]> {
        let places = cells.iter().enumerate();
        places
            .map(|(i, &cell)| ListedCell {
                cell,
                to: i * stride,
            })
            .collect()
    };
    ScatteredCells::Product(
        [axis(rows, columns.len()), axis(columns, 1)]
            .into_iter()
            .collect(),
    )
}

fn points(rows: &[u64], columns: &[u64]) -> ScatteredCells {
    let count = rows.len().min(columns.len());
    let axes = [rows, columns].map(|axis| axis[..count].to_vec());
    ScatteredCells::Points(PointCells::new(axes.into_iter().collect(), count).into())
}

/// The index of a cell of a box in C order.
fn number(cell: &[u64], shape: &[u64]) -> u64 {
    let axes = cell.iter().zip(shape);
    axes.fold(0, |number, (&at, &length)| number * length + at)
}

/// The cells in the order of the data, read through chunks and boxes.
fn gathered(places: &ScatteredCells, chunk: &[u64]) -> Vec<Option<u64>> {
    let mut data = vec![None; places.len()];
    let groups = places.by_chunk(&AxisGrid::each(chunk)).unwrap();
    assert_eq!(groups.cells(0..groups.len()), places.len());
    for i in 0..groups.len() {
        let (index, places) = groups.get(i).unwrap();
        assert_eq!(
            (groups.find(&index), groups.cells(i..i + 1)),
            (Some(i), places.len())
        );
        let bounds = places.bounds();
        let (start, shape) = (bounds.start(), bounds.shape());
        for run in places.runs(&bounds) {
            for k in 0..run.len {
                let from = (run.from + k) as u64;
                let cell = [from / shape[1] + start[0], from % shape[1] + start[1]];
                let cell = [0, 1].map(|axis| cell[axis] + index[axis] * chunk[axis]);
                assert_eq!(
                    data[run.to + k].replace(number(&cell, &SHAPE)),
                    None,
                    "written twice"
                );
            }
        }
    }
    data
}

proptest! {
    #[test]
    fn each_cell_comes_to_its_place(
        rows in prop::collection::vec(0..SHAPE[0], 0..12),
        columns in prop::collection::vec(0..SHAPE[1], 0..12),
        chunk in (1_u64..9, 1_u64..9),
    ) {
        let chunk = [chunk.0, chunk.1];
        let wanted: Vec<_> = rows.iter()
            .flat_map(|r| columns.iter().map(move |c| Some(number(&[*r, *c], &SHAPE))))
            .collect();
        prop_assert_eq!(gathered(&product(&rows, &columns), &chunk), wanted);
        let wanted: Vec<_> = rows.iter().zip(&columns).map(|(r, c)| Some(number(&[*r, *c], &SHAPE))).collect();
        prop_assert_eq!(gathered(&points(&rows, &columns), &chunk), wanted);
    }

    #[test]
    fn covers_means_every_cell(
        rows in prop::collection::vec(0..3_u64, 0..8),
        columns in prop::collection::vec(0..2_u64, 0..8),
    ) {
        let distinct = |cells: &[u64]| cells.iter().collect::<BTreeSet<_>>().len();
        let all = distinct(&rows) == 3 && distinct(&columns) == 2;
        prop_assert_eq!(product(&rows, &columns).covers(&[3, 2]), all);
        let all = rows.iter().zip(&columns).collect::<BTreeSet<_>>().len() == 6;
        prop_assert_eq!(points(&rows, &columns).covers(&[3, 2]), all);
    }
}

/// The cells that rows give, with the numbers that they have in a box of this shape.
fn in_rows(
    cells: &ScatteredCells,
    shape: &[u64],
    order: &[usize],
    limits: (u64, u64),
) -> Vec<Option<u64>> {
    let mut data = vec![None; cells.len()];
    let rows = CellRows::new(cells, &Region::whole(shape), order, limits);
    let mut end = 0;
    for span in rows.spans(limits) {
        let len = span.cells.end - span.cells.start;
        assert!(len <= limits.1 && end <= span.cells.start);
        end = span.cells.end;
        let mut last = Some(0);
        let mut put = |number: usize, place: usize| {
            let number = number as u64;
            assert!(
                number < len
                    && last.replace(number).unwrap() + 1 >= number.saturating_sub(limits.0)
            );
            let is_new = data[place].replace(number + span.cells.start).is_none();
            assert!(is_new, "written twice");
        };
        for (number, place, cells) in rows.within(&span) {
            match cells {
                RowCells::Each(each) => each.iter().for_each(|listed| {
                    put(number.wrapping_add(listed.cell as usize), place + listed.to);
                }),
                RowCells::Runs(runs) => runs.iter().for_each(|run| {
                    (0..run.len).for_each(|i| {
                        put(number.wrapping_add(run.from) + i, place + run.to + i);
                    });
                }),
            }
        }
    }
    data
}

proptest! {
    #[test]
    fn rows_hold_each_cell_once(
        rows in prop::collection::vec(0..SHAPE[0], 0..12),
        columns in prop_oneof![prop::collection::vec(0..SHAPE[1], 0..12), Just((1..9).collect())],
        limits in prop_oneof![(0..30_u64, 1..40_u64), Just((u64::MAX, u64::MAX))],
        turned: bool,
    ) {
        let order: &[usize] = if turned { &[1, 0] } else { &[0, 1] };
        let number = |r: u64, c: u64| Some(if turned { c * SHAPE[0] + r } else { r * SHAPE[1] + c });
        let wanted: Vec<_> = rows.iter()
            .flat_map(|r| columns.iter().map(move |c| number(*r, *c)))
            .collect();
        prop_assert_eq!(in_rows(&product(&rows, &columns), &SHAPE, order, limits), wanted);
        let wanted: Vec<_> = rows.iter().zip(&columns).map(|(r, c)| number(*r, *c)).collect();
        let points = points(&rows, &columns);
        prop_assert_eq!(in_rows(&points, &SHAPE, order, limits), wanted.clone());
        if let Some((_, of_chunk)) = points.by_chunk(&AxisGrid::each(&SHAPE)).unwrap().get(0) {
            prop_assert_eq!(in_rows(&of_chunk, &SHAPE, order, limits), wanted);
        }
    }
}

/// As for the corners of an array with more chunks than can be counted.
#[test]
fn points_may_be_any_distance_apart() {
    let far = u64::MAX - 1;
    let corners = points(&[far, 0, far, 0, 3], &[0, far, far, 0, far]);
    let groups = corners.by_chunk(&AxisGrid::each(&[1, 2])).unwrap();
    let found: Vec<_> = (0..groups.len())
        .map(|i| groups.get(i).unwrap().0.to_vec())
        .collect();
    let half = far / 2;
    assert_eq!(found, [[0, 0], [0, half], [3, half], [far, 0], [far, half]]);
    assert!(corners.by_chunk(&AxisGrid::each(&[far, far])).is_none());
}

#[test]
fn neighbours_are_one_run() {
    let places = product(&[1, 0], &[2, 3, 4, 8]);
    let runs = places.runs(&places.bounds());
    let runs: Vec<_> = runs.iter().map(|run| (run.from, run.to, run.len)).collect();
    assert_eq!(runs, [(7, 0, 3), (13, 3, 1), (0, 4, 3), (6, 7, 1)]);
}
