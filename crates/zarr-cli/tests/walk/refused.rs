//! The cells that are refused, one entry per reason. A cell that becomes right is taken out here.

/// Some cells, and what the command says of them.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Names of types, of which a `*` at the end stands for any rest.
    types: &'static [&'static str],
    formats: &'static [u8],
    verbs: &'static [&'static str],
    pub(crate) exit: i32,
    pub(crate) words: &'static str,
}

impl Refused {
    pub(crate) fn is_of(&self, name: &str, format: u8, verb: &str) -> bool {
        let is_type = |of: &&str| match of.strip_suffix('*') {
            Some(begin) => name.starts_with(begin),
            None => *of == name,
        };
        self.formats.contains(&format)
            && self.verbs.contains(&verb)
            && self.types.iter().any(is_type)
    }
}

const BOTH: &[u8] = &[2, 3];

/// What NumPy has no type for.
const NO_NPY: &[&str] = &[
    "int2",
    "int4",
    "uint2",
    "uint4",
    "bfloat16",
    "float8_*",
    "float6_*",
    "float4_*",
    "complex_*",
    "string",
    "variable_length_bytes",
    "object*",
];

pub(crate) const REFUSED: &[Refused] = &[
    Refused {
        types: NO_NPY,
        formats: BOTH,
        verbs: &["read .npy"],
        exit: 6,
        words: "an .npy file cannot hold elements of type",
    },
    Refused {
        types: NO_NPY,
        formats: BOTH,
        verbs: &["write .npy", "append"],
        exit: 6,
        words: "its elements are Python objects",
    },
    Refused {
        types: &["*"],
        formats: BOTH,
        verbs: &["write text"],
        exit: 6,
        words: "not Zarr: other tools read it",
    },
    Refused {
        types: &[
            "float8_*",
            "float6_*",
            "float4_*",
            "complex_*",
            "r16",
            "string",
            "variable_length_bytes",
            "null_terminated_bytes",
            "fixed_length_utf32",
            "struct",
            "object*",
        ],
        formats: BOTH,
        verbs: &["view", "page: picture"],
        exit: 6,
        words: "not numbers",
    },
    Refused {
        types: &["*"],
        formats: &[3],
        verbs: &["migrate"],
        exit: 3,
        words: "there is no array or group of format 2",
    },
    Refused {
        types: &["object*"],
        formats: &[2],
        verbs: &["migrate", "copy to the other"],
        exit: 6,
        words: "has no v3 name for the dtype",
    },
    Refused {
        types: &["object*"],
        formats: &[2],
        verbs: &["create"],
        exit: 2,
        words: "invalid value",
    },
];
