//! How a delay is drawn from its window.

use core::fmt;
use core::time::Duration;

use crate::duration_text::DurationText;
use crate::nanos::{self, least};

mod percent;

pub use percent::Percent;

/// How a delay is drawn from the window of a retry.
///
/// No kind exceeds the policy's [maximum delay](crate::Policy::with_max_delay), and every kind but `None` is still
/// random at it: clients that have all reached the maximum do not call in step. Where `w` is the window, already
/// limited to the maximum, a delay is uniform over:
///
/// | kind | from | to |
/// |---|---|---|
/// | `Additive(m)` | `min(w, max - m)` | `min(w + m, max)` |
/// | `Decorrelated` | `base` | `min(max, 3 * previous)` |
/// | `Equal` | `w / 2` | `w` |
/// | `Full` | 0 | `w` |
/// | `None` | `w` | `w` |
/// | `Proportional(p)` | `w - p * w` | `min(w + p * w, max)` |
///
/// Decorrelated jitter grows from the previous delay, and from `base`, the first window, before there is one. If
/// the first window is zero, it uses the window of the current retry until a delay is not zero.
///
/// Two waits may be longer than the maximum: those after a failure that names its own
/// [minimum](crate::Failure::with_min_delay) or brings a server's
/// [hint](crate::Failure::with_retry_after). The delay is added to these.
///
/// Full, equal and decorrelated jitter are those of Marc Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015. Full jitter needs the fewest calls there and is the default.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Jitter, Percent, Policy};
/// # use core::time::Duration;
/// let policy = Policy::constant(Duration::from_secs(10)).with_jitter(Jitter::Proportional(Percent::new(20)));
/// let shortest = policy.delays(|| 0).next();
/// let longest = policy.delays(|| u32::MAX).next();
/// assert_eq!(shortest, Some(Duration::from_secs(8)));
/// assert_eq!(longest, Some(Duration::from_secs(10))); // a constant delay is its own maximum
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum Jitter {
    /// The window plus up to this much. Slides down if it would pass the maximum.
    Additive(Duration),
    /// From the first window to three times the previous delay, independent of the window.
    Decorrelated,
    /// The upper half of the window.
    Equal,
    /// The whole window.
    #[default]
    Full,
    /// The window itself: for tests and single clients, because clients that fail together retry together.
    None,
    /// The window plus or minus a share of it.
    Proportional(Percent),
}

impl Jitter {
    /// Draws a delay from a window that is at most `max`.
    #[inline]
    pub(crate) const fn delay(self, window: u64, max: u64, random: u32) -> u64 {
        let (low, high) = self.bounds(window, max);
        low + nanos::sample(high - low, random)
    }

    #[inline]
    const fn bounds(self, window: u64, max: u64) -> (u64, u64) {
        match self {
            Self::Additive(margin) => {
                let margin = nanos::from_duration(margin);
                let low = least(window, max.saturating_sub(margin));
                (low, least(window.saturating_add(margin), max))
            }
            Self::Equal => (window - window / 2, window),
            // `decorrelated` draws from a window of its own.
            Self::Decorrelated | Self::Full => (0, window),
            Self::None => (window, window),
            Self::Proportional(percent) => {
                let part = percent.of(window);
                (window - part, least(window.saturating_add(part), max))
            }
        }
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Additive(margin) => {
                let margin = DurationText(nanos::from_duration(*margin));
                write!(f, "additive jitter of {margin}")
            }
            Self::Decorrelated => f.write_str("decorrelated jitter"),
            Self::Equal => f.write_str("equal jitter"),
            Self::Full => f.write_str("full jitter"),
            Self::None => f.write_str("no jitter"),
            Self::Proportional(percent) => write!(f, "proportional jitter of {} %", percent.get()),
        }
    }
}

/// Draws a delay that follows `previous`, or the first delay if that is zero. `base`, the first window, is at most
/// `max`.
#[inline]
pub(crate) const fn decorrelated(base: u64, previous: u64, max: u64, random: u32) -> u64 {
    let previous = if previous == 0 { base } else { previous };
    let longest = least(previous.saturating_mul(3), max);
    base + nanos::sample(longest.saturating_sub(base), random)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ns(nanos: u64) -> Duration {
        Duration::from_nanos(nanos)
    }

    const MAX: u64 = 1_000;

    #[test]
    fn rule_3_three_points_of_every_jitter_below_and_at_the_cap() {
        let fifth = Jitter::Proportional(Percent::new(20));
        let cases = [
            // (jitter, window, delays at 0, half and the largest random word)
            (Jitter::Additive(ns(50)), 400, [400, 425, 450]),
            (Jitter::Additive(ns(50)), 980, [950, 975, 1_000]),
            (Jitter::Additive(ns(50)), 1_000, [950, 975, 1_000]),
            (Jitter::Additive(Duration::MAX), 400, [0, 500, 1_000]),
            (Jitter::Equal, 400, [200, 300, 400]),
            (Jitter::Equal, 1_000, [500, 750, 1_000]),
            (Jitter::Full, 400, [0, 200, 400]),
            (Jitter::Full, 1_000, [0, 500, 1_000]),
            (Jitter::None, 400, [400, 400, 400]),
            (Jitter::None, 1_000, [1_000, 1_000, 1_000]),
            (fifth, 400, [320, 400, 480]),
            (fifth, 1_000, [800, 900, 1_000]),
        ];
        let words = [0, 1 << 31, u32::MAX];
        for (jitter, window, expected) in cases {
            let drawn = words.map(|random| jitter.delay(window, MAX, random));
            assert_eq!(drawn, expected, "{jitter:?} at {window}");
        }
        let drawn = words.map(|random| decorrelated(100, 500, MAX, random));
        assert_eq!(drawn, [100, 550, 1_000], "decorrelated");
    }

    #[test]
    fn decorrelated_follows_the_previous_delay_and_never_falls_below_the_base() {
        let cases = [
            // (previous, the longest delay)
            (0, 300),
            (20, 100),
            (100, 300),
            (333, 999),
            (334, 1_000),
            (u64::MAX, 1_000),
        ];
        for (previous, longest) in cases {
            let drawn = [0, u32::MAX].map(|random| decorrelated(100, previous, MAX, random));
            assert_eq!(drawn, [100, longest], "{previous}");
        }
    }

    #[test]
    fn equal_jitter_of_the_shortest_window_is_not_zero() {
        assert_eq!(Jitter::Equal.delay(1, MAX, 0), 1);
    }
}
