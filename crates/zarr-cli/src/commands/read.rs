//! `zarr read`: reads elements of an array into an `.npy` file, or prints them.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::PathBuf;

use zarr::Values;

use crate::address::Address;
use crate::arguments::selection::SelectionArgs;
use crate::elements::printer::{ElementFormat, Printer};
use crate::elements::selected_cells::SelectedCells;
use crate::elements::tiles;
use crate::failure::{Exit, Failure};
use crate::npy;
use crate::output::atomic_file;

/// Read an array, or a part of it, into an .npy file or as text.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr read demo.zarr/ocean/sst --output sst.npy
  zarr read demo.zarr/ocean/sst --selection '0:10, 5, ::2' --output part.npy
  zarr read demo.zarr/ocean/sst --output - | python -c 'import numpy, sys; ...'
  zarr read demo.zarr/ocean/sst --oindex '[[0, -1], \"1:5\", [3]]' --format text
  zarr read demo.zarr/ocean/sst --blocks '0, 2:4' --format jsonl
  zarr read stars.zarr --field mass --output mass.npy

The file appears only when it is complete: a read that fails leaves what was there before. Memory does not grow \
    with what is read, except for lists, points and masks.")]
pub(crate) struct ReadArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    #[command(flatten)]
    select: SelectionArgs,

    /// Read only this field of each record; several fields give records of these
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    field: Vec<String>,

    /// The file to write; - for standard output
    #[arg(
        long,
        short,
        value_name = "FILE.npy",
        required_unless_present = "format"
    )]
    output: Option<PathBuf>,

    /// Print the elements instead of writing a file
    #[arg(long, value_name = "FORMAT", conflicts_with = "output")]
    format: Option<ElementFormat>,
}

pub(crate) fn run(args: &ReadArgs, out: &mut impl Write) -> Result<Exit, Failure> {
    let place = args.path.as_str();
    let array = args.path.open_array("cannot read")?;
    let selection = args.select.of(&array)?;
    // What can be refused is refused before any work.
    let file = args
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != "-");
    let name = file.map_or("standard output".into(), |path| path.to_string_lossy());
    if let Some(file) = file {
        atomic_file::check(file).map_err(|error| Failure::io("cannot write", &name, &error))?;
    }
    let failed = |error| Failure::zarr("cannot read", place, &error);
    let selected = SelectedCells::new(&array, selection, &args.field).map_err(failed)?;
    let format = args.format.unwrap_or(ElementFormat::Npy);
    let header = match format {
        ElementFormat::Npy => header(&selected, place)?,
        _ => vec![],
    };
    tiles::check(&selected.tiles_in_order(), place)?;

    let Some(file) = file else {
        let printed = print(&selected, format, &header, out);
        printed.map_err(|stop| stop.failure(place, Failure::output))?;
        return Ok(Exit::Done);
    };
    let written = atomic_file::replace(file, |file| match file.metadata()?.is_file() {
        true => fill(&selected, &header, file),
        false => print(&selected, format, &header, file),
    });
    let unwritten = |error: &io::Error| Failure::io("cannot write", &name, error);
    written.map_err(|stop: ExportError| stop.failure(place, unwritten))?;
    Ok(Exit::Done)
}

/// What stands in an `.npy` file before these elements.
pub(crate) fn header(selected: &SelectedCells<'_>, place: &str) -> Result<Vec<u8>, Failure> {
    npy::header(selected.data_type(), selected.shape()).map_err(|error| {
        let failure = error.failure("cannot read", place, "");
        failure.advice("`--format jsonl` prints elements of any type")
    })
}

/// Prints from front to back. Nothing is printed if nothing can be read.
pub(crate) fn print(
    selected: &SelectedCells<'_>,
    format: ElementFormat,
    header: &[u8],
    out: &mut impl Write,
) -> Result<(), ExportError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let mut printer = Printer::new(format, selected.shape());
    let mut header = Some(header);
    for cells in selected.tiles_in_order() {
        let data = selected.read(&cells)?;
        out.write_all(header.take().unwrap_or_default())?;
        printer.print(&data, &mut out)?;
    }
    out.write_all(header.unwrap_or_default())?;
    Ok(out.flush()?)
}

/// Why reading or printing elements failed.
#[derive(Debug)]
pub(crate) enum ExportError {
    Library(zarr::Error),
    Io(io::Error),
}

impl ExportError {
    pub(crate) fn failure(
        self,
        place: &str,
        unwritten: impl FnOnce(&io::Error) -> Failure,
    ) -> Failure {
        match self {
            Self::Library(error) => Failure::zarr("cannot read", place, &error),
            Self::Io(error) => unwritten(&error),
        }
    }
}

impl From<zarr::Error> for ExportError {
    fn from(error: zarr::Error) -> Self {
        Self::Library(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Writes a new file tile by tile, each element at its place, so that each chunk is decoded once.
fn fill(selected: &SelectedCells<'_>, header: &[u8], file: &mut File) -> Result<(), ExportError> {
    file.write_all(header)?;
    for cells in selected.tiles() {
        let data = selected.read(&cells)?.data;
        let Values::Fixed(mut data) = data else {
            continue;
        };
        let size = selected.data_type().size().unwrap_or(1) as u64;
        for run in tiles::runs(selected.tiled_shape(), &cells) {
            let bytes = data.split_to(((run.end - run.start) * size) as usize);
            file.seek(SeekFrom::Start(header.len() as u64 + run.start * size))?;
            file.write_all(&bytes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use zarr::blocking::Wait;
    use zarr::{DataType, Selection, Target};

    use super::*;
    use crate::tests::WriteCalls;

    /// No call for each line, and no line in memory.
    #[test]
    fn text_goes_out_in_blocks() {
        let array = zarr::create_array(Target::Memory, [90_000], DataType::UInt8)
            .fill_value(7)
            .wait()
            .unwrap();
        let selected = SelectedCells::new(&array, Selection::All, &[]).unwrap();
        for format in [
            ElementFormat::Jsonl,
            ElementFormat::Csv,
            ElementFormat::Text,
        ] {
            let mut calls = WriteCalls::default();
            print(&selected, format, &[], &mut calls).unwrap();
            let calls = calls.lengths;
            assert_eq!(calls.iter().sum::<usize>(), 180_000, "{format:?}");
            assert!(
                calls.len() == 3 && calls.iter().all(|&bytes| bytes <= 1 << 16),
                "{calls:?}"
            );
        }
    }

    /// Rows of large arrays are read in parts, and every selection comes out as numpy has it.
    #[test]
    fn parts_are_what_is_selected() {
        let cells = 3000 * 4100;
        let data: Vec<u8> = (0..cells).map(|n: u32| (n % 251) as u8).collect();
        let data = zarr::ndarray::Array2::from_shape_vec((3000, 4100), data).unwrap();
        let array = zarr::create_array(Target::Memory, [3000, 4100], DataType::Float64)
            .chunks([700, 900])
            .wait()
            .unwrap();
        array.write(.., data.mapv(f64::from)).wait().unwrap();
        for selection in ["", "::-1, 5::3", "7", "..., 4099", "2999:0:-1400"] {
            let selection = match selection {
                "" => Selection::All,
                text => text.parse().unwrap(),
            };
            let selected = SelectedCells::new(&array, selection.clone(), &[]).unwrap();
            let expected = array.read_dyn(selection).wait().unwrap();
            assert_eq!(selected.shape(), expected.shape);
            let mut out = Vec::new();
            print(&selected, ElementFormat::Raw, &[], &mut out).unwrap();
            assert!(out == expected.data.as_fixed().unwrap(), "in rows");

            let mut file = tempfile::tempfile().unwrap();
            assert!(fill(&selected, b"12345", &mut file).is_ok());
            let mut out = Vec::new();
            file.seek(SeekFrom::Start(5)).unwrap();
            io::Read::read_to_end(&mut file, &mut out).unwrap();
            assert!(out == expected.data.as_fixed().unwrap(), "by chunks");
        }
    }
}
