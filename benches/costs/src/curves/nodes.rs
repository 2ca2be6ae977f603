//! A group of more and more arrays: created, opened, listed and consolidated.

use std::path::Path;

use zarr::blocking::Wait;
use zarr::{ArrayOptions, DataType, UseConsolidated};

use crate::Result;
use crate::curve::{Curve, Growth};
use crate::time::{busy_ms, busy_once_ms};

pub(crate) fn measure(dir: &Path, full: bool) -> Result<Vec<Curve>> {
    let title = "a group of so many arrays, in files";
    let mut curve = Curve::new("nodes", title, "arrays", "busy ms", Growth::Linear);
    for power in 1..=if full { 5 } else { 4 } {
        let count = 10_u64.pow(power);
        let path = dir.join(count.to_string());
        let array = ArrayOptions::new([16, 8, 4], DataType::Float32);
        let nodes = (0..count).map(|i| (format!("a{i:06}"), array.clone()));
        let created = busy_once_ms(|| zarr::create_hierarchy(&path, nodes).wait())?;
        curve.add("create", count, created);

        let open = |which| zarr::open_group(&path).use_consolidated(which).wait();
        curve.add("open", count, busy_ms(|| open(UseConsolidated::Never))?);
        let group = open(UseConsolidated::Never)?;
        let list = || group.arrays().wait();
        check(list()?.len(), count)?;
        curve.add("list", count, busy_ms(list)?);

        let consolidate = || zarr::consolidate_metadata(&path).wait();
        curve.add("consolidate", count, busy_ms(consolidate)?);
        let consolidated = || open(UseConsolidated::from(true));
        curve.add("open consolidated", count, busy_ms(consolidated)?);
        let group = consolidated()?;
        let list = || group.arrays().wait();
        check(list()?.len(), count)?;
        curve.add("list consolidated", count, busy_ms(list)?);
    }
    Ok(vec![curve])
}

fn check(found: usize, count: u64) -> Result<()> {
    match found as u64 == count {
        true => Ok(()),
        false => Err(format!("{found} arrays are listed, and {count} were created").into()),
    }
}
