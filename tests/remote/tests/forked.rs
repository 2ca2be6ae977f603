//! A process that forks after this library has started threads: they are not in the child, which must not wait for them.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    process::{Command, exit},
    thread,
    time::{Duration, Instant},
};

use fork::{Fork, fork, waitpid_nohang};
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, Target};
use zarr_remote_tests::s3::{S3, store_at};
use zarr_store::{PutMode, Store, StoreExt, runtime::wait};

use crate::key;

/// Tells the inner process which server to ask.
const ENDPOINT: &str = "ZARR_TEST_FORK_ENDPOINT";
/// A child that takes longer waits for ever.
const LONG: Duration = Duration::from_secs(60);

#[test]
fn i14_a_forked_process_goes_on() {
    let server = S3::new();
    // A process of its own: a fork takes no other tests along.
    let this = env::current_exe().unwrap();
    let inner = Command::new(this)
        .args(["forked::inner", "--exact", "--ignored", "--nocapture"])
        .env(ENDPOINT, server.url())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&inner.stdout);
    assert!(
        inner.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&inner.stderr)
    );
    assert!(text.contains("both are done"), "{text}");
}

/// Arrays in the bucket and in a directory, large enough that workers decode them.
fn arrays(bucket: impl Store, directory: &std::path::Path, context: &Context) -> [Array; 2] {
    let bucket: std::sync::Arc<dyn Store> = std::sync::Arc::new(bucket);
    [Target::from(bucket), Target::from(directory)].map(|target| {
        let create = zarr::create_array(target, [1 << 20], DataType::UInt8);
        let create = create.chunks([1 << 17]).context(context);
        let array = create.wait().unwrap();
        array.write(.., 3_u8).wait().unwrap();
        array
    })
}

/// Reads and writes with handles, connections and workers that may be those of a parent.
fn works(store: &impl Store, arrays: &[Array], value: u8) -> bool {
    let name = key("k");
    let put = store.put(&name, vec![value; 100_000].into(), PutMode::Overwrite);
    wait(put).unwrap();
    let got = wait(store.get_all(&name)).unwrap().unwrap();
    let mut fine = got == vec![value; 100_000];
    for array in arrays {
        array.write(1..300_000, value).wait().unwrap();
        let cells = array.read::<u8>(..).wait().unwrap();
        fine &= cells[[0]] == 3 && cells[[299_999]] == value && cells[[300_000]] == 3;
    }
    fine
}

#[test]
#[ignore = "run in a process of its own, by the test above"]
fn inner() {
    let endpoint = env::var(ENDPOINT).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let context = Context::builder().threads(2).build();
    let store = store_at(&endpoint, "values", &[]);
    let arrays = arrays(
        store_at(&endpoint, "array", &[]),
        directory.path(),
        &context,
    );
    assert!(works(&store, &arrays, 1));
    match fork().unwrap() {
        Fork::Child => {
            // A panic would end this thread, which is the only one, and with it the process, as if all were well.
            let works = catch_unwind(AssertUnwindSafe(|| works(&store, &arrays, 2)));
            exit(i32::from(!matches!(works, Ok(true))))
        }
        Fork::Parent(child) => {
            let begin = Instant::now();
            let ended = loop {
                match waitpid_nohang(child).unwrap() {
                    Some(status) => break status,
                    None if begin.elapsed() > LONG => {
                        let _killed = Command::new("kill")
                            .args(["-9", &child.to_string()])
                            .status();
                        panic!("the child waits for ever");
                    }
                    None => thread::sleep(Duration::from_millis(20)),
                }
            };
            assert_eq!(ended, 0, "how the child ended");
            assert!(works(&store, &arrays, 4), "the parent goes on, too");
            println!("both are done");
        }
    }
}
