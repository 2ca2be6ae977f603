//! Reading from servers that misbehave: right bytes, or an error; never anything else.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use zarr_remote_tests::{
    faulty::{Fault, Faulty},
    s3::store_at,
};
use zarr_store::{
    ByteRange, Found, ObjectStore, Prefix, Result, Store, StoreErrorKind, StoreExt, runtime::wait,
};

use crate::{is_full, key};

/// Distinct bytes, as far as a byte goes.
pub(crate) fn value(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 256) as u8).collect()
}

/// The server as S3 sees it, with a value of 4 KiB at `a/c/0`.
fn server() -> (Faulty, ObjectStore) {
    let server = Faulty::new();
    server.set("/bucket/a/c/0", value(4096));
    let store = quick(&server, &[]);
    (server, store)
}

/// A store that gives up soon.
pub(crate) fn quick(server: &Faulty, more: &[(&str, &str)]) -> ObjectStore {
    let mut options = vec![
        ("max_retries", "2"),
        ("read_timeout", "300ms"),
        ("init_backoff", "1ms"),
    ];
    options.extend(more);
    store_at(&server.url(), "a", &options)
}

/// Every way in which an answer goes wrong.
fn verbs() -> Vec<Fault> {
    vec![
        Fault::Status(500, "oops".into()),
        Fault::Status(503, "busy".into()),
        Fault::Status(400, "what".into()),
        Fault::Status(401, "who".into()),
        Fault::Status(403, "no".into()),
        Fault::Status(404, "<Error><Code>NoSuchBucket</Code></Error>".into()),
        Fault::Status(405, "not so".into()),
        Fault::Status(410, "gone".into()),
        Fault::Status(416, "range".into()),
        Fault::Status(204, String::new()),
        Fault::Delay(Duration::from_secs(3)),
        Fault::CloseBeforeHeaders,
        Fault::CloseAfter(0),
        Fault::CloseAfter(9),
        Fault::BreakAtEnd,
        Fault::ShortLength(5),
        Fault::LongLength(5),
        Fault::NoLength,
        Fault::WholeForRange,
        Fault::WrongRange,
        Fault::SuffixAsPrefix,
        Fault::RetryAfter(503, 1),
        Fault::RetryAfter(429, 1),
        Fault::Redirect("http://127.0.0.1:1/elsewhere".into()),
        Fault::Redirect("/bucket/a/c/0".into()),
        Fault::BareRedirect,
        Fault::ErrorInside,
        Fault::ChunkedGarbage,
        Fault::Trickle(Duration::from_millis(50)),
        Fault::Gzip,
        Fault::Twice,
        Fault::Never,
    ]
}

/// What one cell of the table was.
#[derive(Debug, PartialEq, Eq)]
enum Cell {
    Right,
    Failed,
    Wrong(String),
}

fn judge<T: std::fmt::Debug + PartialEq>(got: Result<Option<T>>, want: &T) -> Cell {
    match got {
        Ok(Some(got)) if got == *want => Cell::Right,
        Ok(got) => Cell::Wrong(format!("{got:?}").chars().take(80).collect()),
        Err(_) => Cell::Failed,
    }
}

#[test]
fn r1_no_error_becomes_fill() {
    let (mut right, mut failed, mut wrong) = (0, 0, Vec::new());
    let threads: Vec<_> = verbs()
        .into_iter()
        .flat_map(|fault| [(fault.clone(), false), (fault, true)])
        .map(|(fault, for_ever)| {
            std::thread::spawn(move || (row(&fault, for_ever), fault, for_ever))
        })
        .collect();
    for thread in threads {
        let (cells, fault, for_ever) = thread.join().unwrap();
        for (name, cell) in cells {
            match cell {
                Cell::Right => right += 1,
                Cell::Failed => failed += 1,
                Cell::Wrong(got) => {
                    wrong.push(format!("{fault:?} (for ever: {for_ever}), {name}: {got}"));
                }
            }
        }
    }
    let cells = right + failed + wrong.len();
    println!(
        "R1: {cells} cells, {right} right after all, {failed} errors, {} wrong",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        cells >= 120 && right > cells / 3,
        "{cells} cells, {right} right"
    );
}

/// The fault once, or for ever, met by each kind of read.
fn row(fault: &Fault, for_ever: bool) -> Vec<(&'static str, Cell)> {
    let (server, store) = server();
    let all = value(4096);
    let chunk = key("c/0");
    let get = |range: ByteRange| {
        let found = wait(store.get(&chunk, range, None));
        found.map(|found| found.map(|found| found.data.to_vec()))
    };
    let arm = || match for_ever {
        true => server.always(Some(fault.clone())),
        false => {
            server.always(None);
            server.next([fault.clone()]);
        }
    };
    let mut cells = Vec::new();
    arm();
    // HTTP says how long a value is by its `Content-Length` alone: one that is too short is not seen.
    if !matches!(fault, Fault::ShortLength(_)) {
        cells.push(("chunk", judge(get(ByteRange::All), &all)));
        arm();
    }
    cells.push((
        "index",
        judge(get(ByteRange::Last(100)), &all[3996..].to_vec()),
    ));
    arm();
    cells.push((
        "inner chunk",
        judge(
            get(ByteRange::Bounded(1000..1500)),
            &all[1000..1500].to_vec(),
        ),
    ));
    arm();
    let ranges = wait(store.get_ranges(&chunk, &[0..10, 4000..4096], None));
    let ranges = ranges.map(|found| found.map(|found| found.data.concat()));
    cells.push((
        "ranges",
        judge(ranges, &[&all[..10], &all[4000..]].concat()),
    ));
    arm();
    let head = wait(store.head(&chunk)).map(|found| found.map(|found| found.size));
    let lies_of_length = matches!(fault, Fault::ShortLength(_) | Fault::LongLength(_));
    if !lies_of_length {
        cells.push(("size", judge(head, &4096)));
        arm();
    }
    let listed = wait(store.list(&Prefix::root()).try_collect::<Vec<_>>());
    let listed = listed.map(|entries| Some(entries.iter().map(|e| e.size).sum::<u64>()));
    cells.push(("list", judge(listed, &4096)));
    cells
}

#[test]
fn r2_truncated_body() {
    let steps = if is_full() { [1, 1] } else { [64, 4099] };
    for (len, step) in [4096, 65536].into_iter().zip(steps) {
        let server = Faulty::new();
        server.set("/bucket/a/c/0", value(len));
        let store = quick(&server, &[]);
        let mut resumed = 0;
        let cuts: Vec<usize> = (0..len).step_by(step).chain([1, len - 1]).collect();
        for &cut in &cuts {
            server.next([Fault::CloseAfter(cut)]);
            let got = wait(store.get_all(&key("c/0"))).unwrap().unwrap();
            assert_eq!(got, value(len), "cut at {cut}");
            let log = server.take_log();
            resumed += usize::from(log.last().unwrap().header("range").is_some());
        }
        println!(
            "R2: {} cuts of {len} bytes, all detected, {resumed} resumed by range",
            cuts.len()
        );
        server.always(Some(Fault::CloseAfter(len / 2)));
        server.set("/bucket/a/c/0", value(len));
        let changed = wait(store.get_all(&key("c/0")));
        assert!(changed.is_err() || changed.unwrap().unwrap() == value(len));
    }
}

#[test]
fn r2_what_changed_meanwhile_is_not_mixed() {
    let (server, store) = server();
    server.next([Fault::CloseAfter(1000), Fault::Changed]);
    let got = wait(store.get_all(&key("c/0")));
    assert!(
        got.is_err(),
        "a rest of another version was taken for the value's"
    );
}

#[test]
fn r3_range_exact_end() {
    let (server, store) = server();
    let ranges = [
        ByteRange::All,
        ByteRange::Bounded(10..90),
        ByteRange::Last(7),
    ];
    for range in ranges {
        server.next([Fault::BreakAtEnd]);
        let found = wait(store.get(&key("c/0"), range.clone(), None))
            .unwrap()
            .unwrap();
        let want = range.resolve(4096).unwrap();
        assert_eq!(
            found.data,
            value(4096)[want.start as usize..want.end as usize]
        );
        assert_eq!(server.take_log().len(), 1, "{range}: no second request");
    }
    println!("R3: 3 of 3 ranges, 1 request each");
}

#[test]
fn r11_s3_403_missing() {
    let (server, strict) = server();
    let lenient = quick(&server, &[("missing_statuses", "403")]);
    server.always(Some(Fault::Status(403, "AccessDenied".into())));
    let (a, all) = (key("a"), ByteRange::All);
    let e = wait(strict.get(&a, all.clone(), None)).unwrap_err();
    assert!(matches!(e.kind, StoreErrorKind::Permission(_)), "{e}");
    assert!(wait(strict.head(&a)).is_err());
    assert!(wait(lenient.get(&a, all, None)).unwrap().is_none());
    assert!(wait(lenient.head(&a)).unwrap().is_none());
    assert!(
        wait(lenient.list_dir(&Prefix::root())).is_err(),
        "a listing is never absent"
    );
}

#[test]
fn r12_list_paging() {
    let server = Faulty::new();
    for i in 0..10_001 {
        server.set(&format!("/bucket/a/c/{i}"), [1]);
    }
    let store = quick(&server, &[]);
    let list = || wait(store.list(&Prefix::root()).try_collect::<Vec<_>>());
    assert_eq!(list().unwrap().len(), 10_001);
    assert_eq!(server.take_log().len(), 11);
    let mut tally = (0, 0);
    // A page is more than a socket takes at once. Its second copy comes late, and then no client of
    // HTTP can tell it from the answer to its next request.
    let faults = verbs().into_iter();
    for fault in faults.filter(|fault| *fault != Fault::Twice) {
        for for_ever in [false, true] {
            server.always(None);
            server.next(vec![Fault::None; 6]);
            server.next(vec![fault.clone(); if for_ever { 20 } else { 1 }]);
            match list() {
                Ok(entries) => {
                    assert_eq!(entries.len(), 10_001, "{fault:?}: a short list");
                    tally.0 += 1;
                }
                Err(_) => tally.1 += 1,
            }
        }
    }
    println!(
        "R12: fault on page 7: {} whole lists, {} errors, 0 short lists",
        tally.0, tally.1
    );
    assert!(tally.0 > 10 && tally.1 > 10);
}

#[test]
fn r13_etag_changes_between_index_and_chunk() {
    let (server, store) = server();
    let chunk = key("c/0");
    let index = wait(store.get(&chunk, ByteRange::Last(100), None))
        .unwrap()
        .unwrap();
    server.set("/bucket/a/c/0", vec![9; 4096]);
    for ask in [
        wait(store.get(&chunk, ByteRange::Bounded(0..10), index.version.as_ref())).map(drop),
        wait(store.get_ranges(&chunk, &[0..10, 90..99], index.version.as_ref())).map(drop),
    ] {
        assert!(ask.unwrap_err().is_conflict());
    }
    // And of a server that ignores the condition.
    server.always(Some(Fault::NoConditions));
    let ask = wait(store.get(&chunk, ByteRange::Bounded(0..10), index.version.as_ref()));
    assert!(ask.unwrap_err().is_conflict());

    // Ranges too far apart for one request, the second of which meets another version once.
    let server = Faulty::new();
    server.set("/bucket/a/c/0", value(3 << 20));
    // Changing it takes the server a while.
    let store = quick(&server, &[("read_timeout", "10s")]);
    server.next([Fault::Changed]);
    let found = wait(store.get_ranges(&chunk, &[0..10, 3_000_000..3_000_010], None));
    let Found { data, .. } = found.unwrap().unwrap();
    assert_eq!(
        data.concat(),
        [&value(3 << 20)[..10], &value(3 << 20)[3_000_000..3_000_010]].concat()
    );
    let log = server.take_log();
    let asked: Vec<_> = log.iter().map(|r| (&r.method, r.header("range"))).collect();
    assert_eq!(asked.len(), 4, "read once more, whole: {asked:?}");
    println!("R13: detected 4 of 4, read anew 1 of 1");
}

#[test]
fn what_stalls_is_given_up() {
    let (server, store) = server();
    server.always(Some(Fault::Never));
    let begin = Instant::now();
    let e = wait(store.get_all(&key("c/0"))).unwrap_err();
    assert!(matches!(e.kind, StoreErrorKind::Timeout) && e.retry, "{e}");
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
}
