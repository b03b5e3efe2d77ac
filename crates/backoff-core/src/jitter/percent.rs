//! A share of a window.

use crate::ratio::wide_product;

/// A share of a window, from 0 to 100 %.
///
/// # Examples
///
/// ```
/// # use backoff_core::Percent;
/// assert_eq!(Percent::new(25).get(), 25);
/// assert_eq!(Percent::new(250), Percent::new(100));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Percent(u8);

/// 2^64 / 100, rounded up, so that a share of a round number is never one too small.
const ONE_PERCENT: u64 = u64::MAX / 100 + 1;

impl Percent {
    /// Makes a share of `percent`; more than 100 counts as 100.
    #[must_use]
    pub const fn new(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    /// Returns the share in percent, from 0 to 100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Returns this share of a window: exact up to 2^57 ns (4.5 years), then within one part in 2^57.
    pub(super) const fn of(self, window: u64) -> u64 {
        if self.0 == 100 {
            return window;
        }
        wide_product(window, self.0 as u64 * ONE_PERCENT).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact_for_round_windows() {
        for percent in 0..=100 {
            let part = Percent::new(percent).of(1_000_000_000);
            assert_eq!(part, u64::from(percent) * 10_000_000, "{percent} %");
            assert_eq!(Percent::new(percent).get(), percent);
        }
        assert_eq!(Percent::new(100).of(u64::MAX), u64::MAX);
        assert_eq!(Percent::new(101), Percent::new(100));
        assert_eq!(Percent::new(50).of(1 << 57), 1 << 56);
    }
}
