use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use backoff_core::{
    Constant, DeadlineRule, Decision, Exponential, Failure, Fibonacci, HintRule, Jitter, Linear,
    Percent, Policy, PolicyRef, RetryState, Steps,
};

use crate::{ms, seconds};

const POLICY: Policy = Policy::exponential(Duration::from_millis(200), Duration::from_secs(30));

#[test]
fn each_getter_gives_back_what_its_setter_was_given() {
    let slower = Exponential::new(seconds(1)).with_ratio(3, 2);
    let policy = Policy::new(Exponential::new(ms(7)))
        .with_throttled_schedule(slower)
        .with_jitter(Jitter::Equal)
        .with_max_delay(seconds(9))
        .with_max_attempts(11)
        .with_deadline(seconds(13))
        .with_deadline_rule(DeadlineRule::ClampToRemaining)
        .with_attempt_timeout(seconds(17))
        .with_doubtful_limit(19)
        .with_max_hint(seconds(23))
        .with_hint_rule(HintRule::Ignore);
    assert_eq!(*policy.schedule(), Exponential::new(ms(7)));
    assert_eq!(policy.throttled_schedule(), Some(&slower));
    assert_eq!(policy.jitter(), Jitter::Equal);
    assert_eq!(policy.max_delay(), Some(seconds(9)));
    assert_eq!(policy.max_attempts(), Some(11));
    assert_eq!(policy.deadline(), Some(seconds(13)));
    assert_eq!(policy.deadline_rule(), DeadlineRule::ClampToRemaining);
    assert_eq!(policy.timeout_per_attempt(), Some(seconds(17)));
    assert_eq!(policy.doubtful_limit(), 19);
    assert_eq!(policy.max_hint(), seconds(23));
    assert_eq!(policy.hint_rule(), HintRule::Ignore);
}

#[test]
fn what_is_not_set_reads_as_the_default_or_as_none() {
    let policy = Policy::new(Constant::new(ms(7)));
    assert_eq!(policy.throttled_schedule(), None);
    assert_eq!(policy.jitter(), Jitter::Full);
    assert_eq!(policy.max_delay(), None);
    assert_eq!(policy.max_attempts(), Some(5));
    assert_eq!(policy.deadline(), Some(seconds(60)));
    assert_eq!(policy.deadline_rule(), DeadlineRule::GiveUp);
    assert_eq!(policy.timeout_per_attempt(), None);
    assert_eq!(policy.doubtful_limit(), 2);
    assert_eq!(policy.max_hint(), seconds(120));
    assert_eq!(policy.hint_rule(), HintRule::GiveUp);
}

#[test]
fn what_is_normalised_reads_as_what_it_counts_as() {
    assert_eq!(POLICY.with_max_attempts(0).max_attempts(), Some(1));
    assert_eq!(POLICY.with_deadline(Duration::MAX).deadline(), None);
    assert_eq!(POLICY.with_max_delay(Duration::MAX).max_delay(), None);
    assert_eq!(
        POLICY.with_max_hint(Duration::MAX).max_hint(),
        Duration::MAX
    );
    assert_eq!(POLICY.within(Some(seconds(9))).deadline(), Some(seconds(9)));
    assert_eq!(POLICY.within(Some(seconds(99))), POLICY);
    assert_eq!(POLICY.with_ratio(0, 7).schedule().ratio(), (1, 1));
}

#[test]
fn each_schedule_gives_back_what_it_was_given() {
    let (base, step) = (ms(300), ms(40));
    assert_eq!(Exponential::new(base).base(), base);
    assert_eq!(Exponential::new(base).ratio(), (2, 1));
    assert_eq!(Exponential::new(base).with_ratio(7, 5).ratio(), (7, 5));
    assert_eq!(Fibonacci::new(base).base(), base);
    let linear = Linear::new(base, step);
    assert_eq!((linear.base(), linear.step()), (base, step));
    let table = [step, base];
    assert_eq!(Steps::new(&table).table(), table);
}

#[test]
fn a_policy_shows_itself_in_one_line() {
    let table = [ms(1_500), seconds(60)];
    let fifth = Jitter::Proportional(Percent::new(20));
    let cases = [
        (
            POLICY.to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s",
        ),
        (
            POLICY
                .with_ratio(3, 2)
                .with_jitter(Jitter::Equal)
                .to_string(),
            "exponential from 200 ms by 3/2 to 30 s, equal jitter, 5 attempts, 60 s",
        ),
        (
            POLICY
                .with_ratio(3, 1)
                .with_max_delay(Duration::MAX)
                .to_string(),
            "exponential from 200 ms by 3, full jitter, 5 attempts, 60 s",
        ),
        (
            Policy::constant(seconds(2))
                .with_jitter(Jitter::None)
                .to_string(),
            "constant 2 s, no jitter, 5 attempts, 60 s",
        ),
        (
            Policy::constant(seconds(2))
                .with_max_delay(seconds(9))
                .with_jitter(fifth)
                .to_string(),
            "constant 2 s to 9 s, proportional jitter of 20 %, 5 attempts, 60 s",
        ),
        (
            Policy::fibonacci(ms(1), seconds(9))
                .with_jitter(Jitter::Decorrelated)
                .to_string(),
            "fibonacci from 1 ms to 9 s, decorrelated jitter, 5 attempts, 60 s",
        ),
        (
            Policy::linear(ms(1), ms(2), ms(9))
                .with_jitter(Jitter::Additive(ms(50)))
                .to_string(),
            "linear from 1 ms by 2 ms to 9 ms, additive jitter of 50 ms, 5 attempts, 60 s",
        ),
        (
            Policy::steps(&table).to_string(),
            "steps of 1.5 s, then 60 s, full jitter, 5 attempts, 60 s",
        ),
        (
            Policy::steps(&[]).to_string(),
            "no pause, full jitter, 5 attempts, 60 s",
        ),
    ];
    for (shown, expected) in cases {
        assert_eq!(shown, expected);
    }
}

#[test]
fn a_policy_shows_what_differs_from_the_default() {
    let cases = [
        (
            POLICY
                .with_throttled_schedule(Exponential::new(seconds(1)))
                .to_string(),
            "exponential from 200 ms to 30 s, when throttled exponential from 1 s, full jitter, 5 attempts, 60 s",
        ),
        (
            POLICY
                .with_max_attempts(1)
                .with_attempt_timeout(ms(1_500))
                .to_string(),
            "exponential from 200 ms to 30 s, full jitter, 1 attempt, 1.5 s per attempt, 60 s",
        ),
        (
            POLICY
                .retry_forever()
                .with_attempt_timeout(seconds(10))
                .to_string(),
            "exponential from 200 ms to 30 s, full jitter, no attempt limit, 10 s per attempt, no deadline",
        ),
        (
            POLICY.with_doubtful_limit(0).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, no doubtful retries, 60 s",
        ),
        (
            POLICY.with_doubtful_limit(1).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 1 doubtful retry, 60 s",
        ),
        (
            POLICY.with_doubtful_limit(3).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 3 doubtful retries, 60 s",
        ),
        (
            POLICY
                .with_deadline_rule(DeadlineRule::ClampToRemaining)
                .to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s and a last attempt at its end",
        ),
        (
            POLICY.with_max_hint(seconds(10)).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s, hints up to 10 s",
        ),
        (
            POLICY.with_hint_rule(HintRule::Clamp).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s, hints up to 120 s, longer ones clamped",
        ),
        (
            POLICY
                .with_max_hint(ms(1))
                .with_hint_rule(HintRule::Ignore)
                .to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s, hints up to 1 ms, longer ones ignored",
        ),
        (
            POLICY.with_max_hint(Duration::MAX).to_string(),
            "exponential from 200 ms to 30 s, full jitter, 5 attempts, 60 s, hints of any length",
        ),
    ];
    for (shown, expected) in cases {
        assert_eq!(shown, expected);
    }
}

#[test]
fn a_policy_decides_alike_however_it_is_held() {
    fn decisions<P: PolicyRef>(policy: P) -> Vec<Decision> {
        let mut retry = RetryState::new(policy);
        let words = [7, 1 << 30, u32::MAX, 1 << 31, 0, 3];
        words
            .map(|random| retry.on_failure(ms(1), Failure::transient(), random))
            .into()
    }
    let (reference, arc) = (&POLICY, &Arc::new(POLICY));
    let borrowed = decisions(reference);
    assert!(matches!(borrowed[0], Decision::Retry { .. }));
    assert!(matches!(borrowed[4], Decision::GiveUp(_)));
    let held = [
        ("by value", decisions(POLICY)),
        (
            "by a reference to a reference",
            decisions::<&&Policy>(&reference),
        ),
        ("in an Arc", decisions(Arc::new(POLICY))),
        ("in an Rc of an Arc", decisions(Rc::new(Arc::new(POLICY)))),
        ("by a reference to an Arc", decisions(arc)),
    ];
    for (how, decided) in held {
        assert_eq!(decided, borrowed, "{how}");
    }
}
