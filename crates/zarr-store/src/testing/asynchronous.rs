//! The promises of `Store`, one function each, checked through the trait alone.

use std::ops::Range;

use futures_util::{FutureExt, StreamExt, TryStreamExt, future::join_all};

use super::assertions::{
    assert_kind, count, count_of, key, ok, prefix, refused, sixteen, text, there,
};
use crate::{ByteRange, Key, Payload, Prefix, PutMode, Store, StoreErrorKind, StoreExt, Version};

/// The asynchronous half of [`conformance`](super::conformance), for a store that needs its runtime.
pub async fn exercise<S: Store>(make: impl Fn() -> S) {
    nothing_is_no_error(&make()).await;
    if !make().hints().writable {
        return refuses_to_write(&make()).await;
    }
    put_then_get(&make()).await;
    ranges(&make()).await;
    many_ranges(&make()).await;
    overwrites(&make()).await;
    creates_once(&make()).await;
    updates_what_was_read(&make()).await;
    appends_to_what_was_read(&make()).await;
    deletes_what_was_read(&make()).await;
    reads_one_version(&make()).await;
    deletes_directories(&make()).await;
    copies(&make()).await;
    if make().hints().listable {
        lists_directories(&make()).await;
    }
    locks_one_at_a_time(&make()).await;
    loses_no_update(&make()).await;
    ok("sync", make().sync().await);
}

async fn nothing_is_no_error(store: &impl Store) {
    let missing = key("missing/x");
    let check = "what is not there is `None`, not an error";
    assert!(
        ok(check, store.get(&missing, ByteRange::All, None).await).is_none(),
        "{check}"
    );
    assert!(
        ok(check, store.get(&missing, ByteRange::Last(4), None).await).is_none(),
        "{check}"
    );
    assert!(
        ok(check, store.get_ranges(&missing, &[0..4, 8..9], None).await).is_none(),
        "{check}"
    );
    assert!(
        ok(check, store.get_ranges(&missing, &[], None).await).is_none(),
        "{check}"
    );
    assert!(ok(check, store.head(&missing).await).is_none(), "{check}");
    if store.hints().listable {
        let listing = ok(check, store.list_dir(&prefix("missing")).await);
        assert!(
            listing.keys.is_empty() && listing.prefixes.is_empty(),
            "{check}"
        );
        assert!(
            ok(check, store.is_empty(&prefix("missing")).await),
            "{check}"
        );
    }
}

async fn refuses_to_write(store: &impl Store) {
    let check = "a store that is not writable refuses with `ReadOnly`";
    let a = key("a");
    let refusals = [
        refused(check, store.put(&a, text("x"), PutMode::Overwrite).await),
        refused(check, store.delete(&a, None).await),
        refused(check, store.delete_prefix(&prefix("a")).await),
    ];
    assert!(
        refusals
            .iter()
            .all(|kind| matches!(kind, StoreErrorKind::ReadOnly)),
        "{check}: {refusals:?}"
    );
}

async fn put_then_get(store: &impl Store) {
    let check = "what was put is what is got";
    let parts: Payload = [sixteen(), sixteen(), sixteen().slice(..1)]
        .into_iter()
        .collect();
    for (name, value) in [
        ("a/empty", Payload::default()),
        ("a/one", sixteen().into()),
        ("a/parts", parts),
    ] {
        let name = key(name);
        let version = overwrite(check, store, &name, value.clone()).await;
        let bytes = value.into_bytes();
        let found = there(check, store.get(&name, ByteRange::All, None).await);
        assert_eq!(
            (found.data, found.size),
            (bytes.clone(), bytes.len() as u64),
            "{check}: `{name}`"
        );
        let head = ok(check, store.head(&name).await);
        assert_eq!(
            head.as_ref().map(|h| h.size),
            Some(found.size),
            "{check}: `head` tells the size"
        );
        assert_eq!(
            head.and_then(|h| h.version),
            found.version,
            "{check}: `head` tells the version"
        );
        assert_eq!(
            version, found.version,
            "{check}: `put` tells the version it made"
        );
    }
}

async fn ranges(store: &impl Store) {
    let check = "a range is clipped to the value, and an error where it starts behind it";
    let name = key("a");
    overwrite(check, store, &name, sixteen()).await;
    let all = [
        ByteRange::All,
        ByteRange::From(0),
        ByteRange::From(15),
        ByteRange::Last(0),
        ByteRange::Last(5),
        ByteRange::Last(99),
        ByteRange::Bounded(0..0),
        ByteRange::Bounded(3..7),
        ByteRange::Bounded(3..99),
        ByteRange::Bounded(3..u64::MAX),
        ByteRange::Bounded(16..16),
        ByteRange::Bounded(16..17),
        ByteRange::Bounded(99..100),
        ByteRange::From(16),
        ByteRange::From(u64::MAX),
        ByteRange::AtMost(0),
        ByteRange::AtMost(15),
        ByteRange::AtMost(16),
        ByteRange::AtMost(u64::MAX),
    ];
    for range in all {
        let got = store.get(&name, range.clone(), None).await;
        match range.resolve(16) {
            Ok(want) => {
                let found = ok(check, got);
                let data = found.as_ref().map(|f| f.data.clone());
                let want = sixteen().slice(want.start as usize..want.end as usize);
                assert_eq!(data, Some(want), "{check}: {range}");
                assert_eq!(
                    found.map(|f| f.size),
                    Some(16),
                    "{check}: {range}: the size is the whole value's"
                );
            }
            Err(want) => {
                let kind = refused(&format!("{check}: {range}"), got);
                assert_eq!(
                    std::mem::discriminant(&kind),
                    std::mem::discriminant(&want),
                    "{check}: {range}: {kind}"
                );
            }
        }
    }
}

async fn many_ranges(store: &impl Store) {
    let check = "`get_ranges` answers every range, in the order asked";
    let name = key("a");
    overwrite(check, store, &name, sixteen()).await;
    let asked = [9..12, 0..2, 1..4, 0..2, 5..5, 14..99];
    let found = ok(check, store.get_ranges(&name, &asked, None).await);
    let cut = |r: &Range<u64>| sixteen().slice(r.start as usize..r.end.min(16) as usize);
    let want: Vec<_> = asked.iter().map(cut).collect();
    assert_eq!(found.as_ref().map(|f| &f.data), Some(&want), "{check}");
    assert_eq!(
        found.map(|f| f.size),
        Some(16),
        "{check}: and the size is the whole value's"
    );
    let kind = refused(check, store.get_ranges(&name, &[0..4, 16..20], None).await);
    assert_kind!(check, kind, StoreErrorKind::OutOfRange { .. });
    let nothing = ok(check, store.get_ranges(&name, &[], None).await);
    assert!(
        nothing.is_some_and(|f| f.data.is_empty() && f.size == 16),
        "{check}: none of a value that is there"
    );
}

async fn overwrites(store: &impl Store) {
    let check = "an overwritten value is the new one, with a new version";
    let name = key("a/b");
    let first = overwrite(check, store, &name, text("first")).await;
    let second = overwrite(check, store, &name, text("other")).await;
    assert_eq!(
        ok(check, store.get_all(&name).await).as_deref(),
        Some(&b"other"[..]),
        "{check}"
    );
    assert!(first.is_none() || first != second, "{check}");
    overwrite(check, store, &name, text("")).await;
    assert_eq!(ok(check, store.size(&name).await), Some(0), "{check}");
}

async fn creates_once(store: &impl Store) {
    let check = "`Create` never replaces a value";
    let name = key("a/b");
    if !store.hints().conditions.create {
        let kind = refused(check, store.put(&name, text("x"), PutMode::Create).await);
        return assert_kind!(check, kind, StoreErrorKind::Unsupported(_));
    }
    ok(
        check,
        store.put(&name, text("first"), PutMode::Create).await,
    );
    let kind = refused(
        check,
        store.put(&name, text("second"), PutMode::Create).await,
    );
    assert_kind!(check, kind, StoreErrorKind::AlreadyExists);
    assert_eq!(
        ok(check, store.get_all(&name).await).as_deref(),
        Some(&b"first"[..]),
        "{check}"
    );
    ok(check, store.delete(&name, None).await);
    let creates = (0..8).map(|_| store.put(&name, text("one"), PutMode::Create));
    let created = join_all(creates)
        .await
        .iter()
        .filter(|answer| answer.is_ok())
        .count();
    assert_eq!(created, 1, "{check}: of eight at once one succeeds");
}

async fn updates_what_was_read(store: &impl Store) {
    let check = "`Update` replaces the version named, and no other";
    let name = key("a/b");
    if !store.hints().conditions.update {
        let mode = PutMode::Update(Version::from("x"));
        let kind = refused(check, store.put(&name, text("x"), mode).await);
        return assert_kind!(check, kind, StoreErrorKind::Unsupported(_));
    }
    let first = overwrite(check, store, &name, text("1")).await;
    assert!(
        first.is_some(),
        "{check}: a store that offers it tells versions"
    );
    let Some(first) = first else { return };
    let second = ok(
        check,
        store
            .put(&name, text("2"), PutMode::Update(first.clone()))
            .await,
    );
    let conflict = |kind| assert_kind!(check, kind, StoreErrorKind::Conflict);
    conflict(refused(
        check,
        store.put(&name, text("3"), PutMode::Update(first)).await,
    ));
    assert_eq!(
        ok(check, store.get_all(&name).await).as_deref(),
        Some(&b"2"[..]),
        "{check}"
    );
    ok(check, store.delete(&name, None).await);
    let Some(second) = second else { return };
    conflict(refused(
        check,
        store.put(&name, text("3"), PutMode::Update(second)).await,
    ));
    assert!(
        !ok(check, store.exists(&name).await),
        "{check}: what is gone is no version"
    );
}

async fn appends_to_what_was_read(store: &impl Store) {
    let check = "`Append` puts bytes behind the version named, and no other";
    let name = key("a/b");
    let first = overwrite(check, store, &name, text("12")).await;
    let first = first.unwrap_or_else(|| Version::from("x"));
    let append = |same: &Version| store.put(&name, text("3"), PutMode::Append(same.clone()));
    if !store.hints().appends {
        let kind = refused(check, append(&first).await);
        match store.hints().writable {
            true => assert_kind!(check, kind, StoreErrorKind::Unsupported(_)),
            false => assert_kind!(check, kind, StoreErrorKind::ReadOnly),
        }
        return;
    }
    let all = async || ok(check, store.get_all(&name).await);
    let second = there(check, append(&first).await);
    assert_eq!(all().await.as_deref(), Some(&b"123"[..]), "{check}");
    let conflict = |kind| assert_kind!(check, kind, StoreErrorKind::Conflict);
    conflict(refused(check, append(&first).await));
    assert_eq!(all().await.as_deref(), Some(&b"123"[..]), "{check}");
    ok(check, store.delete(&name, None).await);
    conflict(refused(check, append(&second).await));
    assert!(
        all().await.is_none(),
        "{check}: nothing is put behind what is gone"
    );
}

async fn deletes_what_was_read(store: &impl Store) {
    let check = "a value deleted is gone, and deleting a version deletes no other";
    let name = key("a/b");
    ok(check, store.delete(&name, None).await);
    ok(check, store.delete(&key("missing/deep/x"), None).await);
    let first = overwrite(check, store, &name, text("1")).await;
    if store.hints().conditions.delete {
        let second = overwrite(check, store, &name, text("2")).await;
        let conflict = |kind| assert_kind!(check, kind, StoreErrorKind::Conflict);
        conflict(refused(check, store.delete(&name, first.as_ref()).await));
        assert!(ok(check, store.exists(&name).await), "{check}");
        ok(check, store.delete(&name, second.as_ref()).await);
        conflict(refused(check, store.delete(&name, second.as_ref()).await));
    } else {
        let some = first.unwrap_or_else(|| Version::from("x"));
        let kind = refused(check, store.delete(&name, Some(&some)).await);
        assert_kind!(check, kind, StoreErrorKind::Unsupported(_));
        ok(check, store.delete(&name, None).await);
    }
    assert!(ok(check, store.get_all(&name).await).is_none(), "{check}");
}

async fn reads_one_version(store: &impl Store) {
    let check = "`same` reads that version or says `Conflict`";
    let name = key("a");
    let first = overwrite(check, store, &name, sixteen()).await;
    let Some(first) = first else { return };
    assert!(
        ok(
            check,
            store.get(&name, ByteRange::Last(1), Some(&first)).await
        )
        .is_some(),
        "{check}"
    );
    assert!(
        ok(
            check,
            store.get_ranges(&name, &[0..1, 9..10], Some(&first)).await
        )
        .is_some(),
        "{check}"
    );
    // Another value: of equal ones a store may say that they are one version.
    overwrite(check, store, &name, text("other")).await;
    let refusals = [
        refused(check, store.get(&name, ByteRange::All, Some(&first)).await),
        refused(
            check,
            store.get_ranges(&name, &[0..1, 9..10], Some(&first)).await,
        ),
    ];
    assert!(
        refusals
            .iter()
            .all(|kind| matches!(kind, StoreErrorKind::Conflict)),
        "{check}: {refusals:?}"
    );
    ok(check, store.delete(&name, None).await);
    let gone = ok(check, store.get(&name, ByteRange::All, Some(&first)).await);
    assert!(
        gone.is_none(),
        "{check}: what is not there is `None` all the same"
    );
}

async fn copies(store: &impl Store) {
    let check = "a copy is the value, in its place or over another";
    let (from, to) = (key("a/from"), key("b/c/to"));
    assert!(!ok(check, store.copy(&from, &to).await), "{check}");
    assert!(ok(check, store.head(&to).await).is_none(), "{check}");
    overwrite(check, store, &from, sixteen()).await;
    for _ in 0..2 {
        assert!(ok(check, store.copy(&from, &to).await), "{check}");
        for name in [&from, &to] {
            let found = there(check, store.get(name, ByteRange::All, None).await);
            assert_eq!((found.data, found.size), (sixteen(), 16), "{check}");
        }
        overwrite(check, store, &to, text("other")).await;
    }
    assert!(ok(check, store.copy(&from, &from).await), "{check}");
    let found = there(check, store.get(&from, ByteRange::All, None).await);
    assert_eq!(found.data, sixteen(), "{check}: onto itself");
    overwrite(check, store, &from, text("new")).await;
    assert!(ok(check, store.copy(&from, &to).await), "{check}");
    let found = there(check, store.get(&to, ByteRange::All, None).await);
    assert_eq!(&found.data[..], b"new", "{check}: not an older value");
}

/// Values in and beside directories whose names begin alike.
async fn fill(check: &str, store: &impl Store) {
    for name in ["d/x", "d/e/y", "d/e/z", "de/x", "d0"] {
        overwrite(check, store, &key(name), text("value")).await;
    }
}

async fn deletes_directories(store: &impl Store) {
    let check = "a prefix is a directory: deleting one leaves its neighbours";
    fill(check, store).await;
    ok(check, store.delete_prefix(&prefix("d")).await);
    for (name, there) in [
        ("d/x", false),
        ("d/e/y", false),
        ("de/x", true),
        ("d0", true),
    ] {
        assert_eq!(
            ok(check, store.exists(&key(name)).await),
            there,
            "{check}: `{name}`"
        );
    }
    ok(check, store.delete_prefix(&prefix("d")).await);
    overwrite(check, store, &key("d/x"), text("again")).await;
    ok(check, store.delete_prefix(&Prefix::root()).await);
    for name in ["d/x", "de/x", "d0"] {
        assert!(
            !ok(check, store.exists(&key(name)).await),
            "{check}: the root is everything, also `{name}`"
        );
    }
    overwrite(check, store, &key("d/x"), text("again")).await;
}

async fn lists_directories(store: &impl Store) {
    let check = "a listing shows each value and each directory once, in order";
    fill(check, store).await;
    let names = |listing: &crate::Listing| {
        let keys: Vec<_> = listing
            .keys
            .iter()
            .map(|e| (e.key.to_string(), e.size))
            .collect();
        let prefixes: Vec<_> = listing.prefixes.iter().map(ToString::to_string).collect();
        (keys, prefixes)
    };
    let root = ok(check, store.list_dir(&Prefix::root()).await);
    assert_eq!(
        names(&root),
        (vec![("d0".into(), 5)], vec!["d/".into(), "de/".into()]),
        "{check}: the root"
    );
    let d = ok(check, store.list_dir(&prefix("d")).await);
    assert_eq!(
        names(&d),
        (vec![("d/x".into(), 5)], vec!["d/e/".into()]),
        "{check}: `d`"
    );

    let check = "`list` shows every value below a prefix once, with its size";
    for (below, want) in [
        ("d", vec!["d/e/y", "d/e/z", "d/x"]),
        ("", vec!["d/e/y", "d/e/z", "d/x", "d0", "de/x"]),
    ] {
        let mut all: Vec<_> = ok(check, store.list(&prefix(below)).try_collect().await);
        all.sort();
        let found: Vec<_> = all.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(found, want, "{check}: `{below}`");
        assert!(all.iter().all(|entry| entry.size == 5), "{check}");
        let mut keys: Vec<_> = ok(check, store.list_keys(&prefix(below)).try_collect().await);
        keys.sort();
        let found: Vec<_> = keys.iter().map(crate::Key::as_str).collect();
        assert_eq!(found, want, "{check}, without sizes: `{below}`");
    }
    assert_eq!(
        ok(check, store.size_prefix(&prefix("d/e")).await),
        10,
        "{check}"
    );
    assert!(!ok(check, store.is_empty(&prefix("d")).await), "{check}");
    // A stream that is dropped half way is no trouble.
    drop(store.list(&Prefix::root()).next().await);
}

async fn locks_one_at_a_time(store: &impl Store) {
    let check = "a key's lock is held by one at a time, and by the next when it is dropped";
    let (a, b) = (key("a"), key("b"));
    let held = ok(check, store.lock(&a).await);
    let mut second = store.lock(&a);
    assert!((&mut second).now_or_never().is_none(), "{check}");
    drop(ok(check, store.lock(&b).await));
    drop(held);
    drop(ok(check, second.await));
}

async fn loses_no_update(store: &impl Store) {
    let check = "no update is lost";
    let name = key("count");
    let conditions = store.hints().conditions;
    if !(conditions.create && conditions.update) {
        let kind = refused(check, store.update(&name).await.map(drop));
        return assert_kind!(check, kind, StoreErrorKind::Unsupported(_));
    }
    let increment = || async {
        for _ in 0..8 {
            let more =
                |old: Option<bytes::Bytes>| Ok(Some(count(count_of(&old.unwrap_or_default()) + 1)));
            ok(check, store.modify(&name, more).await);
        }
    };
    join_all((0..8).map(|_| increment())).await;
    let value = ok(check, store.get_all(&name).await).unwrap_or_default();
    assert_eq!(count_of(&value), 64, "{check}");

    if !conditions.delete {
        return;
    }
    let check = "an update that leaves nothing deletes the key";
    ok(check, store.modify(&name, |_| Ok(None)).await);
    assert!(!ok(check, store.exists(&name).await), "{check}");
}

async fn overwrite(
    check: &str,
    store: &impl Store,
    name: &Key,
    value: impl Into<Payload>,
) -> Option<Version> {
    ok(
        check,
        store.put(name, value.into(), PutMode::Overwrite).await,
    )
}
