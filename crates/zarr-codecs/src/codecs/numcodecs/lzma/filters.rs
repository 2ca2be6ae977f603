//! The filters of an lzma stream, from the names of Python's module to those of liblzma.

use liblzma::stream::{Error, Filters, LzmaOptions, MatchFinder, Mode};
use serde_json::Value;
use zarr_metadata::Extension;

use crate::CodecError;
use crate::codecs::setting;

/// The most memory that a decoder may take, in bytes. A file asks for it; the highest preset takes 65 MiB.
pub(super) const MAX_MEMORY: u64 = 128 << 20;

/// One filter of a stream.
#[derive(Clone, Debug)]
pub(super) enum LzmaFilter {
    Lzma1(LzmaSettings),
    Lzma2(LzmaSettings),
    /// From each byte to the one so many bytes further on.
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
pub(super) struct LzmaSettings {
    preset: u32,
    dict_size: Option<u32>,
    lc: Option<u32>,
    lp: Option<u32>,
    pb: Option<u32>,
    mode: Option<Mode>,
    nice_len: Option<u32>,
    mf: Option<MatchFinder>,
    depth: Option<u32>,
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
            Some(1) => Some(Mode::Fast),
            Some(2) => Some(Mode::Normal),
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

    pub(super) fn build(&self) -> Result<LzmaOptions, Error> {
        let mut options = LzmaOptions::new_preset(self.preset)?;
        self.dict_size.map(|n| options.dict_size(n));
        self.lc.map(|n| options.literal_context_bits(n));
        self.lp.map(|n| options.literal_position_bits(n));
        self.pb.map(|n| options.position_bits(n));
        self.mode.map(|mode| options.mode(mode));
        self.nice_len.map(|n| options.nice_len(n));
        self.mf.map(|mf| options.match_finder(mf));
        self.depth.map(|n| options.depth(n));
        Ok(options)
    }
}

pub(super) fn build(steps: &[LzmaFilter]) -> Result<Filters, Error> {
    let mut filters = Filters::new();
    for step in steps {
        match step {
            LzmaFilter::Lzma1(options) => filters.lzma1(&options.build()?),
            LzmaFilter::Lzma2(options) => filters.lzma2(&options.build()?),
            LzmaFilter::Delta { distance } => filters.delta_properties(&[*distance])?,
            LzmaFilter::Jumps { machine, start } => {
                let start = start.to_le_bytes();
                // Zero is written as no properties at all.
                let start: &[u8] = if start == [0; 4] { &[] } else { &start };
                match machine {
                    4 => filters.x86_properties(start)?,
                    5 => filters.powerpc_properties(start)?,
                    6 => filters.ia64_properties(start)?,
                    7 => filters.arm_properties(start)?,
                    8 => filters.arm_thumb_properties(start)?,
                    _ => filters.sparc_properties(start)?,
                }
            }
        };
    }
    Ok(filters)
}
