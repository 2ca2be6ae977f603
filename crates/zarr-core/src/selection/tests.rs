//! Selections against NumPy's answers and against a slow oracle.

use proptest::collection::vec;
use proptest::prelude::*;
use zarr_codecs::{AxisRange, Projection, Projections, Region, volume};

use super::{Indices, Mask, Points, RangeExt, ResolvedSelection, Selection, SelectionError, Slice};
use crate::cells::{Cells, ChunkSelections};
use crate::{ChunkGrid, sel};

mod numpy;
mod numpy_arrays;

fn resolve(text: &str, shape: &[u64]) -> Result<ResolvedSelection, SelectionError> {
    text.parse::<Selection>()?.resolve(shape)
}

fn cells(range: &AxisRange) -> impl Iterator<Item = u64> + '_ {
    let cell = |i| i128::from(range.start()) + i128::from(i) * i128::from(range.step());
    (0..range.count()).map(move |i| cell(i) as u64)
}

/// The projections of a basic selection.
fn boxes(resolved: &ResolvedSelection, grid: &ChunkGrid) -> Projections {
    match resolved.project(grid).unwrap() {
        ChunkSelections::Boxes(boxes) => boxes,
        ChunkSelections::Scattered(_) => panic!("lists in a basic selection"),
    }
}

/// The cells of a region of an array of this shape, as numbers in C order.
fn numbers(region: &Region, shape: &[u64]) -> Vec<u64> {
    region
        .ranges
        .iter()
        .zip(shape)
        .fold(vec![0], |numbers, (range, length)| {
            numbers
                .iter()
                .flat_map(|n| cells(range).map(move |cell| n * length + cell))
                .collect()
        })
}

#[test]
fn numpy_agrees() {
    for &(shape, text, expected) in numpy::CASES {
        let found = resolve(text, shape).ok();
        let found = found
            .as_ref()
            .map(|r| (r.out_shape().to_vec(), numbers(r.region().unwrap(), shape)));
        let expected = expected.map(|(shape, cells)| (shape.to_vec(), cells.to_vec()));
        assert_eq!(found, expected, "[{text}] of {shape:?}");
    }
}

/// The output shape, and the numbers of the selected cells in the order of the output.
fn selected(resolved: &ResolvedSelection) -> (Vec<u64>, Vec<u64>) {
    let shape = resolved.shape();
    let numbers = match resolved.cells() {
        Cells::Box { cells, .. } => numbers(cells, shape),
        Cells::Scattered(scattered) => {
            let mut numbers = vec![u64::MAX; scattered.len()];
            for run in scattered.runs(&Region::whole(shape)) {
                for i in 0..run.len {
                    numbers[run.to + i] = (run.from + i) as u64;
                }
            }
            numbers
        }
    };
    (resolved.out_shape().to_vec(), numbers)
}

#[test]
fn g9_numpy_agrees_about_index_arrays() {
    for (shape, selection, expected) in numpy_arrays::cases() {
        let found = selection.resolve(shape).as_ref().map(selected).ok();
        let expected = expected.map(|(shape, cells)| (shape.to_vec(), cells.to_vec()));
        assert_eq!(found, expected, "[{selection}] of {shape:?}");
    }
}

#[test]
fn ranges_of_rust_mean_what_they_say() {
    for (selection, text) in [
        (sel![], "()"),
        (sel![...], "...,"),
        (
            sel![0..10, .., ..;2, 5, -1, ..., NewAxis],
            "0:10, :, ::2, 5, -1, ..., None",
        ),
        (sel![10..0;-1, 3.., ..-2,], "10:0:-1, 3:, :-2"),
        (sel![0..=9, ..=-1, ..=-2, 2..=5;2], "0:10, ::1, :-1, 2:6:2"),
        (sel![5..=0;-1, 5..=2;-1, ..=-1;-1], "5::-1, 5:1:-1, :-2:-1"),
        (
            sel![u64::MAX, ..u64::MAX, 7_usize, 7_u32],
            "9223372036854775807, :9223372036854775807, 7, 7",
        ),
        (
            Selection::from((0..3, Slice::NewAxis, 1_i64..)),
            "0:3, None, 1:",
        ),
        (Selection::from(()), "()"),
        (Selection::from(..), "..."),
        (Selection::from(3_usize..), "3:"),
        (Selection::from((0..9).step(-2)), "0:9:-2"),
        (Selection::from([Slice::Full, Slice::Index(3)]), ":, 3"),
    ] {
        assert_eq!(selection.to_string(), text);
        assert_eq!(text.parse(), Ok(selection));
    }
}

#[test]
fn spaces_and_brackets_are_free() {
    let expected = sel![1..-2;3, ..., NewAxis, 4];
    for text in [
        "1:-2:3,...,None,4",
        " [ 1 : -2 :3 , ... , None , 4 , ] ",
        "(1:-2:3,...,None,4)",
        "1:-2:3, Ellipsis, np.newaxis, 4",
        "1:-2:3, ..., numpy.newaxis, 4",
    ] {
        assert_eq!(text.parse(), Ok(expected.clone()), "{text}");
    }
    assert_eq!("[...]".parse(), Ok(Selection::All));
    assert_eq!("::".parse(), Ok(sel![..]));
}

#[test]
fn errors_point_at_the_column() {
    const ITEM: &str = "an integer, `:`, `...` or `None`";
    for (text, column, expected) in [
        ("", 1, ITEM),
        ("  ,", 3, ITEM),
        ("0:10, x", 7, ITEM),
        ("0..10", 2, "`,` or the end"),
        ("1,,2", 3, ITEM),
        ("1 2", 3, "`,` or the end"),
        ("Nones", 5, "`,` or the end"),
        ("[1, 2", 6, "`,` or `]`"),
        ("[1] 2", 5, "the end"),
        ("(1]", 3, "`,` or `)`"),
        ("é", 1, ITEM),
        ("1,é", 3, ITEM),
        ("1:é", 3, "`,` or the end"),
        ("1:- 2", 3, "a digit after `-`"),
        ("1:9223372036854775808", 3, "an integer of at most 64 bits"),
        ("0:1:2:3", 6, "`,` or the end"),
    ] {
        let error = text.parse::<Selection>();
        assert_eq!(
            error,
            Err(SelectionError::Syntax { column, expected }),
            "{text:?}"
        );
    }
}

#[test]
fn errors_name_axis_index_and_length() {
    let shape = [4, 5];
    for (text, message) in [
        ("4", "index 4 is out of bounds for axis 0 of length 4"),
        (
            "..., -6",
            "index -6 is out of bounds for axis 1 of length 5",
        ),
        (
            "None, :, 5",
            "index 5 is out of bounds for axis 1 of length 5",
        ),
        (":, ::0", "the step along axis 1 is zero"),
        (
            "0, None, :, ..., 0",
            "too many indices: the array is 2-dimensional, but 3 were given",
        ),
        (
            "..., ...",
            "a selection can have only one ellipsis (`...`), not 2",
        ),
    ] {
        assert_eq!(resolve(text, &shape).unwrap_err().to_string(), message);
    }
    let grid = ChunkGrid::regular(&[2, 2], &[4, 6]).unwrap();
    let error = resolve("...", &shape).unwrap().project(&grid).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the selection was resolved for the shape [4, 5], but the array has the shape [4, 6]"
    );
}

#[test]
fn a_chunk_is_covered_where_only_padding_is_left_out() {
    let grid = ChunkGrid::regular(&[4], &[10]).unwrap();
    let covered = |selection: Selection| {
        let projections = boxes(&selection.resolve(&[10]).unwrap(), &grid);
        let covers = |p: Projection| p.covers(&grid.chunk_extent(&p.chunk));
        projections.iter().map(covers).collect::<Vec<_>>()
    };
    assert_eq!(covered(sel![..]), [true, true, true]);
    assert_eq!(covered(sel![1..9]), [false, true, false]);
    assert_eq!(covered(sel![..;2]), [false, false, false]);
    assert_eq!(covered(sel![..;-1]), [false, false, false]);
}

#[test]
fn the_longest_axes_neither_overflow_nor_loop() {
    for length in [i64::MAX as u64, 1 << 63, u64::MAX] {
        let grid = ChunkGrid::regular(&[1 << 40], &[length]).unwrap();
        let project = |selection: Selection| {
            let resolved = selection.resolve(&[length]).unwrap();
            let projections = boxes(&resolved, &grid);
            let last = projections.get(projections.len() - 1).unwrap();
            assert_eq!(Some(projections.len()), projections.iter().size_hint().1);
            (projections.len(), last)
        };
        let chunks = length.div_ceil(1 << 40);
        let (count, last) = project(Selection::All);
        assert_eq!(count as u64, chunks);
        assert_eq!(last.chunk.as_slice(), [chunks - 1]);
        assert!(last.covers(&grid.chunk_extent(&last.chunk)));

        let (count, last) = project(sel![..;-1]);
        assert_eq!(count as u64, chunks);
        assert_eq!(
            last.part.ranges[0],
            AxisRange::new((1 << 40) - 1, 1 << 40, -1).unwrap()
        );
        assert_eq!(last.to, Region::dense(&[length - (1 << 40)], &[1 << 40]));

        assert_eq!(
            project(sel![-1]).1.part.start().as_slice(),
            [(length - 1) % (1 << 40)]
        );
        let leaps = usize::from(length > 1 << 63);
        assert_eq!(project(sel![..;i64::MIN]).0, 1 + leaps);
        assert_eq!(
            project(sel![-1..;-i64::MAX]).0,
            1 + ((length - 1) / i64::MAX as u64) as usize
        );

        let index = sel![u64::MAX].resolve(&[length]).unwrap_err();
        let stop = sel![..u64::MAX].resolve(&[length]);
        if length == i64::MAX as u64 {
            assert_eq!(
                index,
                SelectionError::OutOfBounds {
                    axis: 0,
                    index: i64::MAX,
                    length
                }
            );
            assert_eq!(stop.unwrap().out_shape(), [length]);
        } else {
            assert_eq!(index, SelectionError::AmbiguousBound { axis: 0, length });
            assert_eq!(
                stop,
                Err(SelectionError::AmbiguousBound { axis: 0, length })
            );
        }
    }
    let shape = [u64::MAX, 1 << 63];
    let grid = ChunkGrid::regular(&[1, 1], &shape).unwrap();
    let all = Selection::All.resolve(&shape).unwrap();
    assert_eq!(all.volume(), None);
    assert_eq!(
        all.project(&grid).unwrap_err(),
        SelectionError::TooManyChunks
    );
    let one_chunk = ChunkGrid::regular(&[u64::MAX; 2], &shape).unwrap();
    let whole = boxes(&all, &one_chunk).get(0).unwrap();
    assert!(whole.covers(&shape));
    assert_eq!(
        sel![0..0]
            .resolve(&shape)
            .unwrap()
            .project(&grid)
            .unwrap()
            .len(),
        0
    );
}

/// The cells of one axis, found by walking.
fn walk(slice: Slice, length: i64) -> Option<Vec<u64>> {
    let wrap = |bound: i64| if bound < 0 { bound + length } else { bound };
    match slice {
        Slice::Index(index) => (0..length)
            .contains(&wrap(index))
            .then(|| vec![wrap(index) as u64]),
        Slice::Range { step: 0, .. } => None,
        Slice::Range { start, stop, step } => {
            let (first, last) = if step > 0 {
                (0, length)
            } else {
                (-1, length - 1)
            };
            let (from, to) = if step > 0 {
                (first, last)
            } else {
                (last, first)
            };
            let mut cell = start.map_or(from, wrap).max(first).min(last);
            let stop = stop.map_or(to, wrap);
            let mut cells = Vec::new();
            while if step > 0 {
                cell < stop.min(length)
            } else {
                cell > stop.max(-1)
            } {
                cells.push(cell as u64);
                cell += step;
            }
            Some(cells)
        }
        _ => Some((0..length as u64).collect()),
    }
}

/// What is selected: the shape of the output and its cells, as numbers in C order.
fn oracle(selection: &Selection, shape: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
    let mut slices = match selection {
        Selection::All => vec![],
        Selection::Basic(slices) => slices.clone(),
        other => unreachable!("{other} is not basic"),
    };
    if !slices.contains(&Slice::Ellipsis) {
        slices.push(Slice::Ellipsis);
    }
    let named = |slice: &&Slice| !matches!(slice, Slice::Ellipsis | Slice::NewAxis);
    let left = shape
        .len()
        .checked_sub(slices.iter().filter(named).count())?;
    let at = slices.iter().position(|slice| *slice == Slice::Ellipsis)?;
    slices.splice(at..=at, std::iter::repeat_n(Slice::Full, left));
    let (mut out, mut numbers, mut lengths) = (vec![], vec![0], shape.iter());
    for slice in slices {
        match slice {
            Slice::Ellipsis => return None,
            Slice::NewAxis => out.push(1),
            _ => {
                let length = *lengths.next()?;
                let cells = walk(slice, length as i64)?;
                if !matches!(slice, Slice::Index(_)) {
                    out.push(cells.len() as u64);
                }
                let next = numbers
                    .iter()
                    .flat_map(|n| cells.iter().map(move |c| n * length + c));
                numbers = next.collect();
            }
        }
    }
    Some((out, numbers))
}

fn slices() -> impl Strategy<Value = Slice> {
    let bound = || proptest::option::of(-25_i64..25);
    prop_oneof![
        2 => (-8_i64..8).prop_map(Slice::Index),
        6 => (bound(), bound(), prop_oneof![9 => -7_i64..8, 1 => Just(1)])
            .prop_map(|(start, stop, step)| Slice::Range { start, stop, step }),
        2 => Just(Slice::Full),
        1 => Just(Slice::Ellipsis),
        1 => Just(Slice::NewAxis),
    ]
}

/// The shape of an array, a chunk shape, and a selection that is mostly valid.
fn cases() -> impl Strategy<Value = (Vec<u64>, Vec<u64>, Selection)> {
    // Half of the axes are long enough for every index drawn.
    let axes = vec((prop_oneof![0_u64..20, 8_u64..20], 1_u64..9), 0..=4);
    axes.prop_flat_map(|axes| {
        let (shape, chunks): (Vec<u64>, Vec<u64>) = axes.into_iter().unzip();
        let selection = prop_oneof![
            1 => Just(Selection::All),
            15 => vec(slices(), 0..=shape.len() + 1).prop_map(Selection::Basic),
        ];
        (Just(shape), Just(chunks), selection)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_text_round_trips((_, _, selection) in cases()) {
        prop_assert_eq!(selection.to_string().parse(), Ok(selection));
    }

    #[test]
    fn no_text_panics(text in "[-0-9:., \\[\\]()Noneé]{0,12}") {
        if let Ok(selection) = text.parse::<Selection>() {
            prop_assert_eq!(selection.to_string().parse(), Ok(selection));
        }
    }

    #[test]
    fn resolving_agrees_with_walking((shape, _, selection) in cases()) {
        let found = selection.resolve(&shape).ok();
        if let Some(resolved) = &found {
            prop_assert!(resolved.region().unwrap().fits(&shape));
            prop_assert_eq!(volume(resolved.full_shape()), volume(resolved.out_shape()));
            prop_assert_eq!(resolved.is_empty(), resolved.volume() == Some(0));
        }
        let found = found.map(|r| (r.out_shape().to_vec(), numbers(r.region().unwrap(), &shape)));
        prop_assert_eq!(found, oracle(&selection, &shape));
    }

    #[test]
    fn projections_partition_the_output((shape, chunks, selection) in cases()) {
        let Ok(resolved) = selection.resolve(&shape) else { return Ok(()) };
        let grid = ChunkGrid::regular(&chunks, &shape).unwrap();
        let projections = boxes(&resolved, &grid);
        let all: Vec<Projection> = projections.iter().collect();
        prop_assert_eq!(projections.len(), all.len());
        prop_assert_eq!(projections.get(all.len()), None);
        let only = match &all[..] {
            [only] => Some((only.chunk.clone(), only.part.clone())),
            _ => None,
        };
        prop_assert_eq!(resolved.in_one_chunk(&grid), only);

        let mut out = vec![None; resolved.volume().unwrap() as usize];
        let mut seen = std::collections::HashSet::new();
        for (i, projection) in all.iter().enumerate() {
            prop_assert_eq!(projections.get(i), Some(projection.clone()));
            let Projection { chunk, part, to } = projection;
            prop_assert!(grid.contains(chunk) && seen.insert(chunk.clone()));
            prop_assert!(!part.is_empty() && part.fits(&grid.chunk_extent(chunk)));
            prop_assert!(to.is_dense() && to.fits(resolved.full_shape()));
            prop_assert_eq!(part.shape(), to.shape());
            prop_assert!(part.ranges.iter().all(|range| range.count() > 1 || range.step() == 1));
            let mut moved = part.clone();
            for (range, start) in moved.ranges.iter_mut().zip(grid.region(chunk).start()) {
                *range = range.behind(start).unwrap();
            }
            let from = numbers(&moved, &shape);
            for (to, from) in numbers(to, resolved.full_shape()).into_iter().zip(from) {
                prop_assert_eq!(out[to as usize].replace(from), None);
            }
        }
        let expected = numbers(resolved.region().unwrap(), &shape).into_iter().map(Some);
        prop_assert_eq!(out, expected.collect::<Vec<_>>());
    }

    #[test]
    fn a_grid_partitions_its_array((shape, chunks, _) in cases()) {
        let grid = ChunkGrid::regular(&chunks, &shape).unwrap();
        let mut cells: Vec<u64> = Vec::new();
        for index in &grid {
            let region = grid.region(&index);
            prop_assert_eq!(region.shape(), grid.chunk_extent(&index));
            for (axis, range) in region.ranges.iter().enumerate() {
                let last = range.start() + range.count() - 1;
                prop_assert_eq!(grid.locate(axis, range.start()), Some((index[axis], 0)));
                prop_assert_eq!(grid.locate(axis, last), Some((index[axis], range.count() - 1)));
            }
            cells.extend(numbers(&region, &shape));
        }
        prop_assert_eq!(grid.len(), Some(grid.iter().count() as u64));
        cells.sort_unstable();
        prop_assert!(cells.into_iter().eq(0..volume(&shape).unwrap()));
    }
}

#[test]
fn lists_points_and_masks_say_what_is_wrong() {
    let check = |selection: Selection, message: &str| {
        let error = selection.resolve(&[4, 5]).unwrap_err().to_string();
        assert_eq!(error, message, "{selection}");
    };
    let out = "index -6 is out of bounds for axis 1 of length 5";
    check(Selection::orthogonal((.., [0, -6])), out);
    check(Selection::points([[0, 1], [4, -6]]), out);
    check(
        Selection::orthogonal((vec![true; 3], 0)),
        "a mask of shape [3] does not match the shape [4]",
    );
    check(
        Mask::new([5, 4], [true; 20]).into(),
        "a mask of shape [5, 4] does not match the shape [4, 5]",
    );
    check(
        Selection::points([vec![0, 1], vec![1, 2, 3]]),
        "index arrays of shapes [[2], [3]] cannot be broadcast together: counted from the last axis, their \
         lengths must be equal or 1; for every combination of lists, use `oindex`",
    );
    check(
        Selection::points([[0]]),
        "points need one list of coordinates per axis: 1 were given, and the array has 2 axes",
    );
    check(
        Points::new([[0, 1], [1, 2]]).shaped([3]).into(),
        "2 points do not fill the shape [3]",
    );
    check(
        Indices::new([3], [0, 1]).into(),
        "2 indices do not fill the shape [3]",
    );
    check(
        Selection::orthogonal((.., ndarray::array![[0], [1]])),
        "an orthogonal selection takes lists, but along axis 1 there is an index array of shape [2, 1]; \
         use it without `oindex`",
    );
    check(
        Selection::blocks(vec![Slice::Full]),
        "a selection of blocks can only be resolved on a chunk grid",
    );
    let grid = ChunkGrid::regular(&[2, 2], &[4, 5]).unwrap();
    let error = Selection::blocks(vec![RangeExt::step(.., 2)]).resolve(&grid);
    assert_eq!(error, Err(SelectionError::BlockStep { axis: 0, step: 2 }));
    let error = Selection::blocks(vec![Slice::Index(2)]).resolve(&grid);
    assert!(matches!(
        error,
        Err(SelectionError::OutOfBounds {
            index: 2,
            length: 2,
            ..
        })
    ));
}

#[test]
fn what_is_even_is_read_without_lists() {
    let is_box = |selection: Selection| selection.resolve(&[9, 9]).unwrap().region().is_some();
    assert!(is_box(Selection::orthogonal(([1, 3, 5], [-1]))));
    assert!(is_box(Selection::orthogonal(([5, 4], Vec::<i64>::new()))));
    assert!(!is_box(Selection::orthogonal(([1, 3, 4], ..))));
    assert!(!is_box(Selection::orthogonal(([1, 1], ..))));
}
