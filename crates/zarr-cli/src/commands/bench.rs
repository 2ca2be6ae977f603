//! `zarr bench`: measures how fast the stored chunks of an array are read, as they are stored and decoded.

use std::future::Future;
use std::io::Write;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use zarr::Array;
use zarr::blocking::{self, Wait};

use crate::address::Address;
use crate::elements::tiles;
use crate::failure::{Exit, Failure};
use crate::output::{self, text};

/// Measure how fast the chunks of an array are read, as they are stored and decoded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr bench demo.zarr/ocean/sst
  zarr bench --concurrency 1 s3://bucket/demo.zarr/ocean/sst
  zarr bench --json demo.zarr/ocean/sst | jq '.decoded.bytes_per_second'

Each stored chunk, or shard, is read whole, first as bytes and then as elements, several at a time. A latency is the \
    time from the request for a chunk to its last byte or element, so it grows with --concurrency. Files that the \
    operating system has in memory are read from there: from the second run on, and always for the elements.")]
pub(crate) struct BenchArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// How many chunks are read at a time; by default as many as suit the store
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,

    /// Begin no further chunk after so long, once for the bytes and once for the elements
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u64,

    /// Print a JSON object (schema zarr.bench/1)
    #[arg(long)]
    json: bool,
}

/// What was read of the chunks, and how long it took.
struct Measured {
    name: &'static str,
    concurrency: usize,
    bytes: u64,
    elapsed: Duration,
    /// Of each chunk, in rising order.
    latencies: Vec<Duration>,
}

pub(crate) fn run(args: &BenchArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let array = args.path.open_array("cannot measure")?;
    let failed = |error: zarr::Error| Failure::zarr("cannot read", place, &error);
    let stored = blocking::iter(array.stored_chunks());
    let chunks = stored.map(|stored| stored.map(|(chunk, _)| chunk.index().to_vec()));
    let chunks: zarr::Result<Vec<Vec<u64>>> = chunks.collect();
    let chunks = chunks.map_err(failed)?;
    if chunks.is_empty() {
        let failure = Failure::new(
            Exit::NotFound,
            "cannot measure",
            place,
            "no chunk is stored",
        );
        return Err(failure.advice("`zarr chunks` shows which are"));
    }
    let concurrency = match args.concurrency {
        Some(asked) => asked.get(),
        None => array.store().hints().concurrency.max(1),
    };
    let limit = Duration::from_secs(args.seconds);
    let of_bytes = chunks.iter().map(|chunk| read_bytes(&array, chunk));
    let of_elements = chunks.iter().map(|chunk| read_elements(&array, chunk));
    let at_once = concurrency.min(fitting(&array));
    let measured = async {
        Ok([
            measure("stored", of_bytes, concurrency, limit).await?,
            measure("decoded", of_elements, at_once, limit).await?,
        ])
    };
    let measured: [Measured; 2] = measured.wait().map_err(failed)?;
    let text = match args.json {
        true => text::report("bench", to_json(place, &array, chunks.len(), &measured)),
        false => to_text(&array, chunks.len(), &measured),
    };
    output::print(out, &text)?;
    Ok(Exit::Done)
}

/// How many decoded chunks fit into the memory that reads may use.
fn fitting(array: &Array) -> usize {
    let chunk = array.chunked().grid().largest_chunk();
    let cells = chunk.iter().map(|&length| 0..length);
    let bytes = tiles::bytes_of(array, &cells.collect::<Vec<_>>()).max(1);
    usize::try_from(array.context().memory() / bytes).map_or(1, |count| count.max(1))
}

/// Reads the value of a chunk, and says how many bytes it has.
async fn read_bytes(array: &Array, chunk: &[u64]) -> zarr::Result<u64> {
    let value = array.chunk(chunk)?.bytes().await?;
    // Absent if it was deleted meanwhile.
    Ok(value.map_or(0, |value| value.len() as u64))
}

/// Reads the elements of a chunk, and says how many bytes they take.
async fn read_elements(array: &Array, chunk: &[u64]) -> zarr::Result<u64> {
    let data = array.chunk(chunk)?.decode_dyn().await?;
    let cells = data.shape.iter().map(|&length| 0..length);
    Ok(tiles::bytes_of(array, &cells.collect::<Vec<_>>()))
}

/// Runs reads, which say how many bytes they brought, so many at a time, until all are done or time is up.
async fn measure<R: Future<Output = zarr::Result<u64>>>(
    name: &'static str,
    reads: impl Iterator<Item = R>,
    concurrency: usize,
    limit: Duration,
) -> zarr::Result<Measured> {
    let begun = Instant::now();
    let mut measured = Measured {
        name,
        concurrency,
        bytes: 0,
        elapsed: Duration::ZERO,
        latencies: Vec::new(),
    };
    let mut is_first = true;
    // One is read in any case.
    let in_time = reads.take_while(|_| std::mem::take(&mut is_first) || begun.elapsed() < limit);
    let timed = in_time.map(|read| async move {
        let begun = Instant::now();
        let bytes = read.await?;
        Ok::<_, zarr::Error>((bytes, begun.elapsed()))
    });
    let mut done = pin!(stream::iter(timed).buffer_unordered(concurrency));
    while let Some(read) = done.next().await {
        let (bytes, latency) = read?;
        measured.bytes += bytes;
        measured.latencies.push(latency);
    }
    measured.elapsed = begun.elapsed();
    measured.latencies.sort_unstable();
    Ok(measured)
}

impl Measured {
    fn bytes_per_second(&self) -> f64 {
        self.bytes as f64 / self.elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The latency that so many percent of the chunks do not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100).max(1);
        let latency = self.latencies.get(rank - 1);
        latency.copied().unwrap_or_default()
    }

    fn row(&self) -> Vec<String> {
        let mut row = vec![
            self.name.to_owned(),
            self.latencies.len().to_string(),
            text::bytes(self.bytes),
            format!("{:.1} MB/s", self.bytes_per_second() / 1e6),
        ];
        row.extend(PERCENTILES.map(|percent| milliseconds(self.percentile(percent))));
        row
    }

    fn to_json(&self) -> Value {
        let seconds = |percent| self.percentile(percent).as_secs_f64();
        let [p50, p90, p99, max] = PERCENTILES.map(seconds);
        json!({
            "concurrency": self.concurrency,
            "nchunks": self.latencies.len(),
            "nbytes": self.bytes,
            "seconds": self.elapsed.as_secs_f64(),
            "bytes_per_second": self.bytes_per_second(),
            "latency_seconds": {"p50": p50, "p90": p90, "p99": p99, "max": max},
        })
    }
}

/// The last is the longest of all.
const PERCENTILES: [usize; 4] = [50, 90, 99, 100];

fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

fn to_text(array: &Array, stored: usize, measured: &[Measured]) -> String {
    let noun = match array.is_sharded() {
        true => "shards",
        false => "chunks",
    };
    let head = ["", noun, "read", "rate", "p50", "p90", "p99", "longest"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(measured.iter().map(Measured::row));
    let mut text = text::columns(&rows);
    let fewest = measured.iter().map(|part| part.latencies.len()).min();
    if fewest.is_some_and(|fewest| fewest < stored) {
        text.push_str(&format!(
            "\nof {stored} stored {noun}, as many as were begun in time; --seconds gives more\n"
        ));
    }
    text
}

fn to_json(place: &str, array: &Array, stored: usize, measured: &[Measured]) -> Value {
    let mut report = json!({
        "path": place,
        "chunks_are": if array.is_sharded() { "shard" } else { "chunk" },
        "nchunks_stored": stored,
    });
    for part in measured {
        report[part.name] = part.to_json();
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The nearest rank, as Python's `numpy.percentile(…, method="inverted_cdf")` has it.
    #[test]
    fn percentiles_are_latencies_that_occurred() {
        let of = |count: u64| Measured {
            name: "stored",
            concurrency: 1,
            bytes: 0,
            elapsed: Duration::from_secs(1),
            latencies: (1..=count).map(Duration::from_secs).collect(),
        };
        for (count, expected) in [
            (1, [1, 1, 1, 1]),
            (4, [2, 4, 4, 4]),
            (10, [5, 9, 10, 10]),
            (200, [100, 180, 198, 200]),
        ] {
            let found = PERCENTILES.map(|percent| of(count).percentile(percent).as_secs());
            assert_eq!(found, expected, "{count}");
        }
        assert_eq!(of(0).percentile(50), Duration::ZERO);
    }

    #[test]
    fn no_read_begins_after_the_time_is_up() {
        let reads = |_| async {
            std::thread::sleep(Duration::from_millis(2));
            Ok(3)
        };
        let run = |limit| {
            measure("stored", (0..5).map(reads), 1, limit)
                .wait()
                .unwrap()
        };
        let all = run(Duration::from_secs(60));
        assert_eq!((all.latencies.len(), all.bytes), (5, 15));
        assert!(all.bytes_per_second() < 15.0 / 0.01);
        assert_eq!(run(Duration::ZERO).latencies.len(), 1);
    }
}
