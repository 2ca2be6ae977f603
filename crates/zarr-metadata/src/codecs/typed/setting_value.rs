//! What a setter takes: a Rust value, its JSON, and which settings of the table it fits.

use serde_json::Value;

use crate::codecs::{Codecs, SettingType};
use crate::data_type::DataType;
use crate::extension::Extension;
use crate::format::Endian;
use crate::v2::DType;

/// A value of a setting.
pub(super) trait SettingValue {
    /// Whether settings that hold this take the value.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "tests compare types with the table")
    )]
    fn fits(holds: SettingType) -> bool;

    fn to_setting(self) -> Value;
}

/// The NumPy type string of a setting, such as `"<f4"`, or a [`DataType`], which is little-endian.
#[derive(Clone, Debug, PartialEq)]
pub struct DTypeText(Value);

impl From<&str> for DTypeText {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<DataType> for DTypeText {
    fn from(data_type: DataType) -> Self {
        DType::new(data_type, Some(Endian::Little)).into()
    }
}

impl From<DType> for DTypeText {
    fn from(dtype: DType) -> Self {
        Self(dtype.to_json())
    }
}

macro_rules! setting_values {
    ($($type:ty, $holds:pat, $value:ident => $json:expr;)+) => {$(
        impl SettingValue for $type {
            fn fits(holds: SettingType) -> bool {
                matches!(holds, $holds)
            }

            fn to_setting(self) -> Value {
                let $value = self;
                $json
            }
        }
    )+};
}
setting_values! {
    i64, SettingType::Whole(..), value => value.into();
    f64, SettingType::Number, value => value.into();
    bool, SettingType::Bool, value => value.into();
    String, SettingType::Text, value => value.into();
    DTypeText, SettingType::DType, value => value.0;
    DataType, SettingType::DataType, value => value.to_json();
    Vec<u64>, SettingType::List, value => value.into();
    Codecs, SettingType::List, value => value.or(Vec::new).iter().map(Extension::to_json).collect();
    Value, SettingType::List | SettingType::Anything, value => value;
    Endian, SettingType::OneOf(["little", "big"]), value => value.as_str().into();
}
