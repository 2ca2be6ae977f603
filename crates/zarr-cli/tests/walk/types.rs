//! The data types, each with two elements as documents write them.

/// One data type.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// As `--dtype` takes it; the document of an array, for types that have no such spelling.
    pub(crate) dtype: Spelled,
    /// An element, and another, as JSON (the specification of the type, under "fill value").
    pub(crate) one: &'static str,
    pub(crate) other: &'static str,
    /// As `numpy.lib.format.dtype_to_descr` writes the type, where NumPy has it.
    pub(crate) descr: Option<&'static str>,
    /// In which formats there is such a type.
    pub(crate) formats: &'static [u8],
}

#[derive(Clone, Debug)]
pub(crate) enum Spelled {
    Name(String),
    Document(String),
}

/// All of them.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut add = |dtype: &str, one, other, descr| {
        rows.push(Row {
            name: dtype.to_owned(),
            dtype: Spelled::Name(dtype.to_owned()),
            one,
            other,
            descr,
            formats: &[2, 3],
        });
    };
    add("bool", "true", "false", Some("'|b1'"));
    for (dtype, descr) in [
        ("int8", "'|i1'"),
        ("int16", "'<i2'"),
        ("int32", "'<i4'"),
        ("int64", "'<i8'"),
        ("uint8", "'|u1'"),
        ("uint16", "'<u2'"),
        ("uint32", "'<u4'"),
        ("uint64", "'<u8'"),
    ] {
        add(dtype, "7", "0", Some(descr));
    }
    for dtype in ["int2", "int4", "uint2", "uint4"] {
        add(dtype, "1", "0", None);
    }
    for (dtype, descr) in [
        ("float16", Some("'<f2'")),
        ("float32", Some("'<f4'")),
        ("float64", Some("'<f8'")),
        ("bfloat16", None),
    ] {
        add(dtype, "1.5", "0.0", descr);
    }
    for dtype in SMALL_FLOATS {
        add(dtype, "1.0", "0.0", None);
    }
    // It has no zero.
    add("float8_e8m0fnu", "1.0", "0.5", None);
    for (dtype, descr) in [
        ("complex64", Some("'<c8'")),
        ("complex128", Some("'<c16'")),
        ("complex_float16", None),
        ("complex_bfloat16", None),
    ] {
        add(dtype, "[1.5,-0.5]", "[0.0,0.0]", descr);
    }
    for dtype in SMALL_FLOATS {
        add(&format!("complex_{dtype}"), "[1.0,1.0]", "[0.0,0.0]", None);
    }
    add("complex_float8_e8m0fnu", "[1.0,1.0]", "[0.5,0.5]", None);
    add("r16", "[1,2]", "[0,0]", Some("'|V2'"));
    add("string", "\"ab\"", "\"\"", None);
    add("variable_length_bytes", "\"YWI=\"", "\"\"", None);

    let mut add = |name: &str, settings: &str, one, other, descr| {
        let dtype = format!(r#"{{"name":"{name}","configuration":{settings}}}"#);
        rows.push(Row {
            name: name.to_owned(),
            dtype: Spelled::Name(dtype),
            one,
            other,
            descr,
            formats: &[2, 3],
        });
    };
    let bytes = r#"{"length_bytes":3}"#;
    add(
        "null_terminated_bytes",
        bytes,
        "\"YWI=\"",
        "\"\"",
        Some("'|S3'"),
    );
    let text = r#"{"length_bytes":12}"#;
    add("fixed_length_utf32", text, "\"ab\"", "\"\"", Some("'<U3'"));
    let seconds = r#"{"unit":"s","scale_factor":1}"#;
    add("numpy.datetime64", seconds, "7", "0", Some("'<M8[s]'"));
    let tens = r#"{"unit":"ms","scale_factor":10}"#;
    add("numpy.timedelta64", tens, "7", "0", Some("'<m8[10ms]'"));
    let fields =
        r#"{"fields":[{"name":"a","data_type":"int16"},{"name":"b","data_type":"float64"}]}"#;
    let descr = Some("[('a', '<i2'), ('b', '<f8')]");
    add(
        "struct",
        fields,
        r#"{"a":7,"b":1.5}"#,
        r#"{"a":0,"b":0.0}"#,
        descr,
    );

    for (name, filter, none) in [
        ("object json2", r#"{"id":"json2"}"#, "null"),
        (
            "object vlen-array",
            r#"{"id":"vlen-array","dtype":"<i2"}"#,
            "[]",
        ),
    ] {
        let document = format!(
            r#"{{"zarr_format":2,"shape":[4],"chunks":[2],"dtype":"|O","compressor":null,
                "fill_value":null,"order":"C","filters":[{filter}]}}"#
        );
        rows.push(Row {
            name: name.to_owned(),
            dtype: Spelled::Document(document),
            one: none,
            other: none,
            descr: None,
            formats: &[2],
        });
    }
    rows
}

/// Those that have a zero.
const SMALL_FLOATS: [&str; 10] = [
    "float8_e3m4",
    "float8_e4m3",
    "float8_e4m3b11fnuz",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float6_e2m3fn",
    "float6_e3m2fn",
    "float4_e2m1fn",
];
