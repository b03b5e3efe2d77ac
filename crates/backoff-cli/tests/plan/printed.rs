// With ""
pub(crate) mod plain {
use backoff_core::Policy;

static POLICY: Policy = Policy::DEFAULT;
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "schedule=constant base=1500us max_delay=3s throttled_base=2s"
pub(crate) mod constant {
use backoff_core::{Constant, Policy};
use std::time::Duration;

static POLICY: Policy<Constant> = Policy::constant(Duration::from_micros(1500))
    .with_max_delay(Duration::from_secs(3))
    .with_throttled_schedule(Constant::new(Duration::from_secs(2)));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "base=200ms max_delay=30s throttled_base=1s"
pub(crate) mod exponential {
use backoff_core::{Exponential, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30))
    .with_throttled_schedule(Exponential::new(Duration::from_secs(1)));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "ratio=3/2 throttled_base=1s max_attempts=9"
pub(crate) mod ratio {
use backoff_core::{Exponential, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::DEFAULT
    .with_ratio(3, 2)
    .with_throttled_schedule(Exponential::new(Duration::from_secs(1)).with_ratio(3, 2))
    .with_max_attempts(9);
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "schedule=fibonacci base=7ns throttled_base=1s"
pub(crate) mod fibonacci {
use backoff_core::{Fibonacci, Policy};
use std::time::Duration;

static POLICY: Policy<Fibonacci> = Policy::fibonacci(Duration::from_nanos(7), Duration::from_secs(20))
    .with_throttled_schedule(Fibonacci::new(Duration::from_secs(1)));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "schedule=linear step=1s throttled_base=2s"
pub(crate) mod linear {
use backoff_core::{Linear, Policy};
use std::time::Duration;

static POLICY: Policy<Linear> = Policy::linear(Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(20))
    .with_throttled_schedule(Linear::new(Duration::from_secs(2), Duration::from_secs(1)));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "schedule=linear base=3s throttled_base=5s"
pub(crate) mod linear_by_its_base {
use backoff_core::{Linear, Policy};
use std::time::Duration;

static POLICY: Policy<Linear> = Policy::linear(Duration::from_secs(3), Duration::from_secs(3), Duration::from_secs(20))
    .with_throttled_schedule(Linear::new(Duration::from_secs(5), Duration::from_secs(5)));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "schedule=steps table=1s,5s,1m max_delay=9s throttled_base=3s"
pub(crate) mod steps {
use backoff_core::{Policy, Steps};
use std::time::Duration;

static POLICY: Policy<Steps<'_>> = Policy::steps(&[Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(60)])
    .with_max_delay(Duration::from_secs(9))
    .with_throttled_schedule(Steps::new(&[Duration::from_secs(3)]));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=full"
pub(crate) mod full {
use backoff_core::Policy;

static POLICY: Policy = Policy::DEFAULT;
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=equal"
pub(crate) mod equal {
use backoff_core::{Jitter, Policy};

static POLICY: Policy = Policy::DEFAULT
    .with_jitter(Jitter::Equal);
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=decorrelated doubtful_limit=0"
pub(crate) mod decorrelated {
use backoff_core::{Jitter, Policy};

static POLICY: Policy = Policy::DEFAULT
    .with_jitter(Jitter::Decorrelated)
    .with_doubtful_limit(0);
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=additive=50ms max_hint=1s hint_rule=give-up"
pub(crate) mod additive {
use backoff_core::{Jitter, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::DEFAULT
    .with_jitter(Jitter::Additive(Duration::from_millis(50)))
    .with_max_hint(Duration::from_secs(1));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=proportional=20% max_hint=1s hint_rule=clamp"
pub(crate) mod proportional {
use backoff_core::{HintRule, Jitter, Percent, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::DEFAULT
    .with_jitter(Jitter::Proportional(Percent::new(20)))
    .with_max_hint(Duration::from_secs(1))
    .with_hint_rule(HintRule::Clamp);
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "jitter=none max_attempts=forever deadline=none max_hint=1s hint_rule=ignore"
pub(crate) mod without_jitter {
use backoff_core::{HintRule, Jitter, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::DEFAULT
    .with_jitter(Jitter::None)
    .without_attempt_limit()
    .without_deadline()
    .with_max_hint(Duration::from_secs(1))
    .with_hint_rule(HintRule::Ignore);
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "deadline=1s deadline_rule=clamp-to-remaining attempt_timeout=300ms max_attempts=12"
pub(crate) mod clamped {
use backoff_core::{DeadlineRule, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::DEFAULT
    .with_max_attempts(12)
    .with_deadline(Duration::from_secs(1))
    .with_deadline_rule(DeadlineRule::ClampToRemaining)
    .with_attempt_timeout(Duration::from_millis(300));
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
// With "base=1ns max_delay=1000years_1ns deadline=900years deadline_rule=give-up"
pub(crate) mod ages {
use backoff_core::{Exponential, Policy};
use std::time::Duration;

static POLICY: Policy = Policy::new(Exponential::new(Duration::from_nanos(1)))
    .without_deadline();
pub(crate) fn decisions() -> Vec<crate::Step> {
    crate::decisions(&POLICY)
}
}
