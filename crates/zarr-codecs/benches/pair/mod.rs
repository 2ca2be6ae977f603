//! A codec beside the library it is measured by. Both take turns, so that a busy machine slows both, and
//! a line below criterion's says how fast the first is by the other's measure: the best time of one by
//! the best of the other, and the medians. Knows no codec.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use zarr_codecs::{CodecChain, NdView, NdViewMut, Scratch};

/// Encodes a chunk by a chain and by the library, and returns what the chain makes of it.
pub(crate) fn encode(
    criterion: &mut Criterion,
    name: &str,
    chain: &CodecChain,
    data: &[u8],
    raw: impl FnMut(),
) -> Vec<u8> {
    let spec = chain.spec();
    let view = NdView::new(data, &spec.shape, spec.elem()).expect("all of the data");
    let (mut frame, mut scratch) = (vec![], Scratch::default());
    let mut ours = || {
        frame.clear();
        let encoded = chain.encode(black_box(&view), &mut frame, &mut scratch);
        encoded.expect("it encodes");
    };
    // Criterion runs nothing that its filter leaves out.
    ours();
    pair(criterion, &format!("{name}/encode"), data.len(), ours, raw);
    frame
}

/// Decodes a chunk by a chain and by the library.
pub(crate) fn decode(
    criterion: &mut Criterion,
    name: &str,
    chain: &CodecChain,
    frame: &[u8],
    raw: impl FnMut(),
) {
    let spec = chain.spec();
    let mut out = vec![0; spec.byte_len().expect("a chunk fits memory")];
    let (len, mut scratch) = (out.len(), Scratch::default());
    let ours = || {
        let view = NdViewMut::over(&mut out, &spec.shape, spec.elem()).expect("all of it");
        let decoded = chain.decode(black_box(frame), view, &mut scratch);
        decoded.expect("it decodes");
    };
    pair(criterion, &format!("{name}/decode"), len, ours, raw);
}

/// Runs both in turn; criterion reports the first, the ratio is printed.
fn pair(
    criterion: &mut Criterion,
    name: &str,
    bytes: usize,
    mut ours: impl FnMut(),
    mut raw: impl FnMut(),
) {
    let mut times: [Vec<Duration>; 2] = [vec![], vec![]];
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes as u64));
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
