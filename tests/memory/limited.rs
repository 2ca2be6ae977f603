//! An array much larger than memory, written, streamed and read again by a process of its own, whose
//! peak the system tells. `ZARR_MEMORY=full` makes it 20 GiB under 512 MiB.

use std::process::Command;
use std::sync::Arc;

use futures_util::StreamExt;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Ix2, s};
use zarr::blocking::Wait;
use zarr::{Array, Context, DataType, sel};
use zarr_store::runtime::wait;
use zarr_store::{BlockingStore, LocalStore, Store};

use crate::MIB;

/// Set for the process that is measured: `far` or `near`.
const CHILD: &str = "ZARR_MEMORY_CHILD";
/// Kinds of blocks: neighbours differ.
const KINDS: u32 = 5;

/// How much of everything.
struct Form {
    /// Bytes of all elements, and what the process may hold.
    bytes: u64,
    limit: u64,
    /// Elements of four bytes along each side of a block, which is a chunk.
    side: usize,
    /// Blocks side by side: a slab of them is written and read at a time.
    across: usize,
}

impl Form {
    fn asked() -> Self {
        match std::env::var_os("ZARR_MEMORY").is_some_and(|form| form == "full") {
            true => Self {
                bytes: 20 << 30,
                limit: 512 * MIB,
                side: 1 << 10,
                across: 16,
            },
            false => Self {
                bytes: 512 * MIB,
                limit: 64 * MIB,
                side: 1 << 9,
                across: 8,
            },
        }
    }

    fn slab(&self) -> usize {
        self.side * self.side * self.across * 4
    }

    fn slabs(&self) -> usize {
        self.bytes as usize / self.slab()
    }
}

/// Blocks of every kind: what compresses well, and differs from cell to cell and kind to kind.
struct Blocks(Vec<Array2<u32>>);

impl Blocks {
    fn new(side: usize) -> Self {
        let cell = |kind: u32| move |(y, x)| (y * side + x) as u32 / 64 + kind * 1_000_003;
        let kinds = (0..KINDS).map(|kind| Array2::from_shape_fn((side, side), cell(kind)));
        Self(kinds.collect())
    }

    fn at(&self, row: usize, column: usize) -> &Array2<u32> {
        &self.0[(row * 3 + column) % self.0.len()]
    }

    /// Row by row, as slices: element by element would take longer than all the rest.
    fn check(&self, row: usize, column: usize, found: &ArrayView2<'_, u32>) {
        let rows = found.rows().into_iter().zip(self.at(row, column).rows());
        let mut same = rows.map(|(found, wanted)| found.to_slice() == wanted.to_slice());
        assert!(same.all(|same| same), "block {row}, {column}");
    }

    fn copy(&self, row: usize, column: usize, mut to: ArrayViewMut2<'_, u32>) {
        for (to, from) in to.outer_iter_mut().zip(self.at(row, column).rows()) {
            let to = to.into_slice().expect("rows of neighbours");
            to.copy_from_slice(from.to_slice().expect("rows of neighbours"));
        }
    }
}

/// Runs the process that is measured, for files read by workers and for files as if far away.
pub(crate) fn run() {
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    for place in ["near", "far"] {
        let child = Command::new(&program).env(CHILD, place).status();
        assert!(child.expect("started").success(), "{place}");
    }
}

/// What the process that is measured does, if this is it.
pub(crate) fn is_child() -> bool {
    let Ok(place) = std::env::var(CHILD) else {
        return false;
    };
    let form = Form::asked();
    let dir = tempfile::tempdir().expect("a directory");
    let files = LocalStore::new(dir.path());
    let store: Arc<dyn Store> = match place.as_str() {
        "far" => files.high_latency().into_store(),
        _ => files.into_store(),
    };
    use_it(&form, store);
    // The system's count: code, stacks and what allocators keep are in it.
    if let Some(peak) = peak() {
        println!(
            "{place}: {} MiB in {} slabs, {} MiB held at most",
            form.bytes / MIB,
            form.slabs(),
            peak / MIB
        );
        assert!(peak <= form.limit, "{peak} bytes held");
    }
    true
}

fn use_it(form: &Form, store: Arc<dyn Store>) {
    let context = Context::builder().threads(2).memory(form.limit / 8).build();
    let (rows, columns) = (form.slabs() * form.side, form.across * form.side);
    let create = zarr::create_array(store, [rows as u64, columns as u64], DataType::UInt32);
    let create = create.chunks([form.side as u64; 2]).context(&context);
    let array = create.wait().expect("a new array");
    let blocks = Blocks::new(form.side);
    for row in 0..form.slabs() {
        let mut slab = Array2::zeros((form.side, columns));
        for column in 0..form.across {
            let place = column * form.side..(column + 1) * form.side;
            blocks.copy(row, column, slab.slice_mut(s![.., place]));
        }
        let place = (row * form.side) as i64..((row + 1) * form.side) as i64;
        array.write(sel![place, ..], slab).wait().expect("written");
    }
    stream(form, &array, &blocks);
    for row in 0..form.slabs() {
        let place = (row * form.side) as i64..((row + 1) * form.side) as i64;
        let slab = array.read::<u32>(sel![place, ..]).wait().expect("a slab");
        let slab = slab.into_dimensionality::<Ix2>().expect("two axes");
        for column in 0..form.across {
            let place = column * form.side..(column + 1) * form.side;
            blocks.check(row, column, &slab.slice(s![.., place]));
        }
    }
}

fn stream(form: &Form, array: &Array, blocks: &Blocks) {
    let all = sel![..].resolve(array.chunked().grid()).expect("all of it");
    let stream = Arc::clone(array.chunked()).stream_as::<u32>(all, None);
    let mut stream = Box::pin(stream.expect("a stream"));
    let mut count = 0;
    while let Some(block) = wait(stream.next()) {
        let (region, block) = block.expect("a block");
        let [row, column] = [0, 1].map(|axis| region.ranges[axis].start() as usize / form.side);
        let block = block.into_dimensionality().expect("two axes");
        blocks.check(row, column, &block.view());
        count += 1;
    }
    assert_eq!(count, form.slabs() * form.across);
}

/// The most that this process ever held in memory, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
