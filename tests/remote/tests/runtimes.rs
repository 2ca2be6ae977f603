//! Remote stores can be waited for from anywhere: inside a runtime of any kind, without one, and after
//! the runtime that first used them is gone.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use zarr_remote_tests::s3::S3;
use zarr_store::{ObjectStore, PutMode, Store, StoreExt, runtime::wait};

use crate::key;

fn single() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

/// Writes and reads, waiting on this thread.
fn use_it(store: &ObjectStore, name: &str) {
    let name = key(name);
    wait(store.put(&name, vec![1].into(), PutMode::Overwrite)).unwrap();
    assert!(wait(store.exists(&name)).unwrap());
}

/// The same by `.await`.
async fn await_it(store: &ObjectStore, name: &str) {
    let name = key(name);
    store
        .put(&name, vec![1].into(), PutMode::Overwrite)
        .await
        .unwrap();
    assert!(store.exists(&name).await.unwrap());
}

fn bounded(what: &'static str, test: impl FnOnce() + Send + 'static) {
    let (say, hear) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        test();
        say.send(()).unwrap();
    });
    assert!(
        hear.recv_timeout(Duration::from_secs(20)).is_ok(),
        "{what} hangs or fails"
    );
}

#[test]
fn any_runtime_and_none() {
    let server = S3::new();
    let store = server.store("runtimes");
    let of = || store.clone();
    let s = of();
    bounded("no runtime", move || use_it(&s, "a"));
    let s = of();
    bounded("wait inside a current-thread runtime", move || {
        single().block_on(async { use_it(&s, "b") });
    });
    let s = of();
    bounded("wait inside the only worker", move || {
        let runtime = multi();
        runtime
            .block_on(async move { tokio::spawn(async move { use_it(&s, "c") }).await.unwrap() });
    });
    let s = of();
    bounded("connections opened by a runtime that is gone", move || {
        single().block_on(await_it(&s, "d"));
        multi().block_on(await_it(&s, "e"));
        single().block_on(async { use_it(&s, "f") });
        futures_util::FutureExt::now_or_never(async {});
        use_it(&s, "g");
    });
    let s = of();
    bounded("a runtime without timers or sockets", move || {
        Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(await_it(&s, "h"));
    });
    let s = of();
    bounded("many threads at once", move || {
        std::thread::scope(|scope| {
            for i in 0..8 {
                let s = &s;
                scope.spawn(move || use_it(s, &format!("t{i}")));
            }
        });
    });
}
