//! The promises of `BlockingStore` and `Object`, one function each, and those that only threads can break.

use std::{
    mem::MaybeUninit,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::assertions::{
    assert_kind, count, count_of, key, ok, prefix, refused, sixteen, text, there,
};
use crate::{
    BlockingStore, BlockingUpdate, ByteRange, Commit, Key, Op, Payload, Prefix, PutMode, Store,
    StoreError, StoreErrorKind, Version, Writers, runtime,
};

/// Threads, and updates by each, of the checks for lost updates.
const THREADS: u32 = 8;
const EACH: u32 = 100;

pub(super) fn exercise<S: Store>(make: impl Fn() -> S) {
    with(&make, nothing_is_no_error);
    if !make().hints().writable {
        return with(&make, refuses_to_write);
    }
    with(&make, put_then_read);
    with(&make, an_open_object_stays_as_it_was);
    with(&make, at_once_is_the_same_or_not_at_all);
    with(&make, conditions);
    with(&make, directories);
    let conditions = make().hints().conditions;
    if conditions.create && conditions.update {
        with(&make, loses_no_increment);
        with(&make, never_undoes_a_whole_write);
        loses_no_update(&make());
    }
}

fn with<S: Store>(make: impl Fn() -> S, check: impl FnOnce(&dyn BlockingStore)) {
    let store = make();
    if let Some(face) = store.as_blocking() {
        check(face);
    }
}

fn nothing_is_no_error(store: &dyn BlockingStore) {
    let check = "blocking: what is not there is `None`, not an error";
    let missing = key("missing/x");
    assert!(ok(check, store.open(&missing)).is_none(), "{check}");
    assert!(
        ok(check, store.get(&missing, ByteRange::All, None)).is_none(),
        "{check}"
    );
    assert!(
        ok(check, store.get_ranges(&missing, &[0..1, 2..3], None)).is_none(),
        "{check}"
    );
    assert!(ok(check, store.head(&missing)).is_none(), "{check}");
}

fn refuses_to_write(store: &dyn BlockingStore) {
    let check = "blocking: a store that is not writable refuses with `ReadOnly`";
    let refusals = [
        refused(check, store.put(&key("a"), &text("x"), PutMode::Overwrite)),
        refused(check, store.delete(&key("a"), None)),
        refused(check, store.delete_prefix(&prefix("a"))),
    ];
    assert!(
        refusals
            .iter()
            .all(|kind| matches!(kind, StoreErrorKind::ReadOnly)),
        "{check}: {refusals:?}"
    );
}

fn put_then_read(store: &dyn BlockingStore) {
    let check = "blocking: what was put is what is read";
    let name = key("a/b");
    let version = overwrite(check, store, &name, sixteen());
    let object = there(check, store.open(&name));
    assert_eq!(ok(check, object.size()), 16, "{check}");
    assert_eq!(ok(check, object.version()), version, "{check}");
    assert_eq!(
        ok(check, object.read(3..7)),
        sixteen().slice(3..7),
        "{check}"
    );
    assert_eq!(ok(check, object.read(16..16)).len(), 0, "{check}");
    let kind = refused(check, object.read(10..17));
    assert_kind!(check, kind, StoreErrorKind::OutOfRange { .. });
    let kind = refused(check, object.read(0..u64::MAX));
    assert!(
        matches!(kind, StoreErrorKind::OutOfRange { .. }),
        "{check}: a huge range: {kind}"
    );
    if let Some(shared) = object.slice(3..7) {
        assert_eq!(shared, sixteen().slice(3..7), "{check}: `slice`");
    }
    assert!(
        object.slice(10..17).is_none(),
        "{check}: `slice` of what is not there"
    );
    let mut buffer = [MaybeUninit::uninit(); 8];
    let at = buffer.as_ptr().cast::<u8>();
    let filled = ok(check, object.read_at(12, &mut buffer));
    assert!(
        filled.len() <= 4 && *filled == sixteen()[12..12 + filled.len()],
        "{check}: `read_at`"
    );
    assert!(
        filled.is_empty() || filled.as_ptr() == at,
        "{check}: `read_at` fills what it was given"
    );
    let found = ok(check, store.get_ranges(&name, &[9..12, 0..2, 1..99], None));
    let want = vec![
        sixteen().slice(9..12),
        sixteen().slice(0..2),
        sixteen().slice(1..16),
    ];
    assert_eq!(found.map(|f| f.data), Some(want), "{check}");
    let kind = refused(check, store.get_ranges(&name, &[0..1, 16..17], None));
    assert_kind!(check, kind, StoreErrorKind::OutOfRange { .. });
}

/// On Windows an open file is in the way of whoever replaces it, so a directory's values are not kept open there.
const MAY_BE_GONE: bool = cfg!(windows);

fn an_open_object_stays_as_it_was(store: &dyn BlockingStore) {
    let check = "an open value stays what it was when the key is written or deleted";
    let name = key("a/b");
    overwrite(check, store, &name, text("old"));
    let object = there(check, store.open(&name));
    overwrite(check, store, &name, text("newer"));
    let is_old = || match object.read(0..3) {
        Err(e) if MAY_BE_GONE => assert!(e.is_conflict(), "{check}: {e}"),
        read => {
            assert_eq!(ok(check, read), "old", "{check}");
            assert_eq!(ok(check, object.size()), 3, "{check}");
        }
    };
    is_old();
    ok(check, store.delete(&name, None));
    is_old();
}

fn at_once_is_the_same_or_not_at_all(store: &dyn BlockingStore) {
    let check = "blocking: what is read at once is what is there, or `WouldWait`";
    let name = key("a/b");
    overwrite(check, store, &name, text("0123456789"));
    let read = |range| match store.open_at_once(&name)? {
        Some(object) => object.read(range),
        None => Err(StoreError::new(
            Op::Open,
            store,
            &name,
            StoreErrorKind::Conflict,
        )),
    };
    for range in [0..10, 3..7, 9..10, 4..4] {
        let expected = &b"0123456789"[range.start as usize..range.end as usize];
        match read(range) {
            Ok(bytes) => assert_eq!(bytes, expected, "{check}"),
            Err(e) => assert_kind!(check, e.kind, StoreErrorKind::WouldWait),
        }
    }
    if let Err(e) = read(5..11) {
        let outside = matches!(e.kind, StoreErrorKind::OutOfRange { .. });
        assert!(
            outside || matches!(e.kind, StoreErrorKind::WouldWait),
            "{check}: {e}"
        );
    }
    match store.open_at_once(&key("missing/x")) {
        Ok(found) => assert!(found.is_none(), "{check}"),
        Err(e) => assert_kind!(check, e.kind, StoreErrorKind::WouldWait),
    }
}

fn conditions(store: &dyn BlockingStore) {
    let check = "blocking: conditional writes hold";
    let name = key("a/b");
    let conditions = store.hints().conditions;
    let first = overwrite(check, store, &name, text("1"));
    let kind = refused(check, store.put(&name, &text("2"), PutMode::Create));
    match conditions.create {
        true => assert_kind!(check, kind, StoreErrorKind::AlreadyExists),
        false => assert_kind!(check, kind, StoreErrorKind::Unsupported(_)),
    }
    let other = Version::from("no version of this value");
    let kind = refused(
        check,
        store.put(&name, &text("2"), PutMode::Update(other.clone())),
    );
    match conditions.update {
        true => assert_kind!(check, kind, StoreErrorKind::Conflict),
        false => assert_kind!(check, kind, StoreErrorKind::Unsupported(_)),
    }
    let kind = refused(check, store.delete(&name, Some(&other)));
    match conditions.delete {
        true => assert_kind!(check, kind, StoreErrorKind::Conflict),
        false => assert_kind!(check, kind, StoreErrorKind::Unsupported(_)),
    }
    if conditions.delete {
        ok(check, store.delete(&name, first.as_ref()));
        assert!(ok(check, store.head(&name)).is_none(), "{check}");
    }
}

fn directories(store: &dyn BlockingStore) {
    let check = "blocking: a prefix is a directory";
    for name in ["d/x", "d/e/y", "de/x"] {
        overwrite(check, store, &key(name), text("value"));
    }
    if store.hints().listable {
        let listing = ok(check, store.list_dir(&prefix("d")));
        assert_eq!(listing.keys.len(), 1, "{check}");
        assert_eq!(listing.prefixes, [prefix("d/e")], "{check}");
        let keys = ok(check, store.list_dir_keys(&prefix("d")));
        assert_eq!(keys, listing.into(), "{check}, without sizes");
        assert_eq!(ok(check, store.list(&Prefix::root())).len(), 3, "{check}");
    }
    ok(check, store.delete_prefix(&prefix("d")));
    assert!(ok(check, store.head(&key("d/e/y"))).is_none(), "{check}");
    assert!(ok(check, store.head(&key("de/x"))).is_some(), "{check}");
}

/// Without locks: conditions alone must be enough.
fn loses_no_increment(store: &dyn BlockingStore) {
    let check = "no conditional increment is lost among threads";
    let name = key("deep/count");
    let increment = || {
        loop {
            let (old, mode) = match ok(check, store.get(&name, ByteRange::All, None)) {
                None => (0, PutMode::Create),
                Some(found) => (
                    count_of(&found.data),
                    PutMode::Update(there(check, Ok(found.version))),
                ),
            };
            match store.put(&name, &count(old + 1), mode) {
                Err(e)
                    if matches!(
                        e.kind,
                        StoreErrorKind::Conflict | StoreErrorKind::AlreadyExists
                    ) => {}
                answer => break ok(check, answer),
            }
        }
    };
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| (0..EACH).for_each(|_| drop(increment())));
        }
    });
    let value = ok(check, store.get(&name, ByteRange::All, None))
        .map(|found| found.data)
        .unwrap_or_default();
    assert_eq!(count_of(&value), THREADS * EACH, "{check}");
}

/// As the engine does: the lock is taken by a driver that waits, and used where nobody waits.
fn loses_no_update<S: Store>(store: &S) {
    let check = "no update under the key's lock is lost among threads";
    let name = key("count");
    let Some(face) = store.as_blocking() else {
        return;
    };
    let update = || {
        let lock = ok(check, runtime::wait(store.lock(&name)));
        let mut update = ok(
            check,
            BlockingUpdate::new(face, &name, &lock, Writers::Several),
        );
        loop {
            let old = match ok(check, update.open()) {
                Some(object) => count_of(&ok(check, object.read(0..4))),
                None => 0,
            };
            if let Commit::Done(_) = ok(check, update.commit(Some(&count(old + 1)))) {
                break;
            }
        }
    };
    thread::scope(|threads| {
        for _ in 0..THREADS {
            threads.spawn(|| (0..EACH).for_each(|_| update()));
        }
    });
    let value = ok(check, face.get(&name, ByteRange::All, None))
        .map(|found| found.data)
        .unwrap_or_default();
    assert_eq!(count_of(&value), THREADS * EACH, "{check}");
}

/// A value of two halves: one thread writes it whole again and again, others change the second
/// half. The first half must never go back.
fn never_undoes_a_whole_write(store: &dyn BlockingStore) {
    let check = "a whole value written during an update is not undone by it";
    let name = key("halves");
    let halves = |first: u32, second: u32| {
        Payload::from([first.to_le_bytes(), second.to_le_bytes()].concat())
    };
    overwrite(check, store, &name, halves(0, 0));
    let over = AtomicBool::new(false);
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    let Some(found) = ok(check, store.get(&name, ByteRange::All, None)) else {
                        continue;
                    };
                    let Some(version) = found.version else {
                        continue;
                    };
                    let (first, second) = (count_of(&found.data[..4]), count_of(&found.data[4..]));
                    let answer =
                        store.put(&name, &halves(first, second + 1), PutMode::Update(version));
                    assert!(
                        answer.is_ok() || answer.is_err_and(|e| e.is_conflict()),
                        "{check}"
                    );
                }
            });
        }
        for first in 1..=200 {
            overwrite(check, store, &name, halves(first, 0));
            let found = ok(check, store.get(&name, ByteRange::All, None));
            let now = found.map(|found| count_of(&found.data[..4]));
            if now != Some(first) {
                over.store(true, Ordering::Relaxed);
            }
            assert_eq!(now, Some(first), "{check}");
        }
        over.store(true, Ordering::Relaxed);
    });
}

fn overwrite(
    check: &str,
    store: &dyn BlockingStore,
    name: &Key,
    value: impl Into<Payload>,
) -> Option<Version> {
    ok(check, store.put(name, &value.into(), PutMode::Overwrite))
}
