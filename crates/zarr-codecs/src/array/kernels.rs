//! Work on elements without pointers: swap bytes, fill, compare. Safe loops over runs, shaped for the
//! vectoriser.

use std::mem::MaybeUninit;

use zarr_metadata::Swap;

use crate::array::buffer::Uninit;
use crate::{NdView, NdViewMut};

/// Reverses the bytes of every number in memory that holds whole elements.
pub(crate) fn swap(memory: &mut Uninit, elem: usize, swap: &Swap) {
    reverse_numbers(memory, elem, swap);
}

/// As [`swap`], over initialised memory.
pub(crate) fn swap_bytes(memory: &mut [u8], elem: usize, swap: &Swap) {
    reverse_numbers(memory, elem, swap);
}

/// The bytes of a number change places whatever they are, initialised or not.
fn reverse_numbers<B>(memory: &mut [B], elem: usize, swap: &Swap) {
    match swap {
        Swap::None => {}
        Swap::Width(2) => reverse::<B, 2>(memory),
        Swap::Width(4) => reverse::<B, 4>(memory),
        Swap::Width(8) => reverse::<B, 8>(memory),
        Swap::Width(width) => memory
            .chunks_exact_mut((*width).max(1))
            .for_each(<[_]>::reverse),
        Swap::Fields(fields) => {
            for element in memory.chunks_exact_mut(elem.max(1)) {
                for field in fields.iter() {
                    let end = field.offset + field.width * field.count;
                    let numbers = element.get_mut(field.offset..end).unwrap_or_default();
                    numbers
                        .chunks_exact_mut(field.width.max(1))
                        .for_each(<[_]>::reverse);
                }
            }
        }
    }
}

/// A width the compiler knows becomes one shuffle instruction.
fn reverse<B, const N: usize>(memory: &mut [B]) {
    for number in memory.as_chunks_mut::<N>().0 {
        number.reverse();
    }
}

/// As [`swap`], over every element of a view.
pub(crate) fn swap_view(view: &mut NdViewMut<'_>, by: &Swap) {
    if *by == Swap::None {
        return;
    }
    let elem = view.elem();
    let Ok(()) = view.runs(|run| {
        swap(run, elem, by);
        Ok::<_, std::convert::Infallible>(())
    });
}

/// How much of a repeated element is written or compared at a time.
const PATTERN: usize = 256;

/// As many whole elements as fit a cache-friendly block, at least one.
fn pattern(element: &[u8]) -> Vec<u8> {
    element.repeat((PATTERN / element.len().max(1)).max(1))
}

/// Sets every byte of a view to zero, before codecs that users register write into it.
pub(crate) fn zero(view: &mut NdViewMut<'_>) {
    let Ok(()) = view.runs(|run| {
        run.fill(MaybeUninit::new(0));
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Sets every element of a view to `element`, which must be one element long.
pub fn fill(view: &mut NdViewMut<'_>, element: &[u8]) {
    debug_assert_eq!(view.elem(), element.len(), "a fill value is one element");
    let uniform = element.windows(2).all(|pair| pair[0] == pair[1]);
    let byte = element.first().copied().unwrap_or(0);
    let block = pattern(element);
    let Ok(()) = view.runs(|run| {
        if uniform {
            run.fill(MaybeUninit::new(byte));
        } else {
            for chunk in run.chunks_mut(block.len()) {
                crate::array::buffer::copied(chunk, &block);
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
}

/// Copies elements from their numbers in one memory to their numbers in another. Numbers beyond either are left out.
pub fn copy_each(
    from: &[u8],
    to: &mut [u8],
    elem: usize,
    numbers: impl Iterator<Item = (usize, usize)>,
) {
    match elem {
        1 => copy_each_of(from.as_chunks::<1>().0, to.as_chunks_mut().0, numbers),
        2 => copy_each_of(from.as_chunks::<2>().0, to.as_chunks_mut().0, numbers),
        4 => copy_each_of(from.as_chunks::<4>().0, to.as_chunks_mut().0, numbers),
        8 => copy_each_of(from.as_chunks::<8>().0, to.as_chunks_mut().0, numbers),
        16 => copy_each_of(from.as_chunks::<16>().0, to.as_chunks_mut().0, numbers),
        _ => {
            let bytes = |number: usize| {
                let start = number.checked_mul(elem)?;
                Some(start..start.checked_add(elem)?)
            };
            for (source, target) in numbers {
                let source = bytes(source).and_then(|bytes| from.get(bytes));
                let target = bytes(target).and_then(|bytes| to.get_mut(bytes));
                if let (Some(source), Some(target)) = (source, target) {
                    target.copy_from_slice(source);
                }
            }
        }
    }
}

/// Of a width the compiler knows, an element is one load and one store.
fn copy_each_of<const N: usize>(
    from: &[[u8; N]],
    to: &mut [[u8; N]],
    numbers: impl Iterator<Item = (usize, usize)>,
) {
    for (source, target) in numbers {
        if let (Some(source), Some(target)) = (from.get(source), to.get_mut(target)) {
            *target = *source;
        }
    }
}

/// Whether every element of a view equals `element`, bit for bit. Stops at the first that does not.
pub fn all_equal(view: &NdView<'_>, element: &[u8]) -> bool {
    let block = pattern(element);
    let mut equal = true;
    view.runs(|run| {
        equal = run
            .chunks(block.len())
            .all(|chunk| chunk == &block[..chunk.len()]);
        equal
    });
    equal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;
    use crate::array::buffer;
    use zarr_metadata::SwapField;

    fn swapped(bytes: &[u8], elem: usize, by: &Swap) -> Vec<u8> {
        let mut memory: Vec<_> = bytes.iter().map(|&b| MaybeUninit::new(b)).collect();
        swap(&mut memory, elem, by);
        buffer::to_vec_for_tests(&memory)
    }

    #[test]
    fn numbers_are_reversed_and_nothing_else() {
        let bytes: Vec<u8> = (0..12).collect();
        assert_eq!(swapped(&bytes, 1, &Swap::None), bytes);
        assert_eq!(swapped(&bytes, 2, &Swap::Width(2))[..4], [1, 0, 3, 2]);
        assert_eq!(swapped(&bytes, 4, &Swap::Width(4))[..4], [3, 2, 1, 0]);
        assert_eq!(swapped(&bytes, 6, &Swap::Width(3))[..6], [2, 1, 0, 5, 4, 3]);
        let fields = [
            SwapField {
                offset: 1,
                width: 2,
                count: 1,
            },
            SwapField {
                offset: 3,
                width: 3,
                count: 1,
            },
        ];
        let fields = Swap::Fields(fields.into_iter().collect());
        assert_eq!(swapped(&bytes, 6, &fields)[..6], [0, 2, 1, 5, 4, 3]);
    }

    #[test]
    fn each_element_is_copied_to_its_number() {
        for elem in [1, 2, 3, 4, 8, 16] {
            let from: Vec<u8> = (0..4 * elem as u8).collect();
            let mut to = vec![0xAA; 3 * elem];
            let numbers = [
                (3, 0),
                (0, 2),
                (4, 1),
                (1, 3),
                (usize::MAX, 1),
                (1, usize::MAX),
            ];
            copy_each(&from, &mut to, elem, numbers.into_iter());
            let wanted = [&from[3 * elem..], &vec![0xAA; elem], &from[..elem]].concat();
            assert_eq!(to, wanted);
        }
    }

    #[test]
    fn fill_and_all_equal_agree() {
        for element in [&[0_u8, 0][..], &[1, 2], &[5; 300], &[1, 2, 3]] {
            let n = element.len();
            let mut memory = vec![MaybeUninit::new(0xAA); 40 * n];
            let mut view = NdViewMut::new(&mut memory, &[5, 8], n).unwrap();
            fill(&mut view, element);
            let bytes = buffer::to_vec_for_tests(&memory);
            let view = NdView::new(&bytes, &[5, 8], n).unwrap();
            assert!(all_equal(&view, element));
            let mut other = bytes.clone();
            other[30 * n] ^= 1;
            let view = NdView::new(&other, &[5, 8], n).unwrap();
            assert!(!all_equal(&view, element));
            // Element 30 is at [3, 6]: a window that leaves it out is equal again.
            assert!(all_equal(
                &view.region(&Region::dense(&[0, 0], &[5, 6])).unwrap(),
                element
            ));
        }
    }
}
