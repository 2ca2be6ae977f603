//! Selections and grids: any text, any sizes; what is selected is cut into parts that add up.

use zarr_codecs::{AxisGrid, Projections};
use zarr_core::{ChunkGrid, Selection, Slice};
use zarr_metadata::{AxisChunks, ChunkRun};

use super::{Bound, Target};

pub(super) fn targets() -> Vec<Target> {
    let target = |name, run, seeds| Target {
        name,
        run,
        seeds,
        bound: Bound::chunk(0),
    };
    vec![
        target("indexing", indexing, || {
            ["0:10, 5, ::2", "..., -1", "::-3, None, 2:", "1, 2, 3"]
                .map(text_seed)
                .into()
        }),
        target("chunk_grid", chunk_grid, || {
            vec![vec![7; 48], vec![255; 48]]
        }),
        target("listed_grid", listed_grid, || {
            let seed = |numbers: &[u64]| numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
            vec![
                seed(&[4, 3, 2, 1, 14, 9]),
                seed(&[1, u64::MAX, u64::MAX, 9, u64::MAX, u64::MAX - 1]),
            ]
        }),
    ]
}

fn text_seed(text: &str) -> Vec<u8> {
    [&[9, 4, 3], text.as_bytes()].concat()
}

/// Three lengths, then the selection as people write it.
fn indexing(bytes: &[u8]) {
    let Some((shape, text)) = bytes.split_at_checked(3) else {
        return;
    };
    let shape: Vec<u64> = shape.iter().map(|&n| u64::from(n % 40)).collect();
    let Ok(selection) = String::from_utf8_lossy(text).parse::<Selection>() else {
        return;
    };
    let Ok(resolved) = selection.resolve(&shape) else {
        return;
    };
    let grid = ChunkGrid::regular(&[4, 3, 7], &shape).unwrap();
    let projections = Projections::new(resolved.region().unwrap(), &[4, 3, 7]).unwrap();
    let parts = projections.iter().map(|projection| {
        assert!(grid.contains(&projection.chunk));
        assert!(projection.part.fits(&[4, 3, 7]));
        projection.part.volume().unwrap()
    });
    assert_eq!(parts.sum::<u64>(), resolved.volume().unwrap());
}

/// Two lengths, two chunk lengths, two coordinates, of any size.
fn chunk_grid(bytes: &[u8]) {
    let mut numbers = bytes
        .chunks_exact(8)
        .map(|n| u64::from_le_bytes(n.try_into().unwrap()));
    let mut two = || Some([numbers.next()?, numbers.next()?]);
    let (Some(shape), Some(chunk), Some(at)) = (two(), two(), two()) else {
        return;
    };
    let Ok(grid) = ChunkGrid::regular(&chunk, &shape) else {
        return;
    };
    let _ = (grid.len(), grid.iter().next());
    let located: Option<Vec<(u64, u64)>> = (0..2).map(|axis| grid.locate(axis, at[axis])).collect();
    assert_eq!(
        located.is_some(),
        at.iter().zip(&shape).all(|(at, len)| at < len)
    );
    if let Some(located) = located {
        let index: Vec<u64> = located.iter().map(|(chunk, _)| *chunk).collect();
        assert!(grid.contains(&index));
        for (axis, span) in grid.region(&index).ranges.iter().enumerate() {
            assert_eq!(span.start() + located[axis].1, at[axis]);
            assert!(located[axis].1 < span.count());
        }
    }
}

/// Runs of chunks of one length, then the length of the axis and a coordinate, of any size.
fn listed_grid(bytes: &[u8]) {
    let numbers = bytes.chunks_exact(8);
    let numbers: Vec<u64> = numbers
        .map(|n| u64::from_le_bytes(n.try_into().unwrap()))
        .collect();
    let [runs @ .., length, at] = numbers.as_slice() else {
        return;
    };
    let runs = runs
        .chunks_exact(2)
        .map(|run| ChunkRun::new(run[0], run[1]));
    let axis = AxisChunks::Runs(runs.collect());
    let Ok(grid) = ChunkGrid::rectilinear(std::slice::from_ref(&axis), &[*length]) else {
        return;
    };
    let _ = (grid.len(), grid.largest_chunk(), grid.chunk_sizes());
    let Some((chunk, inside)) = grid.locate(0, *at) else {
        assert!(at >= length);
        return;
    };
    assert_eq!(
        axis.locate(*at),
        Some((chunk, at - inside, grid.chunk_shape(&[chunk])[0]))
    );
    assert!(grid.contains(&[chunk]));
    let span = grid.region(&[chunk]).ranges[0];
    assert!(span.start() + inside == *at && inside < span.count());
    // From there to the end in steps of that many cells, and as many once more.
    let step = i64::try_from(*at).unwrap_or(i64::MAX).max(1);
    for step in [step, step.saturating_mul(2), -step] {
        let slice = Slice::Range {
            start: i64::try_from(*at).ok(),
            stop: None,
            step,
        };
        let Ok(resolved) = Selection::Basic(vec![slice]).resolve(&grid) else {
            continue;
        };
        let projections = Projections::of(resolved.region().unwrap(), &[AxisGrid::from(&axis)]);
        let Some(projections) = projections else {
            continue;
        };
        let first_and_last = [
            projections.get(0),
            projections.get(projections.len().wrapping_sub(1)),
        ];
        for projection in first_and_last.into_iter().flatten() {
            assert!(grid.contains(&projection.chunk));
            assert!(projection.part.fits(&grid.chunk_shape(&projection.chunk)));
        }
    }
}
