//! `zarr view`: draws an array, or a plane of it: `plane` reads it, `picture` gives it colours, `draw` puts it on a
//! terminal.

mod draw;
pub(crate) mod picture;
pub(crate) mod plane;

use std::io::Write;
use std::path::PathBuf;

use zarr::{Array, Selection};

use crate::address::Address;
use crate::arguments::selection;
use crate::failure::{Exit, Failure};
use crate::output::terminal::Canvas;
use crate::output::{self, atomic_file, text};

use self::picture::ColorScale;
use self::plane::Plane;

/// Draw an array, or a plane of it, in the terminal or into a PNG file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr view demo.zarr/ocean/sst
  zarr view demo.zarr/ocean/sst --selection '0, :, 100:300'
  zarr view demo.zarr/ocean/sst --output sst.png

The colours span the 2nd to the 98th percentile of the values, so that a few extreme ones do not hide the rest. \
    Of an array with more than two axes the first plane is drawn. The picture is as wide as the terminal, or as \
    COLUMNS says. It has all colours if COLORTERM is truecolor, else 256; with NO_COLOR, or where the output is no \
    terminal, shades of grey.")]
pub(crate) struct ViewArgs {
    /// Directory of the array, or STORE::PATH of an array in a store
    pub(crate) path: Address,

    /// Which plane or part of one, indexed as in NumPy: '0, :, 100:300'
    #[arg(long, value_name = "INDEX", allow_hyphen_values = true, value_parser = selection::index)]
    selection: Option<Selection>,

    /// Draw into a file: a pixel for each element, or several for each of a small array; at most 2048 by 2048
    #[arg(long, short, value_name = "FILE.png")]
    output: Option<PathBuf>,

    /// Put the first row at the bottom, for rows that go from south to north
    #[arg(long)]
    flip: bool,

    /// Let the colours span all values
    #[arg(long)]
    full_range: bool,
}

pub(crate) fn run(args: &ViewArgs, canvas: Canvas, out: &mut impl Write) -> Result<Exit, Failure> {
    let array = args.path.open_array("cannot draw")?;
    if let Some(file) = &args.output {
        let name = file.to_string_lossy();
        atomic_file::check(file).map_err(|error| Failure::io("cannot write", &name, &error))?;
    }
    let mut plane = Plane::read(&array, args.selection.as_ref(), args.path.as_str())?;
    if args.flip {
        plane.flip();
    }
    let scale = match args.full_range {
        true => ColorScale::full(&plane),
        false => ColorScale::robust(&plane),
    };
    let text = match &args.output {
        None => draw::draw(&title(args, &array, &plane), &plane, &scale, canvas),
        Some(file) => {
            let name = file.to_string_lossy();
            let image = picture::png(&plane, &scale).map_err(|error| {
                Failure::new(Exit::Limit, "cannot draw", args.path.as_str(), error)
            })?;
            atomic_file::replace(file, |file| file.write_all(&image))
                .map_err(|error: std::io::Error| Failure::io("cannot write", &name, &error))?;
            format!(
                "{}{}",
                title(args, &array, &plane),
                draw::legend(&plane, &scale)
            )
        }
    };
    output::print(out, &text)?;
    Ok(Exit::Done)
}

/// What is drawn: name, part, shape, type and unit.
fn title(args: &ViewArgs, array: &Array, plane: &Plane) -> String {
    let units = match array.attrs().get("units") {
        Some(serde_json::Value::String(units)) => format!(", in {units}"),
        _ => String::new(),
    };
    let line = format!(
        "{}[{}]  {} {}{units}",
        args.path.as_str(),
        plane.selection,
        text::tuple(&[plane.rows as u64, plane.columns as u64]),
        array.dtype(),
    );
    format!("{}\n", text::escaped(&line))
}
