//! `zarr chunks`: shows which chunks of an array are stored, and their sizes. Lists keys and reads no chunk.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use zarr::Array;
use zarr::blocking;

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::hierarchy::stored_sizes::SizeSummary;
use crate::output::terminal::{Canvas, ColorDepth};
use crate::output::{self, colors, text};

/// Show which chunks of an array are stored, and their sizes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr chunks demo.zarr/ocean/sst
  zarr chunks --json demo.zarr/ocean/sst | jq '.chunks | max_by(.nbytes)'

For a sharded array these are its shards. The map has a column for each chunk along the last axis, and a row for \
    each along all others. Where there are too many, each sign stands for several chunks.")]
pub(crate) struct ChunksArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// Print a JSON object with every stored chunk (schema zarr.chunks/1)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(
    args: &ChunksArgs,
    canvas: Canvas,
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let array = args.path.open_array("cannot show the chunks of")?;
    let stored = stored(&array, place)?;
    let text = match args.json {
        true => text::report("chunks", to_json(place, &array, &stored)),
        false => to_text(&array, &stored, canvas),
    };
    output::print(out, &text)?;
    Ok(Exit::Done)
}

fn noun(array: &Array) -> &'static str {
    match array.is_sharded() {
        true => "shard",
        false => "chunk",
    }
}

/// The shape of the stored chunks, or of the shards if there are any, if all have one.
fn stored_shape(array: &Array) -> Option<Vec<u64>> {
    match array.is_sharded() {
        true => array.shards(),
        false => array.chunks(),
    }
}

/// A shape, if there is one, in the words of `info`.
fn shape_text(shape: Option<Vec<u64>>) -> String {
    shape.map_or_else(|| "<variable>".to_owned(), |shape| text::tuple(&shape))
}

fn to_json(place: &str, array: &Array, stored: &BTreeMap<Vec<u64>, u64>) -> Value {
    let grid = array.chunked().grid();
    let key = |chunk: &[u64]| {
        let key = array.chunked().chunk_key(chunk).ok()?;
        Some(key.as_str().to_owned())
    };
    let chunks: Vec<Value> = stored
        .iter()
        .map(|(chunk, bytes)| json!({"index": chunk, "key": key(chunk), "nbytes": bytes}))
        .collect();
    json!({
        "path": place,
        "shape": array.shape(),
        "chunks_are": noun(array),
        "chunk_shape": stored_shape(array),
        "inner_chunk_shape": array.chunks().filter(|_| array.is_sharded()),
        "grid_shape": grid.shape_in_chunks().to_vec(),
        "nchunks": grid.len(),
        "nchunks_stored": stored.len(),
        "nbytes_stored": stored.values().sum::<u64>(),
        "chunks": chunks,
    })
}

/// The map for the page: the mean size of the chunks of each square, or -1 if none is stored.
pub(crate) fn for_page(array: &Array, place: &str) -> Result<Value, Failure> {
    let stored = stored(array, place)?;
    let canvas = Canvas {
        columns: 162,
        lines: None,
        depth: ColorDepth::Plain,
    };
    let counts = array.chunked().grid().shape_in_chunks().to_vec();
    let map = ChunkMap::new(&counts, &stored, canvas);
    let size = |cell: &MapCell| match cell.stored {
        0 => -1.0,
        _ => mean(cell),
    };
    let cells: Vec<f64> = map
        .iter()
        .flat_map(|map| map.cells.iter().map(size))
        .collect();
    let largest = cells.iter().copied().fold(0.0, f64::max);
    Ok(json!({
        "noun": noun(array),
        "nchunks": array.chunked().grid().len(),
        "nstored": stored.len(),
        "size": text::bytes(stored.values().sum()),
        "width": map.as_ref().map_or(1, |map| map.width),
        "scale": map.as_ref().map_or([1, 1], |map| map.scale),
        "cells": cells,
        "largest": text::bytes(largest as u64),
        "ramp": colors::steps(),
    }))
}

fn stored(array: &Array, place: &str) -> Result<BTreeMap<Vec<u64>, u64>, Failure> {
    let stored = blocking::iter(array.stored_chunks());
    let stored = stored.map(|stored| stored.map(|(chunk, bytes)| (chunk.index().to_vec(), bytes)));
    let stored: zarr::Result<_> = stored.collect();
    stored.map_err(|error| Failure::zarr("cannot list", place, &error))
}

fn to_text(array: &Array, stored: &BTreeMap<Vec<u64>, u64>, canvas: Canvas) -> String {
    let grid = array.chunked().grid();
    let counts = grid.shape_in_chunks().to_vec();
    let noun = noun(array);
    let all = grid.len();
    let mut rows = vec![vec!["grid".to_owned(), {
        let inner = match array.is_sharded() {
            true => format!(", each of {} chunks", shape_text(array.chunks())),
            false => String::new(),
        };
        let shape = shape_text(stored_shape(array));
        format!("{} {noun}s of {shape}{inner}", text::tuple(&counts))
    }]];
    let of = match all {
        Some(all) => format!(" of {all} ({})", text::percent(stored.len() as u64, all)),
        None => String::new(),
    };
    rows.push(vec!["stored".to_owned(), format!("{}{of}", stored.len())]);
    if let Some(spread) = SizeSummary::of(stored.values().copied()) {
        let [min, median, max, sum] =
            [spread.min, spread.median, spread.max, spread.sum].map(text::bytes);
        let each = format!("{sum}: {min} to {max} each, median {median}");
        rows.push(vec!["size".to_owned(), each]);
    }
    let mut text = text::columns(&rows);
    if let Some(map) = ChunkMap::new(&counts, stored, canvas) {
        text.push('\n');
        text.push_str(&map.draw(canvas));
    }
    text
}

/// The chunks that one sign of the map stands for.
#[derive(Clone, Copy, Default)]
struct MapCell {
    inside: bool,
    stored: u64,
    bytes: u64,
}

/// A map of the chunk grid, no wider than the terminal.
struct ChunkMap {
    width: usize,
    cells: Vec<MapCell>,
    /// How many chunks one sign stands for, down and across.
    scale: [u64; 2],
}

/// The map has at most this many lines.
const LINES: u64 = 48;

impl ChunkMap {
    /// `None` for a grid without chunks, or with more than `u64` can count.
    fn new(counts: &[u64], stored: &BTreeMap<Vec<u64>, u64>, canvas: Canvas) -> Option<Self> {
        let columns = canvas.columns.saturating_sub(2).max(8) as u64;
        let total = counts
            .iter()
            .try_fold(1_u64, |all, n| all.checked_mul(*n))?;
        // A row for each index on all axes but the last; one axis alone continues from line to line.
        let long = counts.iter().filter(|&&n| n > 1).count() < 2;
        let across = match counts.iter().rev().find(|&&n| n > 1) {
            Some(_) if long => total.min(columns),
            Some(&n) => n,
            None => 1,
        };
        if total == 0 {
            return None;
        }
        let down = total.div_ceil(across);
        let scale = [down.div_ceil(LINES), across.div_ceil(columns)];
        let (height, width) = (down.div_ceil(scale[0]), across.div_ceil(scale[1]));
        let (height, width) = (usize::try_from(height).ok()?, usize::try_from(width).ok()?);
        let mut cells = vec![MapCell::default(); height * width];
        let at = |number: u64| {
            let (row, column) = (number / across / scale[0], number % across / scale[1]);
            Some(usize::try_from(row).ok()? * width + usize::try_from(column).ok()?)
        };
        // The last line may be shorter.
        for (i, cell) in cells.iter_mut().enumerate() {
            let (row, column) = ((i / width) as u64, (i % width) as u64);
            let first = (row * scale[0]).saturating_mul(across);
            cell.inside = first.saturating_add(column * scale[1]) < total;
        }
        for (chunk, bytes) in stored {
            let number = chunk
                .iter()
                .zip(counts)
                .fold(0, |number, (&i, &n)| number * n + i);
            if let Some(cell) = at(number).and_then(|at| cells.get_mut(at)) {
                cell.stored += 1;
                cell.bytes += bytes;
            }
        }
        Some(Self {
            width,
            cells,
            scale,
        })
    }

    fn draw(&self, canvas: Canvas) -> String {
        let largest = self.cells.iter().map(mean).fold(0.0, f64::max);
        let mut text = String::new();
        for row in self.cells.chunks(self.width) {
            text.push_str("  ");
            for cell in row.iter().filter(|cell| cell.inside) {
                match cell.stored {
                    0 => text.push('·'),
                    _ => canvas.shade(&mut text, mean(cell) / largest.max(1.0)),
                }
            }
            canvas.end_line(&mut text);
        }
        let [down, across] = self.scale;
        text.push_str("\n  · not stored  ");
        for (share, name) in [(0.05, " small"), (1.0, " largest")] {
            canvas.shade(&mut text, share);
            canvas.reset(&mut text);
            text.push_str(name);
            text.push_str("  ");
        }
        if down * across > 1 {
            text.push_str(&format!("one sign stands for {down} × {across} chunks"));
        }
        format!("{}\n", text.trim_end())
    }
}

/// The mean size of the stored chunks.
fn mean(cell: &MapCell) -> f64 {
    cell.bytes as f64 / cell.stored.max(1) as f64
}
