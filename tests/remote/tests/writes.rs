//! Writing where answers are lost, futures dropped, conditions ignored.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{FutureExt, future::join_all};
use zarr_remote_tests::{
    faulty::{Fault, Faulty},
    s3::{S3, store_at},
    toxic::{Harm, Toxic},
};
use zarr_store::{
    ByteRange, Commit, Conditions, ObjectStore, Payload, PutMode, Store, StoreErrorKind, StoreExt,
    runtime::wait,
};

use crate::{key, reads::quick};

fn value(text: &str) -> Payload {
    text.to_owned().into()
}

fn count_of(bytes: &[u8]) -> u64 {
    std::str::from_utf8(bytes).unwrap().parse().unwrap()
}

#[test]
fn r8_conditional_update() {
    let server = S3::new();
    let store = server.store("r8");
    let name = key("count");
    let increment = || async {
        for _ in 0..100 {
            store
                .modify(&name, |old| {
                    let n = old.map_or(0, |old| count_of(&old));
                    Ok(Some(value(&(n + 1).to_string())))
                })
                .await
                .unwrap();
        }
    };
    wait(join_all((0..8).map(|_| increment())));
    let sum = count_of(&wait(store.get_all(&name)).unwrap().unwrap());
    println!("R8: s3s-fs, 8 tasks x 100 increments: {sum}");
    assert_eq!(sum, 800);
}

#[test]
fn r8_where_conditions_are_ignored_updates_are_refused() {
    let server = Faulty::new();
    let store = quick(&server, &[]);
    let honest = wait(store.probe()).unwrap();
    assert!(honest.create && honest.update);
    server.always(Some(Fault::NoConditions));
    let found = wait(store.probe()).unwrap();
    assert_eq!(found, Conditions::NONE);
    let store = store.with_conditions(found);
    let log = server.take_log().len();
    let e = wait(store.update(&key("x")).map(|u| u.map(drop))).unwrap_err();
    assert!(matches!(e.kind, StoreErrorKind::Unsupported(_)), "{e}");
    let off = quick(&server, &[("conditional_put", "disabled")]);
    assert!(wait(off.put(&key("x"), value("1"), PutMode::Create)).is_err());
    assert_eq!(
        server.take_log().len(),
        0,
        "after {log} requests of probes, nothing was asked"
    );
    println!("R8: ignored conditions found, updates refused, nothing written");
}

#[test]
fn r9_lost_ack() {
    let server = S3::new();
    let proxy = Toxic::new(server.address());
    let store = store_at(&proxy.url(), "r9", &[]);
    let lose = |text: &str| {
        proxy.harm(Harm {
            lose_reply_to: Some(text.to_owned()),
            times: 1,
            ..Harm::default()
        });
    };
    let (mut created, mut updated, mut refused) = (0, 0, 0);
    for i in 0..50 {
        let name = key(&format!("k{i}"));
        lose("if-none-match");
        let first = wait(store.put(&name, value("1"), PutMode::Create))
            .unwrap()
            .unwrap();
        assert_eq!(proxy.left(), 0, "no answer was lost");
        created += 1;
        lose("if-match");
        let mode = PutMode::Update(first.clone());
        let second = wait(store.put(&name, value("2"), mode)).unwrap();
        assert_eq!(proxy.left(), 0, "no answer was lost");
        assert_eq!(wait(store.head(&name)).unwrap().unwrap().version, second);
        updated += 1;
        // A real conflict is one, whether its answer is lost or not.
        lose("if-match");
        let e = wait(store.put(&name, value("3"), PutMode::Update(first))).unwrap_err();
        assert!(e.is_conflict(), "{e}");
        lose("if-none-match");
        let e = wait(store.put(&name, value("3"), PutMode::Create)).unwrap_err();
        assert!(matches!(e.kind, StoreErrorKind::AlreadyExists), "{e}");
        assert_eq!(wait(store.get_all(&name)).unwrap().unwrap(), "2");
        refused += 2;
    }
    let large = store_at(&proxy.url(), "r9", &[("put_limit", "100")]);
    let mut parts = 0;
    for i in 0..10 {
        let name = key(&format!("large{i}"));
        lose("CompleteMultipartUpload");
        let text = format!("{i}").repeat(1000);
        wait(large.put(&name, value(&text), PutMode::Overwrite)).unwrap();
        assert_eq!(wait(large.get_all(&name)).unwrap().unwrap(), text);
        parts += usize::from(proxy.left() == 0);
    }
    println!(
        "R9: lost answers: {created} creates, {updated} updates, {parts} uploads in parts recognised; {refused} real conflicts"
    );
    assert_eq!((created, updated, parts), (50, 50, 10));
}

/// Polls a future a number of times and then drops it; `None` if it was dropped.
async fn dropped_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(|cx: &mut Context<'_>| match left {
        0 => Poll::Ready(None),
        _ => {
            left -= 1;
            future.as_mut().poll(cx).map(Some)
        }
    })
    .await
}

#[test]
fn r7_cancel_everywhere() {
    let server = S3::new();
    let plain = server.store("r7");
    let large = store_at(&server.url(), "r7", &[("put_limit", "100")]);
    let name = key("x");
    let (old, new) = ("o".repeat(500), "n".repeat(500));
    let points = AtomicUsize::new(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    type Do<'a> = Box<dyn Fn() -> futures_util::future::BoxFuture<'a, ()> + 'a>;
    let put = |store: &'static ObjectStore, mode: fn() -> PutMode| -> Do<'static> {
        let (new, name) = (new.clone(), name.clone());
        Box::new(move || {
            let (new, name) = (new.clone(), name.clone());
            async move {
                let _any = store.put(&name, value(&new), mode()).await;
            }
            .boxed()
        })
    };
    let plain: &'static ObjectStore = Box::leak(Box::new(plain));
    let large: &'static ObjectStore = Box::leak(Box::new(large));
    let update = || -> Do<'static> {
        let (new, name) = (new.clone(), name.clone());
        Box::new(move || {
            let (new, name) = (new.clone(), name.clone());
            async move {
                let mut update = plain.update(&name).await.unwrap();
                let _old = update.get(ByteRange::Last(4)).await;
                let (Commit::Done(_) | Commit::Conflict) =
                    update.commit(Some(value(&new))).await.unwrap();
            }
            .boxed()
        })
    };
    let deeds: Vec<(&str, Do<'static>)> = vec![
        ("put", put(plain, || PutMode::Overwrite)),
        ("create", put(plain, || PutMode::Create)),
        ("parts", put(large, || PutMode::Overwrite)),
        ("update", update()),
    ];
    for (what, deed) in &deeds {
        for polls in 0.. {
            wait(plain.put(&name, value(&old), PutMode::Overwrite)).unwrap();
            let done = runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(20), dropped_after(polls, deed())).await
            });
            points.fetch_add(1, Ordering::Relaxed);
            // No lock is left held: a write goes through, and it is the last.
            let begin = std::time::Instant::now();
            let seen = wait(plain.get_all(&name)).unwrap().unwrap();
            assert!(
                seen == old || seen == new,
                "{what} after {polls} polls: torn"
            );
            drop(wait(plain.lock(&name)).unwrap());
            wait(plain.put(&name, value("last"), PutMode::Overwrite)).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!(
                wait(plain.get_all(&name)).unwrap().unwrap(),
                "last",
                "{what}: an older write landed"
            );
            assert!(
                begin.elapsed() < Duration::from_secs(5),
                "{what}: a lock was held"
            );
            if done.unwrap().is_some() {
                break;
            }
        }
    }
    // Uploads that were given up are taken back.
    let begin = std::time::Instant::now();
    let uploads = || {
        std::fs::read_dir(server.files())
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .contains("upload")
            })
            .count()
    };
    while uploads() > 0 && begin.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(50));
    }
    println!(
        "R7: {} points of 4 deeds, each old or new, {} uploads left",
        points.load(Ordering::Relaxed),
        uploads()
    );
    assert_eq!(uploads(), 0);
}

#[test]
fn a_dropped_write_never_lands_after_a_newer_one() {
    let server = Faulty::new();
    let store = Arc::new(quick(&server, &[("read_timeout", "5s")]));
    let name = key("x");
    for _ in 0..20 {
        server.next([Fault::Delay(Duration::from_millis(60))]);
        let older = wait(dropped_after(
            1,
            store.put(&name, value("older"), PutMode::Overwrite),
        ));
        assert!(older.is_none());
        wait(store.put(&name, value("newer"), PutMode::Overwrite)).unwrap();
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(server.object("/bucket/a/x").unwrap().bytes, b"newer");
    }
}
