//! The counts that are kept in a file, and how others compare with them.

use std::collections::BTreeMap;
use std::fmt;

use crate::report::Result;

/// By how much instructions may differ, in thousandths. The same program's differ by up to 8 from run to run, where
/// no threads wait for each other.
const TOLERANCE: u64 = 30;

/// What one operation costs.
pub(super) struct Counts {
    pub(super) name: String,
    pub(super) instructions: u64,
    /// By all threads, and exact: those by which threads wait for each other are not counted.
    pub(super) calls: u64,
}

/// The content of the file.
pub(super) struct Kept {
    tools: String,
    operations: Vec<Counts>,
}

impl Kept {
    pub(super) fn text(tools: &str, operations: &[Counts]) -> String {
        let mut text = format!(
            "# What small operations cost: instructions, system calls.\n\
             # Written by `cargo xtask bench --counts --save`; docs/performance.md says how they are counted.\n\
             tools: {tools}\n"
        );
        for Counts {
            name,
            instructions,
            calls,
        } in operations
        {
            text.push_str(&format!("{instructions:>10} {calls:>6}  {name}\n"));
        }
        text
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut kept = Self {
            tools: String::new(),
            operations: Vec::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix("tools: ") {
                Some(tools) => kept.tools = tools.to_owned(),
                None => kept
                    .operations
                    .push(operation(line).ok_or(format!("not a line of counts: `{line}`"))?),
            }
        }
        Ok(kept)
    }
}

/// A line of the file.
fn operation(line: &str) -> Option<Counts> {
    let (instructions, rest) = line.trim_start().split_once(' ')?;
    let (calls, name) = rest.trim_start().split_once("  ")?;
    Some(Counts {
        name: name.to_owned(),
        instructions: instructions.parse().ok()?,
        calls: calls.parse().ok()?,
    })
}

/// What was counted, beside what is kept.
pub(super) struct Compared<'a> {
    rows: Vec<(&'a Counts, Option<&'a Counts>)>,
    /// Of kept operations that were not done.
    gone: Vec<&'a str>,
    /// With which both were built, if not with the same.
    other_tools: Option<(&'a str, &'a str)>,
}

impl<'a> Compared<'a> {
    pub(super) fn new(kept: &'a Kept, tools: &'a str, counted: &'a [Counts]) -> Self {
        let mut by_name: BTreeMap<&str, &Counts> = kept
            .operations
            .iter()
            .map(|counts| (counts.name.as_str(), counts))
            .collect();
        let rows = counted
            .iter()
            .map(|counts| (counts, by_name.remove(counts.name.as_str())))
            .collect();
        Self {
            rows,
            gone: by_name.into_keys().collect(),
            other_tools: (kept.tools != tools).then_some((&kept.tools, tools)),
        }
    }

    /// The operations of which a count is above what is kept, with both counts.
    pub(super) fn more(&self) -> Vec<String> {
        let is_more = |mark| matches!(mark, Mark::More);
        self.compared()
            .filter(|(counted, kept)| self.marks(counted, kept).into_iter().any(is_more))
            .map(|(counted, kept)| {
                format!(
                    "`{}` ({} instructions, {} calls; kept {}, {})",
                    counted.name,
                    counted.instructions,
                    counted.calls,
                    kept.instructions,
                    kept.calls
                )
            })
            .collect()
    }

    /// What the file does not say any longer, or not yet.
    pub(super) fn news(&self) -> Option<String> {
        let less = self
            .compared()
            .flat_map(|(counted, kept)| self.marks(counted, kept))
            .filter(|mark| matches!(mark, Mark::Less))
            .count();
        let new = self.rows.iter().filter(|(_, kept)| kept.is_none()).count();
        let of = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let parts = [
            of(less, "counts are below those that are kept"),
            of(new, "operations are new"),
            of(self.gone.len(), "that are kept are gone"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Why instructions were not compared, if they were not.
    pub(super) fn incomparable(&self) -> Option<String> {
        let (kept, now) = self.other_tools?;
        Some(format!(
            "skipped: instructions were not judged: those that are kept are of {kept}, and this is {now}"
        ))
    }

    /// What was counted and is kept.
    fn compared(&self) -> impl Iterator<Item = (&Counts, &Counts)> {
        self.rows
            .iter()
            .filter_map(|(counted, kept)| Some((*counted, (*kept)?)))
    }

    fn marks(&self, counted: &Counts, kept: &Counts) -> [Mark; 2] {
        [self.instructions(counted, kept), calls(counted, kept)]
    }

    fn instructions(&self, counted: &Counts, kept: &Counts) -> Mark {
        let allowed = kept.instructions * TOLERANCE / 1000;
        match self.other_tools {
            Some(_) => Mark::Same,
            None if counted.instructions > kept.instructions + allowed => Mark::More,
            None if counted.instructions + allowed < kept.instructions => Mark::Less,
            None => Mark::Same,
        }
    }
}

fn calls(counted: &Counts, kept: &Counts) -> Mark {
    match counted.calls.cmp(&kept.calls) {
        std::cmp::Ordering::Less => Mark::Less,
        std::cmp::Ordering::Equal => Mark::Same,
        std::cmp::Ordering::Greater => Mark::More,
    }
}

/// How a count compares.
#[derive(Clone, Copy)]
enum Mark {
    Less,
    Same,
    More,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Less => "less",
            Self::Same => "",
            Self::More => "MORE",
        })
    }
}

impl fmt::Display for Compared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<36}{:>12}{:>12}{:>9}      {:>8}{:>8}",
            "operation", "instructions", "kept", "change", "calls", "kept"
        )?;
        for (counted, kept) in &self.rows {
            let Counts {
                name,
                instructions,
                calls: count,
            } = counted;
            write!(f, "{name:<36}{instructions:>12}")?;
            match kept {
                None => writeln!(f, "{:>12}{:>9}      {count:>8}", "new", "")?,
                Some(kept) => {
                    let change = *instructions as f64 / kept.instructions.max(1) as f64 - 1.0;
                    let (mark, calls) = (self.instructions(counted, kept), calls(counted, kept));
                    let line = format!(
                        "{:>12}{:>+8.1}% {mark:<5}{count:>8}{:>8} {calls}",
                        kept.instructions,
                        100.0 * change,
                        kept.calls
                    );
                    writeln!(f, "{}", line.trim_end())?;
                }
            }
        }
        self.gone
            .iter()
            .try_for_each(|name| writeln!(f, "{name:<36} was not done"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(name: &str, instructions: u64, calls: u64) -> Counts {
        let name = name.to_owned();
        Counts {
            name,
            instructions,
            calls,
        }
    }

    fn kept() -> Kept {
        let counts = [
            counts("read a cell, raw", 10_000, 6),
            counts("open", 50_000, 12),
        ];
        Kept::parse(&Kept::text("rustc 1", &counts)).unwrap()
    }

    /// How many counts are above, and what is said of the others.
    fn judged(tools: &str, cell: (u64, u64), open: (u64, u64)) -> (usize, Option<String>) {
        let counted = [
            counts("read a cell, raw", cell.0, cell.1),
            counts("open", open.0, open.1),
        ];
        let kept = kept();
        let compared = Compared::new(&kept, tools, &counted);
        (compared.more().len(), compared.news())
    }

    #[test]
    fn what_is_written_is_read() {
        let kept = kept();
        assert_eq!(kept.tools, "rustc 1");
        let [cell, open] = &kept.operations[..] else {
            panic!("two operations");
        };
        assert_eq!(
            (cell.name.as_str(), cell.instructions, cell.calls),
            ("read a cell, raw", 10_000, 6)
        );
        assert_eq!(
            (open.name.as_str(), open.instructions, open.calls),
            ("open", 50_000, 12)
        );
        assert!(Kept::parse("12 a cell\n").is_err());
    }

    #[test]
    fn three_percent_more_instructions_are_allowed_and_no_system_call() {
        assert_eq!(judged("rustc 1", (10_300, 6), (48_500, 12)), (0, None));
        assert_eq!(judged("rustc 1", (10_301, 6), (50_000, 12)), (1, None));
        assert_eq!(judged("rustc 1", (10_000, 7), (60_000, 12)), (2, None));
    }

    #[test]
    fn what_is_below_is_told() {
        let told = |count| Some(format!("{count} counts are below those that are kept"));
        assert_eq!(judged("rustc 1", (9_600, 6), (50_000, 12)), (0, told(1)));
        assert_eq!(judged("rustc 1", (9_600, 5), (50_000, 12)), (0, told(2)));
    }

    #[test]
    fn instructions_of_another_compiler_are_not_judged_but_system_calls_are() {
        assert_eq!(judged("rustc 2", (20_000, 6), (50_000, 12)), (0, None));
        assert_eq!(judged("rustc 2", (20_000, 8), (50_000, 12)), (1, None));
        let kept = kept();
        assert!(
            Compared::new(&kept, "rustc 2", &[])
                .incomparable()
                .is_some()
        );
        assert!(
            Compared::new(&kept, "rustc 1", &[])
                .incomparable()
                .is_none()
        );
    }

    #[test]
    fn operations_that_are_new_or_gone_are_told() {
        let (kept, counted) = (kept(), [counts("open", 50_000, 12), counts("close", 1, 1)]);
        let news = Compared::new(&kept, "rustc 1", &counted).news();
        assert_eq!(
            news.as_deref(),
            Some("1 operations are new, 1 that are kept are gone")
        );
    }
}
