//! In which order inner chunks are stored in a shard.

/// The order in which the inner chunks of a new shard are stored. Readers go by the index of the shard, so it changes
/// no result, only which inner chunks lie near each other. The names are those of zarr-python's
/// `subchunk_write_order`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InnerChunkOrder {
    /// Along the last axis first: C order.
    #[default]
    Lexicographic,
    /// Along the first axis first.
    Colexicographic,
    /// Along a Z-order curve, so that neighbours along all axes lie near: what zarr-python writes.
    Morton,
}

impl InnerChunkOrder {
    /// The numbers in C order of the `count` inner chunks of a grid, in the order in which they are stored.
    pub(super) fn numbers(self, grid: &[u64], count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        match self {
            Self::Lexicographic => {}
            Self::Colexicographic => {
                numbers.sort_by_cached_key(|&number| {
                    let mut cell = cell(number, grid);
                    cell.reverse();
                    cell
                });
            }
            Self::Morton => numbers.sort_by_cached_key(|&number| morton(&cell(number, grid), grid)),
        }
        numbers
    }
}

fn cell(number: usize, grid: &[u64]) -> Vec<u64> {
    let mut rest = number as u64;
    let axes = grid.iter().rev().map(|&n| {
        let n = n.max(1);
        let index = rest % n;
        rest /= n;
        index
    });
    let mut cell: Vec<u64> = axes.collect();
    cell.reverse();
    cell
}

/// The bits of all indices in one number: the lowest bit of each axis, the first axis lowest, then the next bits, as
/// long as an axis has any. There are no more than the largest shard needs.
fn morton(cell: &[u64], grid: &[u64]) -> u128 {
    let bits = |n: u64| n.max(1).next_power_of_two().trailing_zeros();
    let most = grid.iter().map(|&n| bits(n)).max().unwrap_or(0);
    let (mut code, mut place) = (0, 0);
    for bit in 0..most {
        for (&index, &n) in cell.iter().zip(grid) {
            if bit < bits(n) {
                code |= u128::from(index >> bit & 1) << (place & 127);
                place += 1;
            }
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `ShardingCodec(chunk_shape=(2, 1), subchunk_write_order=…)` of zarr-python 3.4.2 stores of a shard of
    /// `(6, 4)`.
    #[test]
    fn orders_are_those_of_zarr_python() {
        let numbers = |order: InnerChunkOrder| order.numbers(&[3, 4], 12);
        let expected = [0, 4, 1, 5, 8, 9, 2, 6, 3, 7, 10, 11];
        assert_eq!(numbers(InnerChunkOrder::Morton), expected);
        let expected: Vec<usize> = (0..12).collect();
        assert_eq!(numbers(InnerChunkOrder::Lexicographic), expected);
        let expected = [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11];
        assert_eq!(numbers(InnerChunkOrder::Colexicographic), expected);
        assert_eq!(InnerChunkOrder::Morton.numbers(&[], 1), [0]);
        assert_eq!(InnerChunkOrder::Morton.numbers(&[1, 3, 1], 3), [0, 1, 2]);
    }
}
