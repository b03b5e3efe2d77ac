//! A histogram of values.

/// Counts values by their size, to one part in sixteen.
///
/// # Examples
///
/// ```
/// use backoff_core::Policy;
/// use backoff_sim::{FixedLatency, Simulation};
/// use std::time::Duration;
///
/// let server = FixedLatency::new(Duration::from_millis(10));
/// let record = Simulation::new(&Policy::DEFAULT, server).run(1);
/// let median = record.durations.quantile(0.5).unwrap();
/// assert!((9_400_000..=10_600_000).contains(&median)); // in nanoseconds
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

/// The parts that each power of two is divided into.
const PARTS: u64 = 1 << PART_BITS;
const PART_BITS: u32 = 4;

impl Histogram {
    pub(crate) const fn new() -> Self {
        Self {
            counts: Vec::new(),
            total: 0,
        }
    }

    /// Counts a value.
    #[inline]
    pub(crate) fn note(&mut self, value: u64) {
        let index = Self::index(value);
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        self.total += 1;
    }

    /// Adds the counts of another histogram.
    pub(crate) fn add(&mut self, other: &Self) {
        let length = self.counts.len().max(other.counts.len());
        self.counts.resize(length, 0);
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += part;
        }
        self.total += other.total;
    }

    /// Returns how many values were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// Returns the value that a share of all values, from 0 to 1, does not exceed; `None` if there are no values.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let rank = (share.clamp(0.0, 1.0) * self.total as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        let index = self.counts.iter().position(|count| {
            passed += count;
            passed >= rank
        })?;
        Some(Self::middle(index))
    }

    /// Returns the index of a value: its own below 16, and that of its five highest bits above.
    fn index(value: u64) -> usize {
        let shift = (64 - PART_BITS - 1).saturating_sub(value.leading_zeros());
        (u64::from(shift) * PARTS + (value >> shift)) as usize
    }

    /// Returns the middle of the values that share an index.
    fn middle(index: usize) -> u64 {
        let index = index as u64;
        let shift = (index / PARTS).saturating_sub(1);
        let low = (index - shift * PARTS) << shift;
        low + ((1 << shift) >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_found_again_to_one_part_in_sixteen() {
        let near = |bit: u32| [(1_u64 << bit) - 1, 1 << bit, (1 << bit) + 1, (3 << bit) / 2];
        for value in (0..63).flat_map(near).chain([u64::MAX]) {
            let mut histogram = Histogram::new();
            histogram.note(value);
            let found = histogram.quantile(0.5).expect("one value");
            assert!(
                found.abs_diff(value) <= value / 16,
                "{value} became {found}"
            );
        }
    }

    #[test]
    fn quantiles_of_a_sum_are_those_of_all_values() {
        let (mut low, mut high) = (Histogram::new(), Histogram::new());
        (0..10).for_each(|value| low.note(value));
        (10..15).for_each(|value| high.note(value));
        low.add(&high);
        for (share, expected) in [(0.0, 0), (0.2, 2), (0.5, 7), (1.0, 14)] {
            assert_eq!(low.quantile(share), Some(expected), "{share}");
        }
        assert_eq!(Histogram::new().quantile(0.5), None);
    }
}
