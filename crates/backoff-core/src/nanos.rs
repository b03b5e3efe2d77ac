//! Durations as nanoseconds in a `u64`, converted without a division.
//!
//! This crate computes in nanoseconds and converts at its edge, because a Cortex-M0 has no divider: a 64-bit
//! division costs about 900 bytes of flash there. The largest value, `u64::MAX` (584 years), means "endless".
//!
//! # Examples
//!
//! ```
//! # use backoff_core::nanos;
//! # use core::time::Duration;
//! let nanos = nanos::from_duration(Duration::from_millis(1_500));
//! assert_eq!(nanos, 1_500_000_000);
//! assert_eq!(nanos::to_duration(nanos), Duration::from_millis(1_500));
//! ```

use core::time::Duration;

const NANOS_PER_SEC: u32 = 1_000_000_000;

const TWO_SECS: u32 = 2 * NANOS_PER_SEC;

pub(crate) const PER_MILLI: u32 = 1_000_000;

/// A duration of this many seconds counts as endless: `u64::MAX / 10^9`, rounded down.
const ENDLESS_SECS: u64 = u64::MAX / NANOS_PER_SEC as u64;

/// 2^61 / 10^9, rounded down: with it, a multiplication and a shift divide by 10^9.
const RECIPROCAL: u32 = ((1 << 61) / NANOS_PER_SEC as u64) as u32;

/// Converts a duration to nanoseconds. 18,446,744,073 s (584 years) and more saturate to `u64::MAX`.
#[inline]
#[must_use]
pub const fn from_duration(duration: Duration) -> u64 {
    if duration.as_secs() >= ENDLESS_SECS {
        return u64::MAX;
    }
    duration.as_secs() * NANOS_PER_SEC as u64 + duration.subsec_nanos() as u64
}

/// Converts nanoseconds to a duration, exactly. `u64::MAX` becomes [`Duration::MAX`].
#[inline]
#[must_use]
pub const fn to_duration(nanos: u64) -> Duration {
    match nanos {
        u64::MAX => Duration::MAX,
        // The compiler makes one multiplication of the division there.
        _ if cfg!(target_pointer_width = "64") => Duration::from_nanos(nanos),
        _ => without_division(nanos),
    }
}

/// Converts a duration to milliseconds, rounded up. `u32::MAX` of them (49.7 days) and more saturate.
#[inline]
pub(crate) const fn millis_up(duration: Duration) -> u32 {
    if duration.as_secs() > (u32::MAX / 1_000) as u64 {
        return u32::MAX;
    }
    let part = duration.subsec_nanos().div_ceil(PER_MILLI);
    (duration.as_secs() as u32 * 1_000).saturating_add(part)
}

/// Converts a limit to a duration, or to `None` if it is `u64::MAX`.
pub(crate) const fn limit(nanos: u64) -> Option<Duration> {
    match nanos {
        u64::MAX => None,
        nanos => Some(to_duration(nanos)),
    }
}

#[inline]
const fn without_division(nanos: u64) -> Duration {
    // The reciprocal is too small by less than one part in 2^33. For a quotient below 2^34.2 that is less than 1.8,
    // and each of two truncations loses less than one. So `secs` is at most two too small, and `rest` is below
    // 3 * 10^9 and fits a `u32`.
    let secs = fraction(nanos, RECIPROCAL) >> 29;
    let rest = (nanos as u32).wrapping_sub((secs as u32).wrapping_mul(NANOS_PER_SEC));
    let (secs, rest) = match rest {
        ..NANOS_PER_SEC => (secs, rest),
        NANOS_PER_SEC..TWO_SECS => (secs + 1, rest - NANOS_PER_SEC),
        TWO_SECS.. => (secs + 2, rest - TWO_SECS),
    };
    // Always true, but the compiler cannot know: without it `Duration::new` divides (408 bytes on a Cortex-M0).
    let rest = if rest < NANOS_PER_SEC { rest } else { 0 };
    Duration::new(secs, rest)
}

/// Draws one of `0..=window`, uniform to one part in 2^32 if `random` is uniform.
///
/// Computes `floor((window + 1) * random / 2^32)`; neither the sum nor the product overflows.
#[inline]
pub(crate) const fn sample(window: u64, random: u32) -> u64 {
    if cfg!(target_pointer_width = "64") {
        let product = window as u128 * random as u128;
        let (low, carry) = (product as u64).overflowing_add(random as u64);
        let high = (product >> 64) as u64 + carry as u64;
        (high << 32) | (low >> 32)
    } else {
        sample_by_halves(window, random)
    }
}

#[inline]
const fn sample_by_halves(window: u64, random: u32) -> u64 {
    let random = random as u64;
    let high = (window >> 32) * random;
    let low = (window & 0xffff_ffff) * random + random;
    high + (low >> 32)
}

/// Computes `floor(nanos * numerator / 2^32)` exactly, without a wider integer.
const fn fraction(nanos: u64, numerator: u32) -> u64 {
    let high = (nanos >> 32) * numerator as u64;
    let low = (nanos & 0xffff_ffff) * numerator as u64;
    high + (low >> 32)
}

/// Returns the lesser of two numbers: `Ord::min` is not `const`.
#[inline]
pub(crate) const fn least(a: u64, b: u64) -> u64 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converting_to_a_duration_is_exact_at_every_boundary() {
        let second = u64::from(NANOS_PER_SEC);
        let near = |n: u64| (0..4).flat_map(move |d| [n.wrapping_sub(d), n.wrapping_add(d)]);
        let powers = (0..64).flat_map(|bit| near(1 << bit));
        let multiples = (0..64).flat_map(|bit| near((ENDLESS_SECS >> bit) * second));
        for nanos in powers.chain(multiples).chain(near(0)).chain(near(u64::MAX)) {
            let exact = Duration::from_nanos(nanos);
            assert_eq!(without_division(nanos), exact, "{nanos} ns");
            let expected = if nanos == u64::MAX {
                Duration::MAX
            } else {
                exact
            };
            assert_eq!(to_duration(nanos), expected, "{nanos} ns");
        }
    }

    #[test]
    fn converting_from_a_duration_saturates() {
        let cases = [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::new(1, 999_999_999), 1_999_999_999),
            (
                Duration::from_secs(ENDLESS_SECS - 1),
                (ENDLESS_SECS - 1) * 1_000_000_000,
            ),
            (Duration::from_secs(ENDLESS_SECS), u64::MAX),
            (Duration::MAX, u64::MAX),
        ];
        for (duration, nanos) in cases {
            assert_eq!(from_duration(duration), nanos, "{duration:?}");
        }
    }

    #[test]
    fn endless_begins_after_584_years() {
        assert_eq!(ENDLESS_SECS, 18_446_744_073);
        let longest = Duration::new(18_446_744_072, 999_999_999);
        assert_eq!(from_duration(longest), 18_446_744_072_999_999_999);
    }

    #[test]
    fn a_fraction_is_the_exact_floor() {
        let words = [0, 1, 2, 3, 1 << 31, (1 << 31) + 1, u32::MAX - 1, u32::MAX];
        for nanos in [
            0,
            1,
            2,
            999,
            1 << 32,
            (1 << 32) - 1,
            30_000_000_000,
            u64::MAX,
        ] {
            for word in words {
                let expected = (u128::from(nanos) * u128::from(word)) >> 32;
                assert_eq!(
                    u128::from(fraction(nanos, word)),
                    expected,
                    "{nanos} * {word}"
                );
            }
        }
    }

    #[test]
    fn a_sample_is_the_same_with_and_without_a_wider_integer() {
        let windows = (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, u64::MAX >> bit]);
        for window in windows.chain([30_000_000_000]) {
            for random in [0, 1, 2, 1 << 31, 0x9e37_79b9, u32::MAX] {
                let halves = sample_by_halves(window, random);
                assert_eq!(sample(window, random), halves, "{window}, {random}");
            }
        }
    }

    #[test]
    fn a_sample_covers_its_window_and_nothing_else() {
        for window in [0, 1, 2, 1_000_000_000, u64::MAX - 1, u64::MAX] {
            assert_eq!(sample(window, 0), 0, "{window}");
            let longest = ((u128::from(window) + 1) * u128::from(u32::MAX)) >> 32;
            assert_eq!(u128::from(sample(window, u32::MAX)), longest, "{window}");
            assert!(sample(window, u32::MAX) <= window, "{window}");
            assert!(
                window - sample(window, u32::MAX) <= window >> 31,
                "{window}"
            );
        }
        assert_eq!(sample(1, u32::MAX), 1);
        assert_eq!(sample(1_000_000_000, 1 << 31), 500_000_000);
    }
}
