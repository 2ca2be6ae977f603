//! What a worker can be told to do with arrays and groups, as users do it: append, resize, replace, look.

use zarr::{Array, DataType, ErrorKind, Group, Result};
use zarr_store::{LocalStore, runtime::wait};

use crate::say;

/// Appends so many rows of two cells, one after another, each with a number of its own.
pub(crate) fn append(store: &LocalStore, writer: u64, rows: u64) {
    wait(async {
        let mut array = zarr::open_array(store.clone()).await.unwrap();
        for row in 0..rows {
            let number = (writer * rows + row) as i32;
            let row = zarr::ndarray::Array2::from_elem((1, 2), number);
            array.append(row).await.unwrap();
        }
    });
}

/// Gives an array of one axis one length after another; 10, 20, 30 or 40.
pub(crate) fn resize(store: &LocalStore, writer: u64, rounds: u64) {
    wait(async {
        let mut array = zarr::open_array(store.clone()).await.unwrap();
        for round in 0..rounds {
            let length = 10 * (1 + (round * 3 + writer) % 4);
            array.resize([length]).await.unwrap();
        }
    });
}

/// Two arrays that take turns under one name. Their cells, and the bytes of their chunks, tell them apart.
const NARROW: std::ops::Range<i32> = 1000..2000;
const WIDE: std::ops::Range<i32> = 2_000_000..2_001_000;
const FILL: i32 = -1;
const CHUNK: usize = 16;

/// Makes, fills, overwrites and deletes arrays and a group, for ever.
pub(crate) fn replace(store: &LocalStore) {
    wait(async {
        let root = zarr::open_group(store.clone()).await.unwrap();
        for round in 0.. {
            replace_once(&root, round).await.unwrap();
        }
    });
}

async fn replace_once(root: &Group, round: i32) -> Result<()> {
    for (dtype, cells) in [(DataType::Int16, NARROW), (DataType::Int32, WIDE)] {
        for name in ["a", "g/x"] {
            if name == "g/x" {
                root.create_group("g").overwrite(true).await?;
            }
            let create = root.create_array(name, [4 * CHUNK as u64], dtype.clone());
            let create = create.chunks([CHUNK as u64]).compressors(());
            let array = create.fill_value(FILL).overwrite(true).await?;
            array.write(.., cells.start + round % 1000).cast().await?;
        }
    }
    root.delete("a").await?;
    root.delete("g").await
}

/// What came of some reads.
#[derive(Default)]
struct Seen {
    whole: u64,
    partly: u64,
    absent: u64,
    refused: u64,
}

impl Seen {
    /// Each chunk is there as it was written or not at all, and never of the other array.
    fn note(&mut self, read: Result<Vec<i32>>, cells: &std::ops::Range<i32>) {
        let cells_read = match read {
            Ok(cells_read) => cells_read,
            Err(error) => return self.fail(&error),
        };
        assert_eq!(cells_read.len(), 4 * CHUNK);
        for chunk in cells_read.chunks(CHUNK) {
            assert!(chunk.iter().all(|cell| *cell == chunk[0]), "{cells_read:?}");
            let right = chunk[0] == FILL || cells.contains(&chunk[0]);
            assert!(right, "{} is of another array", chunk[0]);
        }
        match cells_read.contains(&FILL) {
            true => self.partly += 1,
            false => self.whole += 1,
        }
    }

    fn fail(&mut self, error: &zarr::Error) {
        match error.kind() {
            ErrorKind::NotFound { .. } => self.absent += 1,
            _ => self.refused += 1,
        }
    }
}

async fn read(array: &Array, seen: &mut Seen) {
    match array.dtype() {
        DataType::Int16 => {
            let read = array.read::<i16>(..).await;
            let read = read.map(|cells| cells.iter().map(|cell| i32::from(*cell)).collect());
            seen.note(read, &NARROW);
        }
        DataType::Int32 => {
            let read = array.read::<i32>(..).await;
            seen.note(read.map(|cells| cells.iter().copied().collect()), &WIDE);
        }
        other => panic!("nobody wrote {other:?}"),
    }
}

/// Reads what `replace` makes, so many times, with new handles and with old ones; says how often what it read was
/// whole, lacked chunks, was absent, and was refused.
pub(crate) fn look(store: &LocalStore, count: u64) {
    let mut seen = Seen::default();
    wait(async {
        let root = zarr::open_group(store.clone()).await.unwrap();
        let mut old = None;
        for round in 0..count {
            let name = ["a", "g/x"][round as usize % 2];
            match root.array(name).await {
                Ok(array) => {
                    read(&array, &mut seen).await;
                    if round % 64 < 2 {
                        old = Some(array);
                    }
                }
                Err(error) => seen.fail(&error),
            }
            if let Some(old) = &old {
                read(old, &mut seen).await;
            }
            // A list of what is there, or an error.
            let nodes = root.members().max_depth(None).await;
            assert!(nodes.map_or(0, |nodes| nodes.len()) <= 3);
        }
    });
    let Seen {
        whole,
        partly,
        absent,
        refused,
    } = seen;
    say(format!("{whole} {partly} {absent} {refused}"));
}
