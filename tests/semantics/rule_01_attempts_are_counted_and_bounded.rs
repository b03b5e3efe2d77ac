use backoff_core::{Failure, GiveUp, Jitter, Policy, Progress, RetryState, TokenBudget};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{Attempts, Completion, Event};

use crate::{decide, gave_up, ms, seconds};

/// The attempts that a policy makes of a call that always fails.
fn attempts(policy: &Policy) -> usize {
    let script: Script<Result<(), _>> = Script::new([Err("reset")]);
    let outcome = Attempts::new(policy, VirtualClock::new()).call(|| script.play());
    assert_eq!(outcome, Err("reset"));
    script.plays()
}

#[test]
fn max_attempts_counts_the_first_try() {
    let policy = Policy::exponential(ms(1), ms(1));
    for (max, expected) in [(0, 1), (1, 1), (2, 2), (5, 5), (100, 100)] {
        assert_eq!(
            attempts(&policy.with_max_attempts(max)),
            expected,
            "max_attempts {max}"
        );
    }
}

#[test]
fn the_first_attempt_is_number_one() {
    let mut retry = Policy::DEFAULT.start();
    assert_eq!(retry.attempt(), 1);
    let _ = decide(&mut retry, Failure::transient());
    assert_eq!(retry.attempt(), 2);
}

#[test]
fn giving_up_does_not_count_an_attempt_that_is_never_made() {
    let policy = Policy::DEFAULT.with_max_attempts(1);
    let mut retry = policy.start();
    for _ in 0..3 {
        assert_eq!(
            decide(&mut retry, Failure::transient()),
            gave_up(GiveUp::Attempts)
        );
        assert_eq!(retry.attempt(), 1);
    }
}

#[test]
fn five_attempts_and_sixty_seconds_bound_every_constructor() {
    assert_eq!(attempts(&Policy::exponential(ms(1), ms(1))), 5);
    assert_eq!(Policy::constant(ms(1)).delays(|| 0).count(), 4);
    assert_eq!(Policy::fibonacci(ms(1), ms(9)).delays(|| 0).count(), 4);
    assert_eq!(Policy::linear(ms(1), ms(1), ms(9)).delays(|| 0).count(), 4);
    assert_eq!(Policy::steps(&[]).delays(|| 0).count(), 4);
    let minute = Policy::constant(seconds(20)).with_jitter(Jitter::None);
    assert_eq!(minute.delays(|| 0).count(), 3, "20, 40 and 60 s");
    assert_eq!(minute.start().remaining(seconds(0)), Some(seconds(60)));
}

#[test]
fn retrying_forever_must_be_spelled_out_and_each_limit_can_be_lifted_alone() {
    let policy = Policy::constant(ms(10))
        .with_jitter(Jitter::None)
        .with_deadline(seconds(60));
    let cases = [
        // (policy, retries of the first 100,000)
        (policy, 4),
        (policy.without_deadline(), 4),
        (policy.without_attempt_limit(), 6_000), // 60 s in steps of 10 ms
        (policy.without_attempt_limit().without_deadline(), 100_000),
        (policy.retry_forever(), 100_000),
        (policy.retry_forever().with_deadline(seconds(1)), 100),
        (policy.retry_forever().with_max_attempts(3), 2),
    ];
    for (policy, retries) in cases {
        assert_eq!(
            policy.delays(|| 0).take(100_000).count(),
            retries,
            "{policy}"
        );
    }
    let forever = policy.retry_forever();
    assert_eq!(forever.start().remaining(seconds(1 << 40)), None);
}

#[test]
fn a_reset_begins_a_new_call() {
    let policy = Policy::exponential(ms(100), seconds(20))
        .with_jitter(Jitter::Decorrelated)
        .with_doubtful_limit(1);
    let mut retry = policy.start();
    let course = |retry: &mut RetryState<&Policy>| {
        [
            Failure::doubtful(),
            Failure::transient(),
            Failure::doubtful(),
        ]
        .map(|failure| retry.on_failure(seconds(1), failure, u32::MAX))
    };
    let first = course(&mut retry);
    assert_eq!(first[2], gave_up(GiveUp::Doubtful));
    assert_ne!(course(&mut retry), first, "what was counted still counts");
    retry.reset();
    assert_eq!((retry.attempt(), retry.progress()), (1, Progress::START));
    assert_eq!(course(&mut retry), first);
}

#[test]
fn the_report_counts_attempts() {
    let script = Script::fails(3, "reset").then(());
    let mut call = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
    assert_eq!(call.report().attempts(), 0);
    let _ = call.call(|| script.play());
    assert_eq!(
        (call.report().attempts(), call.report().completion()),
        (4, Some(Completion::Accepted))
    );
}

#[test]
fn a_call_that_has_ended_takes_no_notice_of_further_outcomes() {
    type Outcome = Result<(), &'static str>;
    const FAILED: Outcome = Err("reset");
    let once = Policy::DEFAULT.with_max_attempts(1);
    let cases = [
        // (how it ends, policy, first outcome, tokens at first)
        ("gave up", once, FAILED, 100),
        ("no budget", Policy::DEFAULT, FAILED, 1),
        ("accepted", Policy::DEFAULT, Ok(()), 100),
    ];
    for (name, policy, first, tokens) in cases {
        let (budget, mut events) = (TokenBudget::new(tokens, 2), 0);
        let mut call = Attempts::new(&policy, VirtualClock::new())
            .with_budget(&budget)
            .on_event(|_: &Event<'_, Outcome>| events += 1);
        assert_eq!(call.delay_after(&first), None, "{name}");
        let (report, left) = (call.report(), budget.tokens());
        for outcome in [FAILED, Ok(()), FAILED] {
            assert_eq!(call.delay_after(&outcome), None, "{name}, then {outcome:?}");
            assert!(!call.recheck(&outcome), "{name}, then {outcome:?}");
            call.interrupt(&outcome);
        }
        assert_eq!((call.report(), budget.tokens()), (report, left), "{name}");
        drop(call);
        assert_eq!(events, 1, "{name}");
    }
}
