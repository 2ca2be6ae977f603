//! `zarr write`: an `.npy` file into a new array.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;
use zarr::blocking::Wait;
use zarr::{DynData, Extension, Order, Selection, ZarrFormat};

use crate::address::Address;
use crate::failure::{Exit, Failure};
use crate::npy;

/// Write an .npy file into a new array.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  zarr write sst.npy demo.zarr/ocean/sst --chunks 64,64
  zarr write sst.npy demo.zarr/ocean/sst --chunks 64,64 --shards 256,256 --overwrite
  python -c 'import numpy, sys; numpy.save(sys.stdout.buffer, numpy.eye(9))' | zarr write - eye.zarr")]
pub(crate) struct Args {
    /// The file to read; - is standard input
    #[arg(value_name = "FILE.npy")]
    file: PathBuf,

    /// Directory of the new array, or STORE::PATH of one in a store
    path: Address,

    /// Format of the new array; without it that of the group around it, or 3
    #[arg(long, value_enum, value_name = "N")]
    zarr_format: Option<Format>,

    /// Length of a chunk along each axis, as in 64,64; guessed without it
    #[arg(long, value_name = "LENGTHS")]
    chunks: Option<Lengths>,

    /// Length of a shard along each axis, a multiple of the chunks; no shards without it
    #[arg(long, value_name = "LENGTHS")]
    shards: Option<Lengths>,

    /// Codecs before the elements become bytes, as JSON: one, or a list
    #[arg(long, value_name = "JSON")]
    filters: Option<Codecs>,

    /// The codec that makes bytes of the elements, as JSON
    #[arg(long, value_name = "JSON")]
    serializer: Option<Codecs>,

    /// Codecs after that, as JSON: one, or a list; zstd without it
    #[arg(long, value_name = "JSON")]
    compressors: Option<Codecs>,

    /// Order of the elements in a chunk; format 2 only
    #[arg(long, value_enum, value_name = "ORDER", ignore_case = true)]
    order: Option<Axes>,

    /// Replace the array or group that is there
    #[arg(long)]
    overwrite: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    #[value(name = "2")]
    V2,
    #[value(name = "3")]
    V3,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Axes {
    C,
    F,
}

/// Codecs as documents of format 3 spell them: `"crc32c"`, or an object with a name.
#[derive(Clone, Debug, PartialEq)]
struct Codecs(Vec<Extension>);

impl FromStr for Codecs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let list = match value {
            serde_json::Value::Array(list) => list,
            one => vec![one],
        };
        let codecs = list.into_iter().map(Extension::from_json);
        codecs
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|error| error.to_string())
    }
}

/// One length per axis; none for a scalar.
#[derive(Clone, Debug, PartialEq)]
struct Lengths(Vec<u64>);

impl FromStr for Lengths {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self(vec![]));
        }
        let length = |part: &str| match part.trim().parse() {
            Ok(0) | Err(_) => Err(format!("{part:?} is no length; write them as in 64,64")),
            Ok(length) => Ok(length),
        };
        text.split(',')
            .map(length)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

pub(crate) fn run(args: &Args, _: &mut impl Write) -> Result<Exit, Failure> {
    // All of the file is read, and found good, before anything is made or replaced.
    let data = load(args)?;
    let rank = data.shape.len();
    check_rank("--chunks", args.chunks.as_ref(), rank)?;
    check_rank("--shards", args.shards.as_ref(), rank)?;

    let path = args.path.as_str();
    let place = args.path.place()?;
    let asked = args.zarr_format.map(|format| match format {
        Format::V2 => ZarrFormat::V2,
        Format::V3 => ZarrFormat::V3,
    });
    if let (Some(asked), Some(around)) = (asked, place.format)
        && asked != around
    {
        // Whoever opens the group would not see it.
        let why = format!(
            "the group {} around it is of format {around}, not {asked}",
            place.store
        );
        return Err(Failure::new(Exit::Usage, "cannot create", path, why)
            .advice("leave out --zarr-format, or choose a path outside of the group"));
    }
    if args.overwrite {
        args.path.check_replaceable()?;
    }

    let mut create = zarr::create_array(place.store, data.shape.clone(), data.dtype.clone())
        .name(place.name)
        .overwrite(args.overwrite);
    if let Some(format) = asked.or(place.format) {
        create = create.zarr_format(format);
    }
    if let Some(Lengths(chunks)) = &args.chunks {
        create = create.chunks(chunks.clone());
    }
    if let Some(Lengths(shards)) = &args.shards {
        create = create.shards(shards.clone());
    }
    if let Some(Codecs(filters)) = &args.filters {
        create = create.filters(filters.clone());
    }
    if let Some(Codecs(serializers)) = &args.serializer {
        let [serializer] = serializers.as_slice() else {
            let why = "--serializer takes one codec".to_owned();
            return Err(Failure::new(Exit::Usage, "cannot create", path, why));
        };
        create = create.serializer(serializer.clone());
    }
    if let Some(Codecs(compressors)) = &args.compressors {
        create = create.compressors(compressors.clone());
    }
    if let Some(order) = args.order {
        create = create.order(match order {
            Axes::C => Order::C,
            Axes::F => Order::F,
        });
    }
    let array = create
        .wait()
        .map_err(|error| Failure::zarr("cannot create", path, &error))?;
    let written = array.write(Selection::All, data).wait();
    written.map_err(|error| Failure::zarr("cannot write", path, &error))?;
    if array.store().hints().held_back {
        let finished = array.store().sync().wait().map_err(zarr::Error::from);
        finished.map_err(|error| Failure::zarr("cannot finish", path, &error))?;
    }
    Ok(Exit::Done)
}

fn load(args: &Args) -> Result<DynData, Failure> {
    if args.file.as_os_str() == "-" {
        return npy::read(&mut io::stdin().lock(), None)
            .map_err(|error| Failure::npy("cannot read", "standard input", &error));
    }
    let name = args.file.to_string_lossy();
    let open = || {
        let file = File::open(&args.file)?;
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // A pipe has no size that means anything.
        Ok((file, found.is_file().then_some(found.len())))
    };
    let opened: io::Result<_> = open();
    let (mut file, size) = opened.map_err(|error| Failure::io("cannot read", &name, &error))?;
    npy::read(&mut file, size).map_err(|error| Failure::npy("cannot read", &name, &error))
}

fn check_rank(flag: &str, lengths: Option<&Lengths>, rank: usize) -> Result<(), Failure> {
    match lengths {
        Some(Lengths(lengths)) if lengths.len() != rank => {
            let given = lengths.len();
            let what = format!("{flag}: one length for each of {rank} axes is needed, not {given}");
            Err(Failure::usage(what).advice("write them as in 64,64"))
        }
        _ => Ok(()),
    }
}
