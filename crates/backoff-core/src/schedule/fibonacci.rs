//! Windows that grow as the Fibonacci numbers do.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::schedule::Schedule;
use crate::duration_text::DurationText;
use crate::nanos;

/// A window that grows as the Fibonacci numbers do: 1, 1, 2, 3, 5, .. times `base`.
///
/// It grows more slowly than by doubling: the factor tends to 1.618, and the first two windows are equal. Windows
/// saturate at 584 years, which counts as endless. Every retry costs the same: 64-bit machines look the number up, others
/// compute it in seven steps.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Fibonacci, Schedule};
/// # use core::{num::NonZeroU32, time::Duration};
/// let schedule = Fibonacci::new(Duration::from_secs(1));
/// let sixth = NonZeroU32::new(6).unwrap();
/// assert_eq!(schedule.delay(sixth), Duration::from_secs(8));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fibonacci {
    base: u64,
}

impl Fibonacci {
    /// Makes a schedule whose first two windows are `base`.
    #[must_use]
    pub const fn new(base: Duration) -> Self {
        Self {
            base: nanos::from_duration(base),
        }
    }

    /// Returns the first window.
    #[must_use]
    pub const fn base(&self) -> Duration {
        nanos::to_duration(self.base)
    }
}

impl Schedule for Fibonacci {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        nanos::to_duration(self.nanos(retry))
    }

    #[inline]
    fn nanos(&self, retry: NonZeroU32) -> u64 {
        self.base.saturating_mul(fibonacci(retry.get()))
    }
}

impl fmt::Display for Fibonacci {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fibonacci from {}", DurationText(self.base))
    }
}

/// The last Fibonacci number that fits a `u64` is the 93rd.
const LAST_FIBONACCI: u32 = 93;

/// Returns the nth Fibonacci number, saturating.
#[inline]
fn fibonacci(n: u32) -> u64 {
    #[cfg(target_pointer_width = "64")]
    let number = NUMBERS.get(n as usize).copied();
    // The table would take 752 bytes of flash.
    #[cfg(not(target_pointer_width = "64"))]
    let number = (n <= LAST_FIBONACCI).then(|| computed(n));
    number.unwrap_or(u64::MAX)
}

#[cfg(target_pointer_width = "64")]
static NUMBERS: [u64; LAST_FIBONACCI as usize + 1] = {
    let mut numbers = [0; LAST_FIBONACCI as usize + 1];
    let (mut n, mut rest): (_, &mut [u64]) = (0, &mut numbers);
    while let Some((number, others)) = rest.split_first_mut() {
        *number = computed(n);
        (n, rest) = (n + 1, others);
    }
    numbers
};

/// Computes the nth Fibonacci number by fast doubling over the seven bits of an index up to 93.
///
/// With `a = F(k)` and `b = F(k + 1)`, `F(2k) = a (2b - a)` and `F(2k + 1) = a^2 + b^2`. The `b` of the last
/// turn may wrap, as F(94) does, but is not used.
const fn computed(n: u32) -> u64 {
    let (mut a, mut b) = (0_u64, 1_u64);
    let mut bit = 1 << 6;
    while bit != 0 {
        let even = a.wrapping_mul((b << 1).wrapping_sub(a));
        let odd = a.wrapping_mul(a).wrapping_add(b.wrapping_mul(b));
        (a, b) = if n & bit == 0 {
            (even, odd)
        } else {
            (odd, even.wrapping_add(odd))
        };
        bit >>= 1;
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_fibonacci_numbers() {
        let (mut a, mut b) = (0_u64, 1_u64);
        for n in 0..=LAST_FIBONACCI {
            assert_eq!((fibonacci(n), computed(n)), (a, a), "F({n})");
            (a, b) = (b, a.saturating_add(b));
        }
        assert_eq!(fibonacci(94), u64::MAX);
        assert_eq!(fibonacci(u32::MAX), u64::MAX);
    }
}
