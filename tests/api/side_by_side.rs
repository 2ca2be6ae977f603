//! The tasks of `docs/side-by-side.md`: each function is the Rust form of one, up to the line `// shown`, and what
//! follows compares the result with that of the Python form (zarr-python 3.4.2, NumPy 2.5.5).

use std::path::Path;

use ndarray::{Array1, Array2, array};
use zarr::blocking::Wait;
use zarr::codecs::{Blosc, Shuffle};
use zarr::{Result, ZarrFormat, json};

const PAGE: &str = include_str!("../../docs/side-by-side.md");
const SOURCE: &str = include_str!("side_by_side.rs");

/// Runs a task with a path at which nothing is.
fn run<T>(task: impl FnOnce(&Path) -> Result<T>) -> T {
    let dir = tempfile::tempdir().unwrap();
    task(&dir.path().join("data.zarr")).unwrap()
}

fn counted() -> Array2<i32> {
    Array1::from_iter(0..10_000)
        .into_shape_with_order((100, 100))
        .unwrap()
}

fn create_and_write(store: &Path) -> Result<()> {
    let row = Array1::range(0_f32, 100., 1.);
    // shown from here
    let z = zarr::create_array(store, (100, 100), "float32")
        .chunks((10, 10))
        .fill_value(42)
        .dimension_names(["y", "x"])
        .wait()?;
    z.write(0, row).wait()?;
    let part = z.read::<f32>((0..2, 5..10)).wait()?;
    // shown
    let wanted = array![[5., 6., 7., 8., 9.], [42., 42., 42., 42., 42.]];
    assert_eq!(part, wanted.into_dyn());
    Ok(())
}

fn open_and_look(store: &Path) -> Result<()> {
    let z = zarr::open_array(store)
        .path("surface/temperature")
        .mode("r")
        .wait()?;
    println!("{}", z.info());
    println!("{:?}", z.attrs());
    // shown
    assert!(
        z.info()
            .to_string()
            .contains("Data type          : Float32(endianness='little')")
    );
    assert!(z.attrs().is_empty() && z.write(0, 1).wait().is_err());
    Ok(())
}

fn resize_and_append(store: &Path) -> Result<()> {
    let mut z = zarr::zeros(store, (100, 10))
        .chunks((10, 10))
        .dtype("int32")
        .wait()?;
    z.resize((200, 10)).wait()?;
    z.append(Array2::<i32>::ones((5, 10))).wait()?;
    z.append(Array2::<i32>::ones((205, 5))).axis(1).wait()?;
    // shown
    assert_eq!(z.shape(), [205, 15]);
    assert_eq!(z.read::<i32>(..).wait()?.sum(), 1075);
    Ok(())
}

fn compress(store: &Path) -> Result<()> {
    let data = &counted();
    // shown from here
    let codec = Blosc::zstd().level(3).shuffle(Shuffle::Bit);
    let z = zarr::array(store, data)
        .chunks((50, 50))
        .compressors(codec)
        .wait()?;
    println!("{}", z.info());
    // shown
    let codec = json!({"name": "blosc", "configuration":
        {"typesize": 4, "cname": "zstd", "clevel": 3, "shuffle": "bitshuffle", "blocksize": 0}});
    assert_eq!(json!(z.compressors()), json!([codec]));
    assert_eq!(
        z.read::<i32>((99, 98..)).wait()?,
        array![9998, 9999].into_dyn()
    );
    Ok(())
}

fn shard(store: &Path) -> Result<()> {
    let z = zarr::create_array(store, (1000, 1000), "uint8")
        .shards((500, 500))
        .chunks((50, 50))
        .wait()?;
    z.write(..500, 1).wait()?;
    println!("{}", z.nchunks_initialized().wait()?);
    // shown
    assert_eq!(z.nchunks_initialized().wait()?, 200);
    Ok(())
}

fn groups(store: &Path) -> Result<()> {
    let root = zarr::create_group(store)
        .attributes([("title", "Ocean")])
        .wait()?;
    let z = root
        .create_array("surface/temperature", (365, 90, 180), "float32")
        .chunks((10, 45, 90))
        .wait()?;
    z.write(0, 15.5).wait()?;
    println!("{}", root.tree().wait()?);
    // shown
    let tree = "/\n└── surface\n    └── temperature (365, 90, 180) float32\n";
    assert_eq!(root.tree().wait()?.to_string(), tree);
    Ok(())
}

fn attributes(store: &Path) -> Result<()> {
    let mut z = zarr::ones(store, (2, 2)).wait()?;
    // shown from here
    z.update_attributes(
        json!({"title": "Sea surface temperature", "units": "K", "valid_range": [250, 320]}),
    )
    .wait()?;
    println!("{}", z.attrs()["units"]);
    // shown
    let wanted =
        json!({"title": "Sea surface temperature", "units": "K", "valid_range": [250, 320]});
    assert_eq!(json!(z.attrs()), wanted);
    Ok(())
}

fn consolidate(store: &Path) -> Result<()> {
    zarr::consolidate_metadata(store).wait()?;
    let group = zarr::open_consolidated(store).mode("r").wait()?;
    println!("{:?}", group.consolidated_paths());
    // shown
    let mut paths = group.consolidated_paths();
    paths.sort();
    assert_eq!(paths, ["surface", "surface/temperature"]);
    Ok(())
}

fn convert(store: &Path) -> Result<()> {
    let target = &store.with_extension("v2");
    // shown from here
    let old = zarr::open_array(store).mode("r").wait()?;
    let new = zarr::from_array(target, &old)
        .chunks((50, 50))
        .zarr_format(2)
        .wait()?;
    // shown
    assert_eq!(
        (new.zarr_format(), new.shape()),
        (ZarrFormat::V2, &[100, 100][..])
    );
    assert_eq!(
        new.read::<f32>((0, ..3)).wait()?,
        array![0., 1., 2.].into_dyn()
    );
    Ok(())
}

fn archive(store: &Path) -> Result<()> {
    let (archive, data) = (&store.with_extension("zip"), &counted());
    // shown from here
    zarr::array(archive, data).wait()?;
    let z = zarr::open_array(archive).mode("r").wait()?;
    // shown
    assert_eq!(
        z.read::<i32>((5..7, 3)).wait()?,
        array![503, 603].into_dyn()
    );
    Ok(())
}

#[test]
fn the_tasks_do_what_python_does() {
    run(create_and_write);
    run(|store| groups(store).and_then(|()| open_and_look(store)));
    run(resize_and_append);
    run(compress);
    run(shard);
    run(attributes);
    run(|store| groups(store).and_then(|()| consolidate(store)));
    run(|store| create_and_write(store).and_then(|()| convert(store)));
    run(archive);
}

/// The Rust form of a task.
fn shown(function: &str) -> String {
    let start = SOURCE
        .find(&format!("fn {function}(store: &Path)"))
        .unwrap();
    let body = &SOURCE[start..];
    let body = &body[body.find('\n').unwrap() + 1..];
    let body = &body[..body.find("    // shown\n").unwrap()];
    let begin = "    // shown from here\n";
    let body = body.split_once(begin).map_or(body, |(_, shown)| shown);
    body.lines()
        .map(|line| line[4..].to_owned() + "\n")
        .collect()
}

fn block<'p>(section: &'p str, language: &str) -> &'p str {
    let (_, block) = section.split_once(&format!("```{language}\n")).unwrap();
    block.split_once("```").unwrap().0
}

fn length(code: &str) -> usize {
    code.chars().filter(|c| !c.is_whitespace()).count()
}

#[test]
fn the_page_has_these_tasks_and_none_is_much_longer_than_in_python() {
    let tasks = [
        "create_and_write",
        "open_and_look",
        "resize_and_append",
        "compress",
        "shard",
        "groups",
        "attributes",
        "consolidate",
        "convert",
        "archive",
    ];
    let sections: Vec<&str> = PAGE.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), tasks.len());
    for (section, task) in sections.into_iter().zip(tasks) {
        let (python, rust) = (block(section, "python"), block(section, "rust"));
        let unbroken = |code: &str| code.split_whitespace().collect::<String>();
        assert_eq!(unbroken(rust), unbroken(&shown(task)), "{task}");
        let (short, long) = (length(python), length(rust));
        assert!(
            3 * long <= 4 * short,
            "{task}: {long} characters, {short} in Python"
        );
    }
}
