//! `zarr stats`: statistics of an array, read tile by tile in bounded memory.

use std::io::Write;

use serde_json::{Value, json};
use zarr::blocking::Wait;
use zarr::{Array, DataType, DynData, FillValue, Values};

use crate::address::Address;
use crate::elements::display;
use crate::elements::numbers::{self, Number, NumericKind};
use crate::elements::tiles::{self, StoredTiles};
use crate::failure::{Exit, Failure};
use crate::output::progress::{ProgressArgs, ProgressCounts};
use crate::output::{self, text};

/// Show count, minimum, maximum, mean and standard deviation of an array.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr stats demo.zarr/ocean/sst
  zarr stats --json demo.zarr/ocean/sst | jq '.min, .max'

NaN and NaT are counted and otherwise left out. The standard deviation is that of NumPy's std (ddof=0). Complex \
    numbers count by their magnitude. Of elements that are not numbers, only their count is shown, and how many are \
    the fill value. Of an array larger than memory, a few chunks are read at a time.")]
pub(crate) struct StatsArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    #[command(flatten)]
    progress: ProgressArgs,

    /// Print a JSON object (schema zarr.stats/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &StatsArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let array = args.path.open_array("cannot go through")?;
    let stored = StoredTiles::of(&[&array], place)?;
    let fail = |error: &zarr::Error| Failure::zarr("cannot read", place, error);
    let fill = array.fill_value().map_err(|error| fail(&error))?;
    let mut stats = Stats::default();
    let progress = args.progress.begin("parts");
    let mut counts = ProgressCounts {
        total: stored.count(),
        ..ProgressCounts::default()
    };
    stats.add_absent(array.dtype(), &fill, stored.absent());
    for tile in stored.tiles() {
        let data = tiles::read(&array, &tile).wait();
        stats.add(&data.map_err(|error| fail(&error))?, &fill);
        counts.done += 1;
        counts.bytes_in += tiles::bytes_of(&array, &tile);
        progress.report(counts);
    }
    progress.end();
    let text = match args.json {
        true => text::report("stats", to_json(place, &array, &stats)),
        false => to_text(&array, &fill, &stats),
    };
    output::print(out, &text)?;
    Ok(Exit::Done)
}

/// What is known of the elements seen so far.
#[derive(Clone, Debug, Default)]
struct Stats {
    count: u64,
    fill: u64,
    nan: u64,
    numbers: u64,
    mean: f64,
    /// The sum of the squares of the distances from the mean.
    squares: f64,
    ends: Option<(Number, Number)>,
}

impl Stats {
    fn add(&mut self, data: &DynData, fill: &FillValue) {
        match &data.data {
            Values::Variable(elements) => {
                self.count += elements.len() as u64;
                let filled = elements
                    .iter()
                    .filter(|element| *element == fill.as_bytes());
                self.fill += filled.count() as u64;
            }
            Values::Fixed(bytes) => {
                let size = data.dtype.size().unwrap_or(1).max(1);
                self.count += (bytes.len() / size) as u64;
                self.fill += filled(bytes, fill.as_bytes(), size);
                self.add_numbers(data, bytes);
            }
        }
    }

    /// Counts elements that are not stored, which are the fill value.
    fn add_absent(&mut self, data_type: &DataType, fill: &FillValue, count: u64) {
        if count == 0 {
            return;
        }
        self.count += count;
        self.fill += count;
        let mut seen = TileStats::default();
        if !fill.is_variable() {
            numbers::each(data_type, fill.as_bytes(), |number| seen.add(number));
        }
        // One stands for all: each equals the mean.
        seen.nan *= count;
        seen.count *= count;
        seen.sum *= count as f64;
        self.add_seen(&seen, 0.0);
    }

    /// In two passes over each tile: sums of squared distances from its own mean lose no digits.
    fn add_numbers(&mut self, data: &DynData, bytes: &[u8]) {
        let mut seen = TileStats::default();
        numbers::each(&data.dtype, bytes, |number| seen.add(number));
        let (mean, mut squares) = (seen.sum / seen.count as f64, 0.0);
        if seen.count > 0 {
            numbers::each(&data.dtype, bytes, |number| {
                let value = number.to_f64();
                if !value.is_nan() {
                    squares += (value - mean) * (value - mean);
                }
            });
        }
        self.add_seen(&seen, squares);
    }

    /// Merges the statistics of two sets (Chan, Golub and LeVeque 1979).
    fn add_seen(&mut self, seen: &TileStats, squares: f64) {
        self.nan += seen.nan;
        let Some((least, greatest)) = seen.ends else {
            return;
        };
        let mean = seen.sum / seen.count as f64;
        let all = self.numbers + seen.count;
        let apart = mean - self.mean;
        let share = seen.count as f64 / all as f64;
        self.mean += apart * share;
        self.squares += squares + apart * apart * self.numbers as f64 * share;
        self.numbers = all;
        self.ends = extended(extended(self.ends, least), greatest);
    }

    fn std(&self) -> f64 {
        (self.squares / self.numbers as f64).sqrt()
    }
}

/// Statistics of the numbers of one tile.
#[derive(Debug, Default)]
struct TileStats {
    nan: u64,
    count: u64,
    sum: f64,
    ends: Option<(Number, Number)>,
}

impl TileStats {
    fn add(&mut self, number: Number) {
        let value = number.to_f64();
        if value.is_nan() {
            self.nan += 1;
            return;
        }
        self.count += 1;
        self.sum += value;
        self.ends = extended(self.ends, number);
    }
}

/// The minimum and maximum of these and one more.
fn extended(ends: Option<(Number, Number)>, number: Number) -> Option<(Number, Number)> {
    let Some((least, greatest)) = ends else {
        return Some((number, number));
    };
    let least = if less(number, least) { number } else { least };
    let greatest = if less(greatest, number) {
        number
    } else {
        greatest
    };
    Some((least, greatest))
}

/// How many elements are the fill value, bit for bit.
fn filled(bytes: &[u8], fill: &[u8], size: usize) -> u64 {
    /// For sizes known at compile time, so that many are compared at a time.
    fn fixed<const N: usize>(bytes: &[u8], fill: &[u8]) -> usize {
        let Ok(fill) = <[u8; N]>::try_from(fill) else {
            return 0;
        };
        let (elements, _) = bytes.as_chunks::<N>();
        elements.iter().filter(|element| **element == fill).count()
    }
    let count = match size {
        1 => fixed::<1>(bytes, fill),
        2 => fixed::<2>(bytes, fill),
        4 => fixed::<4>(bytes, fill),
        8 => fixed::<8>(bytes, fill),
        size => bytes
            .chunks_exact(size)
            .filter(|element| *element == fill)
            .count(),
    };
    count as u64
}

/// Compares integers exactly; all numbers of an array are of one kind, except NaN.
fn less(a: Number, b: Number) -> bool {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a < b,
        (a, b) => a.to_f64() < b.to_f64(),
    }
}

fn shown(data_type: &DataType, value: Number) -> String {
    let moment = match (data_type, value) {
        // As an integer, since floats cannot hold all counts.
        (DataType::DateTime64 { unit, scale }, Number::Int(count)) => i64::try_from(count)
            .ok()
            .map(|count| unit.date(count, *scale)),
        _ => None,
    };
    moment.unwrap_or_else(|| match value {
        Number::Int(number) => format!("{number}{}", display::unit(data_type)),
        Number::Float(number) => number.to_string(),
    })
}

fn to_text(array: &Array, fill: &FillValue, stats: &Stats) -> String {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, value: String| rows.push(vec![name.to_owned(), value]);
    let part = |count: u64| match count {
        0 => "in no element".to_owned(),
        count => {
            let share = text::percent(count, stats.count);
            format!("in {} ({share})", text::count(count, "element"))
        }
    };
    row("elements", stats.count.to_string());
    let data_type = array.dtype();
    let value = match data_type {
        DataType::DateTime64 { .. } | DataType::Complex64 | DataType::Complex128 => {
            display::element(data_type, fill.as_bytes())
        }
        DataType::TimeDelta64 { .. } => display::element(data_type, fill.as_bytes()),
        other => display::value(other, fill.as_bytes()).to_string(),
    };
    let value = text::escaped(&value);
    row("fill value", format!("{value}, {}", part(stats.fill)));
    match numbers::reading(array.dtype()) {
        None => row("numbers", "none: the elements are not numbers".to_owned()),
        Some(reading) => {
            row(display::nan(data_type), part(stats.nan));
            if reading == NumericKind::Magnitude {
                row("of", "magnitudes".to_owned());
            }
            if let Some((least, greatest)) = stats.ends {
                row("min", shown(data_type, least));
                row("max", shown(data_type, greatest));
                let unit = display::unit(data_type);
                let mean = display::number(data_type, stats.mean);
                row(
                    "mean",
                    mean.unwrap_or_else(|| format!("{}{unit}", stats.mean)),
                );
                row("std", format!("{}{unit}", stats.std()));
            }
        }
    }
    text::columns(&rows)
}

/// A number as JSON, with NaN and infinities as fill values are written.
fn number(value: Number) -> Value {
    match value {
        Number::Int(value) => match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => value.into(),
            (_, Ok(value)) => value.into(),
            _ => value.to_string().into(),
        },
        Number::Float(value) if value.is_finite() => value.into(),
        Number::Float(value) if value.is_nan() => "NaN".into(),
        Number::Float(value) if value > 0.0 => "Infinity".into(),
        Number::Float(_) => "-Infinity".into(),
    }
}

fn to_json(place: &str, array: &Array, stats: &Stats) -> Value {
    let reading = numbers::reading(array.dtype());
    let of = reading.map(|reading| match reading {
        NumericKind::Itself => "values",
        NumericKind::Magnitude => "magnitudes",
    });
    let some = |value: f64| stats.ends.map(|_| number(Number::Float(value)));
    json!({
        "path": place,
        "data_type": array.dtype().to_json(),
        "of": of,
        "count": stats.count,
        "fill_count": stats.fill,
        "nan_count": reading.map(|_| stats.nan),
        "min": stats.ends.map(|(least, _)| number(least)),
        "max": stats.ends.map(|(_, greatest)| number(greatest)),
        "mean": some(stats.mean),
        "std": some(stats.std()),
    })
}
