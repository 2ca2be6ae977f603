//! Merging of byte ranges: few requests instead of many, and every asker still gets its own bytes.
//! Pure; `Store::get_ranges` and `BlockingStore::get_ranges` carry it out.

use std::ops::Range;

use bytes::Bytes;

/// Ranges that are read as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What is read.
    pub range: Range<u64>,
    /// Which of the ranges lie in it, by their place in the list that was planned.
    pub members: Vec<usize>,
}

/// Merges ranges that have at most `gap` unwanted bytes between them, as long as a merged range has
/// at most `limit` bytes. A range that alone is longer stays whole. Groups come in ascending order.
///
/// ```
/// use zarr_store::coalesce::plan;
/// let groups = plan(&[90..100, 0..10, 12..20], 4, 1000);
/// assert_eq!(groups.len(), 2);
/// assert_eq!((groups[0].range.clone(), &groups[0].members[..]), (0..20, &[1, 2][..]));
/// ```
pub fn plan(ranges: &[Range<u64>], gap: u64, limit: u64) -> Vec<Group> {
    let mut order: Vec<usize> = (0..ranges.len()).collect();
    order.sort_by_key(|&i| (ranges[i].start, ranges[i].end));
    let mut groups: Vec<Group> = Vec::new();
    for i in order {
        let next = &ranges[i];
        if let Some(group) = groups.last_mut()
            && next.start <= group.range.end.saturating_add(gap)
            && next.end.max(group.range.end) - group.range.start
                <= limit.max(group.range.end - group.range.start)
        {
            group.range.end = group.range.end.max(next.end);
            group.members.push(i);
        } else {
            groups.push(Group {
                range: next.clone(),
                members: vec![i],
            });
        }
    }
    groups
}

impl Group {
    /// The part of this group's bytes that `range`, one of its members, asked for. `bytes` may end
    /// early, where the value does; `None` if it ends before the range begins.
    pub fn cut(&self, bytes: &Bytes, range: &Range<u64>) -> Option<Bytes> {
        let start = usize::try_from(range.start.checked_sub(self.range.start)?).ok()?;
        let end = usize::try_from(range.end.checked_sub(self.range.start)?)
            .ok()?
            .min(bytes.len());
        let nothing_behind = start >= bytes.len() && !range.is_empty();
        (start <= end && !nothing_behind).then(|| bytes.slice(start..end))
    }
}

/// Every range's own bytes, from the bytes of the groups.
///
/// # Errors
/// The range that lies outside of these.
pub fn scatter(
    groups: &[Group],
    parts: &[Bytes],
    ranges: &[Range<u64>],
) -> Result<Vec<Bytes>, Range<u64>> {
    let mut data = vec![Bytes::new(); ranges.len()];
    for (group, part) in groups.iter().zip(parts) {
        for &i in &group.members {
            if let (Some(place), Some(range)) = (data.get_mut(i), ranges.get(i)) {
                *place = group.cut(part, range).ok_or_else(|| range.clone())?;
            }
        }
    }
    Ok(data)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    #[allow(
        clippy::single_range_in_vec_init,
        reason = "a list of one range is meant"
    )]
    fn merges_by_gap_and_limit() {
        let check = |ranges: &[Range<u64>], gap, limit, want: &[Range<u64>]| {
            let got: Vec<_> = plan(ranges, gap, limit)
                .into_iter()
                .map(|g| g.range)
                .collect();
            assert_eq!(got, want, "{ranges:?} gap {gap} limit {limit}");
        };
        check(&[], 0, 10, &[]);
        check(&[0..4, 4..8], 0, 100, &[0..8]);
        check(&[0..4, 5..8], 0, 100, &[0..4, 5..8]);
        check(&[0..4, 5..8], 1, 100, &[0..8]);
        check(&[0..4, 5..8], 1, 7, &[0..4, 5..8]);
        check(&[0..50, 10..20], 0, 4, &[0..50]);
        check(&[0..u64::MAX, 3..u64::MAX], 5, 8, &[0..u64::MAX]);
    }

    proptest! {
        #[test]
        fn everybody_gets_their_own_bytes(
            ranges in prop::collection::vec((0u64..200, 0u64..60), 0..12),
            gap in 0u64..30, limit in 1u64..120,
        ) {
            // Long enough for all of them: what lies outside is another test's.
            let value: Bytes = (0..260_u32).map(|n| n as u8).collect::<Vec<_>>().into();
            let ranges: Vec<_> = ranges.iter().map(|&(start, len)| start..start + len).collect();
            let mut seen = 0;
            for group in plan(&ranges, gap, limit) {
                let bytes = value.slice(group.range.start as usize..group.range.end as usize);
                let longest = group.members.iter().map(|&i| ranges[i].end - ranges[i].start).max();
                prop_assert!(group.range.end - group.range.start <= limit.max(longest.unwrap()));
                for &i in &group.members {
                    let want = &value[ranges[i].start as usize..ranges[i].end as usize];
                    prop_assert_eq!(&group.cut(&bytes, &ranges[i]).unwrap()[..], want);
                    seen += 1;
                }
            }
            prop_assert_eq!(seen, ranges.len());
        }
    }
}
