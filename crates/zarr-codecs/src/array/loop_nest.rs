//! The loop nest behind every strided kernel: offsets only, no memory.

use crate::Dims;

/// One axis of a loop over `N` operands at once: its length and each operand's byte stride.
#[derive(Clone, Copy)]
struct LoopAxis<const N: usize> {
    len: usize,
    strides: [isize; N],
}

/// The loops over `N` operands of one shape, with neighbouring axes merged where every operand
/// allows it: a dense box of any rank becomes a single run.
pub(crate) struct LoopNest<const N: usize> {
    outer: Dims<LoopCounter<N>>,
    /// Steps of the innermost loop.
    pub(crate) len: usize,
    /// Byte stride of each operand in the innermost loop.
    pub(crate) strides: [isize; N],
    empty: bool,
}

/// An axis and the position on it: one wheel of the odometer.
struct LoopCounter<const N: usize> {
    axis: LoopAxis<N>,
    at: usize,
}

impl<const N: usize> LoopNest<N> {
    /// Plans the loops in C order over `shape`; `strides` holds each operand's strides.
    pub(crate) fn new(shape: &[usize], strides: [&[isize]; N], elem: usize) -> Self {
        if shape.contains(&0) {
            // The other axes may be of any length, and are not multiplied.
            return Self {
                outer: Dims::new(),
                len: 0,
                strides: [elem as isize; N],
                empty: true,
            };
        }
        let mut axes: Dims<LoopAxis<N>> = Dims::new();
        for (i, &len) in shape.iter().enumerate() {
            if len == 1 {
                continue;
            }
            let axis = LoopAxis {
                len,
                strides: strides.map(|s| s.get(i).copied().unwrap_or(0)),
            };
            match axes.last_mut() {
                Some(last) if merges(last, &axis) => {
                    last.len *= axis.len;
                    last.strides = axis.strides;
                }
                _ => axes.push(axis),
            }
        }
        let inner = axes.pop().unwrap_or(LoopAxis {
            len: 1,
            strides: [elem as isize; N],
        });
        let outer = axes
            .into_iter()
            .map(|axis| LoopCounter { axis, at: 0 })
            .collect();
        Self {
            outer,
            len: inner.len,
            strides: inner.strides,
            empty: false,
        }
    }

    /// Calls `run` once per innermost loop with each operand's byte offset. A call for each run would cost as much as
    /// short runs do.
    #[inline]
    pub(crate) fn each(mut self, mut run: impl FnMut([isize; N])) {
        if self.empty {
            return;
        }
        let mut offsets = [0_isize; N];
        loop {
            run(offsets);
            // Count up like an odometer: the last axis first, carrying to the left.
            let mut carried = true;
            for LoopCounter { axis, at } in self.outer.iter_mut().rev() {
                *at += 1;
                if *at < axis.len {
                    add(&mut offsets, &axis.strides, 1);
                    carried = false;
                    break;
                }
                add(&mut offsets, &axis.strides, 1 - axis.len as isize);
                *at = 0;
            }
            if carried {
                return;
            }
        }
    }
}

/// Whether one step of `outer` is exactly one whole pass over `inner`, for every operand.
fn merges<const N: usize>(outer: &LoopAxis<N>, inner: &LoopAxis<N>) -> bool {
    outer
        .strides
        .iter()
        .zip(&inner.strides)
        .all(|(&o, &i)| i.checked_mul(inner.len as isize) == Some(o))
}

fn add<const N: usize>(offsets: &mut [isize; N], strides: &[isize; N], times: isize) {
    for (offset, stride) in offsets.iter_mut().zip(strides) {
        // Only what lies elsewhere can be too far away to be counted, and is nobody's pointer.
        *offset = offset.wrapping_add(stride.wrapping_mul(times));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &[usize], strides: &[isize], runs: usize, len: usize) {
        let nest = LoopNest::new(shape, [strides], 2);
        let inner = nest.len;
        let mut seen = 0;
        nest.each(|_| seen += 1);
        assert_eq!((seen, inner), (runs, len), "{shape:?} {strides:?}");
    }

    #[test]
    fn dense_axes_merge() {
        check(&[3, 4, 5], &[40, 10, 2], 1, 60);
        check(&[3, 4, 5], &[80, 10, 2], 3, 20);
        check(&[3, 1, 5], &[40, 0, 2], 3, 5);
        check(&[], &[], 1, 1);
        check(&[3, 0], &[0, 2], 0, 0);
        check(&[usize::MAX, usize::MAX, 0], &[0, 0, 2], 0, 0);
    }

    #[test]
    fn offsets_come_in_c_order() {
        let mut seen = vec![];
        LoopNest::new(&[2, 3], [&[100, 7]], 2).each(|[o]| seen.push(o));
        assert_eq!(seen, [0, 100]);
    }
}
