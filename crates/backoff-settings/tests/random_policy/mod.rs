use std::time::Duration;

use backoff_core::{
    Constant, DeadlineRule, Exponential, Fibonacci, HintRule, Jitter, Linear, Percent, Policy,
    Steps,
};
use backoff_settings::AnySchedule;
use rand_core::Rng;

/// Makes any policy, with settings at the edges of their ranges more often than not.
pub(crate) fn random_policy(random: &mut impl Rng) -> Policy<AnySchedule> {
    let kind = below(random, 5);
    let throttled = match below(random, 3) {
        0 => Some(below(random, 5)),
        _ => None,
    };
    policy(random, kind, throttled)
}

/// Makes a policy whose schedule after throttled failures, if any, is of the same kind.
pub(crate) fn random_single_kind(random: &mut impl Rng) -> Policy<AnySchedule> {
    let kind = below(random, 5);
    let throttled = (below(random, 3) == 0).then_some(kind);
    policy(random, kind, throttled)
}

fn policy(random: &mut impl Rng, kind: u32, throttled: Option<u32>) -> Policy<AnySchedule> {
    let mut policy = Policy::new(schedule(random, kind));
    if let Some(kind) = throttled {
        policy = policy.with_throttled_schedule(schedule(random, kind));
    }
    if below(random, 4) > 0 {
        policy = policy.with_max_delay(duration(random));
    }
    policy = policy.with_jitter(jitter(random));
    policy = match below(random, 4) {
        0 => policy,
        1 => policy.without_attempt_limit(),
        2 => policy.with_max_attempts(1 + below(random, 9)),
        _ => policy.with_max_attempts(random.next_u32()),
    };
    policy = match below(random, 3) {
        0 => policy,
        1 => policy.without_deadline(),
        _ => policy.with_deadline(duration(random)),
    };
    if below(random, 3) == 0 {
        policy = policy.with_first_delay(duration(random));
    }
    if below(random, 3) == 0 {
        policy = policy.with_attempt_timeout(duration(random));
    }
    if below(random, 3) == 0 {
        policy = policy.with_doubtful_limit(below(random, 5));
    }
    policy = match below(random, 3) {
        0 => policy,
        1 => policy.with_max_hint(Duration::MAX),
        _ => policy.with_max_hint(duration(random)),
    };
    let (rules, hints) = (
        [DeadlineRule::GiveUp, DeadlineRule::ClampToRemaining],
        [HintRule::GiveUp, HintRule::Clamp, HintRule::Ignore],
    );
    policy
        .with_deadline_rule(rules[below(random, 2) as usize])
        .with_hint_rule(hints[below(random, 3) as usize])
}

fn schedule(random: &mut impl Rng, kind: u32) -> AnySchedule {
    match kind {
        0 => Constant::new(duration(random)).into(),
        1 => match below(random, 2) {
            0 => Exponential::new(duration(random)).into(),
            _ => Exponential::new(duration(random))
                .with_ratio(1 + below(random, 9), 1 + below(random, 9))
                .into(),
        },
        2 => Fibonacci::new(duration(random)).into(),
        3 => Linear::new(duration(random), duration(random)).into(),
        _ => {
            let table: Vec<_> = (0..below(random, 4)).map(|_| duration(random)).collect();
            Steps::new(&table).into()
        }
    }
}

fn jitter(random: &mut impl Rng) -> Jitter {
    match below(random, 6) {
        0 => Jitter::Additive(duration(random)),
        1 => Jitter::Decorrelated,
        2 => Jitter::Equal,
        3 => Jitter::Full,
        4 => Jitter::None,
        _ => Jitter::Proportional(Percent::new(below(random, 101).to_le_bytes()[0])),
    }
}

fn duration(random: &mut impl Rng) -> Duration {
    match below(random, 8) {
        0 => Duration::ZERO,
        1 => Duration::from_nanos(random.next_u64()),
        2 => Duration::new(random.next_u64(), below(random, 1_000_000_000)),
        3 => Duration::MAX,
        4 => Duration::from_secs(below(random, 100).into()),
        _ => Duration::from_millis(below(random, 10_000).into()),
    }
}

fn below(random: &mut impl Rng, end: u32) -> u32 {
    u32::try_from((u64::from(random.next_u32()) * u64::from(end)) >> 32).expect("below 2^32")
}
