//! The same operations on a runtime.

use futures_util::future::{join_all, try_join, try_join_all};
use futures_util::{StreamExt, TryStreamExt};
use zarr::blocking::Wait;
use zarr::*;

/// Runs a future on a runtime with two threads.
fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).build().unwrap().block_on(future)
}

forms! {
    await_a_create => { assert_eq!(run(async { zarr::zeros(Target::Memory, [3]).await })?.shape(), [3]); }
    await_a_read => { let a = crate::grid()?; assert_eq!(run(async { a.read::<i32>(..).await })?.sum(), 66); }
    await_a_write => {
        let a = crate::grid()?;
        run(async { a.write(.., 1).await })?;
        assert_eq!(run(async { a.read::<i32>(..).await })?.sum(), 12);
    }
    await_a_group => { assert!(run(async { zarr::create_group(Target::Memory).await?.keys().await })?.is_empty()); }
    tokio_spawn_of_a_read => {
        let a = zarr::zeros(Target::Memory, [3]).wait()?;
        let read = run(async { tokio::spawn(a.read::<f64>(..).into_future()).await }).unwrap()?;
        assert_eq!(read.len(), 3);
    }
    tokio_spawn_of_a_block => {
        let a = crate::grid()?;
        let sum = run(async { tokio::spawn(async move { Ok::<_, zarr::Error>(a.read::<i32>(..).await?.sum()) }).await });
        assert_eq!(sum.unwrap()?, 66);
    }
    tokio_spawn_of_a_write => {
        let a = crate::grid()?;
        run(async { tokio::spawn(a.write(0, 0).into_future()).await }).unwrap()?;
        assert_eq!(run(async { a.read::<i32>(..).await })?.sum(), 60);
    }
    tokio_join => {
        let a = crate::grid()?;
        let (x, y) = run(async { tokio::join!(a.read::<i32>(0).into_future(), a.read::<i32>(1).into_future()) });
        assert_eq!(x?.sum() + y?.sum(), 28);
    }
    tokio_try_join => {
        let a = crate::grid()?;
        let (x, y) = run(async { tokio::try_join!(a.read::<i32>(0).into_future(), a.read::<i32>(1).into_future()) })?;
        assert_eq!(x.sum() + y.sum(), 28);
    }
    tokio_join_set => {
        let a = crate::grid()?;
        let sums = run(async {
            let mut set = tokio::task::JoinSet::new();
            for i in 0..3 { set.spawn(a.read::<i32>(i).into_future()); }
            set.join_all().await
        });
        assert_eq!(sums.len(), 3);
    }
    try_join_all_of_reads => {
        let a = crate::grid()?;
        let rows = run(async { try_join_all((0..3).map(|i| a.read::<i32>(i).into_future())).await })?;
        assert_eq!(rows.iter().map(|row| row.sum()).collect::<Vec<_>>(), [6, 22, 38]);
    }
    join_all_of_writes => {
        let a = crate::grid()?;
        run(async { join_all((0..3).map(|i| a.write(i, i).into_future())).await }).into_iter().collect::<Result<()>>()?;
        assert_eq!(run(async { a.read::<i32>(..).await })?.sum(), 12);
    }
    try_join_of_opens => {
        let (a, b) = (crate::grid()?, crate::grid()?);
        let both = run(async { try_join(zarr::open_array(&a).into_future(), zarr::open_array(&b).into_future()).await })?;
        assert_eq!(both.0.shape(), both.1.shape());
    }
    stream_of_blocks => {
        let a = crate::grid()?;
        let blocks: Vec<_> = run(a.stream::<i32>(..).try_collect::<Vec<_>>())?;
        assert_eq!(blocks.len(), 4);
    }
    stream_next => {
        let a = crate::grid()?;
        let sum = run(async {
            let (mut stream, mut sum) = (a.outer_iter::<i32>(), 0);
            while let Some(row) = stream.next().await { sum += row?.sum(); }
            Ok::<_, zarr::Error>(sum)
        })?;
        assert_eq!(sum, 66);
    }
    writer_awaited => {
        let a = crate::grid()?;
        run(async {
            let mut w = a.writer();
            for i in 0..3 { w.write(i, 1).await?; }
            w.finish().await
        })?;
        assert_eq!(run(async { a.read::<i32>(..).await })?.sum(), 12);
    }
    handles_are_shared_between_tasks => {
        fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
        shared(&crate::grid()?);
        shared(&run(async { zarr::create_group(Target::Memory).await })?);
    }
}
