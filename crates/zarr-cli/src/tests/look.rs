//! `zarr ls`, `chunks`, `stats` and `view`.

use std::fs;

use serde_json::json;

use super::{Home, files};
use crate::failure::Exit;

#[test]
fn names_and_what_they_are() {
    let home = Home::new();
    home.run("write ~/in.npy ~/g.zarr::a/b --chunks 4,3")
        .unwrap();
    home.run("create ~/g.zarr::c --shape 3 --dtype uint8")
        .unwrap();
    assert_eq!(home.print("ls ~/g.zarr"), "a\nc\n");
    assert_eq!(home.print("ls -R ~/g.zarr"), "a\na/b\nc\n");
    assert_eq!(home.print("ls ~/g.zarr::a"), "b\n");
    let long = home.print("ls -l ~/g.zarr");
    let rows: Vec<Vec<&str>> = long
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0][..2], ["group", "v3"]);
    assert_eq!(rows[1][..4], ["array", "v3", "uint8", "(3,)"]);
    let list = home.json("ls -lR --json ~/g.zarr");
    assert_eq!(
        (&list["schema"], &list["schema_version"]),
        (&json!("zarr.ls/1"), &json!(1))
    );
    let stored: u64 = files(&home.path("g.zarr/a"))
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert_eq!(
        list["nodes"][0],
        json!({"path": "/a", "node_type": "group", "nbytes_stored": stored})
    );
    assert_eq!(list["nodes"][1]["path"], "/a/b");
    // A file is shown by its name, so is an array.
    assert_eq!(
        home.print("ls ~/g.zarr::c"),
        format!("{}::c\n", home.path("g.zarr").display())
    );
}

#[test]
fn a_map_of_the_chunks() {
    let home = Home::new();
    home.run("create ~/a --shape 6,5 --dtype int16 --chunks 2,2")
        .unwrap();
    home.save("one.npy", &super::counting(&[2, 5]));
    home.run("write ~/one.npy ~/a --selection 2:4").unwrap();
    let map = home.print("chunks ~/a");
    let expected = "grid    (3, 3) chunks of (2, 2)\nstored  3 of 9 (33.3 %)\n";
    assert!(map.starts_with(expected), "{map}");
    let lines: Vec<&str> = map.lines().map(str::trim).collect();
    assert!(
        lines.contains(&"···")
            && lines
                .iter()
                .any(|line| line.chars().count() == 3 && !line.contains('·')),
        "{map}"
    );

    let report = home.json("chunks --json ~/a");
    assert_eq!(report["grid_shape"], json!([3, 3]));
    assert_eq!(
        (&report["nchunks"], &report["nchunks_stored"]),
        (&json!(9), &json!(3))
    );
    let bytes = fs::metadata(home.path("a/c/1/0")).unwrap().len();
    assert_eq!(
        report["chunks"][0],
        json!({"index": [1, 0], "key": "c/1/0", "nbytes": bytes})
    );

    home.run("create ~/empty --shape 0,5 --dtype int16")
        .unwrap();
    assert!(home.print("chunks ~/empty").contains("stored  0 of 0"));
    home.run("create ~/long --shape 1000000 --dtype int8 --chunks 1")
        .unwrap();
    assert!(home.print("chunks ~/long").contains("one sign for"));
    home.run("create ~/vast --shape 1000000000,1000000000 --dtype int8 --chunks 1,1")
        .unwrap();
    assert!(
        home.print("chunks ~/vast")
            .contains("stored  0 of 1000000000000000000")
    );
}

/// What numpy says of the same numbers.
#[test]
fn what_numbers_are_like() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --chunks 4,3 --fill-value 7")
        .unwrap();
    let stats = home.json("stats --json ~/a");
    let expected = json!({
        "schema": "zarr.stats/1", "schema_version": 1, "path": home.path("a"), "data_type": "int16",
        "of": "values", "count": 30, "fill_count": 1, "nan_count": 0, "min": 0, "max": 29, "mean": 14.5,
        "std": 8.65544144839919,
    });
    assert_eq!(stats, expected);

    home.run("create ~/f --shape 4 --dtype float32 --fill-value \"NaN\"")
        .unwrap();
    let stats = home.json("stats --json ~/f");
    assert_eq!(
        (&stats["nan_count"], &stats["fill_count"], &stats["min"]),
        (&json!(4), &json!(4), &json!(null))
    );
    home.run("create ~/s --shape 4 --dtype string").unwrap();
    let stats = home.json("stats --json ~/s");
    assert_eq!(
        (&stats["count"], &stats["fill_count"], &stats["of"]),
        (&json!(4), &json!(4), &json!(null))
    );
    assert!(home.print("stats ~/a").contains("\nmax         29\n"));
    assert_eq!(home.fail("stats ~/").0, Exit::NotFound);
}

#[test]
fn cells_wider_than_any_terminal() {
    let home = Home::new();
    let wide = "w".repeat(70_000);
    home.run(&format!(
        "create ~/g::a --shape 2 --dtype string --fill-value \"{wide}\""
    ))
    .unwrap();
    assert!(home.print("stats ~/g::a").contains(&wide));
    let text = home.print("read ~/g::a --format text");
    assert_eq!(text, format!("{wide} {wide}\n"));
    let path = home.path("g/a/zarr.json");
    let document = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        document.replace("\"string\"", &format!("\"{wide}\"")),
    )
    .unwrap();
    assert!(home.print("ls -l ~/g").contains(&wide));
}

/// More elements than could ever be gone through, of which hardly any is stored.
#[test]
fn what_is_not_stored_costs_nothing() {
    let home = Home::new();
    let most = i64::MAX as u64;
    for (name, fill) in [("a", 7), ("b", 7), ("c", 9)] {
        home.run(&format!(
            "create ~/{name} --shape {most} --dtype uint8 --chunks 1 --fill-value {fill}"
        ))
        .unwrap();
    }
    home.run("diff ~/a ~/b").unwrap();
    let stats = home.json("stats --json ~/a");
    assert_eq!(
        (&stats["count"], &stats["fill_count"]),
        (&json!(most), &json!(most))
    );
    assert_eq!(
        (&stats["min"], &stats["mean"], &stats["std"]),
        (&json!(7), &json!(7.0), &json!(0.0))
    );
    let text = home.found("diff ~/a ~/c --content");
    let line = format!(
        "{most} of {most} elements differ (100.0 %), the first at (0,): 7 and 9; by 2 at most"
    );
    assert!(text.contains(&line), "{text}");
    home.run("copy ~/a ~/d").unwrap();
    home.run("copy ~/a ~/e --chunks 3").unwrap();
}

#[test]
fn pictures() {
    let home = Home::new();
    home.run("write ~/in.npy ~/a --chunks 4,3").unwrap();
    let picture = home.print("view ~/a");
    assert!(picture.contains("/a[:, :]  (6, 5) int16\n"), "{picture}");
    assert!(picture.contains("all from 0 to 29"), "{picture}");
    // The first rows are the least, the last the most.
    let lines: Vec<&str> = picture.lines().collect();
    assert_eq!(lines[1].trim(), "", "{picture}");
    assert_eq!(lines[36], "█".repeat(60), "{picture}");

    home.run("view ~/a --selection 0 --output ~/row.png")
        .unwrap();
    assert!(
        fs::read(home.path("row.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    home.run("create ~/cube --shape 2,3,4 --dtype int16")
        .unwrap();
    assert!(
        home.print("view ~/cube")
            .contains("/cube[0, :, :]  (3, 4) int16\n")
    );
    let (exit, text) = home.fail("view ~/cube --selection :");
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("choose one plane: 0, :, :"), "{text}");
    home.run("create ~/s --shape 4 --dtype string").unwrap();
    assert_eq!(home.fail("view ~/s").0, Exit::Unsupported);
    assert_eq!(home.fail("view ~/a --output ~/no/x.png").0, Exit::NotFound);
}

#[test]
fn scripts_for_shells() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.print(&format!("completions {shell}"));
        assert!(script.contains("doctor"), "{shell}");
    }
}

/// 1970-01-01, the days around it, no date, and 2020-01-01, as numpy saves and prints them.
#[test]
fn dates_are_shown_as_dates() {
    let home = Home::new();
    for kind in ["M", "m"] {
        let name = format!("times {kind}8[D]");
        let all = crate::npy::tests::saved_by_numpy();
        let (_, file, ..) = all.into_iter().find(|(own, ..)| *own == name).unwrap();
        fs::write(home.path("a.npy"), file).unwrap();
        home.print(&format!("write ~/a.npy ~/{kind}"));
    }
    let stats = home.print("stats ~/M");
    let rows: Vec<String> = stats
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(rows[1], "fill value NaT, in 1 element (20.0 %)");
    assert_eq!(rows[2], "NaT in 1 element (20.0 %)");
    assert_eq!(rows[3..5], ["min 1969-12-31", "max 2020-01-01"]);
    assert!(home.print("stats ~/m").contains("18262 D\n"));
    let view = home.print("view ~/M");
    assert!(view.contains("1969-12-31 "), "{view}");
    assert!(
        view.ends_with("· NaT 20.0 %; all from 1969-12-31 to 2020-01-01\n"),
        "{view}"
    );
    let view = home.print("view ~/m");
    assert!(view.contains("all from -1 D to 18262 D"), "{view}");
    let csv = "1970-01-01,1970-01-02,1969-12-31,NaT,2020-01-01\n";
    assert_eq!(home.print("read ~/M --format csv"), csv);
    assert_eq!(home.print("read ~/m --format csv"), "0,1,-1,NaT,18262\n");
    // For programs they are as metadata writes them.
    assert_eq!(home.print("read ~/M --selection 1 --format jsonl"), "1\n");
    assert_eq!(home.json("stats --json ~/M")["max"], 18262);
}
