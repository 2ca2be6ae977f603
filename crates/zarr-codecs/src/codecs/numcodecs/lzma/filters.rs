//! The filters of an lzma stream, by the names of Python's module.

use serde_json::Value;
use zarr_metadata::Extension;

use super::MAX_MEMORY;
use crate::CodecError;
use crate::codecs::setting;

/// One filter of a stream.
#[derive(Clone, Debug)]
pub(crate) enum LzmaFilter {
    Lzma1(LzmaSettings),
    Lzma2(LzmaSettings),
    /// From each byte to the one so many bytes, and one, further on.
    Delta {
        distance: u8,
    },
    /// Jumps in machine code, by the number of the machine.
    Jumps {
        machine: u64,
        start: u32,
    },
}

/// The settings of the compressor; what is not given is the preset's.
#[derive(Clone, Debug)]
pub(crate) struct LzmaSettings {
    pub(crate) preset: u32,
    pub(crate) dict_size: Option<u32>,
    pub(crate) lc: Option<u32>,
    pub(crate) lp: Option<u32>,
    pub(crate) pb: Option<u32>,
    pub(crate) mode: Option<LzmaMode>,
    pub(crate) nice_len: Option<u32>,
    pub(crate) mf: Option<MatchFinder>,
    pub(crate) depth: Option<u32>,
}

/// How hard the compressor tries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LzmaMode {
    Fast,
    Normal,
}

/// How the compressor looks for matches: chains or trees, of so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchFinder {
    HashChain3,
    HashChain4,
    BinaryTree2,
    BinaryTree3,
    BinaryTree4,
}

/// A level of 0 to 9; the highest bit asks for more effort.
pub(super) fn preset(extension: &Extension) -> Result<u32, CodecError> {
    const EXTREME: i64 = 1 << 31;
    let preset = setting::integer(extension, "preset", 0..=EXTREME + 9, Some(6))?;
    if preset & !EXTREME > 9 {
        return Err(setting::bad(extension, "preset", "a level of 0 to 9"));
    }
    Ok(preset as u32)
}

pub(super) fn parse(extension: &Extension, value: &Value) -> Result<Vec<LzmaFilter>, CodecError> {
    let expected = "a list of one to four filters";
    let list = value
        .as_array()
        .filter(|list| (1..=4).contains(&list.len()));
    let list = list.ok_or_else(|| setting::bad(extension, "filters", expected))?;
    list.iter().map(|filter| step(extension, filter)).collect()
}

fn step(extension: &Extension, filter: &Value) -> Result<LzmaFilter, CodecError> {
    // A filter's settings are read as if they were the codec's.
    let filter = Extension {
        name: extension.name.clone(),
        configuration: filter.as_object().cloned().unwrap_or_default(),
        must_understand: true,
    };
    let id = filter.configuration.get("id").and_then(Value::as_u64);
    Ok(match id {
        Some(0x4000_0000_0000_0001) => LzmaFilter::Lzma1(LzmaSettings::parse(&filter)?),
        Some(0x21) => LzmaFilter::Lzma2(LzmaSettings::parse(&filter)?),
        Some(3) => LzmaFilter::Delta {
            distance: (setting::integer(&filter, "dist", 1..=256, Some(1))? - 1) as u8,
        },
        Some(machine @ 4..=9) => LzmaFilter::Jumps {
            machine,
            start: setting::integer(&filter, "start_offset", 0..=i64::from(u32::MAX), Some(0))?
                as u32,
        },
        _ => {
            return Err(setting::bad(
                &filter,
                "id",
                "the number of a filter of liblzma",
            ));
        }
    })
}

impl LzmaSettings {
    fn parse(filter: &Extension) -> Result<Self, CodecError> {
        let number = |key: &str, max: i64| match setting::given(filter, key) {
            None => Ok(None),
            Some(_) => setting::integer(filter, key, 0..=max, None).map(|n| Some(n as u32)),
        };
        let mode = match number("mode", 2)? {
            None => None,
            Some(1) => Some(LzmaMode::Fast),
            Some(2) => Some(LzmaMode::Normal),
            Some(_) => return Err(setting::bad(filter, "mode", "1 or 2")),
        };
        let mf = match number("mf", 0x14)? {
            None => None,
            Some(0x03) => Some(MatchFinder::HashChain3),
            Some(0x04) => Some(MatchFinder::HashChain4),
            Some(0x12) => Some(MatchFinder::BinaryTree2),
            Some(0x13) => Some(MatchFinder::BinaryTree3),
            Some(0x14) => Some(MatchFinder::BinaryTree4),
            Some(_) => return Err(setting::bad(filter, "mf", "3, 4, 18, 19 or 20")),
        };
        Ok(Self {
            preset: preset(filter)?,
            // The decoder takes memory by this.
            dict_size: number("dict_size", MAX_MEMORY as i64)?,
            lc: number("lc", 4)?,
            lp: number("lp", 4)?,
            pb: number("pb", 4)?,
            mode,
            nice_len: number("nice_len", 273)?,
            mf,
            depth: number("depth", i64::from(u32::MAX))?,
        })
    }
}
