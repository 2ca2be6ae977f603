//! Archives that lie. Each is refused with an error that says what is wrong and with which entry,
//! before any byte of it is believed.

use zarr_store::{
    ByteRange, KeyProblem, Store, StoreError, StoreErrorKind, StoreExt, ZipStore, runtime::wait,
    zip::ZipError,
};

use crate::{
    forge::{Forged, archive, end, end64, forge},
    key, open, values, why,
};

fn refused(what: &str, archive: &[u8]) -> (Option<String>, ZipError) {
    match open(archive) {
        Ok(_) => panic!("{what}: opened"),
        Err(e) => taken_apart(e),
    }
}

fn taken_apart(e: StoreError) -> (Option<String>, ZipError) {
    let why = why(&e);
    (e.key, why)
}

#[test]
fn names_that_leave_the_archive() {
    let table: [(&[u8], ZipError); 11] = [
        (b"../x", ZipError::Name(KeyProblem::Dots)),
        (b"a/../../x", ZipError::Name(KeyProblem::Dots)),
        (b"./x", ZipError::Name(KeyProblem::Dots)),
        (b"../", ZipError::Name(KeyProblem::Dots)),
        (b"/etc/passwd", ZipError::Name(KeyProblem::Absolute)),
        (b"/", ZipError::Name(KeyProblem::Empty)),
        (b"a//b", ZipError::Name(KeyProblem::EmptySegment)),
        (b"..\\x", ZipError::Name(KeyProblem::Character)),
        (b"a\0b", ZipError::Name(KeyProblem::Character)),
        (b"C:/x", ZipError::Name(KeyProblem::Drive)),
        (b"caf\x82", ZipError::NotUtf8),
    ];
    for (name, why) in table {
        let entries = [Forged::new("good", "x"), Forged::new(name, "x")];
        let text = String::from_utf8_lossy(name).into_owned();
        assert_eq!(refused(&text, &forge(&entries)), (Some(text.clone()), why));
    }
}

/// 208 names: whatever opens shows keys only, and no key leaves its store.
#[test]
fn h6_paths() {
    let evil = [
        "..",
        ".",
        "",
        "...",
        "..\\",
        "\\",
        "a\\b",
        "C:",
        "c:\\x",
        "\0",
        "x.zarr-tmp",
        "x.zarr-lock",
        "\u{202e}..",
        "%2e%2e",
        "..%2f",
        "~",
    ];
    let places = [
        "@",
        "/@",
        "@/",
        "a/@",
        "@/a",
        "a/@/b",
        "/@/a",
        "@/@",
        "a/@/@/@/b",
        "@//@",
        "./@",
        "@/../@",
        "//@",
    ];
    let mut shown = 0;
    for name in evil
        .iter()
        .flat_map(|evil| places.map(|place| place.replace('@', evil)))
    {
        let Ok(store) = open(&forge(&[Forged::new(&name, "x")])) else {
            continue;
        };
        for (text, value) in values(&store).unwrap() {
            assert_eq!((&text, &value[..]), (&name, &b"x"[..]));
            assert!(
                text.split('/').all(|part| !["", ".", ".."].contains(&part)),
                "{text:?}"
            );
            assert!(!text.contains(['\\', '\0']), "{text:?}");
            shown += 1;
        }
    }
    // `...`, `~` and what only a URL would read as dots are names like others.
    assert!(shown > 0 && shown < 100, "{shown}");
}

#[test]
fn links_are_refused() {
    let mut link = Forged::new("link", "/etc/passwd");
    link.mode = 0o120_777;
    let (entry, why) = refused("a link", &forge(&[link]));
    assert_eq!((entry.as_deref(), why), (Some("link"), ZipError::Symlink));
}

/// Makes an entry a liar.
type Change = fn(&mut Forged);
/// With what is wrong with it then.
type Lie = (Change, ZipError);

#[test]
fn sizes_and_places_in_the_directory() {
    let stored = ZipError::Contradiction("its stored size differs from the size of its value");
    let lies: [Lie; 6] = [
        (|e| e.size = 3, stored.clone()),
        (|e| e.packed = 100_000, stored),
        (
            |e| (e.packed, e.size) = (100_000, 100_000),
            ZipError::Outside,
        ),
        (|e| e.at = Some(1 << 30), ZipError::Outside),
        // Sizes that stand in a zip64 field, which is not there, or lies.
        (
            |e| (e.packed, e.size) = (u32::MAX, u32::MAX),
            ZipError::Outside,
        ),
        (
            |e| {
                (e.packed, e.size) = (u32::MAX, u32::MAX);
                e.extra = [&[1, 0, 16, 0][..], &[255; 16]].concat();
            },
            ZipError::Outside,
        ),
    ];
    for (n, (lie, why)) in lies.into_iter().enumerate() {
        let mut liar = Forged::new("liar", "value");
        lie(&mut liar);
        let entries = [Forged::new("good", "x"), liar, Forged::new("last", "x")];
        let found = refused(&n.to_string(), &forge(&entries));
        assert_eq!(found, (Some("liar".to_owned()), why), "{n}");
    }
}

#[test]
fn entries_that_share_bytes() {
    // As in the bomb of 2019: many names for one body.
    let bomb: Vec<_> = (0..100)
        .map(|n| Forged {
            at: (n > 0).then_some(0),
            ..Forged::new(format!("{n:03}"), vec![0; 1000])
        })
        .collect();
    assert_eq!(refused("one body", &forge(&bomb)).1, ZipError::Overlap);
    // And one body that holds another.
    let inner = forge(&[Forged::new("b", "x")]);
    let mut within = Forged::new("b", "x");
    within.at = Some(31);
    let (entry, why) = refused("within", &forge(&[Forged::new("a", &inner[..32]), within]));
    assert_eq!((entry.as_deref(), why), (Some("b"), ZipError::Overlap));
    // Fields before the data push it into the next entry: seen when it is read.
    let mut bytes = archive(&[("a", b"x"), ("b", b"y")]);
    bytes[28] = 200;
    let store = open(&bytes).unwrap();
    let (_, why) = taken_apart(wait(store.get_all(&key("a"))).unwrap_err());
    assert_eq!(why, ZipError::Overlap);
    assert_eq!(wait(store.get_all(&key("b"))).unwrap().unwrap(), "y");
}

/// An entry that may unpack to much is not unpacked for somebody who takes less.
#[test]
fn what_is_too_large_is_not_unpacked() {
    let mut bomb = Forged::new("bomb", "value");
    (bomb.method, bomb.size) = (8, 5000);
    let store = open(&forge(&[bomb])).unwrap();
    let name = key("bomb");
    let at_most = |limit| ByteRange::AtMost(limit);
    let blocking = store.as_blocking().unwrap();
    for found in [
        wait(store.get(&name, at_most(4999), None)),
        blocking.get(&name, at_most(4999), None),
    ] {
        let kind = found.unwrap_err().kind;
        let wanted = matches!(
            kind,
            StoreErrorKind::TooLarge {
                size: 5000,
                limit: 4999
            }
        );
        assert!(wanted, "{kind}");
    }
    let why = ZipError::Damaged { size: 5000 };
    let unpacked = wait(store.get(&name, at_most(5000), None)).unwrap_err();
    assert_eq!(taken_apart(unpacked).1, why);
}

#[test]
fn headers_that_contradict_the_directory() {
    let lies: [(Change, &str); 7] = [
        (|e| e.name = b"b".to_vec(), "the name differs"),
        (|e| e.name = b"aa".to_vec(), "the name differs"),
        (|e| e.method = 8, "the method differs"),
        (|e| e.flags = 1, "the method differs"),
        (|e| e.crc ^= 1, "the size or checksum differs"),
        (|e| e.size += 1, "the size or checksum differs"),
        (|e| e.packed += 1, "the size or checksum differs"),
    ];
    for (local, what) in lies {
        let mut entry = Forged::new("a", "value");
        entry.local = local;
        let store = open(&forge(&[entry])).unwrap();
        let why = ZipError::Header(what);
        for found in [
            wait(store.get_all(&key("a"))).unwrap_err(),
            values_of_face(&store).unwrap_err(),
        ] {
            assert_eq!(taken_apart(found), (Some("a".to_owned()), why.clone()));
        }
    }
}

fn values_of_face(store: &ZipStore) -> zarr_store::Result<()> {
    let object = store.as_blocking().unwrap().open(&key("a"))?.unwrap();
    object.read(0..2).map(drop)
}

#[test]
fn what_cannot_be_decoded_is_said_when_it_is_read() {
    let lies: [Lie; 7] = [
        (|e| e.flags = 1, ZipError::Encrypted),
        (|e| e.flags = 0x41, ZipError::Encrypted),
        (|e| e.method = 14, ZipError::Method(14)),
        (|e| e.method = 8, ZipError::Damaged { size: 5 }),
        (|e| e.method = 93, ZipError::Damaged { size: 5 }),
        (
            |e| (e.method, e.size) = (8, 3 << 30),
            ZipError::EntryTooLarge {
                size: 3 << 30,
                packed: 5,
                limit: 2 << 30,
            },
        ),
        (
            |e| (e.method, e.size) = (93, 1 << 20),
            ZipError::EntryTooLarge {
                size: 1 << 20,
                packed: 5,
                limit: 2 << 30,
            },
        ),
    ];
    for (n, (lie, why)) in lies.into_iter().enumerate() {
        let mut liar = Forged::new("liar", "value");
        lie(&mut liar);
        let store = open(&forge(&[liar, Forged::new("good", "x")])).unwrap();
        let e = wait(store.get_all(&key("liar"))).unwrap_err();
        assert_eq!(taken_apart(e), (Some("liar".to_owned()), why), "{n}");
        assert_eq!(wait(store.get_all(&key("good"))).unwrap().unwrap(), "x");
    }
}

#[test]
fn a_value_has_exactly_the_size_it_is_said_to_have() {
    // A block of five stored bytes in deflate.
    let packed = [&[1, 5, 0, 250, 255][..], b"value"].concat();
    for (size, good) in [(4, false), (5, true), (6, false)] {
        let entry = Forged {
            packed: 10,
            size,
            data: packed.clone(),
            method: 8,
            ..Forged::new("a", "value")
        };
        let store = open(&forge(&[entry])).unwrap();
        let value = wait(store.get_all(&key("a")));
        assert_eq!(
            value.is_ok_and(|value| value.unwrap() == "value"),
            good,
            "{size}"
        );
    }
}

#[test]
fn ends_that_contradict_the_directory() {
    let honest = archive(&[("a", b"x"), ("b", b"y")]);
    let place = honest.len() - 22;
    let at = honest
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .unwrap();
    let (size, body) = ((place - at) as u32, &honest[..place]);
    let at = at as u32;
    let cut = |name| ZipError::Contradiction(name);
    let size_wrong = cut("its end record gives a directory larger than the archive");
    let place_wrong = cut("its directory does not begin where its end record says");
    let count_wrong = cut("its end record gives another number of entries than its directory has");
    let two = cut("its directory could begin at two places");
    let parts = cut("it is one part of a split archive");
    let mut several = end(2, size, at);
    several[4] = 1;
    let mut halves = end(2, size, at);
    halves[8] = 1;
    let table = [
        ("larger than the file", end(2, u32::MAX, at), size_wrong),
        ("behind itself", end(2, size, at + 1), place_wrong.clone()),
        (
            "in the middle of an entry",
            end(2, size - 1, at),
            two.clone(),
        ),
        ("fewer entries", end(1, size, at), count_wrong),
        (
            "more entries",
            end(3, size, at),
            cut("its directory is too small for its entries"),
        ),
        ("the second half", end(1, size / 2, at), two),
        ("several parts", several, parts.clone()),
        ("another part", halves, parts),
        (
            "cut short",
            end(2, size, at)[..21].to_vec(),
            ZipError::NoEnd,
        ),
        (
            "a byte too much",
            [end(2, size, at), vec![0]].concat(),
            ZipError::NoEnd,
        ),
    ];
    for (what, end, why) in table {
        let found = refused(what, &[body, &end].concat()).1;
        assert_eq!(found, why, "{what}");
    }
    let full = end(u16::MAX, u32::MAX, u32::MAX);
    let [size, at, place] = [size.into(), at.into(), place as u64];
    let good = [body, &end64(2, size, at, place), &full].concat();
    assert_eq!(values(&open(&good).unwrap()).unwrap().len(), 2);
    let table = [
        (
            "no record",
            end64(2, size, at, place + 1),
            cut("its zip64 end record is missing"),
        ),
        (
            "far away",
            end64(2, size, at, u64::MAX),
            cut("its zip64 end record is missing"),
        ),
        (
            "larger than all",
            end64(2, u64::MAX, at, place),
            cut("its end record gives a directory larger than the archive"),
        ),
        (
            "elsewhere",
            end64(2, size, at - 1, place),
            place_wrong.clone(),
        ),
        ("far", end64(2, size, u64::MAX, place), place_wrong),
        (
            "billions of entries",
            end64(u64::MAX, size, at, place),
            cut("its directory is too small for its entries"),
        ),
    ];
    for (what, end, why) in table {
        assert_eq!(
            refused(what, &[body, &end, &full].concat()).1,
            why,
            "{what}"
        );
    }
    let differ = [
        body,
        &end64(2, size, at, place),
        &end(3, u32::MAX, u32::MAX),
    ]
    .concat();
    assert_eq!(
        refused("two counts", &differ).1,
        cut("its two end records differ")
    );
}

#[test]
fn an_end_record_in_a_comment_is_no_second_archive() {
    let honest = archive(&[("a", b"x")]);
    let other = archive(&[("b", b"y")]);
    let (body, record) = honest.split_at(honest.len() - 20 + 18);
    let mut comment = (other.len() as u16).to_le_bytes().to_vec();
    comment.extend(&other);
    assert_eq!(record.len(), 2);
    // Two archives in one, each whole: readers would differ in which they see.
    let both = [body, &comment].concat();
    assert!(open(&both).is_err() || values(&open(&both).unwrap()).unwrap().contains_key("b"));
}
