//! Elements of an array as text or as a file, as `zarr read` gives them, for what fits into the memory of a report.

use std::io::{self, Write};

use clap::ValueEnum;
use zarr::{Array, Selection};

use crate::commands::read::{header, print};
use crate::elements::printer::ElementFormat;
use crate::elements::selected_cells::SelectedCells;
use crate::elements::tiles;
use crate::failure::{Exit, Failure};

use super::Report;

/// The most bytes of elements that are read, and the most that they may take as text.
const ELEMENTS: u64 = 24 << 20;
const TEXT: usize = 48 << 20;

/// Reads what is selected, in a format of `zarr read`.
pub(super) fn report(
    array: &Array,
    path: &str,
    selection: Selection,
    format: &str,
) -> Result<Report, Failure> {
    let format = ElementFormat::from_str(format, false)
        .map_err(|_| Failure::usage(format!("there is no format `{format}`")))?;
    let failed = |error| Failure::zarr("cannot read", path, &error);
    let selected = SelectedCells::new(array, selection, &[]).map_err(failed)?;
    let size = selected.data_type().size().unwrap_or(tiles::VARIABLE) as u64;
    let cells = selected
        .shape()
        .iter()
        .try_fold(size, |all, &n| all.checked_mul(n));
    if cells.is_none_or(|bytes| bytes > ELEMENTS) {
        return Err(too_large(path));
    }
    let header = match format {
        ElementFormat::Npy => header(&selected, path)?,
        _ => vec![],
    };
    let mut out = BoundedText(Vec::new());
    print(&selected, format, &header, &mut out)
        .map_err(|stop| stop.failure(path, |_| too_large(path)))?;
    let kind = match format {
        ElementFormat::Csv => "text/csv; charset=utf-8",
        ElementFormat::Npy | ElementFormat::Raw => "application/octet-stream",
        ElementFormat::Jsonl | ElementFormat::Text => "text/plain; charset=utf-8",
    };
    Ok(Report {
        text: out.0,
        kind,
        about: None,
    })
}

fn too_large(path: &str) -> Failure {
    let why = "it is more than the page loads at once";
    Failure::new(Exit::Usage, "cannot read", path, why)
        .advice("select a smaller part, or use `zarr read`, which has no limit")
}

/// What is written, up to `TEXT` bytes.
struct BoundedText(Vec<u8>);

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > TEXT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
