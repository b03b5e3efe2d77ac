//! Values made of the bytes of a fuzzer.
//!
//! Each is one that a program can have: made by its constructors, or in the case of `Progress` read from flash.

use core::num::NonZeroU32;
use core::time::Duration;

use arbitrary::{Arbitrary, Result, Unstructured};

use crate::failure::{Failure, FailureKind};
use crate::jitter::{Jitter, Percent};
use crate::policy::{DeadlineRule, HintRule, Policy};
use crate::progress::Progress;
use crate::schedule::{Constant, Exponential, Fibonacci, Linear};

/// A duration of any size; small ones, which most programs use, are as likely as large ones.
fn duration(u: &mut Unstructured<'_>) -> Result<Duration> {
    let nanos = u64::arbitrary(u)? >> u.int_in_range(0..=63)?;
    Ok(if u.ratio(1, 16)? {
        Duration::MAX
    } else {
        Duration::from_nanos(nanos)
    })
}

impl<'a> Arbitrary<'a> for Percent {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(u.int_in_range(0..=100)?))
    }
}

impl<'a> Arbitrary<'a> for Jitter {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=5)? {
            0 => Self::Additive(duration(u)?),
            1 => Self::Decorrelated,
            2 => Self::Equal,
            3 => Self::Full,
            4 => Self::None,
            _ => Self::Proportional(u.arbitrary()?),
        })
    }
}

impl<'a> Arbitrary<'a> for DeadlineRule {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&[Self::ClampToRemaining, Self::GiveUp]).copied()
    }
}

impl<'a> Arbitrary<'a> for HintRule {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&[Self::Clamp, Self::GiveUp, Self::Ignore])
            .copied()
    }
}

impl<'a> Arbitrary<'a> for FailureKind {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&[
            Self::Doubtful,
            Self::Permanent,
            Self::Throttled,
            Self::Transient,
        ])
        .copied()
    }
}

impl<'a> Arbitrary<'a> for Failure {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut failure = Self::new(u.arbitrary()?);
        if u.arbitrary()? {
            failure = failure.with_retry_after(duration(u)?);
        }
        if u.arbitrary()? {
            failure = failure.with_min_delay(duration(u)?);
        }
        Ok(failure)
    }
}

/// Any progress, also one that no policy leads to.
impl<'a> Arbitrary<'a> for Progress {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self {
            previous: u.arbitrary()?,
            attempt: NonZeroU32::new(u.arbitrary()?).unwrap_or(NonZeroU32::MIN),
            doubtful: u.arbitrary()?,
        })
    }
}

impl<'a> Arbitrary<'a> for Constant {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(duration(u)?))
    }
}

impl<'a> Arbitrary<'a> for Exponential {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let doubling = Self::new(duration(u)?);
        if u.arbitrary()? {
            return Ok(doubling);
        }
        Ok(doubling.with_ratio(u.arbitrary()?, u.arbitrary()?))
    }
}

impl<'a> Arbitrary<'a> for Fibonacci {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(duration(u)?))
    }
}

impl<'a> Arbitrary<'a> for Linear {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::new(duration(u)?, duration(u)?))
    }
}

/// A policy with any settings of any schedule that is [`Arbitrary`]. A table of steps is borrowed,
/// so that its schedule is not.
impl<'a, S: Arbitrary<'a> + Copy> Arbitrary<'a> for Policy<S> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut policy = Self::new(u.arbitrary()?)
            .with_jitter(u.arbitrary()?)
            .with_max_attempts(u.arbitrary()?)
            .with_deadline(duration(u)?)
            .with_deadline_rule(u.arbitrary()?)
            .with_doubtful_limit(u.arbitrary()?)
            .with_max_hint(duration(u)?)
            .with_hint_rule(u.arbitrary()?);
        if u.arbitrary()? {
            policy = policy.with_throttled_schedule(u.arbitrary()?);
        }
        if u.arbitrary()? {
            policy = policy.with_max_delay(duration(u)?);
        }
        if u.arbitrary()? {
            policy = policy.with_attempt_timeout(duration(u)?);
        }
        if u.arbitrary()? {
            policy = policy.with_first_delay(duration(u)?);
        }
        if u.ratio(1, 4)? {
            policy = policy.without_attempt_limit();
        }
        if u.ratio(1, 4)? {
            policy = policy.without_deadline();
        }
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::vec::Vec;

    use super::*;
    use crate::decision::Decision;

    /// Bytes that look random: the upper bytes of a linear congruential generator.
    fn bytes(seed: u64) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..256).map(|_| next()).collect()
    }

    #[test]
    fn every_variant_and_both_sides_of_every_setting_occur() {
        let (mut kinds, mut jitters, mut rules) = (HashSet::new(), HashSet::new(), HashSet::new());
        let (mut limits, mut first_delays) = (HashSet::new(), HashSet::new());
        for seed in 0..1_000 {
            let bytes = bytes(seed);
            let mut u = Unstructured::new(&bytes);
            let policy: Policy = u.arbitrary().expect("enough bytes");
            let failure: Failure = u.arbitrary().expect("enough bytes");
            kinds.insert((failure.kind(), failure.retry_after().is_some()));
            jitters.insert(core::mem::discriminant(&policy.jitter()));
            rules.insert((policy.deadline_rule(), policy.hint_rule()));
            limits.insert((policy.max_attempts().is_some(), policy.deadline().is_some()));
            first_delays.insert(policy.first_delay().is_zero());
        }
        assert_eq!((kinds.len(), jitters.len(), rules.len()), (8, 6, 6));
        assert_eq!((limits.len(), first_delays.len()), (4, 2));
    }

    #[test]
    fn no_wait_ends_after_the_deadline() {
        let mut waits = 0;
        for seed in 0..10_000 {
            let bytes = bytes(seed);
            let mut u = Unstructured::new(&bytes);
            let policy: Policy = u.arbitrary().expect("enough bytes");
            let policy = policy.with_deadline_rule(DeadlineRule::GiveUp);
            let elapsed = duration(&mut u).expect("enough bytes");
            let failure: Failure = u.arbitrary().expect("enough bytes");
            let random = u.arbitrary().expect("enough bytes");
            let decision = policy.start().on_failure(elapsed, failure, random);
            if let Decision::Retry { after } = decision {
                let end = elapsed.saturating_add(after);
                let is_in_time = policy.deadline().is_none_or(|deadline| end <= deadline);
                assert!(is_in_time, "{seed}: {policy}, {elapsed:?}, {failure:?}");
                waits += 1;
            }
        }
        assert!(waits > 100, "{waits}");
    }

    #[test]
    fn no_bytes_make_a_policy_of_any_schedule_too() {
        let mut u = Unstructured::new(&[]);
        assert!(u.arbitrary::<Policy<Constant>>().is_ok());
        assert!(u.arbitrary::<Policy<Fibonacci>>().is_ok());
        assert!(u.arbitrary::<Policy<Linear>>().is_ok());
        assert_eq!(u.arbitrary::<Progress>().map(Progress::attempt), Ok(1));
    }
}
