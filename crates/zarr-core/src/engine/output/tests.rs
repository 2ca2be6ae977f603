//! What a read fills: parts from many threads, anywhere, memory used before, and the caller's.

use super::*;

fn fill(byte: u8) -> (FillValue, Arc<VlenHeap>) {
    let fill = FillValue::from_bytes(&zarr_metadata::DataType::UInt32, &[byte; 4]).unwrap();
    (fill, Arc::new(VlenHeap::new(Vec::new())))
}

fn output_in(destination: Destination, shape: &[u64], chunk: &[u64]) -> Output {
    let projections = Projections::new(&Region::whole(shape), chunk).unwrap();
    let (fill, heap) = fill(1);
    Output::new(shape, 4, destination, Some(&projections), (&fill, &heap)).unwrap()
}

fn output(shape: &[u64], chunk: &[u64]) -> Output {
    output_in(
        Destination::New {
            align: 4,
            order: Order::C,
        },
        shape,
        chunk,
    )
}

fn write(output: &Output, i: usize) {
    let Some((projection, mut part)) = output.take(i) else {
        return;
    };
    let digits = projection.chunk.iter();
    let value = digits.fold(1_u32, |v, &c| v * 10 + c as u32);
    zarr_codecs::fill(&mut part, &value.to_ne_bytes());
    output.wrote(part.byte_len());
}

fn write_all(output: &Output) {
    (0..output.parts.len()).for_each(|i| write(output, i));
}

#[test]
fn parts_written_by_many_threads_are_one_vec() {
    let output = output(&[3, 5], &[2, 2]);
    std::thread::scope(|scope| {
        for i in 0..output.parts.len() {
            let output = &output;
            scope.spawn(move || write(output, i));
        }
    });
    let all: Vec<u32> = output.into_vec().unwrap();
    assert_eq!(all[..5], [100, 100, 101, 101, 102]);
    assert_eq!(all[10..], [110, 110, 111, 111, 112]);
}

/// As numpy lays out `[[100, 100, 101], [100, 100, 101], [110, 110, 111]]` in Fortran order.
#[test]
fn parts_in_fortran_order_are_one_vec() {
    let destination = Destination::New {
        align: 4,
        order: Order::F,
    };
    let output = output_in(destination, &[3, 3], &[2, 2]);
    write_all(&output);
    assert_eq!(output.order(), Order::F);
    let all: Vec<u32> = output.into_vec().unwrap();
    assert_eq!(all, [100, 100, 110, 100, 100, 110, 101, 101, 111]);
}

#[test]
fn a_part_that_was_not_written_gives_no_vec() {
    let half = output(&[3, 5], &[2, 2]);
    (0..half.parts.len() - 1).for_each(|i| write(&half, i));
    assert!(half.into_vec::<u32>().is_none());
    let twice = output(&[4], &[2]);
    write(&twice, 0);
    write(&twice, 0);
    assert!(twice.into_vec::<u32>().is_none());
}

/// On some processors with 32 bits, where memory for the one is memory for the other.
const U64_LIES_LIKE_U32: bool = align_of::<u64>() == align_of::<u32>();

#[test]
fn another_layout_gives_no_vec() {
    let filled = || {
        let all = output(&[4], &[4]);
        write(&all, 0);
        all
    };
    assert_eq!(filled().into_vec::<u32>().unwrap(), [10; 4]);
    assert_eq!(filled().into_vec::<u64>().is_some(), U64_LIES_LIKE_U32);
    assert!(filled().into_vec::<u8>().is_none());
}

fn scattered_in(destination: Destination, shape: &[u64]) -> Output {
    let (fill, heap) = fill(0);
    Output::new(shape, 4, destination, None, (&fill, &heap)).unwrap()
}

#[test]
fn scattered_runs_are_one_vec_when_all_are_there() {
    let anywhere = || {
        scattered_in(
            Destination::New {
                align: 4,
                order: Order::C,
            },
            &[5],
        )
    };
    let run = |from, to, len| CellRun { from, to, len };
    let source: Vec<u8> = (1..=5_u32).flat_map(u32::to_ne_bytes).collect();
    let copy = |output: &Output, runs: &[CellRun]| {
        output.scatter(4, |mut all| {
            runs.iter().for_each(|run| all.copy(&source, run));
        });
    };
    let output = anywhere();
    std::thread::scope(|scope| {
        scope.spawn(|| copy(&output, &[run(0, 3, 2)]));
        scope.spawn(|| copy(&output, &[run(2, 1, 2), run(4, 0, 1)]));
    });
    output.wrote(20);
    assert_eq!(output.into_vec::<u32>().unwrap(), [5, 3, 4, 1, 2]);
    let half = anywhere();
    copy(&half, &[run(0, 3, 2)]);
    half.wrote(8);
    assert!(half.into_vec::<u32>().is_none());
}

#[test]
fn nothing_is_an_empty_vec() {
    assert!(
        output(&[0, 3], &[1, 1])
            .into_vec::<u32>()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn large_memory_is_advised_and_freed() {
    let large = output(&[3 << 20], &[1 << 20]);
    (0..large.parts.len()).for_each(|i| write(&large, i));
    assert_eq!(large.into_vec::<u32>().unwrap().len(), 3 << 20);
    drop(output(&[3 << 20], &[1 << 20]));
}

#[test]
fn used_memory_is_used_again_where_it_is_enough() {
    for (shape, enough) in [(&[2, 3][..], true), (&[3, 3], false), (&[0], true)] {
        for scattered in [false, true] {
            let used = vec![7_u32; 8];
            let (before, capacity) = (used.as_ptr(), used.capacity());
            let destination = Destination::of(used, Order::C);
            let cells = shape.iter().product::<u64>() as usize;
            let all: Vec<u32> = if scattered {
                let output = scattered_in(destination, shape);
                output.scatter(4, |mut all| all.fill(&[1; 4], 0, cells));
                output.wrote(4 * cells);
                output.into_vec().unwrap()
            } else {
                let output = output_in(destination, shape, &[2, 2]);
                write_all(&output);
                output.into_vec().unwrap()
            };
            assert_eq!(all.len(), cells);
            assert_eq!(all.capacity() == capacity, enough);
            assert!(!enough || all.as_ptr() == before);
        }
    }
    // Never written and never given away: freed all the same.
    drop(output_in(
        Destination::of(vec![1_u32; 8], Order::C),
        &[8],
        &[2],
    ));
    assert!(
        output_in(Destination::of(vec![1_u32; 8], Order::C), &[8], &[2])
            .into_vec::<u32>()
            .is_none()
    );
    let odd = output_in(Destination::of(vec![1_u32; 8], Order::C), &[8], &[8]);
    write_all(&odd);
    assert_eq!(odd.into_vec::<u64>().is_some(), U64_LIES_LIKE_U32);
}

#[test]
fn what_is_lent_is_written_where_it_lies() {
    let mut memory = ndarray::Array2::from_elem((6, 10), 0_u32);
    let cut = || ndarray::s![1..;2, ..;-3];
    let view = memory.slice_mut(cut()).into_dyn();
    assert_eq!(view.shape(), [3, 4]);
    lend(view, |destination| {
        // Axes of length one come and go.
        let output = output_in(destination, &[1, 3, 1, 4], &[1, 2, 1, 2]);
        std::thread::scope(|scope| {
            for i in 0..output.parts.len() {
                let output = &output;
                scope.spawn(move || write(output, i));
            }
        });
        assert!(output.is_complete());
        assert!(output.into_vec::<u32>().is_none());
    });
    let wanted = ndarray::array![
        [10000, 10000, 10001, 10001],
        [10000, 10000, 10001, 10001],
        [10100, 10100, 10101, 10101],
    ];
    assert_eq!(memory.slice(cut()), wanted);
    assert_eq!(memory.sum(), wanted.sum());
}

#[test]
fn what_is_lent_is_written_anywhere_too() {
    for (step, transposed) in [(2, false), (2, true), (1, false)] {
        let mut memory = ndarray::Array2::from_elem((2 * step + 1, 4), 0_u32);
        let mut view = memory.slice_mut(ndarray::s![..;step, ..]);
        if transposed {
            view.swap_axes(0, 1);
        }
        let (shape, cells) = (view.shape().to_vec(), view.len());
        let run = |from, to, len| CellRun { from, to, len };
        let source: Vec<u8> = (1..=12_u32).flat_map(u32::to_ne_bytes).collect();
        lend(view.into_dyn(), |destination| {
            let output = scattered_in(destination, &[cells as u64]);
            // The last run leaves the elements: what is outside is left out.
            output.scatter(4, |mut all| {
                all.copy(&source, &run(0, 0, 5));
                all.copy_each(&source, (5..14).map(|i| (i, i)));
            });
            output.wrote(4 * cells);
            assert!(output.is_complete());
        });
        let mut view = memory.slice_mut(ndarray::s![..;step, ..]);
        if transposed {
            view.swap_axes(0, 1);
        }
        assert_eq!(view.shape(), shape);
        assert!(view.iter().copied().eq(1..=12));
    }
}

#[test]
fn whoever_lends_waits_for_the_last_reader() {
    let mut memory = vec![0_u32; 4];
    let view = ndarray::ArrayViewMut1::from(&mut memory[..]).into_dyn();
    let slow = lend(view, |destination| {
        let output = output_in(destination, &[4], &[4]);
        std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            write_all(&output);
        })
    });
    // It has been written by now, though nobody joined the thread.
    assert_eq!(memory, [10; 4]);
    slow.join().unwrap();
}

#[test]
fn a_loan_of_another_shape_is_refused() {
    for shape in [&[3, 2][..], &[2], &[2, 3, 2], &[6], &[2, 1, 4]] {
        let mut memory = ndarray::Array2::from_elem((2, 3), 0_u32);
        lend(memory.view_mut().into_dyn(), |destination| {
            let projections = Projections::new(&Region::whole(shape), shape).unwrap();
            let (fill, heap) = fill(1);
            assert!(
                Output::new(shape, 4, destination, Some(&projections), (&fill, &heap)).is_err()
            );
        });
    }
}

#[test]
fn a_vector_is_there_only_once_it_is_filled() {
    let fill = |mut to: NdViewMut<'_>| {
        zarr_codecs::fill(&mut to, &7_u32.to_ne_bytes());
        Some(())
    };
    assert_eq!(filled::<u32>(&[2, 3], 4, fill), Some(vec![7; 6]));
    assert_eq!(filled::<u8>(&[2], 4, fill).unwrap().len(), 8);
    assert_eq!(filled::<u32>(&[], 4, fill), Some(vec![7]));
    assert_eq!(filled::<u32>(&[2, 3], 4, |_| None), None);
    // Of another size, and more than there can be.
    assert_eq!(filled::<u32>(&[3], 2, fill), None);
    assert_eq!(filled::<u32>(&[1 << 62], 4, fill), None);
    assert_eq!(filled::<u32>(&[1 << 60], 4, fill), None);
}
