//! The chunk lengths of one axis of a `rectilinear` grid: run-length coded in documents and in memory, so
//! that a count costs nothing however large it is.

use serde_json::Value;

use crate::pointer::JsonPlace;
use crate::problem::Problems;

/// The chunks of one axis, whose lengths may differ.
///
/// ```
/// use zarr_metadata::{AxisChunks, ChunkRun};
///
/// let axis = AxisChunks::from_lengths([4, 4, 4, 2]);
/// assert_eq!(axis, AxisChunks::Runs(vec![ChunkRun::new(4, 3), ChunkRun::new(2, 1)]));
/// assert_eq!(axis.to_json().to_string(), "[[4,3],2]");
/// assert_eq!(axis.lengths(14).collect::<Vec<u64>>(), [4, 4, 4, 2]);
/// // Chunk 2 begins at 8.
/// assert_eq!(axis.locate(9), Some((2, 8, 4)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AxisChunks {
    /// All chunks have this length, as many as the axis needs.
    Uniform(u64),
    /// Chunks of these lengths in this order; together at least as long as the axis.
    Runs(Vec<ChunkRun>),
}

/// A run of chunks of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChunkRun {
    /// Length of each chunk, not zero.
    pub length: u64,
    /// How many there are, not zero.
    pub count: u64,
}

impl ChunkRun {
    /// `count` chunks of `length`.
    #[must_use]
    pub fn new(length: u64, count: u64) -> Self {
        Self { length, count }
    }

    /// Elements in the run; a document can name more than fit a `u64`.
    fn elements(self) -> u128 {
        u128::from(self.length) * u128::from(self.count)
    }
}

impl AxisChunks {
    /// Chunks of these lengths; equal neighbours become one run.
    pub fn from_lengths(lengths: impl IntoIterator<Item = u64>) -> Self {
        let mut runs: Vec<ChunkRun> = Vec::new();
        for length in lengths {
            match runs.last_mut() {
                Some(run) if run.length == length => run.count += 1,
                _ => runs.push(ChunkRun::new(length, 1)),
            }
        }
        Self::Runs(runs)
    }

    /// The length of each chunk of an axis of `extent` elements, in order, including chunks wholly beyond the
    /// axis, which documents may have.
    ///
    /// Lazy, because a document of a few bytes can name any number of chunks: take what is needed.
    pub fn lengths(&self, extent: u64) -> impl Iterator<Item = u64> {
        let (uniform, runs) = match self {
            Self::Uniform(length) => {
                let count = extent.checked_div(*length).unwrap_or_default()
                    + u64::from(extent.checked_rem(*length).unwrap_or_default() > 0);
                (Some(ChunkRun::new(*length, count)), [].as_slice())
            }
            Self::Runs(runs) => (None, runs.as_slice()),
        };
        let runs = uniform.into_iter().chain(runs.iter().copied());
        runs.flat_map(|run| (0..run.count).map(move |_| run.length))
    }

    /// How many chunks an axis of `extent` elements has, not counting those wholly beyond it.
    #[must_use]
    pub fn count(&self, extent: u64) -> u64 {
        match extent.checked_sub(1).map(|last| self.locate(last)) {
            None => 0,
            Some(Some((chunk, ..))) => chunk.saturating_add(1),
            Some(None) => 0,
        }
    }

    /// The chunk with this element: its number, its first element and its length. `None` beyond
    /// the last chunk.
    ///
    /// Takes time in proportion to the runs, not to the chunks.
    #[must_use]
    pub fn locate(&self, element: u64) -> Option<(u64, u64, u64)> {
        let runs = match self {
            Self::Uniform(length) => {
                let chunk = element.checked_div(*length)?;
                return Some((chunk, chunk * length, *length));
            }
            Self::Runs(runs) => runs,
        };
        let (mut before, mut start) = (0u64, 0u64);
        for run in runs {
            let within = element - start;
            if u128::from(within) < run.elements() {
                let chunk = within.checked_div(run.length)?;
                let number = before.checked_add(chunk)?;
                return Some((number, start + chunk * run.length, run.length));
            }
            // Not above `element`, so it fits.
            start += run.length * run.count;
            before = before.checked_add(run.count)?;
        }
        None
    }

    /// Where the last chunk ends, in elements; `None` for chunks that repeat to the end of the axis.
    #[must_use]
    pub fn reach(&self) -> Option<u128> {
        match self {
            Self::Uniform(_) => None,
            Self::Runs(runs) => Some(
                runs.iter()
                    .fold(0u128, |sum, run| sum.saturating_add(run.elements())),
            ),
        }
    }

    /// The same without the chunks wholly beyond an axis of `extent` elements, which an array has that was
    /// made smaller. At least one chunk stays.
    #[must_use]
    pub fn within(&self, extent: u64) -> Self {
        let Self::Runs(runs) = self else {
            return self.clone();
        };
        let mut left = self.count(extent).max(1);
        let mut kept = Vec::new();
        for run in runs {
            let count = run.count.min(left);
            if count > 0 {
                kept.push(ChunkRun::new(run.length, count));
            }
            left -= count;
        }
        Self::Runs(kept)
    }

    /// Adds a chunk for the rest of an axis of `extent` elements beyond the last one. Never removes one:
    /// chunks beyond an axis are allowed.
    pub(crate) fn extend_to(&mut self, extent: u64) {
        let reach = self.reach();
        if let (Self::Runs(runs), Some(reach)) = (self, reach)
            && let Some(missing) = u128::from(extent).checked_sub(reach)
            && let Ok(missing) = u64::try_from(missing)
            && missing > 0
        {
            runs.push(ChunkRun::new(missing, 1));
        }
    }

    /// The lengths that occur, each at least once.
    pub(crate) fn distinct(&self) -> Vec<u64> {
        match self {
            Self::Uniform(length) => vec![*length],
            Self::Runs(runs) => {
                let mut lengths: Vec<u64> = runs.iter().map(|run| run.length).collect();
                lengths.sort_unstable();
                lengths.dedup();
                lengths
            }
        }
    }

    /// As documents write it: a length, or a list of lengths and of `[length, count]`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let run = |run: &ChunkRun| match run.count {
            1 => Value::from(run.length),
            count => vec![run.length, count].into(),
        };
        match self {
            Self::Uniform(length) => (*length).into(),
            Self::Runs(runs) => runs.iter().map(run).collect(),
        }
    }

    /// `extent` is the length of the axis, where that could be read.
    pub(crate) fn read(
        value: Value,
        extent: Option<u64>,
        at: &JsonPlace<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let expected = "a chunk length, or an array of lengths and [length, count] pairs";
        let axis = match value {
            Value::Array(items) => {
                let mut runs = Some(Vec::with_capacity(items.len()));
                for (i, item) in items.iter().enumerate() {
                    match (run(item, &at.index(i), problems), &mut runs) {
                        (Some(run), Some(runs)) => runs.push(run),
                        (Some(_), None) => {}
                        (None, _) => {
                            let expected = "a length or [length, count], neither of them 0";
                            problems.invalid(&at.index(i), expected, item);
                            runs = None;
                        }
                    }
                }
                Self::Runs(runs?)
            }
            value => match length(&value, at, problems) {
                Some(length) => Self::Uniform(length),
                None => {
                    problems.invalid(at, expected, &value);
                    return None;
                }
            },
        };
        if let (Some(reach), Some(extent)) = (axis.reach(), extent)
            && reach < u128::from(extent)
        {
            let expected = format!("chunks that reach the end of the axis, {extent}");
            problems.disagrees(at, expected, format!("chunks of {reach} in all"));
            return None;
        }
        Some(axis)
    }
}

fn run(item: &Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<ChunkRun> {
    match item {
        Value::Array(pair) => match pair.as_slice() {
            [one, count] => {
                let count = count.as_u64().filter(|count| *count > 0)?;
                Some(ChunkRun::new(length(one, &at.index(0), problems)?, count))
            }
            _ => None,
        },
        one => Some(ChunkRun::new(length(one, at, problems)?, 1)),
    }
}

/// A length, also as zarr-python reads it: `4.0` is 4 and `true` is 1.
fn length(value: &Value, at: &JsonPlace<'_>, problems: &mut Problems) -> Option<u64> {
    /// Up to here a float is exactly the whole number that was written.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let whole = |float: &f64| float.fract() == 0.0 && (1.0..=LARGEST).contains(float);
    let length = match value {
        Value::Bool(true) => 1,
        value if value.is_f64() => value.as_f64().filter(whole)? as u64,
        value => return value.as_u64().filter(|length| *length > 0),
    };
    problems.tolerate_instead(at, length.to_string(), value.to_string());
    Some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_forms_of_the_format() {
        let lengths = |value: Value| {
            let mut problems = Problems::default();
            let axis = AxisChunks::read(value.clone(), Some(6), &JsonPlace::ROOT, &mut problems);
            let axis = problems.finish(axis).unwrap();
            assert_eq!(axis.to_json(), value);
            axis.lengths(6).collect::<Vec<_>>()
        };
        assert_eq!(lengths(json!(4)), [4, 4]);
        assert_eq!(lengths(json!([1, 2, 3])), [1, 2, 3]);
        assert_eq!(lengths(json!([[4, 2]])), [4, 4]);
        assert_eq!(lengths(json!([[1, 3], 3])), [1, 1, 1, 3]);
        assert_eq!(lengths(json!([4, 4, 4])), [4, 4, 4]);
    }

    #[test]
    fn hostile_counts_cost_nothing() {
        let max = u64::MAX;
        let axis = AxisChunks::Runs(vec![ChunkRun::new(1, max), ChunkRun::new(max, max)]);
        assert_eq!(
            axis.reach(),
            Some(u128::from(max) * u128::from(max) + u128::from(max))
        );
        assert_eq!(axis.locate(max - 1), Some((max - 1, max - 1, 1)));
        assert_eq!(axis.locate(max), Some((max, max, max)));
        assert_eq!(axis.lengths(max).take(3).count(), 3);
        assert_eq!(axis.count(7), 7);
        let many = AxisChunks::Runs(vec![ChunkRun::new(max, max); 3]);
        assert_eq!(many.reach(), Some(u128::MAX), "at most");
        assert_eq!(AxisChunks::Uniform(0).locate(3), None, "built by hand");
        assert_eq!(AxisChunks::Uniform(0).lengths(3).count(), 0);
        assert_eq!(AxisChunks::Uniform(max).lengths(max).count(), 1);
    }

    #[test]
    fn what_lies_beyond_the_axis_can_be_left_out() {
        let axis = AxisChunks::from_lengths([4, 4, 3, 3, 3]);
        let within = |extent| axis.within(extent).lengths(extent).collect::<Vec<_>>();
        assert_eq!(within(12), [4, 4, 3, 3]);
        assert_eq!(within(8), [4, 4]);
        assert_eq!(within(0), [4]);
        assert_eq!(AxisChunks::Uniform(4).within(0), AxisChunks::Uniform(4));
    }

    #[test]
    fn refusals() {
        let check = |value: Value, expected: &str| {
            let mut problems = Problems::default();
            let read = AxisChunks::read(value, Some(6), &JsonPlace::ROOT, &mut problems);
            assert_eq!(problems.finish(read).unwrap_err().to_string(), expected);
        };
        check(
            json!([1, 2]),
            "document: expected chunks that reach the end of the axis, 6, found chunks of 3 in all",
        );
        check(
            json!(0),
            "document: expected a chunk length, or an array of lengths and [length, count] pairs, found 0",
        );
        check(
            json!([[3, 0], 7, [1], "x"]),
            "/0: expected a length or [length, count], neither of them 0, found an array of 2; \
             /2: expected a length or [length, count], neither of them 0, found an array of 1; \
             /3: expected a length or [length, count], neither of them 0, found \"x\"",
        );
    }

    proptest! {
        #[test]
        fn locate_agrees_with_the_lengths(
            lengths in prop::collection::vec(1u64..5, 1..12),
            uniform: bool,
        ) {
            let extent: u64 = lengths.iter().sum();
            let axis = match uniform {
                true => AxisChunks::Uniform(lengths[0]),
                false => AxisChunks::from_lengths(lengths),
            };
            let (mut chunk, mut start) = (0, 0);
            for length in axis.lengths(extent) {
                for element in start..start + length {
                    prop_assert_eq!(axis.locate(element), Some((chunk, start, length)));
                }
                chunk += 1;
                start += length;
            }
            prop_assert_eq!(axis.count(extent), chunk);
        }
    }
}
