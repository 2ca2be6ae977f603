//! Scattered cells come to their places, whatever the chunks are.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

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

/// The cells in the order of the data, read through chunks and boxes.
fn gathered(places: &ScatteredCells, chunk: &[u64]) -> Vec<Option<u64>> {
    let mut data = vec![None; places.len()];
    let groups = places.by_chunk(&AxisGrid::each(chunk));
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
        let pairs: Vec<u64> = rows.iter().zip(&columns).flat_map(|(r, c)| [*r, *c]).collect();
        let wanted: Vec<_> = pairs.chunks(2).map(|cell| Some(number(cell, &SHAPE))).collect();
        prop_assert_eq!(gathered(&ScatteredCells::Points(PointCells::new(2, pairs).into()), &chunk), wanted);
    }

    #[test]
    fn covers_means_every_cell(
        rows in prop::collection::vec(0..3_u64, 0..8),
        columns in prop::collection::vec(0..2_u64, 0..8),
    ) {
        let distinct = |cells: &[u64]| cells.iter().collect::<BTreeSet<_>>().len();
        let all = distinct(&rows) == 3 && distinct(&columns) == 2;
        prop_assert_eq!(product(&rows, &columns).covers(&[3, 2]), all);
        let pairs: Vec<u64> = rows.iter().zip(&columns).flat_map(|(r, c)| [*r, *c]).collect();
        let all = pairs.chunks(2).collect::<BTreeSet<_>>().len() == 6;
        prop_assert_eq!(ScatteredCells::Points(PointCells::new(2, pairs).into()).covers(&[3, 2]), all);
    }
}

#[test]
fn neighbours_are_one_run() {
    let places = product(&[1, 0], &[2, 3, 4, 8]);
    let runs = places.runs(&places.bounds());
    let runs: Vec<_> = runs.iter().map(|run| (run.from, run.to, run.len)).collect();
    assert_eq!(runs, [(7, 0, 3), (13, 3, 1), (0, 4, 3), (6, 7, 1)]);
}
