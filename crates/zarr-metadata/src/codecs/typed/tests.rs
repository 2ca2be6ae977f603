//! Tests: each row of the table has a type, and each of its settings a setter of the right type, which says what the
//! row says.

use super::{numcodecs, v3};
use crate::codecs::{self, KnownCodec, NUMCODECS_PREFIX, Setting, SettingDefault, SettingType};

/// What a type says of itself.
pub(super) struct Typed {
    pub(super) name: &'static str,
    pub(super) settings: &'static [TypedSetting],
}

pub(super) struct TypedSetting {
    pub(super) key: &'static str,
    pub(super) docs: &'static [&'static str],
    pub(super) fits: fn(SettingType) -> bool,
}

/// `pickle` is never run; the settings of the others are not known.
fn has_no_type(row: &KnownCodec) -> bool {
    row.name == "pickle" || row.settings.is_none()
}

fn typed(name: &str) -> Option<&'static [TypedSetting]> {
    let plain = v3::PLAIN.iter().chain(numcodecs::PLAIN);
    let plain = plain.map(|name| (*name, &[][..]));
    let all = v3::TYPED.iter().chain(numcodecs::TYPED);
    let all = all.map(|typed| (typed.name, typed.settings));
    let mut found = all.chain(plain).filter(|(of, _)| *of == name);
    let (_, settings) = found.next()?;
    assert!(found.next().is_none(), "{name} has two types");
    Some(settings)
}

/// The settings of the type of a row: of its own, or of the codec of v3 that it becomes.
fn typed_row(row: &KnownCodec) -> &'static [TypedSetting] {
    let prefixed = format!("{NUMCODECS_PREFIX}{}", row.name);
    let own = if row.is_numcodecs && !row.is_only_v2 {
        typed(&prefixed)
    } else {
        typed(row.name)
    };
    let found = own.or_else(|| typed(row.name));
    found.unwrap_or_else(|| panic!("{} has no type", row.name))
}

#[test]
fn each_codec_has_a_type_and_each_setting_a_setter() {
    for row in codecs::all().filter(|row| !has_no_type(row)) {
        let setters = typed_row(row);
        for setting in row.settings.into_iter().flatten() {
            let (name, key) = (row.name, setting.key);
            let setter = setters.iter().find(|setter| setter.key == key);
            let setter = setter.unwrap_or_else(|| panic!("{name} has no setter of {key}"));
            // What v2 numbers, v3 has words for.
            let is_word = name == "blosc" && key == "shuffle" && row.is_numcodecs;
            assert!((setter.fits)(setting.holds) || is_word, "{name}: {key}");
        }
    }
}

#[test]
fn each_type_has_a_row_and_each_setter_a_setting() {
    for Typed { name, settings } in v3::TYPED.iter().chain(numcodecs::TYPED) {
        let known = codecs::by_own_name(name).filter(|row| row.settings.is_some());
        let row = known.or_else(|| codecs::by_id(name));
        let row = row.unwrap_or_else(|| panic!("{name} has no row"));
        for setter in *settings {
            assert!(row.setting(setter.key).is_some(), "{name}: {}", setter.key);
        }
    }
    for name in v3::PLAIN.iter().chain(numcodecs::PLAIN) {
        let row = codecs::by_own_name(name).or_else(|| codecs::by_id(name));
        assert!(row.is_some_and(|row| row.settings == Some(&[])), "{name}");
    }
}

/// The numbers that a setting's documentation must name: its bounds, unless they are those of a type, and its default.
fn facts(setting: &Setting) -> Vec<String> {
    let mut facts = vec![];
    if let SettingType::Whole(min, max) = setting.holds {
        let of_types = [
            i64::from(i32::MIN),
            i64::from(i32::MAX),
            i64::from(u32::MAX),
        ];
        let bounds = [min, max].into_iter().filter(|n| !of_types.contains(n));
        facts.extend(bounds.map(|n| n.to_string()));
    }
    match setting.default {
        Some(SettingDefault::Whole(n)) => facts.push(n.to_string()),
        Some(SettingDefault::Bool(value)) => facts.push(format!("`{value}`")),
        Some(SettingDefault::Text(text)) => facts.push(format!("`{text}`")),
        Some(SettingDefault::Texts(texts)) => {
            facts.extend(texts.iter().map(|text| format!("`{text}`")));
        }
        Some(SettingDefault::Null | SettingDefault::SameAs(_)) | None => {}
    }
    facts
}

#[test]
fn setters_say_what_the_table_says() {
    for row in codecs::all().filter(|row| !has_no_type(row)) {
        for setting in row.settings.into_iter().flatten() {
            let mut setters = typed_row(row).iter();
            let setter = setters.find(|setter| setter.key == setting.key).unwrap();
            let doc = setter.docs.concat();
            // The shuffle of v2 is a number.
            if (row.name, setting.key) == ("blosc", "shuffle") {
                continue;
            }
            let separators = |c: char| !c.is_alphanumeric() && !"-_`|,:".contains(c);
            let words: Vec<&str> = doc
                .split(separators)
                .map(|word| word.trim_end_matches([',', ':']))
                .collect();
            for fact in facts(setting) {
                let (name, key) = (row.name, setting.key);
                let said = words.contains(&fact.as_str()) || doc.contains(&format!("{fact} "));
                assert!(said, "{name}: {key} does not say {fact}: {doc}");
            }
        }
    }
}
