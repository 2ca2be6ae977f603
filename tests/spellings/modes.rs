//! Modes of opening.

use zarr::blocking::Wait;
use zarr::*;

/// A store with an array of three zeros.
fn stored() -> Result<MemoryStore> {
    let store = MemoryStore::new();
    zarr::zeros(&store, 3).wait()?;
    Ok(store)
}

forms! {
    mode_as_text => { assert!(zarr::open(MemoryStore::new()).mode("r").wait().is_err()); }
    mode_as_text_of_an_array => { assert!(zarr::open(&stored()?).mode("r").wait()?.into_array()?.read_only()); }
    mode_as_a_value => { assert!(zarr::open_array(&stored()?).mode(Mode::Read).wait()?.read_only()); }
    mode_read_and_write => {
        let a = zarr::open_array(&stored()?).mode("r+").wait()?;
        a.write(0, 1.0).wait()?;
        assert_eq!(a.read_scalar::<f64>(0).wait()?, 1.0);
    }
    mode_append_makes_a_group => { assert!(zarr::open_group(MemoryStore::new()).mode("a").wait().is_ok()); }
    mode_by_default_makes_a_group => { assert!(zarr::open_group(MemoryStore::new()).wait().is_ok()); }
    mode_write_empties_a_group => {
        let s = MemoryStore::new();
        zarr::zeros(&s, 3).name("a").wait()?;
        assert!(zarr::open_group(&s).mode("w").wait()?.keys().wait()?.is_empty());
    }
    mode_new_keeps_what_is_there => { assert_eq!(zarr::open_group(&stored()?).mode("w-").wait().unwrap_err().class(), ErrorClass::Exists); }
    mode_misspelled_is_an_error => { assert!(zarr::open(MemoryStore::new()).mode("rw").wait().unwrap_err().to_string().contains("mode")); }
    open_or_create => {
        let a = zarr::open_array(MemoryStore::new()).mode("a").or_create(ArrayOptions::new((4, 4), "i4").chunks((2, 2))).wait()?;
        assert_eq!(a.chunks(), Some(vec![2, 2]));
    }
    overwrite => { assert_eq!(zarr::zeros(&stored()?, 5).overwrite(true).wait()?.shape(), [5]); }
    no_overwrite_is_an_error => { assert_eq!(zarr::zeros(&stored()?, 5).wait().unwrap_err().class(), ErrorClass::Exists); }
    read_only => { assert!(zarr::zeros(Target::Memory, 5).read_only(true).wait()?.write(.., 1.0).wait().is_err()); }
    open_an_array_or_a_group => {
        match zarr::open(&stored()?).wait()? {
            Node::Array(a) => assert_eq!(a.shape(), [3]),
            Node::Group(_) => unreachable!(),
        }
    }
    open_with_a_path => {
        let s = MemoryStore::new();
        zarr::zeros(&s, 3).name("g/a").wait()?;
        assert_eq!(zarr::open_array(&s).path("g/a").mode("r").wait()?.name(), "/g/a");
    }
    open_consolidated => {
        let s = MemoryStore::new();
        zarr::zeros(&s, 3).name("a").wait()?;
        zarr::consolidate_metadata(&s).wait()?;
        assert_eq!(zarr::open_consolidated(&s).wait()?.keys().wait()?, ["a"]);
        assert_eq!(zarr::open_group(&s).use_consolidated(true).wait()?.keys().wait()?, ["a"]);
    }
    error_not_found => { assert_eq!(zarr::open_array(MemoryStore::new()).mode("r").wait().unwrap_err().class(), ErrorClass::NotFound); }
    error_as_a_box => {
        let open = || -> std::result::Result<(), Box<dyn std::error::Error + Send + Sync>> {
            zarr::open_array(MemoryStore::new()).mode("r").wait()?;
            Ok(())
        };
        assert!(open().is_err());
    }
}
