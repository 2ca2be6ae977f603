//! `Nested`, what lists hold, and how lists of any depth become the elements of an array.

use std::borrow::Cow;

use zarr_core::Element;
use zarr_metadata::{Datetime64, Timedelta64};

/// Elements that an array can be written from as a list, and lists of such: `Vec<f32>`, `[[i16; 3]; 2]`,
/// `&[&str]`.
///
/// To write lists of an element type of your own, implement this for it by [`Lists::add`] alone:
///
/// ```
/// use std::borrow::Cow;
/// use zarr::{Element, Lists, Nested};
/// fn add_all<T: Element>(list: Cow<'_, [T]>, to: &mut Lists<T>, depth: usize) {
///     to.add(list, depth);
/// }
/// ```
pub trait Nested: Clone {
    /// The elements that the lists hold in the end.
    type Element: Element;

    /// How many lists lie around an element: none around itself.
    const DEPTH: usize;

    /// Adds a list of these, which lies in `depth` other lists.
    fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<Self::Element>, depth: usize);
}

/// The elements of lists in lists, and how long the lists are.
#[derive(Debug)]
pub struct Lists<T> {
    elements: Vec<T>,
    /// The length of the lists at each depth, as the first of them has it.
    shape: Vec<Option<usize>>,
    /// Where each of the innermost lists ends.
    ends: Vec<usize>,
    /// Where the list that is being added lies.
    at: Vec<usize>,
    /// What is wrong, among the innermost lists and among the others.
    uneven: [Option<String>; 2],
}

/// Lists in lists as an array.
pub(super) struct Flat<T> {
    pub(super) elements: Vec<T>,
    pub(super) shape: Vec<u64>,
    /// Where each of the innermost lists ends.
    pub(super) ends: Vec<usize>,
    /// Why the innermost lists are no axis, and why the others are none.
    pub(super) uneven: [Option<String>; 2],
}

impl<T: Clone> Lists<T> {
    /// All that a list holds.
    pub(super) fn of<N: Nested<Element = T>>(list: Cow<'_, [N]>) -> Flat<T> {
        let mut lists = Self {
            elements: Vec::new(),
            shape: vec![None; N::DEPTH + 1],
            ends: Vec::new(),
            at: vec![0; N::DEPTH + 1],
            uneven: [None, None],
        };
        N::add_all(list, &mut lists, 0);
        let shape = lists.shape.into_iter().map(|n| n.unwrap_or(0) as u64);
        Flat {
            shape: shape.collect(),
            elements: lists.elements,
            ends: lists.ends,
            uneven: lists.uneven,
        }
    }

    /// Adds a list of elements, which lies in `depth` other lists.
    pub fn add(&mut self, list: Cow<'_, [T]>, depth: usize) {
        self.begin(depth, list.len());
        match list {
            Cow::Owned(list) if self.elements.is_empty() => self.elements = list,
            Cow::Owned(list) => self.elements.extend(list),
            Cow::Borrowed(list) => self.elements.extend_from_slice(list),
        }
        self.ends.push(self.elements.len());
    }

    /// Adds a list of lists.
    fn add_lists<L>(
        &mut self,
        lists: impl ExactSizeIterator<Item = L>,
        depth: usize,
        mut add: impl FnMut(L, &mut Self),
    ) {
        self.begin(depth, lists.len());
        for (i, list) in lists.enumerate() {
            if let Some(at) = self.at.get_mut(depth) {
                *at = i;
            }
            add(list, self);
        }
    }

    /// Compares the length of a list with that of the others at its depth.
    fn begin(&mut self, depth: usize, len: usize) {
        let is_innermost = depth + 1 == self.shape.len();
        let Some(first) = self.shape.get_mut(depth) else {
            return;
        };
        let first = *first.get_or_insert(len);
        let [innermost, others] = &mut self.uneven;
        let uneven = if is_innermost { innermost } else { others };
        if first != len && uneven.is_none() {
            let at = self.at.get(..depth).unwrap_or_default();
            *uneven = Some(format!(
                "the list at {at:?} has {len} elements, and the first list beside it {first}"
            ));
        }
    }
}

impl<N: Nested> Nested for Vec<N> {
    type Element = N::Element;
    const DEPTH: usize = N::DEPTH + 1;

    fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<N::Element>, depth: usize) {
        match list {
            Cow::Owned(lists) => to.add_lists(lists.into_iter(), depth, |list, to| {
                N::add_all(Cow::Owned(list), to, depth + 1);
            }),
            Cow::Borrowed(lists) => to.add_lists(lists.iter(), depth, |list, to| {
                N::add_all(Cow::Borrowed(list), to, depth + 1);
            }),
        }
    }
}

impl<N: Nested, const LEN: usize> Nested for [N; LEN] {
    type Element = N::Element;
    const DEPTH: usize = N::DEPTH + 1;

    fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<N::Element>, depth: usize) {
        to.add_lists(list.iter(), depth, |list, to| {
            N::add_all(Cow::Borrowed(list), to, depth + 1);
        });
    }
}

impl<N: Nested> Nested for &[N] {
    type Element = N::Element;
    const DEPTH: usize = N::DEPTH + 1;

    fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<N::Element>, depth: usize) {
        to.add_lists(list.iter(), depth, |list, to| {
            N::add_all(Cow::Borrowed(list), to, depth + 1);
        });
    }
}

impl Nested for &str {
    type Element = String;
    const DEPTH: usize = 0;

    fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<String>, depth: usize) {
        let texts = list.iter().map(|&text| text.to_owned());
        to.add(Cow::Owned(texts.collect()), depth);
    }
}

/// Implements [`Nested`] for numbers as wide as an address, which are stored with 64 bits.
macro_rules! nested_as {
    ($($number:ty as $element:ty),*) => {$(
        impl Nested for $number {
            type Element = $element;
            const DEPTH: usize = 0;

            fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<$element>, depth: usize) {
                let numbers = list.iter().map(|&number| number as $element);
                to.add(Cow::Owned(numbers.collect()), depth);
            }
        }
    )*};
}
nested_as!(usize as u64, isize as i64);

/// Implements [`Nested`] for elements.
macro_rules! nested {
    ($($element:ty),* $(,)?) => {$(
        impl Nested for $element {
            type Element = Self;
            const DEPTH: usize = 0;

            fn add_all(list: Cow<'_, [Self]>, to: &mut Lists<Self>, depth: usize) {
                to.add(list, depth);
            }
        }
    )*};
}
nested!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String);
nested!(Datetime64, Timedelta64, serde_json::Value);
#[cfg(feature = "half")]
nested!(half::f16, half::bf16);
#[cfg(feature = "num-complex")]
nested!(num_complex::Complex32, num_complex::Complex64);
