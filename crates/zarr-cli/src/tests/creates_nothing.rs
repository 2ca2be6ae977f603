//! No command creates what it only looks for, though the library's `open` does.

use super::Home;

/// Commands on a node that is not there. `@` stands for its address.
const COMMANDS: [&str; 21] = [
    "info @",
    "tree @",
    "ls @",
    "view @",
    "stats @",
    "chunks @",
    "read @ --format csv",
    "write ~/in.npy @ --selection ...",
    "resize @ --shape 1,1",
    "append ~/in.npy @",
    "attrs get @",
    "attrs set @ x 1",
    "attrs rm @ x",
    "consolidate @",
    "copy @ ~/copy.zarr",
    "migrate v3 @",
    "validate @",
    "doctor @",
    "diff @ @",
    "serve @ --port 0",
    "conformance --array-path @",
];

#[test]
fn what_is_not_there_is_not_made() {
    let home = Home::new();
    home.print("write ~/in.npy ~/g.zarr::a");
    let before = super::files(&home.path("g.zarr"));
    for command in COMMANDS {
        for address in ["~/none.zarr", "~/g.zarr::none", "~/g.zarr/none"] {
            let line = command.replace('@', address);
            let (_, text) = home.fail(&line);
            assert!(!text.is_empty(), "{line}");
            assert!(!home.path("none.zarr").exists(), "{line}");
            assert!(!home.path("copy.zarr").exists(), "{line}");
            assert_eq!(super::files(&home.path("g.zarr")), before, "{line}");
        }
    }
}
