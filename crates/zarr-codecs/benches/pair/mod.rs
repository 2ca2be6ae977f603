//! A codec beside the library it is measured by. Both take turns, so that a busy machine slows both, and
//! a line below criterion's says how fast the first is by the other's measure: the best time of one by
//! the best of the other, and the medians. Knows no codec.

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};

/// Runs both in turn; criterion reports the first, the ratio is printed.
pub(crate) fn pair(
    criterion: &mut Criterion,
    name: &str,
    bytes: u64,
    mut ours: impl FnMut(),
    mut raw: impl FnMut(),
) {
    let mut times: [Vec<Duration>; 2] = [vec![], vec![]];
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("chain", |b| {
        b.iter_custom(|count| {
            let mut sum = Duration::ZERO;
            for _ in 0..count {
                let start = Instant::now();
                ours();
                let middle = Instant::now();
                raw();
                times[1].push(middle.elapsed());
                times[0].push(middle - start);
                sum += middle - start;
            }
            sum
        });
    });
    group.finish();
    times.iter_mut().for_each(|times| times.sort_unstable());
    if let [[best, ..], [raw_best, ..]] = times.each_ref().map(|times| &times[..]) {
        let median = |times: &[Duration]| times[times.len() / 2].as_secs_f64();
        println!(
            "{name}: {:.3} of the library by the best, {:.3} by the medians; library {:.2} GB/s\n",
            raw_best.as_secs_f64() / best.as_secs_f64(),
            median(&times[1]) / median(&times[0]),
            bytes as f64 / raw_best.as_secs_f64() / 1e9,
        );
    }
}
