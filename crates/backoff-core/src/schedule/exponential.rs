//! Windows that grow by a factor.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::schedule::Schedule;
use crate::duration_text::DurationText;
use crate::nanos;
use crate::ratio::Ratio;

/// A window that grows by the same factor with each retry: `base`, `base * ratio`, `base * ratio^2`, ..
///
/// The ratio is 2 by default. Doubling is exact. A window of any [other ratio](Self::with_ratio) is off by less than
/// one nanosecond plus one part in 2^30. Windows saturate at 584 years, which counts as endless.
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
    /// The window doubles: a shift, and no multiplication. After this many doublings it saturates.
    Doubling(u32),
    /// The window is multiplied by `mantissa * 2^(exponent - 63)`, rounded from a fraction of this denominator.
    Ratio {
        mantissa: u64,
        denominator: u32,
        exponent: u8,
        /// The leading zeros of the base.
        zeros: u8,
    },
}

impl Exponential {
    /// Makes a schedule whose window starts at `base` and doubles with each retry.
    #[must_use]
    pub const fn new(base: Duration) -> Self {
        let base = nanos::from_duration(base);
        Self {
            base,
            growth: Growth::Doubling(doublings(base)),
        }
    }

    /// Sets the growth factor to `numerator / denominator`; the default is 2.
    ///
    /// A factor below one and a denominator of zero count as a factor of one: every window is the first.
    #[must_use]
    pub const fn with_ratio(mut self, numerator: u32, denominator: u32) -> Self {
        let doubles = numerator % 2 == 0 && numerator / 2 == denominator && denominator != 0;
        self.growth = if doubles {
            Growth::Doubling(doublings(self.base))
        } else {
            Growth::ratio(self.base, numerator, denominator)
        };
        self
    }

    /// Returns the first window.
    #[must_use]
    pub const fn base(&self) -> Duration {
        nanos::to_duration(self.base)
    }

    /// Returns the numerator and the denominator of the growth factor, as [`with_ratio`](Self::with_ratio) was given
    /// them.
    ///
    /// A factor of two always reads `(2, 1)`, and one that counts as one reads `(1, 1)`.
    #[must_use]
    pub const fn ratio(&self) -> (u32, u32) {
        match self.growth {
            Growth::Doubling(_) => (2, 1),
            Growth::Ratio {
                mantissa,
                denominator,
                exponent,
                ..
            } => {
                // Exact: the ratio is within one part in 2^64, and the numerator has 32 bits.
                let given =
                    Ratio::from_integer(denominator as u64, denominator.leading_zeros() + 32);
                let numerator = ratio(mantissa, exponent).scale(given, 1);
                (numerator as u32, denominator)
            }
        }
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
            Growth::Ratio { .. } if self.base == 0 => 0,
            Growth::Ratio {
                mantissa,
                exponent: binary,
                zeros,
                ..
            } => {
                let base = Ratio::from_integer(self.base, zeros as u32);
                ratio(mantissa, binary).scale(base, exponent)
            }
        }
    }

    #[inline]
    fn cheap_nanos(&self, retry: NonZeroU32) -> Option<u64> {
        match self.growth {
            Growth::Doubling(_) => Some(self.nanos(retry)),
            Growth::Ratio { .. } => None,
        }
    }
}

impl fmt::Display for Exponential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exponential from {}", DurationText(self.base))?;
        match self.ratio() {
            (2, 1) => Ok(()),
            (numerator, 1) => write!(f, " by {numerator}"),
            (numerator, denominator) => write!(f, " by {numerator}/{denominator}"),
        }
    }
}

impl Growth {
    const fn ratio(base: u64, numerator: u32, denominator: u32) -> Self {
        let Ratio { mantissa, exponent } = Ratio::new(numerator, denominator);
        let grows = denominator != 0 && numerator > denominator;
        Self::Ratio {
            mantissa,
            denominator: if grows { denominator } else { 1 },
            exponent: exponent as u8, // 31 at most
            zeros: base.leading_zeros() as u8,
        }
    }
}

const fn ratio(mantissa: u64, exponent: u8) -> Ratio {
    Ratio {
        mantissa,
        exponent: exponent as u32,
    }
}

/// Returns how often `base` can be doubled without a loss. Zero can be doubled without end, even by a shift that
/// wraps.
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
        assert_eq!(flat.ratio(), (1, 1));
        assert_eq!(flat.nanos(NonZeroU32::MAX), 1_000_000);
    }
    #[test]
    fn a_ratio_reads_as_it_was_given() {
        let plain = Exponential::new(Duration::from_millis(1));
        assert_eq!(plain.ratio(), (2, 1));
        let cases = [
            // (given, read)
            ((3, 2), (3, 2)),
            ((6, 4), (6, 4)),
            ((10, 9), (10, 9)),
            ((500, 250), (2, 1)),
            ((9, 10), (1, 1)),
            ((7, 7), (1, 1)),
            ((7, 0), (1, 1)),
            ((u32::MAX, 1), (u32::MAX, 1)),
            ((u32::MAX, u32::MAX - 1), (u32::MAX, u32::MAX - 1)),
            ((u32::MAX, 3), (u32::MAX, 3)),
            ((u32::MAX - 1, u32::MAX / 2), (2, 1)),
        ];
        for ((numerator, denominator), read) in cases {
            let ratio = plain.with_ratio(numerator, denominator).ratio();
            assert_eq!(ratio, read, "{numerator}/{denominator}");
        }
    }
}
