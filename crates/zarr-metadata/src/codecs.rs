//! What documents say of codecs: a table with a row for each. Reading, validation, completion, conversion and
//! `info` all look here. [`typed`] has a type for each, and [`Codecs`] is what callers give.

mod given;
mod in_format;
mod numcodecs;
mod setting;
mod translate;
pub mod typed;
mod v3;

pub use given::Codecs;
pub use in_format::{in_v2, in_v3};
pub use setting::{FromElements, Setting, SettingDefault, SettingType};
pub(crate) use translate::{ElementSizes, ToV2, ToV3};

use crate::data_type::DataType;

/// What stands before the id of a codec of numcodecs in v3.
pub const NUMCODECS_PREFIX: &str = "numcodecs.";

/// From what to what a codec encodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodecKind {
    /// From an array to another array, such as `transpose`.
    ArrayToArray,
    /// From an array to bytes: the serializer of a chain, such as `bytes`.
    ArrayToBytes,
    /// From bytes to bytes: compressors and checksums.
    BytesToBytes,
}

/// The elements that a codec can encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AcceptedElements {
    Any,
    /// Those of one size.
    Fixed,
    Numbers,
    Strings,
    Bytes,
}

/// A known codec: how documents write it, whether or not this library can run it.
#[derive(Debug)]
#[non_exhaustive]
pub struct KnownCodec {
    /// Its name in v3 documents, or for a codec of numcodecs its id.
    pub name: &'static str,
    /// Whether it is a codec of numcodecs: v2 documents name it by its id, and v3 documents with
    /// [`NUMCODECS_PREFIX`] in front.
    pub is_numcodecs: bool,
    /// Whether only v2 documents have it, among the codecs of numcodecs.
    pub is_only_v2: bool,
    /// Other names that v3 documents have for a codec of this kind. Its settings under these are not known
    /// here: other libraries, and codecs of users, have settings of their own.
    pub aliases: &'static [&'static str],
    /// Its kind. In v2 an array→array filter is given the bytes of elements.
    pub kind: CodecKind,
    /// Whether it encodes objects as bytes or numbers: a v2 array of objects has one as its first filter.
    pub is_object_codec: bool,
    /// Its class in zarr-python, or in numcodecs.
    pub python_class: Option<&'static str>,
    /// Its settings, in the order in which Python shows them; `None` where they are not known here.
    pub settings: Option<&'static [Setting]>,
    /// Whether its settings are validated by rules of their own instead of one by one.
    pub(crate) is_judged_apart: bool,
    /// Whether the length of its output depends on that of its input alone.
    pub(crate) keeps_length: bool,
    pub(crate) accepts: AcceptedElements,
    pub(crate) to_v2: Option<ToV2>,
    pub(crate) to_v3: Option<ToV3>,
}

/// The codec that v3 documents call `name`; `None` for one unknown here, which may be of any kind.
///
/// ```
/// use zarr_metadata::codecs::{CodecKind, by_name};
///
/// assert_eq!(by_name("zstd").unwrap().kind, CodecKind::BytesToBytes);
/// assert_eq!(by_name("numcodecs.lzma").unwrap().python_class, Some("LZMA"));
/// assert!(by_name("zstandard").is_none());
/// ```
#[must_use]
pub fn by_name(name: &str) -> Option<&'static KnownCodec> {
    if let Some(id) = name.strip_prefix(NUMCODECS_PREFIX) {
        return by_id(id).filter(|codec| !codec.is_only_v2);
    }
    let is_alias = |codec: &&KnownCodec| codec.aliases.contains(&name);
    find(v3::CODECS, name).or_else(|| all().find(is_alias))
}

/// As [`by_name`], where `name` is no alias, so that the settings are those of the row.
pub(crate) fn by_own_name(name: &str) -> Option<&'static KnownCodec> {
    by_name(name).filter(|codec| !codec.aliases.contains(&name))
}

/// The filter or compressor that v2 documents call `id`.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static KnownCodec> {
    find(numcodecs::CODECS, id)
}

/// All of them: those of v3, then those of numcodecs.
pub fn all() -> impl Iterator<Item = &'static KnownCodec> {
    v3::CODECS.iter().chain(numcodecs::CODECS)
}

fn find(rows: &'static [KnownCodec], name: &str) -> Option<&'static KnownCodec> {
    let row = rows.binary_search_by_key(&name, |codec| codec.name).ok()?;
    rows.get(row)
}

impl KnownCodec {
    /// Its setting of this key.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&'static Setting> {
        let settings = self.settings.unwrap_or_default();
        settings.iter().find(|setting| setting.key == key)
    }
}

impl CodecKind {
    /// The kind of the codec that v3 documents call `name`, where it is known here.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        by_name(name).map(|codec| codec.kind)
    }

    /// As texts write it: `array -> bytes`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ArrayToArray => "array -> array",
            Self::ArrayToBytes => "array -> bytes",
            Self::BytesToBytes => "bytes -> bytes",
        }
    }
}

impl AcceptedElements {
    /// What was expected, where these elements are not accepted. An unknown type may well be what the codec
    /// is for.
    pub(crate) fn refuses(self, data_type: &DataType) -> Option<&'static str> {
        let variable = data_type.is_variable();
        let is_known = variable || data_type.layout().is_some();
        let (fits, expected) = match self {
            Self::Any => return None,
            Self::Fixed => (!variable, "an array of elements of one size"),
            Self::Numbers => {
                let others = variable || matches!(data_type, DataType::Bool | DataType::Raw(_));
                (!others, "an array of numbers")
            }
            Self::Strings => (*data_type == DataType::String, "an array of string"),
            Self::Bytes => (*data_type == DataType::Bytes, "an array of bytes"),
        };
        (!fits && is_known).then_some(expected)
    }
}

/// How rows are written.
impl KnownCodec {
    const fn v3(name: &'static str, kind: CodecKind) -> Self {
        Self {
            name,
            is_numcodecs: false,
            is_only_v2: false,
            aliases: &[],
            kind,
            is_object_codec: false,
            python_class: None,
            settings: None,
            is_judged_apart: false,
            keeps_length: false,
            accepts: match kind {
                CodecKind::ArrayToBytes => AcceptedElements::Fixed,
                _ => AcceptedElements::Any,
            },
            to_v2: None,
            to_v3: None,
        }
    }

    /// Its settings mean the same in both versions of the format, unless the row says otherwise. In v2 a
    /// serializer is given bytes, so v3 has no equivalent.
    const fn numcodecs(id: &'static str, kind: CodecKind) -> Self {
        let mut row = Self::v3(id, kind);
        row.is_numcodecs = true;
        if !matches!(kind, CodecKind::ArrayToBytes) {
            row.to_v2 = Some(translate::same_in_v2);
            row.to_v3 = Some(translate::prefixed_in_v3);
        }
        row
    }

    const fn only_v2(mut self) -> Self {
        self.is_only_v2 = true;
        self.to_v2 = None;
        self.to_v3 = None;
        self
    }

    const fn object_codec(mut self) -> Self {
        self.is_object_codec = true;
        self
    }

    const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn python(mut self, class: &'static str) -> Self {
        self.python_class = Some(class);
        self
    }

    const fn settings(mut self, settings: &'static [Setting]) -> Self {
        self.settings = Some(settings);
        self
    }

    const fn judged_apart(mut self) -> Self {
        self.is_judged_apart = true;
        self
    }

    const fn keeps_length(mut self) -> Self {
        self.keeps_length = true;
        self
    }

    const fn accepts(mut self, elements: AcceptedElements) -> Self {
        self.accepts = elements;
        self
    }

    const fn in_v2(mut self, to_v2: ToV2) -> Self {
        self.to_v2 = Some(to_v2);
        self
    }

    const fn in_v3(mut self, to_v3: ToV3) -> Self {
        self.to_v3 = Some(to_v3);
        self
    }
}

#[cfg(test)]
mod tests;
