//! What files and directories are that are not Zarr, by their first bytes or by the names in them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zarr::tools::documents::{ZARRAY, ZGROUP, ZMETADATA};

const NPY: &[u8] = b"\x93NUMPY";

/// Formats by the bytes at an offset.
const MAGIC: [(usize, &[u8], ForeignFormat); 34] = {
    use ForeignFormat as K;
    [
        (0, b"\x89HDF\r\n\x1a\n", K::Hdf5),
        // Behind a user block, as MATLAB writes it.
        (512, b"\x89HDF\r\n\x1a\n", K::Hdf5),
        (0, b"CDF\x01", K::Other("a netCDF file (classic)")),
        (
            0,
            b"CDF\x02",
            K::Other("a netCDF file (classic, 64-bit offsets)"),
        ),
        (0, b"CDF\x05", K::Other("a netCDF file (classic, CDF-5)")),
        (0, b"\x0e\x03\x13\x01", K::Other("an HDF4 file")),
        (0, b"II*\0", K::Other("a TIFF image")),
        (0, b"MM\0*", K::Other("a TIFF image")),
        (0, b"II+\0", K::Other("a BigTIFF image")),
        (0, b"MM\0+", K::Other("a BigTIFF image")),
        (0, b"\x89PNG\r\n\x1a\n", K::Other("a PNG image")),
        (0, b"\xff\xd8\xff", K::Other("a JPEG image")),
        (0, b"GRIB", K::Other("a GRIB file")),
        (0, b"BUFR", K::Other("a BUFR file")),
        (0, b"SIMPLE  =", K::Other("a FITS file")),
        (0, b"NRRD000", K::Other("an NRRD file")),
        (0, b"MATLAB 5.0 MAT-file", K::Other("a MATLAB file")),
        (0, NPY, K::Npy),
        (0, b"PK\x03\x04", K::Zip),
        (0, b"PK\x05\x06", K::Zip),
        (0, b"PAR1", K::Other("a Parquet file")),
        (0, b"ARROW1\0\0", K::Other("an Arrow file")),
        (0, b"ORC", K::Other("an ORC file")),
        (0, b"SQLite format 3\0", K::Other("an SQLite database")),
        (0, b"%PDF-", K::Other("a PDF file")),
        (257, b"ustar", K::Packed("a tar archive")),
        (0, b"\x1f\x8b", K::Packed("a gzip file")),
        (0, b"\x28\xb5\x2f\xfd", K::Packed("a zstd file")),
        (0, b"BZh", K::Packed("a bzip2 file")),
        (0, b"\xfd7zXZ\0", K::Packed("an xz file")),
        (0, b"\x04\x22\x4d\x18", K::Packed("an LZ4 file")),
        (0, b"7z\xbc\xaf\x27\x1c", K::Packed("a 7-Zip archive")),
        (0, b"Rar!\x1a\x07", K::Packed("a RAR archive")),
        (
            0,
            b"version https://git-lfs",
            K::Other("a Git LFS pointer to a file that is not fetched yet (`git lfs pull`)"),
        ),
    ]
};

#[derive(Clone, Copy)]
enum ForeignFormat {
    Hdf5,
    Npy,
    Zip,
    Packed(&'static str),
    Other(&'static str),
}

/// No more of a file is read.
const HEAD: u64 = 64 << 10;

/// What a file is, and what to do with it; `None` if it is not a file, cannot be read, or is unknown.
pub(crate) fn describe_file(path: &Path) -> Option<String> {
    of_bytes(&head(path)?, &path.display().to_string())
}

/// The same for a file that was read as .npy; `None` if it is one.
pub(crate) fn in_place_of_npy(path: &Path) -> Option<String> {
    let head = head(path)?;
    let told = of_bytes(&head, &path.display().to_string());
    told.filter(|_| !head.starts_with(NPY))
}

fn head(path: &Path) -> Option<Vec<u8>> {
    // Opening a pipe may block for ever.
    if !path.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let mut head = Vec::new();
    file.take(HEAD).read_to_end(&mut head).ok()?;
    Some(head)
}

/// The same by the first bytes of a file.
fn of_bytes(head: &[u8], name: &str) -> Option<String> {
    let begins = |offset: usize, with: &[u8]| {
        head.get(offset..)
            .is_some_and(|rest| rest.starts_with(with))
    };
    let found = MAGIC.iter().find(|(offset, with, _)| begins(*offset, with));
    Some(match found.map(|(.., kind)| *kind) {
        Some(ForeignFormat::Npy) => {
            format!("it is a NumPy .npy file: `zarr write {name} new.zarr` makes an array of it")
        }
        Some(ForeignFormat::Zip)
            if first_entry(head).is_some_and(|entry| entry.ends_with(b".npy")) =>
        {
            "it is a NumPy .npz file: unpack it, and `zarr write` each .npy file in it".to_owned()
        }
        Some(ForeignFormat::Zip) => {
            format!("it is a zip archive: name a node in it, as in {name}::a")
        }
        Some(ForeignFormat::Hdf5) => not_zarr("an HDF5 file, as netCDF-4 files are"),
        Some(ForeignFormat::Packed(what)) => format!("it is {what}: unpack it"),
        Some(ForeignFormat::Other(what)) => not_zarr(what),
        None => return of_text(head),
    })
}

fn not_zarr(what: &str) -> String {
    format!("it is {what}, not Zarr: other tools read it, and `zarr write` takes .npy files")
}

/// The name of the first entry of a zip archive.
fn first_entry(head: &[u8]) -> Option<&[u8]> {
    let length = head.get(26..28)?;
    let length = u16::from_le_bytes([length[0], length[1]]);
    head.get(30..30 + usize::from(length))
}

/// What a text file is; kerchunk is known by the members that it writes.
fn of_text(head: &[u8]) -> Option<String> {
    // The last character may be incomplete.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let is_json = text.trim_start().starts_with(['{', '[']);
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    Some(match is_json {
        true if has("refs") || has(ZGROUP) || has(ZARRAY) => {
            "it is a kerchunk reference file, which points into other files and is not supported; tools based on fsspec \
             read it and can copy it into a Zarr store"
                .to_owned()
        }
        true => not_zarr("a JSON file"),
        false if text.contains('\0') || text.is_empty() => return None,
        false => not_zarr("a text file"),
    })
}

/// What a directory without a node is, by the names in it.
pub(crate) fn describe_directory(path: &Path) -> Option<String> {
    let has = |name: &str| path.join(name).exists();
    let entries: Vec<String> = std::fs::read_dir(path)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let what = match () {
        () if entries.is_empty() => return Some("the directory is empty".to_owned()),
        () if has("snapshots") && (has("refs") || has("repo")) => "an Icechunk repository",
        () if has("attributes.json") => "an N5 container",
        () if has("__schema") || has("__array_schema.tdb") || has("__tiledb_group.tdb") => {
            "a TileDB array or group"
        }
        () if precomputed(&path.join("info")) => "a Neuroglancer precomputed volume",
        () if has(ZMETADATA) => "a directory of kerchunk references in Parquet files",
        () if has("_delta_log") => "a Delta Lake table",
        () => return None,
    };
    Some(format!(
        "it is {what}, not Zarr: other tools read it, and can copy it into a Zarr store"
    ))
}

fn precomputed(info: &Path) -> bool {
    let head = head(info).unwrap_or_default();
    String::from_utf8_lossy(&head).contains("\"neuroglancer_")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes as the formats' own documents give them; the .npy and .npz are what NumPy 2.5 writes.
    #[test]
    fn files_are_told_by_their_first_bytes() {
        let behind =
            |offset: usize, magic: &[u8]| [vec![0; offset].as_slice(), magic, &[0; 9]].concat();
        let npz = [b"PK\x03\x04".as_slice(), &[0; 22], &[5, 0, 0, 0], b"a.npy"].concat();
        for (head, words) in [
            (b"\x89HDF\r\n\x1a\n\0\0".to_vec(), "HDF5"),
            (behind(512, b"\x89HDF\r\n\x1a\n"), "HDF5"),
            (b"CDF\x01\0\0".to_vec(), "netCDF"),
            (b"CDF\x05\0\0".to_vec(), "netCDF"),
            (b"II*\0\x08\0\0\0".to_vec(), "TIFF"),
            (b"MM\0*\0\0\0\x08".to_vec(), "TIFF"),
            (
                b"\x93NUMPY\x01\0v\0{'descr'".to_vec(),
                "zarr write x new.zarr",
            ),
            (npz, "npz"),
            (b"PK\x05\x06\0\0".to_vec(), "x::a"),
            (behind(257, b"ustar\x0000"), "tar"),
            (b"\x1f\x8b\x08\0".to_vec(), "gzip"),
            (b"a,b\n1,2\n".to_vec(), "text file"),
            (
                br#"{"version": 1, "refs": {".zgroup": "{}"}}"#.to_vec(),
                "kerchunk",
            ),
            (br#"{"type": "FeatureCollection"}"#.to_vec(), "JSON"),
            ("å".repeat(9).into_bytes()[..17].to_vec(), "text file"),
        ] {
            let told = of_bytes(&head, "x").unwrap_or_default();
            assert!(told.contains(words), "{words}: {told}");
        }
        for head in [b"".as_slice(), b"\0\0\0\0", b"\xff\xfe\xfd", b"abc\0def"] {
            assert_eq!(of_bytes(head, "x"), None);
        }
    }
}
