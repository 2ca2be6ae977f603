//! `zarr stats`: statistics, and that nothing is read of what is not stored.

use serde_json::json;

use super::Home;
use crate::failure::Exit;

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
