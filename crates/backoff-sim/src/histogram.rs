//! How often values of each size occurred.

/// How often values of each size occurred, to one part in sixteen.
///
/// # Examples
///
/// ```
/// use backoff_sim::Histogram;
///
/// let mut histogram = Histogram::new();
/// for value in 1..=1_000 {
///     histogram.note(value);
/// }
/// let median = histogram.quantile(0.5).unwrap();
/// assert!((470..=530).contains(&median));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
}

/// Each power of two is divided into so many parts, which is 2 to the power of `PART_BITS`.
const PARTS: u64 = 1 << PART_BITS;
const PART_BITS: u32 = 4;

impl Histogram {
    /// Makes an empty histogram.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            counts: Vec::new(),
            total: 0,
        }
    }

    /// Counts a value.
    #[inline]
    pub fn note(&mut self, value: u64) {
        let index = Self::index(value);
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        self.total += 1;
    }

    /// Adds the counts of another histogram.
    pub fn add(&mut self, other: &Self) {
        let length = self.counts.len().max(other.counts.len());
        self.counts.resize(length, 0);
        for (sum, part) in self.counts.iter_mut().zip(&other.counts) {
            *sum += part;
        }
        self.total += other.total;
    }

    /// How many values were counted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// The value that this share of all values does not exceed, from 0 to 1; `None` where there are none.
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

    /// Values below 16 have an index each; above, the highest five bits make it.
    fn index(value: u64) -> usize {
        let shift = (64 - PART_BITS - 1).saturating_sub(value.leading_zeros());
        (u64::from(shift) * PARTS + (value >> shift)) as usize
    }

    /// The middle of the values that share an index.
    fn middle(index: usize) -> u64 {
        let index = index as u64;
        let shift = (index / PARTS).saturating_sub(1);
        let low = (index - shift * PARTS) << shift;
        low + ((1 << shift) >> 1)
    }
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
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
