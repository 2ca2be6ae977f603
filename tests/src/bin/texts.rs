//! `texts write DIR`, `texts read DIR`: arrays of elements of variable length for the interop checks,
//! which the command line cannot give as `.npy` files. Read arrays are printed as JSON, a line each.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::path::PathBuf;

use zarr::blocking::Wait;
use zarr::{DataType, Extension, Node, Values, ZarrFormat, json, ndarray::Array2};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [verb, folder] if verb == "write" => write(&PathBuf::from(folder)),
        [verb, folder] if verb == "read" => read(&PathBuf::from(folder)),
        _ => Err("usage: texts write|read DIR".into()),
    }
}

/// The element at a place: texts of one to four bytes a letter, empty ones among them.
fn text(row: usize, column: usize) -> String {
    ["ż", "a", "", "日本", "🦀"][(row * 3 + column) % 5].repeat(row + column)
}

fn write(folder: &std::path::Path) -> Outcome {
    let blosc = json!({"cname": "zstd", "clevel": 5, "shuffle": "noshuffle", "blocksize": 0});
    let blosc = serde_json::from_value(json!([{"name": "blosc", "configuration": blosc}]))?;
    let kinds: [(&str, ZarrFormat, bool, Option<Vec<Extension>>); 5] = [
        ("v2", ZarrFormat::V2, false, None),
        ("v2_bare", ZarrFormat::V2, false, Some(vec![])),
        ("v3", ZarrFormat::V3, false, None),
        ("v3_blosc", ZarrFormat::V3, false, Some(blosc)),
        ("v3_sharded", ZarrFormat::V3, true, None),
    ];
    for (name, format, sharded, compressors) in kinds {
        for dtype in [DataType::String, DataType::Bytes] {
            let is_text = dtype == DataType::String;
            let place = folder.join(format!("{name}_{dtype}"));
            let mut create = zarr::create_array(place.as_path(), [5, 7], dtype)
                .zarr_format(format)
                .chunks([2, 3]);
            if sharded {
                create = create.shards([4, 6]);
            }
            if let Some(compressors) = compressors.clone() {
                create = create.compressors(compressors);
            }
            let array = create.wait()?;
            let texts = Array2::from_shape_fn((5, 7), |(row, column)| text(row, column));
            match is_text {
                true => array.write(.., texts).wait()?,
                false => array
                    .write(.., texts.map(|text| text.clone().into_bytes()))
                    .wait()?,
            }
        }
    }
    Ok(())
}

fn read(folder: &std::path::Path) -> Outcome {
    let mut places: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    places.sort();
    for place in places {
        let Node::Array(array) = zarr::open(place.as_path()).mode("r").wait()? else {
            continue;
        };
        let Values::Variable(elements) = array.read_dyn(..).wait()?.data else {
            return Err("elements of one size".into());
        };
        let texts: Vec<_> = elements.iter().map(String::from_utf8_lossy).collect();
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{}",
            json!({"name": name, "shape": array.shape(), "elements": texts})
        );
    }
    Ok(())
}
