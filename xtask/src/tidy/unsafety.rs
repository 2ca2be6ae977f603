//! Unsafe code: which files may contain it, and whether each use says why it is sound.

use super::source::{Source, lines_with};

/// The files that may contain it. A new one needs an argument at its top why its memory is disjoint and initialised.
const FILES: &[&str] = &[
    "crates/zarr-codecs/src/array/view.rs",
    "crates/zarr-codecs/src/array/buffer.rs",
    "crates/zarr-codecs/src/codecs/shuffle_kernels/x86.rs",
    "crates/zarr-core/src/engine/output.rs",
    // In no published crate: tests compare with it.
    "tests/c-blosc/src/lib.rs",
];

/// The root of the crate whose macros from elsewhere write unsafe code: PyO3's make calls from Python. It may allow that,
/// and nobody writes `unsafe` there.
const EXPANDED: &str = "crates/zarr-python/src/lib.rs";

/// How many lines above an `unsafe` its reason may begin, not counting comments and attributes.
const NEAR: usize = 6;

pub(super) fn check(source: &Source) -> Vec<String> {
    let listed = FILES.contains(&source.path());
    let raised = lines_with(source.code(), "unsafe_code");
    let raised = raised.into_iter().filter(|line| {
        let text = source.code().lines().nth(*line).unwrap_or_default();
        let allows = text.contains("allow(") || text.contains("expect(");
        allows && source.path() != EXPANDED && !opens_listed(source, *line)
    });
    let lines = lines_with(source.code(), "unsafe");
    if !listed {
        return raised
            .chain(lines)
            .map(|line| source.problem(line, "`unsafe` outside of the files that tidy lists"))
            .collect();
    }
    let text: Vec<&str> = source.text().lines().collect();
    lines
        .into_iter()
        .filter(|line| !declares(&text, *line) && !has_reason(&text, *line))
        .map(|line| source.problem(line, "`unsafe` without `SAFETY:` or `# Safety` above it"))
        .collect()
}

/// Whether the attribute is above the `mod` line of a listed file.
fn opens_listed(source: &Source, line: usize) -> bool {
    let (path, file) = source.path().rsplit_once('/').unwrap_or_default();
    let dir = match file {
        "lib.rs" | "main.rs" | "mod.rs" => path,
        _ => source.path().trim_end_matches(".rs"),
    };
    let mut below = source.code().lines().skip(line + 1).map(str::trim);
    let item = below.find(|text| !text.is_empty() && !text.starts_with("#["));
    item.and_then(|text| text.strip_suffix(';')?.rsplit_once("mod "))
        .is_some_and(|(_, name)| FILES.contains(&format!("{dir}/{name}.rs").as_str()))
}

/// Whether the line declares an `unsafe fn`, which needs no reason of its own: clippy asks for `# Safety` if it is
/// public, and each block inside has its reason.
fn declares(text: &[&str], line: usize) -> bool {
    text.get(line)
        .is_some_and(|line| line.contains("unsafe fn") && !line.contains("unsafe {"))
}

fn has_reason(text: &[&str], line: usize) -> bool {
    let mut left = NEAR;
    for above in text.iter().take(line + 1).rev() {
        if above.contains("SAFETY:") || above.contains("# Safety") {
            return true;
        }
        let above = above.trim_start();
        if !above.starts_with("//") && !above.starts_with("#[") {
            if left == 0 {
                return false;
            }
            left -= 1;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        check(&Source::new(path, text)).len()
    }

    #[test]
    fn unsafe_is_for_the_listed_files() {
        let text = "// SAFETY: yes.\nunsafe { f() }\n";
        assert_eq!(count("crates/zarr-codecs/src/array/view.rs", text), 0);
        assert_eq!(count("crates/zarr-codecs/src/chain.rs", text), 1);
        assert_eq!(
            count(
                "crates/zarr/src/lib.rs",
                "#![forbid(unsafe_code)]\n// unsafe\n"
            ),
            0
        );
        assert_eq!(
            count("crates/zarr/src/lib.rs", "#![allow(unsafe_code)]\n"),
            1
        );
        assert_eq!(count(EXPANDED, "#![allow(unsafe_code)]\n"), 0);
        assert_eq!(count(EXPANDED, "unsafe { f() }\n"), 1);
    }

    #[test]
    fn each_use_has_its_reason_near() {
        let path = "crates/zarr-core/src/engine/output.rs";
        assert_eq!(count(path, "fn a() {\n    unsafe { f() }\n}\n"), 1);
        assert_eq!(
            count(path, "/// # Safety\n/// x\n#[inline]\nunsafe fn f() {}\n"),
            0
        );
        let far = format!(
            "// SAFETY: far.\n{}unsafe {{ f() }}\n",
            "a();\n".repeat(NEAR + 1)
        );
        assert_eq!(count(path, &far), 1);
    }
}
