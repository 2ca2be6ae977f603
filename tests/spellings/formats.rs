//! Formats, orders of memory, separators and names of dimensions.

use zarr::blocking::Wait;
use zarr::*;

fn create() -> CreateArray {
    zarr::create(Target::Memory, [3, 4])
}

fn encoding(create: CreateArray) -> Result<ChunkKeyEncoding> {
    Ok(create.wait()?.metadata().chunk_key_encoding())
}

forms! {
    zarr_format_as_a_number => { assert_eq!(create().zarr_format(2).wait()?.zarr_format(), ZarrFormat::V2); }
    zarr_format_as_a_value => { assert_eq!(create().zarr_format(ZarrFormat::V3).wait()?.zarr_format(), ZarrFormat::V3); }
    zarr_version => { assert_eq!(create().zarr_version(2).wait()?.zarr_format(), ZarrFormat::V2); }
    zarr_format_of_a_group => { assert_eq!(zarr::create_group(Target::Memory).zarr_format(2).wait()?.zarr_format(), ZarrFormat::V2); }
    order_f => { assert_eq!(zarr::create(Target::Memory, [3]).order("F").wait()?.order(), Order::F); }
    order_as_a_letter => { assert_eq!(create().order('F').zarr_format(2).wait()?.order(), Order::F); }
    order_as_a_value => { assert_eq!(create().order(Order::C).wait()?.order(), Order::C); }
    dimension_separator => {
        let a = zarr::create(Target::Memory, [3]).dimension_separator("/").wait()?;
        assert_eq!(a.metadata().chunk_key_encoding(), ChunkKeyEncoding::Default(Separator::Slash));
    }
    dimension_separator_as_a_letter => { assert_eq!(encoding(create().dimension_separator('.'))?, ChunkKeyEncoding::Default(Separator::Dot)); }
    dimension_separator_of_format_2 => {
        assert_eq!(encoding(create().zarr_format(2).dimension_separator("/"))?, ChunkKeyEncoding::V2(Separator::Slash));
    }
    chunk_key_encoding_as_a_pair => { assert_eq!(encoding(create().chunk_key_encoding(("v2", ".")))?, ChunkKeyEncoding::V2(Separator::Dot)); }
    chunk_key_encoding_as_json => {
        let json = json!({"name": "v2", "separator": "/"});
        assert_eq!(encoding(create().chunk_key_encoding(json))?, ChunkKeyEncoding::V2(Separator::Slash));
    }
    dimension_names_as_an_array => { assert_eq!(create().dimension_names(["y", "x"]).wait()?.dimension_names().unwrap()[1].as_deref(), Some("x")); }
    dimension_names_as_a_vec => { assert!(create().dimension_names(vec![String::from("y"), String::from("x")]).wait()?.dimension_names().is_some()); }
    dimension_names_by_reference => { let names = vec!["y", "x"]; assert!(create().dimension_names(&names).wait()?.dimension_names().is_some()); }
    dimension_names_of_another_array => { let a = crate::grid()?; assert!(create().dimension_names(a.dimension_names().unwrap()).wait()?.dimension_names().is_some()); }
    dimension_names_of_strings_by_reference => {
        let names = [String::from("y"), String::from("x")];
        assert!(create().dimension_names(&names).wait()?.dimension_names().is_some());
    }
    dimension_names_with_none => { assert_eq!(create().dimension_names([Some("y"), None]).wait()?.dimension_names().unwrap()[1], None); }
    config_in_a_context => {
        let config = Config { default_zarr_format: Some(ZarrFormat::V2), ..Config::default() };
        let context = Context::builder().config(config).build();
        assert_eq!(create().context(&context).wait()?.zarr_format(), ZarrFormat::V2);
    }
}
