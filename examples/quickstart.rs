//! Stores two elevation models as one Zarr hierarchy, reads parts of them back, and draws them.
//!
//! ```text
//! cargo run --release -p zarr --example quickstart [DIRECTORY]
//! ```
//!
//! [`write`] and [`read`] show what a program that uses Zarr looks like; the rest reports and draws what
//! they did. Without a directory the program makes a temporary one and keeps it, so that you can look
//! at it.

#[path = "quickstart/npy.rs"]
mod npy;
#[path = "quickstart/picture.rs"]
mod picture;
#[path = "quickstart/terminal.rs"]
mod terminal;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ndarray::{Array1, Array2, ArrayD, ArrayView, Dimension, s};
use serde_json::json;
use zarr::blocking::Wait;
use zarr::{DataType, Group, Node, sel};

use picture::Relief;

/// The arrays to store: the data of `examples/data`, as NumPy saved it.
struct Source {
    /// Heights in metres around the Jacksboro fault, Tennessee; rows from north to south.
    jacksboro: Array2<i16>,
    /// Heights in metres around the Salish Sea, below zero in the water; rows from south to north.
    salish_sea: Array2<f32>,
    latitude: Array1<f32>,
    longitude: Array1<f32>,
}

/// The borders of the Jacksboro model in degrees: north, south, west, east.
const JACKSBORO: [f64; 4] = [36.7329, 36.4463, -84.4138, -84.0779];

fn write(directory: &Path, source: &Source) -> zarr::Result<()> {
    let root = zarr::create_group(directory)
        .attributes(json!({"title": "Two places, and how high they are"}))
        .wait()?;

    // Four shards, so four files, each with twelve chunks that can be read one by one. Compression is
    // zstd by default. Creating the array also creates the group `jacksboro`.
    let jacksboro = &source.jacksboro;
    let [north, south, west, east] = JACKSBORO;
    let elevation = root
        .create_array("jacksboro/elevation", jacksboro.shape(), DataType::Int16)
        .chunks([64, 64])
        .shards([192, 256])
        .dimension_names(["latitude", "longitude"])
        .attributes(json!({
            "units": "m",
            "source": "SRTM (NASA, public domain)",
            "bounds": {"north": north, "south": south, "west": west, "east": east},
        }))
        .wait()?;
    elevation.write(.., jacksboro.clone()).wait()?;

    // The second model, with the coordinates of its rows and columns beside it.
    let salish_sea = root.create_group("salish_sea").wait()?;
    let topography = salish_sea
        .create_array("topography", source.salish_sea.shape(), DataType::Float32)
        .chunks([32, 32])
        .shards([96, 128])
        .fill_value(f32::NAN)
        .dimension_names(["latitude", "longitude"])
        .attributes(json!({"units": "m", "positive": "up"}))
        .wait()?;
    topography.write(.., source.salish_sea.clone()).wait()?;

    for (name, degrees, units) in [
        ("latitude", &source.latitude, "degrees_north"),
        ("longitude", &source.longitude, "degrees_east"),
    ] {
        let coordinate = salish_sea
            .create_array(name, degrees.shape(), DataType::Float32)
            .dimension_names([name])
            .attributes(json!({"units": units}))
            .wait()?;
        coordinate.write(.., degrees.clone()).wait()?;
    }
    Ok(())
}

/// What is read back: a window, a coarse view, and both whole arrays.
struct Parts {
    window: ArrayD<i16>,
    coarse: ArrayD<i16>,
    jacksboro: ArrayD<i16>,
    salish_sea: ArrayD<f32>,
}

fn read(root: &Group) -> zarr::Result<Parts> {
    let elevation = root.array("jacksboro/elevation").wait()?;
    let topography = root.array("salish_sea/topography").wait()?;
    Ok(Parts {
        // NumPy's elevation[100:164, 200:280]: only the chunks that overlap it are fetched.
        window: elevation.read((100..164, 200..280)).wait()?,
        // NumPy's elevation[::8, ::8].
        coarse: elevation.read(sel![..;8, ..;8]).wait()?,
        jacksboro: elevation.read(..).wait()?,
        // In an async function write `.await?` instead of `.wait()?`; nothing else changes:
        // topography.read(..).await?
        salish_sea: topography.read(..).wait()?,
    })
}

fn run() -> Result<(), Box<dyn Error>> {
    let source = Source {
        jacksboro: npy::read(include_bytes!("data/jacksboro_fault_dem.npy"))?,
        salish_sea: npy::read(include_bytes!("data/salish_sea_topo.npy"))?,
        latitude: npy::read(include_bytes!("data/salish_sea_latitude.npy"))?,
        longitude: npy::read(include_bytes!("data/salish_sea_longitude.npy"))?,
    };

    // This fails if there is already a node: replacing it takes `.overwrite(true)`.
    let directory = directory()?;
    write(&directory, &source)?;
    let directory = directory.canonicalize()?;
    println!("Wrote {}\n", directory.display());

    let root = zarr::open_group(&directory).mode("r").wait()?;
    let elevation = root.array("jacksboro/elevation").wait()?;
    println!("{}", root.tree().wait()?);
    println!("{}\n", elevation.info_complete().wait()?);

    let parts = read(&root)?;
    compare(&parts, &source)?;
    print_sizes(&root)?;

    let [north, south, west, east] = JACKSBORO;
    let (latitude, longitude) = (ends(&source.latitude), ends(&source.longitude));
    let jacksboro = parts.jacksboro.mapv(f32::from);
    let maps = [
        Relief::new(jacksboro, [north, south], [west, east])?,
        Relief::new(parts.salish_sea, latitude, longitude)?,
    ];
    let file = directory.with_extension("png");
    picture::draw(&maps, 400, 16).save(&file)?;
    println!("Drew {}", file.display());
    terminal::show(&maps)?;
    Ok(())
}

/// The directory named on the command line, or a new one.
fn directory() -> io::Result<PathBuf> {
    if let Some(named) = std::env::args_os().nth(1) {
        return Ok(named.into());
    }
    let new = tempfile::TempDir::with_prefix("zarr-quickstart-")?;
    Ok(new.keep().join("elevation.zarr"))
}

fn compare(parts: &Parts, source: &Source) -> Result<(), String> {
    let (jacksboro, salish_sea) = (&source.jacksboro, &source.salish_sea);
    let window = jacksboro.slice(s![100..164, 200..280]);
    let coarse = jacksboro.slice(s![..;8, ..;8]);

    println!("Read back and compared with the source:");
    check("elevation[100:164, 200:280]", &parts.window, window)?;
    check("elevation[::8, ::8]", &parts.coarse, coarse)?;
    check("elevation", &parts.jacksboro, jacksboro.view())?;
    check("topography", &parts.salish_sea, salish_sea.view())?;
    println!();
    Ok(())
}

/// Reports that what was read equals what was written, or fails.
fn check<T: PartialEq, D: Dimension>(
    what: &str,
    read: &ArrayD<T>,
    source: ArrayView<'_, T, D>,
) -> Result<(), String> {
    if read != source.into_dyn() {
        return Err(format!("{what} differs from what was written"));
    }
    println!("  {what:<28} {:>6} elements, equal", read.len());
    Ok(())
}

/// Prints a line for each array. The stored size includes its metadata.
fn print_sizes(root: &Group) -> zarr::Result<()> {
    println!("Bytes                    in memory   stored  ratio");
    for (path, node) in root.members().all().wait()? {
        let Node::Array(array) = node else { continue };
        let memory = array.nbytes().unwrap_or(0);
        let stored = array.nbytes_stored().wait()?;
        let ratio = memory as f64 / stored as f64;
        println!("  {:<22} {memory:>9}{stored:>9}{ratio:>7.2}", path.as_str());
    }
    println!();
    Ok(())
}

fn ends(coordinate: &Array1<f32>) -> [f64; 2] {
    [coordinate[0], coordinate[coordinate.len() - 1]].map(f64::from)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}
