//! How bytes become settings: sizes spread evenly over the powers of two, and extremes in between.

use core::num::NonZeroU32;
use core::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};
use backoff_core::{
    Constant, Exponential, Failure, FailureKind, Fibonacci, Jitter, Linear, Percent, Progress,
    Schedule, Steps,
};

/// Any schedule, with its numbers as they were given.
#[derive(Arbitrary, Clone, Debug)]
pub enum Plan {
    /// [`Constant`].
    Constant(#[arbitrary(with = duration)] Duration),
    /// [`Exponential`] with the ratio that it has by itself.
    Doubling(#[arbitrary(with = duration)] Duration),
    /// [`Fibonacci`].
    Fibonacci(#[arbitrary(with = duration)] Duration),
    /// [`Exponential`] with any ratio, also one that is normalised.
    Growing {
        /// The first window.
        #[arbitrary(with = duration)]
        base: Duration,
        /// Of the ratio.
        #[arbitrary(with = sized)]
        numerator: u32,
        /// Of the ratio.
        #[arbitrary(with = sized)]
        denominator: u32,
    },
    /// [`Linear`].
    Linear {
        /// The first window.
        #[arbitrary(with = duration)]
        base: Duration,
        /// What each further retry adds.
        #[arbitrary(with = duration)]
        step: Duration,
    },
    /// [`Steps`].
    Steps(#[arbitrary(with = durations)] Vec<Duration>),
}

impl Plan {
    fn ask<T>(&self, question: impl Fn(&dyn Schedule) -> T) -> T {
        match self {
            Self::Constant(delay) => question(&Constant::new(*delay)),
            Self::Doubling(base) => question(&Exponential::new(*base)),
            Self::Fibonacci(base) => question(&Fibonacci::new(*base)),
            Self::Growing {
                base,
                numerator,
                denominator,
            } => question(&Exponential::new(*base).with_ratio(*numerator, *denominator)),
            Self::Linear { base, step } => question(&Linear::new(*base, *step)),
            Self::Steps(table) => question(&Steps::new(table)),
        }
    }
}

impl Schedule for Plan {
    fn delay(&self, retry: NonZeroU32) -> Duration {
        self.ask(|schedule| schedule.delay(retry))
    }

    fn nanos(&self, retry: NonZeroU32) -> u64 {
        self.ask(|schedule| schedule.nanos(retry))
    }
}

/// A duration of any size: each power of two is as likely as another.
///
/// # Errors
///
/// Where the bytes run out in a way that `arbitrary` cannot mend.
pub fn duration(u: &mut Unstructured<'_>) -> Result<Duration> {
    let number: u64 = u.arbitrary()?;
    Ok(match u.int_in_range(0..=67)? {
        shift @ 0..=63 => Duration::from_nanos(number >> shift),
        64 => Duration::ZERO,
        65 => Duration::MAX,
        66 => Duration::from_secs(number),
        _ => Duration::from_millis(number >> 48),
    })
}

/// A duration or none.
///
/// # Errors
///
/// As [`duration`].
pub fn limit(u: &mut Unstructured<'_>) -> Result<Option<Duration>> {
    u.arbitrary::<bool>()?.then(|| duration(u)).transpose()
}

fn durations(u: &mut Unstructured<'_>) -> Result<Vec<Duration>> {
    let length = u.int_in_range(0..=5)?;
    (0..length).map(|_| duration(u)).collect()
}

/// A number of any size.
///
/// # Errors
///
/// As [`duration`].
pub fn sized(u: &mut Unstructured<'_>) -> Result<u32> {
    let number: u32 = u.arbitrary()?;
    Ok(number >> u.int_in_range(0..=31)?)
}

/// An attempt or a retry of any size.
///
/// # Errors
///
/// As [`duration`].
pub fn counted(u: &mut Unstructured<'_>) -> Result<NonZeroU32> {
    Ok(NonZeroU32::new(sized(u)?).unwrap_or(NonZeroU32::MAX))
}

/// Any jitter.
///
/// # Errors
///
/// As [`duration`].
pub fn jitter(u: &mut Unstructured<'_>) -> Result<Jitter> {
    Ok(match u.int_in_range(0..=5)? {
        0 => Jitter::Additive(duration(u)?),
        1 => Jitter::Decorrelated,
        2 => Jitter::Equal,
        3 => Jitter::Full,
        4 => Jitter::None,
        _ => Jitter::Proportional(Percent::new(u.arbitrary()?)),
    })
}

/// Any failure.
///
/// # Errors
///
/// As [`duration`].
pub fn failure(u: &mut Unstructured<'_>) -> Result<Failure> {
    let kinds = [
        FailureKind::Doubtful,
        FailureKind::Permanent,
        FailureKind::Throttled,
        FailureKind::Transient,
    ];
    let failure = Failure::new(*u.choose(&kinds)?);
    Ok(match u.int_in_range(0..=3)? {
        0 => failure,
        1 => failure.with_retry_after(duration(u)?),
        2 => failure.with_min_delay(duration(u)?),
        _ => failure
            .with_retry_after(duration(u)?)
            .with_min_delay(duration(u)?),
    })
}

/// Any progress, also one that no call could come to.
///
/// # Errors
///
/// As [`duration`].
pub fn progress(u: &mut Unstructured<'_>) -> Result<Progress> {
    let previous = duration(u)?;
    Ok(at(previous, counted(u)?, sized(u)?))
}

/// The progress of a call at any attempt: no test could count up to the last one.
///
/// # Panics
///
/// Where the encoding that [`Progress::from_bytes`] reads is not the documented one.
#[must_use]
pub fn at(previous: Duration, attempt: NonZeroU32, doubtful: u32) -> Progress {
    let mut bytes = [0; Progress::BYTES];
    bytes[0] = 1;
    bytes[1..9].copy_from_slice(&crate::exact::nanos(previous).to_le_bytes());
    bytes[9..13].copy_from_slice(&attempt.get().to_le_bytes());
    bytes[13..17].copy_from_slice(&doubtful.to_le_bytes());
    crate::progress::seal(&mut bytes);
    Progress::from_bytes(&bytes).expect("the documented form")
}

/// All bytes that are left: for the last field, so that a text stands in the input as it is.
///
/// # Errors
///
/// None.
pub fn rest(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    u.bytes(u.len()).map(<[u8]>::to_vec)
}
