//! Counts over time.

/// Counts what happens over time, in intervals of equal length.
///
/// There are at most 512 intervals. The first length is 2^20 ns, about 1 ms. When the run goes on beyond the last
/// interval, neighbours are joined and the length doubles.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{FixedLatency, Fleet, Simulation};
/// use std::time::Duration;
///
/// let server = FixedLatency::new(Duration::from_millis(1));
/// let fleet = Fleet::stream(100.0, Duration::from_secs(60));
/// let record = Simulation::new(&Policy::DEFAULT, server).with_fleet(fleet).run(1);
/// let intervals = record.series.intervals();
/// assert!(intervals.len() <= 512);
/// assert_eq!(intervals.iter().map(|interval| interval.begun).sum::<u64>(), record.calls);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Series {
    /// The length of an interval is 2 to this power, in nanoseconds.
    shift: u32,
    intervals: Vec<Interval>,
}

/// What happened in one interval of a [`Series`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Interval {
    /// Attempts that reached the server.
    pub attempts: u64,
    /// Calls that began.
    pub begun: u64,
    /// Calls that succeeded.
    pub succeeded: u64,
}

const MAX_INTERVALS: usize = 512;
const FIRST_SHIFT: u32 = 20;

impl Interval {
    fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.begun += other.begun;
        self.succeeded += other.succeeded;
    }
}

impl Series {
    pub(crate) const fn new() -> Self {
        Self {
            shift: FIRST_SHIFT,
            intervals: Vec::new(),
        }
    }

    /// Returns the interval at a time in nanoseconds, to count in it.
    #[inline]
    pub(crate) fn at(&mut self, time: u64) -> &mut Interval {
        let mut index = (time >> self.shift) as usize;
        if index >= self.intervals.len() {
            while index >= MAX_INTERVALS {
                self.double();
                index = (time >> self.shift) as usize;
            }
            self.intervals.resize(index + 1, Interval::default());
        }
        &mut self.intervals[index]
    }

    pub(crate) fn add(&mut self, other: &Self) {
        while self.shift < other.shift {
            self.double();
        }
        let fold = self.shift - other.shift;
        for (index, counts) in other.intervals.iter().enumerate() {
            let index = index >> fold;
            if index >= self.intervals.len() {
                self.intervals.resize(index + 1, Interval::default());
            }
            self.intervals[index].add(counts);
        }
    }

    /// Returns the length of an interval, in seconds.
    #[must_use]
    pub fn interval_length(&self) -> f64 {
        (1_u64 << self.shift) as f64 / 1e9
    }

    /// Returns the intervals in order, from the start of the run.
    #[must_use]
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Doubles the length of all intervals.
    fn double(&mut self) {
        self.shift += 1;
        let join = |pair: &[Interval]| {
            let mut sum = Interval::default();
            for interval in pair {
                sum.add(interval);
            }
            sum
        };
        self.intervals = self.intervals.chunks(2).map(join).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_in_their_place_when_intervals_are_joined() {
        let mut series = Series::new();
        let max = MAX_INTERVALS as u64;
        (0..max).for_each(|index| series.at(index << FIRST_SHIFT).begun += 1);
        series.at((3 * max) << FIRST_SHIFT).succeeded += 1;
        let counts = |interval: &Interval| [interval.begun, interval.succeeded];
        let intervals = series.intervals();
        assert_eq!(counts(&intervals[0]), [4, 0]);
        assert_eq!(counts(&intervals[MAX_INTERVALS / 4 - 1]), [4, 0]);
        assert_eq!(intervals.last().map(counts), Some([0, 1]));
        assert!((series.interval_length() - 4.194_304e-3).abs() < 1e-12);
    }

    #[test]
    fn a_sum_has_the_longer_interval_whichever_is_added_to_the_other() {
        let (mut short, mut long) = (Series::new(), Series::new());
        (0..100).for_each(|time| short.at(time << 15).attempts += 1);
        (0..100).for_each(|time| long.at(time << 30).attempts += 1);
        let mut one = short.clone();
        one.add(&long);
        let mut other = long.clone();
        other.add(&short);
        assert_eq!(one, other);
        let attempts = one.intervals().iter().map(|interval| interval.attempts);
        assert_eq!(attempts.sum::<u64>(), 200);
    }
}
