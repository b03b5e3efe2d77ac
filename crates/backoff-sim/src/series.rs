//! Counts over time.

/// Counts of `N` kinds of things over time, in intervals that grow with the length of the run.
///
/// There are never more than 512 intervals: where time goes on, neighbours are joined and the interval is
/// doubled. It starts at 2^20 nanoseconds, about a millisecond.
///
/// # Examples
///
/// ```
/// use backoff_sim::Series;
///
/// let mut series = Series::<1>::new();
/// series.note(0, 5);
/// series.note(0, 3_600_000_000_000); // an hour later
/// assert!(series.intervals().len() <= 512);
/// assert_eq!(series.intervals().iter().map(|[count]| count).sum::<u64>(), 2);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Series<const N: usize> {
    /// An interval is two to this power of nanoseconds.
    shift: u32,
    intervals: Vec<[u64; N]>,
}

const MOST: usize = 512;
const FIRST_SHIFT: u32 = 20;

impl<const N: usize> Series<N> {
    /// Makes a series without counts.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            shift: FIRST_SHIFT,
            intervals: Vec::new(),
        }
    }

    /// Counts one thing of a kind, below `N`, at a time in nanoseconds.
    ///
    /// # Panics
    ///
    /// Panics where the kind is not below `N`.
    #[inline]
    pub fn note(&mut self, kind: usize, time: u64) {
        let mut index = (time >> self.shift) as usize;
        if index >= self.intervals.len() {
            while index >= MOST {
                self.widen();
                index = (time >> self.shift) as usize;
            }
            self.intervals.resize(index + 1, [0; N]);
        }
        self.intervals[index][kind] += 1;
    }

    /// Adds the counts of another series.
    pub fn add(&mut self, other: &Self) {
        while self.shift < other.shift {
            self.widen();
        }
        let fold = self.shift - other.shift;
        for (index, counts) in other.intervals.iter().enumerate() {
            let index = index >> fold;
            if index >= self.intervals.len() {
                self.intervals.resize(index + 1, [0; N]);
            }
            for (sum, part) in self.intervals[index].iter_mut().zip(counts) {
                *sum += part;
            }
        }
    }

    /// The length of an interval, in seconds.
    #[must_use]
    pub fn interval(&self) -> f64 {
        (1_u64 << self.shift) as f64 / 1e9
    }

    /// The counts, interval by interval, from the start of the run.
    #[must_use]
    pub fn intervals(&self) -> &[[u64; N]] {
        &self.intervals
    }

    fn widen(&mut self) {
        self.shift += 1;
        self.intervals = self
            .intervals
            .chunks(2)
            .map(|pair| {
                let mut sum = [0; N];
                for counts in pair {
                    for (sum, part) in sum.iter_mut().zip(counts) {
                        *sum += part;
                    }
                }
                sum
            })
            .collect();
    }
}

impl<const N: usize> Default for Series<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stay_in_their_place_when_intervals_are_joined() {
        let mut series = Series::<2>::new();
        (0..MOST as u64).for_each(|index| series.note(0, index << FIRST_SHIFT));
        series.note(1, (3 * MOST as u64) << FIRST_SHIFT);
        assert_eq!(series.intervals()[0], [4, 0]);
        assert_eq!(series.intervals()[MOST / 4 - 1], [4, 0]);
        assert_eq!(series.intervals().last(), Some(&[0, 1]));
        assert!((series.interval() - 4.194_304e-3).abs() < 1e-12);
    }

    #[test]
    fn a_sum_has_the_longer_interval_whichever_is_added_to_the_other() {
        let (mut short, mut long) = (Series::<1>::new(), Series::<1>::new());
        (0..100).for_each(|time| short.note(0, time << 15));
        (0..100).for_each(|time| long.note(0, time << 30));
        let mut one = short.clone();
        one.add(&long);
        let mut other = long.clone();
        other.add(&short);
        assert_eq!(one, other);
        assert_eq!(
            one.intervals().iter().map(|[count]| count).sum::<u64>(),
            200
        );
    }
}
