//! The arithmetic of schedules and jitter without rounding: slow, and as the documentation words it.

use core::time::Duration;

use backoff_core::Jitter;
use num_bigint::BigUint;

use crate::input::Plan;

/// The documented limit, from which a duration counts as endless.
const ENDLESS_SECS: u64 = 18_446_744_073;

/// The nanoseconds of a duration that is given to a policy; `u64::MAX` is endless.
#[must_use]
pub fn nanos(duration: Duration) -> u64 {
    if duration.as_secs() >= ENDLESS_SECS {
        return u64::MAX;
    }
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The nanoseconds of a duration that a policy has returned: the last 0.7 seconds before endless are told apart.
///
/// # Panics
///
/// Where no policy can have returned it.
#[must_use]
pub fn returned(duration: Duration) -> u64 {
    match duration {
        Duration::MAX => u64::MAX,
        _ => u64::try_from(duration.as_nanos()).expect("less than endless"),
    }
}

/// The minimum of a failure: whole milliseconds, rounded up, at most `u32::MAX` of them.
#[must_use]
pub fn minimum(duration: Duration) -> Duration {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    Duration::from_millis(u32::try_from(millis).unwrap_or(u32::MAX).into())
}

/// The duration of so many nanoseconds; the largest number and what lies above it are endless.
#[must_use]
pub fn duration(nanos: u128) -> Duration {
    match u64::try_from(nanos) {
        Err(_) | Ok(u64::MAX) => Duration::MAX,
        Ok(nanos) => Duration::from_nanos(nanos),
    }
}

/// A real number between two others, which are so close that no `u64` tells them apart.
///
/// Both are multiples of 2^-192; the product of two numbers is rounded down for the one and up for the other.
#[derive(Clone, Debug)]
pub struct Enclosure {
    low: BigUint,
    high: BigUint,
}

const FRACTION: u32 = 192;

impl Enclosure {
    fn whole(number: impl Into<BigUint>) -> Self {
        Self::quotient(number, 1_u32)
    }

    fn quotient(numerator: impl Into<BigUint>, denominator: impl Into<BigUint>) -> Self {
        let (scaled, denominator) = (numerator.into() << FRACTION, denominator.into());
        Self {
            high: (&scaled + &denominator - 1_u32) / &denominator,
            low: scaled / denominator,
        }
        .cut()
    }

    fn times(&self, other: &Self) -> Self {
        let unit = BigUint::from(1_u32) << FRACTION;
        Self {
            low: (&self.low * &other.low) >> FRACTION,
            high: (&self.high * &other.high + unit - 1_u32) >> FRACTION,
        }
        .cut()
    }

    /// Square and multiply.
    fn power(&self, exponent: u32) -> Self {
        let mut power = Self::whole(1_u32);
        for bit in (0..32).rev() {
            power = power.times(&power);
            if exponent >> bit & 1 == 1 {
                power = power.times(self);
            }
        }
        power
    }

    /// Keeps numbers small: 2^65 stands for all that are larger, and stays so if multiplied by one or more.
    fn cut(self) -> Self {
        let largest = BigUint::from(1_u32) << (FRACTION + 65);
        Self {
            low: self.low.min(largest.clone()),
            high: self.high.min(largest),
        }
    }

    /// Whether a number is the nearest that a `u64` has, give or take one unit and one part in 2^30.
    #[must_use]
    pub fn is_near(&self, number: u64) -> bool {
        let (low, high) = self.saturated();
        let number = BigUint::from(number) << FRACTION;
        let slack = (BigUint::from(1_u32) << FRACTION) + (&high >> 30_u32);
        &number + &slack >= low && number <= high + slack
    }

    /// Whether a number is this one, saturated to a `u64`, to the last bit.
    #[must_use]
    pub fn is(&self, number: u64) -> bool {
        let number = BigUint::from(number) << FRACTION;
        self.saturated() == (number.clone(), number)
    }

    fn saturated(&self) -> (BigUint, BigUint) {
        let max = BigUint::from(u64::MAX) << FRACTION;
        (
            self.low.clone().min(max.clone()),
            self.high.clone().min(max),
        )
    }
}

/// The window of a retry in nanoseconds, before the cap.
#[must_use]
pub fn window(plan: &Plan, retry: u32) -> Enclosure {
    let grown = retry - 1;
    match plan {
        Plan::Constant(delay) => Enclosure::whole(nanos(*delay)),
        Plan::Doubling(base) => {
            Enclosure::whole(nanos(*base)).times(&Enclosure::whole(2_u32).power(grown))
        }
        Plan::Fibonacci(base) => Enclosure::whole(fibonacci(retry) * nanos(*base)),
        Plan::Growing {
            base,
            numerator,
            denominator,
        } => {
            let normal = *denominator != 0 && numerator > denominator;
            let (numerator, denominator) = if normal {
                (*numerator, *denominator)
            } else {
                (1, 1)
            };
            let ratio = Enclosure::quotient(numerator, denominator);
            ratio.power(grown).times(&Enclosure::whole(nanos(*base)))
        }
        Plan::Linear { base, step } => {
            Enclosure::whole(BigUint::from(nanos(*step)) * grown + nanos(*base))
        }
        Plan::Steps(table) => {
            let index = usize::try_from(grown).unwrap_or(usize::MAX);
            let delay = table.get(index).or(table.last());
            Enclosure::whole(delay.map_or(0, |delay| nanos(*delay)))
        }
    }
}

/// The 100th Fibonacci number is above 2^64: the ones after it need not be told from it.
fn fibonacci(n: u32) -> BigUint {
    let (mut a, mut b) = (BigUint::from(0_u32), BigUint::from(1_u32));
    for _ in 0..n.min(100) {
        (a, b) = (b.clone(), a + b);
    }
    a
}

/// From where to where a delay is drawn, in parts of a nanosecond: of them, [`PARTS`] make one.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Inclusive.
    pub low: u128,
    /// Inclusive.
    pub high: u128,
}

/// The window that a delay is drawn from, and the delay that it follows, which is that window where there was none.
///
/// Decorrelated jitter has the first window of the schedule, unless nothing would grow from that; every other has
/// the present one.
#[must_use]
pub fn basis(jitter: Jitter, first: u64, present: u64, previous: u64) -> (u64, u64) {
    let grows = first > 0 || previous > 0;
    let window = if jitter == Jitter::Decorrelated && grows {
        first
    } else {
        present
    };
    (window, if previous == 0 { window } else { previous })
}

/// Half of a window and every percentage of it are a whole number of parts.
pub const PARTS: u128 = 200;

impl Bounds {
    /// The table in the documentation of [`Jitter`], word for word.
    ///
    /// `window` and `previous` are those of [`basis`].
    ///
    /// # Panics
    ///
    /// Where the table has no line for the jitter.
    #[must_use]
    pub fn of(jitter: Jitter, window: u64, previous: u64, max: u64) -> Self {
        let [w, previous, max] = [window, previous, max].map(|nanos| u128::from(nanos) * PARTS);
        let (low, high) = match jitter {
            Jitter::Additive(margin) => {
                let margin = u128::from(nanos(margin)) * PARTS;
                (w.min(max.saturating_sub(margin)), (w + margin).min(max))
            }
            Jitter::Decorrelated => (w, (3 * previous).min(max).max(w)),
            Jitter::Equal => (w / 2, w),
            Jitter::Full => (0, w),
            Jitter::None => (w, w),
            Jitter::Proportional(percent) => {
                let part = w / 100 * u128::from(percent.get());
                (w - part, (w + part).min(max))
            }
            other => panic!("{other:?} has no line in the table"),
        };
        Self { low, high }
    }

    /// Checks that a delay is the one that the random word names: inside the bounds, and within one nanosecond
    /// and one part in 2^30 of the point that lies `random / 2^32` of the way between them.
    ///
    /// # Panics
    ///
    /// Where it is not.
    pub fn check(self, delay: u64, random: u32) {
        let Self { low, high } = self;
        let drawn = u128::from(delay) * PARTS;
        // A share is exact only up to 2^57 ns, and then to one part in 2^57.
        let slack = high >> 57;
        assert!(drawn + slack >= low, "{delay} ns is below {self:?}");
        assert!(drawn <= high + slack, "{delay} ns is above {self:?}");
        let point = low + (((high - low) * u128::from(random)) >> 32);
        let slack = PARTS + (point >> 30);
        assert!(
            drawn.abs_diff(point) <= slack,
            "{delay} ns is not {point}/{PARTS} ns"
        );
    }
}
