//! Tests: each row of the table has a type, and each of its settings a setter of the right type, which says what the
//! row says.

use super::{numcodecs, v3};
use crate::codecs::{self, KnownCodec, NUMCODECS_PREFIX, Setting, SettingDefault, SettingType};

/// What a type says of itself.
pub(super) struct Typed {
    pub(super) type_name: &'static str,
    /// As format 3 writes it, or format 2 where only that has it.
    pub(super) name: &'static str,
    pub(super) settings: &'static [TypedSetting],
}

pub(super) struct TypedSetting {
    pub(super) setter: &'static str,
    pub(super) key: &'static str,
    pub(super) docs: &'static [&'static str],
    pub(super) fits: fn(SettingType) -> bool,
}

/// `pickle` is never run; the settings of the others are not known.
fn has_no_type(row: &KnownCodec) -> bool {
    row.name == "pickle" || row.settings.is_none()
}

fn all_typed() -> impl Iterator<Item = &'static Typed> {
    let with_settings = v3::TYPED.iter().chain(numcodecs::TYPED);
    with_settings.chain(v3::PLAIN).chain(numcodecs::PLAIN)
}

fn typed(name: &str) -> Option<&'static [TypedSetting]> {
    let mut found = all_typed().filter(|typed| typed.name == name);
    let first = found.next()?;
    assert!(found.next().is_none(), "{name} has two types");
    Some(first.settings)
}

fn row(name: &str) -> &'static KnownCodec {
    let known = codecs::by_own_name(name).filter(|row| row.settings.is_some());
    let row = known.or_else(|| codecs::by_id(name));
    row.unwrap_or_else(|| panic!("{name} has no row"))
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
    for Typed { name, settings, .. } in all_typed() {
        let row = row(name);
        for setter in *settings {
            assert!(row.setting(setter.key).is_some(), "{name}: {}", setter.key);
        }
        if settings.is_empty() {
            assert_eq!(row.settings, Some(&[][..]), "{name}");
        }
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

/// What a setting takes, and what it is if it is left out.
fn taken(setting: &Setting, in_v2: Option<&Setting>) -> String {
    let quoted = |texts: &[&str]| {
        let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
        texts.join(", ")
    };
    let int = i64::from(i32::MIN)..=i64::from(i32::MAX);
    let values = match setting.holds {
        SettingType::Whole(min, _) if min == *int.start() => "a whole number".to_owned(),
        SettingType::Whole(min, max) if max >= *int.end() => {
            format!("a whole number from {min} on")
        }
        SettingType::Whole(min, max) => format!("{min} to {max}"),
        SettingType::Number => "a number".to_owned(),
        SettingType::Bool => quoted(&["true", "false"]),
        SettingType::Text => "a text".to_owned(),
        SettingType::OneOf(texts) => quoted(texts),
        SettingType::List => "a list".to_owned(),
        SettingType::DType => "a dtype".to_owned(),
        SettingType::DataType => "a data type".to_owned(),
        SettingType::Anything => "JSON".to_owned(),
    };
    let default = |setting: &Setting| match setting.default {
        Some(SettingDefault::SameAs(key)) => Some(format!("that of `{key}`")),
        Some(SettingDefault::Null) => None,
        Some(default) => default.to_json().map(|value| format!("`{value}`")),
        None => setting.from_elements.map(|_| "by the elements".to_owned()),
    };
    let default_in_v2 = in_v2.and_then(default);
    let default = default(setting);
    let by_default = match (default, default_in_v2) {
        (Some(one), Some(other)) if one != other && !one.starts_with("by") => {
            format!("; default {one}, in format 2 {other}")
        }
        (Some(one), _) => format!("; default {one}"),
        (None, _) => String::new(),
    };
    let required = match (setting.required, by_default.is_empty()) {
        (Some(_), true) => "; required",
        _ => "",
    };
    format!("{values}{by_default}{required}")
}

/// A line of `docs/codecs.md`.
fn line(typed: &Typed) -> String {
    let row = row(typed.name);
    let in_v2 = codecs::by_id(row.name).filter(|_| !typed.type_name.ends_with("V3"));
    let in_v3 = if row.is_only_v2 { "" } else { typed.name };
    let settings = typed.settings.iter().map(|setter| {
        let setting = row.setting(setter.key).unwrap();
        let in_v2 = in_v2.and_then(|row| row.setting(setter.key));
        let key = match setter.setter == setter.key {
            true => String::new(),
            false => format!(" (`{}`)", setter.key),
        };
        format!("`{}`{key}: {}", setter.setter, taken(setting, in_v2))
    });
    let settings: Vec<String> = settings.collect();
    let code = |name: &str| match name {
        "" => "—".to_owned(),
        name => format!("`{name}`"),
    };
    format!(
        "| `{}` | {} | {} | {} | {} |\n",
        typed.type_name,
        code(in_v3),
        code(in_v2.map_or("", |row| row.name)),
        row.kind.as_str(),
        settings.join("<br>")
    )
}

/// Where this fails, it prints what the file has to be.
#[test]
fn the_documentation_has_the_table() {
    const FILE: &str = include_str!("../../../../../docs/codecs.md");
    const HEAD: &str = "|---|---|---|---|---|\n";
    let mut types: Vec<&Typed> = all_typed().collect();
    types.sort_unstable_by_key(|typed| typed.type_name);
    let expected: String = types.into_iter().map(line).collect();
    let (_, found) = FILE.split_once(HEAD).unwrap();
    assert!(
        found == expected,
        "docs/codecs.md shall end in:\n{expected}"
    );
}
