//! `typed_codecs!`, which makes the type of a codec from its name, its settings and what is said of them.

/// `Type = "name", new(argument: type, …) { setting: type = "key", … }` is a codec with settings. `default`
/// behind the arguments says that none of them is needed.
macro_rules! typed_codecs {
    (@default $type:ident, $name:literal) => {
        impl Default for $type {
            /// The codec with the settings that are filled in.
            fn default() -> Self {
                Self($crate::Extension::new($name))
            }
        }
    };

    ($(
        $(#[$doc:meta])*
        $type:ident = $name:literal, new($($argument:ident: $needs:ty = $needed:literal),*) $($default:ident)? {
            $(
                $(#[doc = $setting_doc:literal])+
                $setting:ident: $takes:ty = $key:literal,
            )*
        }
    )+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #[must_use]
            pub struct $type($crate::Extension);

            impl $type {
                /// The codec with what it needs to be told; the setters of these names say what that is.
                pub fn new($($argument: impl Into<$needs>),*) -> Self {
                    let codec = Self($crate::Extension::new($name));
                    $(let codec = codec.with::<$needs>($needed, $argument.into());)*
                    codec
                }

                $(
                    $(#[doc = $setting_doc])+
                    pub fn $setting(self, $setting: impl Into<$takes>) -> Self {
                        self.with::<$takes>($key, $setting.into())
                    }
                )*

                fn with<T: super::setting_value::SettingValue>(self, key: &str, value: T) -> Self {
                    Self(self.0.with(key, value.to_setting()))
                }
            }

            $(typed_codecs!(@$default $type, $name);)?

            impl From<$type> for $crate::Extension {
                fn from(codec: $type) -> Self {
                    codec.0
                }
            }
        )+

        #[cfg(test)]
        pub(super) const TYPED: &[super::tests::Typed] = &[$(
            super::tests::Typed {
                type_name: stringify!($type),
                name: $name,
                settings: &[$(
                    super::tests::TypedSetting {
                        setter: stringify!($setting),
                        key: $key,
                        docs: &[$($setting_doc),+],
                        fits: <$takes as super::setting_value::SettingValue>::fits,
                    },
                )*],
            },
        )+];
    };
}

/// `Type = "name"` is a codec without settings.
macro_rules! plain_codecs {
    ($($(#[$doc:meta])* $type:ident = $name:literal,)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
            pub struct $type;

            impl From<$type> for $crate::Extension {
                fn from(_: $type) -> Self {
                    Self::new($name)
                }
            }
        )+

        #[cfg(test)]
        pub(super) const PLAIN: &[super::tests::Typed] = &[$(
            super::tests::Typed {
                type_name: stringify!($type),
                name: $name,
                settings: &[],
            },
        )+];
    };
}

pub(super) use {plain_codecs, typed_codecs};
