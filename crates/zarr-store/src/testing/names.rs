//! Names made to lead a store out of its root, for tests that they do not.

/// 200 names that try to leave a store whose root lies beside something called `canary`. Some are
/// keys all the same: what they lead to must lie inside.
///
/// ```
/// use zarr_store::{Key, testing::hostile_names};
/// assert!(hostile_names().iter().any(|name| Key::new(name).is_err()));
/// ```
pub fn hostile_names() -> Vec<String> {
    let ways = [
        "../canary",
        "..",
        ".",
        "./../canary",
        "a/../../canary",
        "a/b/../../../canary",
        "/canary",
        "//canary",
        "../root/../canary",
        "..\\canary",
        "a\\..\\..\\canary",
        "\\\\host\\canary",
        "C:/canary",
        "c:\\canary",
        "z:canary",
        "%2e%2e/canary",
        "..%2fcanary",
        "%252e%252e/canary",
        "..\0/canary",
        "canary\0",
        "\u{202e}../canary",
        "..\u{2215}canary",
        "..\u{ff0f}canary",
        "\u{ff0e}\u{ff0e}/canary",
        "~/canary",
        "~root/canary",
        "$HOME/canary",
        "${PWD}/../canary",
        "`pwd`/../canary",
        "file:///canary",
        "out",
        "up",
        "loop",
        "file",
    ];
    let ends = ["", "/x", "/sub/x", "/./x", "//x", "/../canary/x"];
    let names = ways
        .iter()
        .flat_map(|way| ends.map(|end| format!("{way}{end}")));
    let more = [
        "",
        " ",
        "-rf",
        "x.zarr-tmp",
        ".x.zarr-lock",
        ".out.zarr-lock/x",
    ];
    names.chain(more.map(str::to_owned)).take(200).collect()
}
