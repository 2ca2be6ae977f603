//! The last table: a line for each case, the better of our two forms beside the best peer. docs/performance.md shows it.

use std::fmt;

use crate::program::Name;
use crate::table::Row;

/// From here on a difference is more than noise.
pub(crate) const BEHIND: f64 = 1.05;
/// Up to here a row is well ahead.
const AHEAD: f64 = 0.8;

/// The fastest of some programs.
pub(crate) fn best(rows: &[(Name, Row)], which: impl Fn(Name) -> bool) -> Option<&Row> {
    let rows = rows.iter().filter(|(name, _)| which(*name));
    rows.map(|(_, row)| row).min_by(|a, b| a.by_time(b))
}

/// What the programs needed for one case.
pub(crate) struct Compared {
    ours: Option<Row>,
    ours_wait: Option<Row>,
    peer: Row,
    limit: Option<Row>,
}

impl Compared {
    /// `None` without a program of ours or without a peer.
    pub(crate) fn new(rows: &[(Name, Row)]) -> Option<Self> {
        let of = |which: Name| best(rows, |name| name == which).cloned();
        let compared = Self {
            ours: of(Name::Ours),
            ours_wait: of(Name::OursWait),
            peer: best(rows, Name::is_peer)?.clone(),
            limit: of(Name::Limit),
        };
        compared.better().is_some().then_some(compared)
    }

    fn better(&self) -> Option<&Row> {
        let ours = self.ours.iter().chain(&self.ours_wait);
        ours.min_by(|a, b| a.by_time(b))
    }

    /// Below 1 we are faster.
    pub(crate) fn ratio(&self) -> f64 {
        self.better()
            .map_or(f64::NAN, |ours| ours.times(&self.peer))
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(better) = self.better() else {
            return Ok(());
        };
        let time = |row: &Option<Row>| row.as_ref().map_or(String::new(), Row::milliseconds);
        let limit = |row: &Row| match &self.limit {
            Some(limit) => format!("{:.2}", row.times(limit)),
            None => String::new(),
        };
        let of_peer = match &self.limit {
            Some(limit) => format!("{:.2}", limit.times(&self.peer)),
            None => String::new(),
        };
        write!(
            f,
            "| {} | {} | {} | {} {} | {:.2} | {} | {of_peer} | {:.0}, {:.0} MiB |",
            better.case(),
            time(&self.ours),
            time(&self.ours_wait),
            self.peer.milliseconds(),
            self.peer.program(),
            self.ratio(),
            limit(better),
            better.peak_mib(),
            self.peer.peak_mib(),
        )
    }
}

/// All cases of a run.
pub(crate) struct Summary<'c>(pub(crate) &'c [Compared]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let up_to = |most: f64| self.0.iter().filter(|row| row.ratio() <= most).count();
        writeln!(
            f,
            "| workload | dataset | ours | ours-wait | best peer | ours / best peer | ours / limit | limit / peer | memory, ours and peer |\n\
             |:--|:--|--:|--:|--:|--:|--:|--:|--:|"
        )?;
        self.0.iter().try_for_each(|row| writeln!(f, "{row}"))?;
        write!(
            f,
            "\n{} rows, milliseconds: {} at most {BEHIND}, {} at most {AHEAD}",
            self.0.len(),
            up_to(BEHIND),
            up_to(AHEAD),
        )
    }
}
