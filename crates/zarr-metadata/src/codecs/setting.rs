//! One setting of a codec: what it holds, whether it may be left out, and what counts then.

use serde_json::Value;

/// A setting in the configuration of a codec.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What values it takes.
    pub holds: SettingType,
    /// What is missing where it is left out; `None` where it may be. Then `null` means the same as nothing.
    pub required: Option<&'static str>,
    /// What counts where it is left out, and what zarr-python 3.4.2 and numcodecs 0.17 write then.
    pub default: Option<SettingDefault>,
    /// What zarr-python fills in from the elements of the array, in v3.
    pub from_elements: Option<FromElements>,
    /// Whether zarr-python leaves it out where it has its default.
    pub omits_default: bool,
}

/// The values that a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingType {
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// Any JSON number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Any text.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A JSON array.
    List,
    /// A NumPy type string, or a list of fields.
    DType,
    /// A data type of v3.
    DataType,
    /// A value that a rule of its own judges, or none.
    Anything,
}

/// The value of a setting that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingDefault {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(&'static str),
    /// An array of texts.
    Texts(&'static [&'static str]),
    /// The value of another setting of the same codec.
    SameAs(&'static str),
}

/// What zarr-python makes of the elements that a codec is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromElements {
    /// The size of an element in bytes.
    Size,
    /// Their NumPy type string, in little-endian order.
    DType,
    /// `little`, where elements have a byte order.
    ByteOrder,
    /// `bitshuffle` for single bytes, else `shuffle`.
    Shuffle,
}

/// A setting that may be left out.
pub(super) const fn optional(key: &'static str, holds: SettingType) -> Setting {
    Setting {
        key,
        holds,
        required: None,
        default: None,
        from_elements: None,
        omits_default: false,
    }
}

/// A setting that may not, and what is missing then.
pub(super) const fn required(
    key: &'static str,
    holds: SettingType,
    missing: &'static str,
) -> Setting {
    let mut setting = optional(key, holds);
    setting.required = Some(missing);
    setting
}

impl Setting {
    pub(super) const fn default(mut self, default: SettingDefault) -> Self {
        self.default = Some(default);
        self
    }

    pub(super) const fn omitted_default(mut self, default: SettingDefault) -> Self {
        self.omits_default = true;
        self.default(default)
    }

    pub(super) const fn filled_from(mut self, from: FromElements) -> Self {
        self.from_elements = Some(from);
        self
    }
}

impl SettingDefault {
    /// The value itself, unless it depends on another setting.
    #[must_use]
    pub fn to_json(self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(value) => value.into(),
            Self::Whole(value) => value.into(),
            Self::Text(text) => text.into(),
            Self::Texts(texts) => texts.into(),
            Self::SameAs(_) => return None,
        })
    }
}
