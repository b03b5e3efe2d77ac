//! A share of a window.

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

    /// Returns the share in units of 2^-64; 100 % does not fit, and wraps.
    ///
    /// Multiplied by a window it is exact up to 2^57 ns (4.5 years), then within one part in 2^57.
    pub(super) const fn share(self) -> u64 {
        ONE_PERCENT.wrapping_mul(self.0 as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_exact_for_round_windows() {
        let of = |percent, window| (window * u128::from(Percent::new(percent).share())) >> 64;
        for percent in 0..100 {
            let expected = u128::from(percent) * 10_000_000;
            assert_eq!(of(percent, 1_000_000_000), expected, "{percent} %");
            assert_eq!(Percent::new(percent).get(), percent);
        }
        assert_eq!(Percent::new(101), Percent::new(100));
        assert_eq!(of(50, 1 << 57), 1_u128 << 56);
    }
}
