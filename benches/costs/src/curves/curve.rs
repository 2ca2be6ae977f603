//! `Curve`: what something costs for several sizes, and whether it grows as it should.

use std::collections::BTreeSet;
use std::fmt;

/// A figure with one line or more over the same sizes.
#[derive(Debug)]
pub(crate) struct Curve {
    /// Of its file.
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// What there is more and more of.
    pub(crate) x: &'static str,
    /// The unit of what it costs.
    pub(crate) y: &'static str,
    growth: Growth,
    pub(crate) lines: Vec<Line>,
}

#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    /// The sizes are ascending.
    pub(crate) points: Vec<(f64, f64)>,
}

/// How fast costs may grow between one size and the next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Growth {
    /// Not at all, whatever the size.
    Flat,
    /// In proportion to the size.
    Linear,
}

impl Growth {
    /// The steepest slope in logarithms of both. What is above zero or one is for noise.
    fn steepest(self) -> f64 {
        match self {
            Self::Flat => 0.25,
            Self::Linear => 1.15,
        }
    }
}

/// Milliseconds below which nothing is told of growth: steps of a few microseconds have other reasons than size.
const NOISE_MS: f64 = 1.0;

impl Curve {
    pub(crate) fn new(
        name: &'static str,
        title: &'static str,
        x: &'static str,
        y: &'static str,
        growth: Growth,
    ) -> Self {
        let lines = Vec::new();
        Self {
            name,
            title,
            x,
            y,
            growth,
            lines,
        }
    }

    /// Adds the cost of a size that is larger than those before.
    pub(crate) fn add(&mut self, line: &'static str, size: u64, cost: f64) {
        let point = (size as f64, cost);
        match self.lines.iter_mut().find(|known| known.name == line) {
            Some(line) => line.points.push(point),
            None => self.lines.push(Line {
                name: line,
                points: vec![point],
            }),
        }
    }

    /// Takes the cost of each size from the same curve, measured again, where that is less.
    pub(crate) fn improve(&mut self, again: &Self) {
        for (line, again) in self.lines.iter_mut().zip(&again.lines) {
            for ((_, cost), (_, less)) in line.points.iter_mut().zip(&again.points) {
                *cost = cost.min(*less);
            }
        }
    }

    /// Each line's name, sizes and costs.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&'static str, f64, f64)> {
        let lines = self.lines.iter();
        lines.flat_map(|line| line.points.iter().map(|&(x, y)| (line.name, x, y)))
    }

    /// The lines that grow too fast, and their steepest slope.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&'static str, f64)> {
        let slopes = self
            .lines
            .iter()
            .filter_map(|line| Some((line.name, self.slope(line)?)));
        slopes.filter(|(_, slope)| *slope > self.growth.steepest())
    }

    /// The steepest slope of a line, in logarithms.
    fn slope(&self, line: &Line) -> Option<f64> {
        let is_told = |y: f64| !self.y.ends_with("ms") || y >= NOISE_MS;
        let pairs = line.points.iter().zip(line.points.iter().skip(1));
        pairs
            .filter(|((x, y), (_, more))| *x > 0.0 && *y > 0.0 && is_told(*more))
            .map(|((x, y), (next, more))| {
                // Below the noise, what grows begins at the noise.
                let y = if self.y.ends_with("ms") {
                    y.max(NOISE_MS)
                } else {
                    *y
                };
                (more / y).ln() / (next / x).ln()
            })
            .max_by(f64::total_cmp)
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, in {}", self.title, self.y)?;
        let sizes: BTreeSet<u64> = self.points().map(|(_, x, _)| x as u64).collect();
        let width = sizes.last().map_or(0, |size| size.to_string().len()).max(9) + 2;
        write!(f, "{:<28}", self.x)?;
        for size in &sizes {
            write!(f, "{size:>width$}")?;
        }
        writeln!(f)?;
        for line in &self.lines {
            write!(f, "{:<28}", line.name)?;
            for size in &sizes {
                let found = line.points.iter().find(|(x, _)| *x as u64 == *size);
                match found {
                    Some((_, y)) if *y >= 100.0 => write!(f, "{y:>width$.0}")?,
                    Some((_, y)) => write!(f, "{y:>width$.3}")?,
                    None => write!(f, "{:>width$}", "")?,
                }
            }
            writeln!(f)?;
        }
        for (line, slope) in self.faults() {
            writeln!(
                f,
                "FAULT: `{line}` grows with the power {slope:.2} of {}",
                self.x
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(growth: Growth, costs: &[f64]) -> usize {
        let mut curve = Curve::new("a", "a", "chunks", "ms", growth);
        for (i, &cost) in costs.iter().enumerate() {
            curve.add("read", 10_u64.pow(i as u32), cost);
        }
        curve.faults().count()
    }

    #[test]
    fn the_best_of_two_measurements_counts() {
        let curve = |costs: [f64; 2]| {
            let mut curve = Curve::new("a", "a", "chunks", "ms", Growth::Linear);
            curve.add("read", 1, costs[0]);
            curve.add("read", 10, costs[1]);
            curve
        };
        let mut first = curve([10.0, 200.0]);
        assert_eq!(first.faults().count(), 1);
        first.improve(&curve([12.0, 90.0]));
        assert_eq!(
            first.points().map(|point| point.2).collect::<Vec<_>>(),
            [10.0, 90.0]
        );
        assert_eq!(first.faults().count(), 0);
    }

    #[test]
    fn what_grows_faster_than_its_size_is_a_fault() {
        assert_eq!(faults(Growth::Linear, &[10.0, 100.0, 1000.0]), 0);
        assert_eq!(faults(Growth::Linear, &[10.0, 100.0, 1500.0]), 1);
        assert_eq!(faults(Growth::Flat, &[10.0, 12.0, 9.0]), 0);
        assert_eq!(faults(Growth::Flat, &[10.0, 20.0]), 1);
    }

    #[test]
    fn nothing_is_told_of_what_takes_no_time() {
        assert_eq!(faults(Growth::Linear, &[0.001, 0.9]), 0);
        assert_eq!(faults(Growth::Flat, &[0.001, 0.002, 1.1]), 0);
        assert_eq!(faults(Growth::Flat, &[0.001, 0.5, 10.0]), 1);
    }
}
