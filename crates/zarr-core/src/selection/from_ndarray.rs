//! Converts ndarray's `s![]` to selections, with ndarray's meaning: a negative step walks a range
//! backwards from its end. No shape is needed, so nothing here can fail.

use ndarray::{Dimension, SliceInfo, SliceInfoElem};

use super::{Selection, Slice};

impl From<SliceInfoElem> for Slice {
    fn from(item: SliceInfoElem) -> Self {
        match item {
            SliceInfoElem::Index(index) => Self::Index(index as i64),
            SliceInfoElem::NewAxis => Self::NewAxis,
            SliceInfoElem::Slice {
                start: 0,
                end: None,
                step: 1,
            } => Self::Full,
            SliceInfoElem::Slice { start, end, step } if step >= 0 => Self::Range {
                start: (start != 0).then_some(start as i64),
                stop: end.map(|end| end as i64),
                step: step as i64,
            },
            // An empty range: its first cell would be -1, which is the last cell of the axis.
            SliceInfoElem::Slice {
                end: Some(0), step, ..
            } => Self::Range {
                start: Some(0),
                stop: Some(0),
                step: step as i64,
            },
            SliceInfoElem::Slice { start, end, step } => Self::Range {
                start: end.map(|end| (end as i64).saturating_sub(1)),
                stop: (start != 0).then(|| (start as i64).saturating_sub(1)),
                step: step as i64,
            },
        }
    }
}

/// Converts the value of ndarray's `s![]`. Unlike in ndarray, a range may exceed its axis, and axes that
/// are not listed are selected whole.
///
/// ```
/// use ndarray::s;
/// use zarr_core::Selection;
/// // The first three rows in reverse order; every other column; a new axis.
/// let selection = Selection::from(s![..3;-1, ..;2, ndarray::NewAxis]);
/// assert_eq!(selection.to_string(), "2::-1, ::2, None");
/// assert_eq!(selection.resolve(&[10, 5])?.out_shape(), [3, 3, 1]);
/// # Ok::<(), zarr_core::SelectionError>(())
/// ```
impl<T, I, O> From<&SliceInfo<T, I, O>> for Selection
where
    T: AsRef<[SliceInfoElem]>,
    I: Dimension,
    O: Dimension,
{
    fn from(slices: &SliceInfo<T, I, O>) -> Self {
        let items: &[SliceInfoElem] = slices.as_ref();
        items.into()
    }
}

/// Converts the value of ndarray's `s![]`, as from a reference.
impl<T, I, O> From<SliceInfo<T, I, O>> for Selection
where
    T: AsRef<[SliceInfoElem]>,
    I: Dimension,
    O: Dimension,
{
    fn from(slices: SliceInfo<T, I, O>) -> Self {
        (&slices).into()
    }
}

/// Converts the items of ndarray's `s![]`, built at run time.
impl From<&[SliceInfoElem]> for Selection {
    fn from(items: &[SliceInfoElem]) -> Self {
        Self::Basic(items.iter().copied().map(Slice::from).collect())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, IxDyn, s};
    use proptest::prelude::*;

    use super::*;

    /// The numbers of the cells, in the order of the selection, and the output shape.
    fn selected(selection: &Selection, shape: &[usize]) -> (Vec<usize>, Vec<u64>) {
        let lengths: Vec<u64> = shape.iter().map(|&n| n as u64).collect();
        let resolved = selection.resolve(&lengths).unwrap();
        let ranges = &resolved.region().unwrap().ranges;
        let mut cells = vec![0];
        for (range, &length) in ranges.iter().zip(shape) {
            let along: Vec<usize> = range.cells().map(|cell| cell as usize).collect();
            let longer = |&row: &usize| {
                along
                    .iter()
                    .map(move |&i| row * length + i)
                    .collect::<Vec<_>>()
            };
            cells = cells.iter().flat_map(longer).collect();
        }
        (cells, resolved.out_shape().to_vec())
    }

    /// What ndarray accepts for an axis, counted from either end.
    fn item(length: usize) -> BoxedStrategy<SliceInfoElem> {
        let n = length as isize;
        let wrap =
            move |(at, from_end): (isize, bool)| if from_end && at < n { at - n } else { at };
        let bound = move || (0..=n, any::<bool>()).prop_map(wrap);
        let step = prop_oneof![-4_isize..0, 1_isize..5];
        let range = (bound(), prop::option::of(bound()), step)
            .prop_map(|(start, end, step)| SliceInfoElem::Slice { start, end, step });
        if length == 0 {
            return range.boxed();
        }
        let index = (-n..n).prop_map(SliceInfoElem::Index);
        prop_oneof![3 => range, 1 => index].boxed()
    }

    fn case() -> impl Strategy<Value = (Vec<usize>, Vec<SliceInfoElem>)> {
        prop::collection::vec((0_usize..6, any::<bool>()), 1..4).prop_flat_map(|axes| {
            let shape: Vec<usize> = axes.iter().map(|axis| axis.0).collect();
            let items: Vec<_> = shape.iter().map(|&n| item(n)).collect();
            (Just(shape), items).prop_map(move |(shape, items)| {
                let with_new = items.into_iter().zip(&axes).flat_map(|(item, (_, new))| {
                    new.then_some(SliceInfoElem::NewAxis)
                        .into_iter()
                        .chain([item])
                });
                (shape, with_new.collect())
            })
        })
    }

    proptest! {
        #[test]
        fn means_what_ndarray_means((shape, items) in case()) {
            let mut number = 0..;
            let all = ArrayD::from_shape_simple_fn(IxDyn(&shape), || number.next().unwrap_or(0));
            let info = SliceInfo::<_, IxDyn, IxDyn>::try_from(items.clone()).unwrap();
            let wanted = all.slice(info);
            let (cells, out_shape) = selected(&items.as_slice().into(), &shape);
            let wanted_shape: Vec<u64> = wanted.shape().iter().map(|&n| n as u64).collect();
            prop_assert_eq!(out_shape, wanted_shape);
            prop_assert_eq!(cells, wanted.iter().copied().collect::<Vec<usize>>());
        }
    }

    #[test]
    fn what_the_macro_makes_is_a_selection() {
        assert_eq!(Selection::from(s![1, .., 2..;3]).to_string(), "1, :, 2::3");
        assert_eq!(Selection::from(&s![-4..-1;-1]).to_string(), "-2:-5:-1");
        assert_eq!(selected(&s![..0;-1].into(), &[5]).0, [0_usize; 0]);
        // Ranges that exceed the axis are clamped, as in all selections.
        assert_eq!(selected(&s![3..9;-1].into(), &[5]).0, [4, 3]);
    }
}
