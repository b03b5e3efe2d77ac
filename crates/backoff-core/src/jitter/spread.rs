//! A jitter in the form in which decisions use it.

use core::fmt;

use super::{Jitter, Percent};
use crate::nanos::{self, least};
use crate::ratio::wide_product;

/// A jitter in nanoseconds and shares of 2^64, so that a decision converts nothing.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) struct Spread {
    pub(crate) kind: SpreadKind,
    /// The margin of additive jitter, the share of proportional jitter, or zero.
    amount: u64,
}

/// The kind of a jitter, one byte with its share.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) enum SpreadKind {
    Additive,
    Decorrelated,
    Equal,
    Full,
    None,
    Proportional(Percent),
}

impl Spread {
    pub(crate) const FULL: Self = Self::new(Jitter::Full);

    pub(crate) const fn new(jitter: Jitter) -> Self {
        let (kind, amount) = match jitter {
            Jitter::Additive(margin) => (SpreadKind::Additive, nanos::from_duration(margin)),
            Jitter::Decorrelated => (SpreadKind::Decorrelated, 0),
            Jitter::Equal => (SpreadKind::Equal, 0),
            Jitter::Full => (SpreadKind::Full, 0),
            Jitter::None => (SpreadKind::None, 0),
            Jitter::Proportional(percent) => (SpreadKind::Proportional(percent), percent.share()),
        };
        Self { kind, amount }
    }

    /// Returns the jitter. A margin of 584 years and more reads as [`Duration::MAX`](core::time::Duration::MAX).
    pub(crate) const fn jitter(self) -> Jitter {
        match self.kind {
            SpreadKind::Additive => Jitter::Additive(nanos::to_duration(self.amount)),
            SpreadKind::Decorrelated => Jitter::Decorrelated,
            SpreadKind::Equal => Jitter::Equal,
            SpreadKind::Full => Jitter::Full,
            SpreadKind::None => Jitter::None,
            SpreadKind::Proportional(percent) => Jitter::Proportional(percent),
        }
    }

    /// Returns the shortest delay from a window that is at most `max`, and how much longer the longest is.
    #[inline]
    pub(crate) const fn range(self, window: u64, max: u64) -> (u64, u64) {
        match self.kind {
            SpreadKind::Additive => {
                let margin = least(self.amount, max);
                (least(window, max - margin), margin)
            }
            // `decorrelated` has a window of its own.
            SpreadKind::Decorrelated | SpreadKind::Full => (0, window),
            SpreadKind::Equal => (window - window / 2, window / 2),
            SpreadKind::None => (window, 0),
            SpreadKind::Proportional(percent) => {
                let part = match percent.get() {
                    100 => window,
                    _ => wide_product(window, self.amount).0,
                };
                (window - part, part + least(part, max - window))
            }
        }
    }
}

impl fmt::Debug for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.jitter().fmt(f)
    }
}

/// Returns the shortest delay that follows `previous`, or the first delay if that is zero, and how much longer the longest
/// is. `base`, the first window, is at most `max`.
#[inline]
pub(crate) const fn decorrelated(base: u64, previous: u64, max: u64) -> (u64, u64) {
    let previous = if previous == 0 { base } else { previous };
    let threefold = previous.saturating_mul(3);
    let longest = least(threefold, max);
    (base, longest.saturating_sub(base))
}

/// Draws a delay from a range.
#[inline]
pub(crate) const fn draw((low, span): (u64, u64), random: u32) -> u64 {
    low + nanos::sample(span, random)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

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
            let drawn = words.map(|random| draw(Spread::new(jitter).range(window, MAX), random));
            assert_eq!(drawn, expected, "{jitter:?} at {window}");
        }
        let drawn = words.map(|random| draw(decorrelated(100, 500, MAX), random));
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
            let drawn = [0, u32::MAX].map(|random| draw(decorrelated(100, previous, MAX), random));
            assert_eq!(drawn, [100, longest], "{previous}");
        }
    }

    #[test]
    fn equal_jitter_of_the_shortest_window_is_not_zero() {
        assert_eq!(draw(Spread::new(Jitter::Equal).range(1, MAX), 0), 1);
    }

    #[test]
    fn a_jitter_reads_back_as_it_was_given() {
        for jitter in [
            Jitter::Additive(ns(50)),
            Jitter::Additive(Duration::MAX),
            Jitter::Decorrelated,
            Jitter::Equal,
            Jitter::Full,
            Jitter::None,
            Jitter::Proportional(Percent::new(0)),
            Jitter::Proportional(Percent::new(100)),
        ] {
            assert_eq!(Spread::new(jitter).jitter(), jitter);
        }
        assert_eq!(size_of::<Spread>(), 16);
    }
}
