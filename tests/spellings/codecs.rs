//! Codecs.

use zarr::blocking::Wait;
use zarr::codecs::{Blosc, Bytes, Delta, Gzip, Transpose, Zstd};
use zarr::*;

/// The names of the compressors of an array that is created with them.
fn of(compressors: impl Into<Codecs>) -> Result<Vec<String>> {
    let a = zarr::zeros(Target::Memory, [3]).compressors(compressors).wait()?;
    a.write(.., 1.0).wait()?;
    assert_eq!(a.read::<f64>(..).wait()?.sum(), 3.0);
    Ok(a.compressors().iter().map(|codec| codec.name.clone()).collect())
}

forms! {
    codec_type_blosc => { assert_eq!(of(zarr::codecs::Blosc::default())?, ["blosc"]); }
    codec_with_a_level => { assert_eq!(of(Zstd::new(3))?, ["zstd"]); assert_eq!(of(Gzip::new(1))?, ["gzip"]); }
    codec_as_a_text => { assert_eq!(of("zstd")?, ["zstd"]); }
    codec_as_a_string => { assert_eq!(of(String::from("gzip"))?, ["gzip"]); }
    codec_as_an_extension => { assert_eq!(of(Extension::new("zstd").with("level", 1).with("checksum", false))?, ["zstd"]); }
    codec_as_json => { assert_eq!(of(json!({"name": "gzip", "configuration": {"level": 5}}))?, ["gzip"]); }
    codec_as_json_of_numcodecs => { assert_eq!(of(json!({"id": "gzip", "level": 5}))?, ["gzip"]); }
    codecs_none => { assert!(of(())?.is_empty()); }
    codecs_as_an_empty_list => { assert!(of(Vec::<Extension>::new())?.is_empty()); }
    codecs_as_a_list => { assert_eq!(of(["zstd"])?, ["zstd"]); assert_eq!(of(vec!["gzip", "zstd"])?, ["gzip", "zstd"]); }
    codecs_as_a_tuple => { assert_eq!(of((Blosc::default(), "zstd"))?, ["blosc", "zstd"]); }
    codecs_of_an_option => { assert_eq!(of(Some("zstd"))?, ["zstd"]); assert!(of(None::<Zstd>)?.is_empty()); }
    codecs_of_another_array => {
        let a = zarr::zeros(Target::Memory, 3).compressors("gzip").wait()?;
        assert_eq!(of(a.compressors())?, ["gzip"]);
    }
    codecs_fast_and_small => { assert!(!of(Codecs::fast())?.is_empty() && !of(Codecs::small())?.is_empty()); }
    compressor_by_zarr_pythons_old_name => {
        let a = zarr::create(Target::Memory, [3]).compressor(Extension::new("zstd")).wait()?;
        assert_eq!(a.compressors()[0].name, "zstd");
    }
    filters_typed => {
        let a = zarr::zeros(Target::Memory, (3, 4)).filters(Transpose::new([1, 0])).wait()?;
        assert_eq!(a.filters()[0].name, "transpose");
    }
    filters_as_a_list => {
        let a = zarr::create_array(Target::Memory, [3], "i4").filters([Delta::default()]).zarr_format(2).wait()?;
        assert_eq!(a.filters().len(), 1);
    }
    serializer => {
        let a = zarr::zeros(Target::Memory, [3]).serializer(Bytes::big()).wait()?;
        a.write(.., [1.0, 2.0, 3.0]).wait()?;
        assert_eq!(a.read_scalar::<f64>(2).wait()?, 3.0);
    }
    codecs_whole_chain => {
        let a = zarr::zeros(Target::Memory, [3]).codecs((Bytes::little(), Zstd::new(1))).wait()?;
        assert_eq!(a.compressors().len(), 1);
    }
    codec_misspelled_is_an_error => { assert!(of("ztsd").unwrap_err().to_string().contains("zstd")); }
}
