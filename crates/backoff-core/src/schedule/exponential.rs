//! Windows that grow by a factor.

use core::num::NonZeroU32;
use core::time::Duration;

use super::Schedule;
use crate::nanos;
use crate::ratio::Ratio;

/// A window that grows by the same factor with each retry: `base`, `base * ratio`, `base * ratio^2`, ..
///
/// The ratio is 2 unless [`with_ratio`](Self::with_ratio) says otherwise. Doubling is exact; any other ratio
/// is within one nanosecond plus one part in 2^30. Windows saturate and never wrap.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Exponential, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Exponential::new(Duration::from_millis(100)).with_ratio(3, 2);
/// let third = NonZeroU32::new(3).unwrap();
/// assert_eq!(schedule.delay(third), Duration::from_millis(225));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Exponential {
    base: u64,
    growth: Growth,
}

/// How a window grows with each retry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Growth {
    /// It doubles, which needs a shift and no multiplication, and so often at most before it saturates.
    Doubling(u32),
    /// It is multiplied.
    Ratio(Ratio),
}

impl Exponential {
    /// Makes a schedule that starts at `base` and doubles.
    #[must_use]
    pub const fn new(base: Duration) -> Self {
        let base = nanos::from_duration(base);
        Self {
            base,
            growth: Growth::Doubling(doublings(base)),
        }
    }

    /// Sets the growth factor to `numerator / denominator`.
    ///
    /// A factor below one, and a denominator of zero, count as one: the window then stays at its base.
    #[must_use]
    pub const fn with_ratio(mut self, numerator: u32, denominator: u32) -> Self {
        let doubles = numerator % 2 == 0 && numerator / 2 == denominator && denominator != 0;
        self.growth = if doubles {
            Growth::Doubling(doublings(self.base))
        } else {
            Growth::Ratio(Ratio::new(numerator, denominator))
        };
        self
    }
}

impl Schedule for Exponential {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        let exponent = retry.get() - 1;
        match self.growth {
            Growth::Doubling(most) if exponent > most => u64::MAX,
            Growth::Doubling(_) => self.base.wrapping_shl(exponent),
            Growth::Ratio(ratio) => ratio.scale(self.base, exponent),
        }
    }

    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        match self.growth {
            Growth::Doubling(_) => Some(self.nanos(retry)),
            Growth::Ratio(_) => None,
        }
    }
}

/// How often `base` can be doubled without a loss; zero for ever, also by a shift that wraps.
const fn doublings(base: u64) -> u32 {
    match base {
        0 => u32::MAX,
        _ => base.leading_zeros(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_is_exact_up_to_the_last_bit() {
        let cases = [
            // (base in nanoseconds, retry, window)
            (1, 64, Duration::from_nanos(1 << 63)),
            (1, 65, Duration::MAX),
            (3, 63, Duration::from_nanos(3 << 62)),
            (3, 64, Duration::MAX),
            (0, u32::MAX, Duration::ZERO),
        ];
        for (base, retry, window) in cases {
            let schedule = Exponential::new(Duration::from_nanos(base));
            let retry = NonZeroU32::new(retry).expect("a retry is not zero");
            assert_eq!(schedule.delay(retry), window, "{base} ns, retry {retry}");
        }
    }

    #[test]
    fn a_ratio_of_two_is_doubling_however_it_is_written() {
        let plain = Exponential::new(Duration::from_millis(1));
        assert_eq!(plain.with_ratio(2, 1), plain);
        assert_eq!(plain.with_ratio(500, 250), plain);
        assert_ne!(plain.with_ratio(5, 2), plain);
        let flat = plain.with_ratio(0, 0);
        assert_eq!(flat.nanos(NonZeroU32::MAX), 1_000_000);
    }
}
