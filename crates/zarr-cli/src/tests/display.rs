//! How elements are shown, whichever command shows them.

use std::fs;

use super::Home;

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
    home.replace_text("g/a/zarr.json", "\"string\"", &format!("\"{wide}\""));
    assert!(home.print("ls -l ~/g").contains(&wide));
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
