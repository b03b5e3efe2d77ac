use std::time::Duration;

use backoff_core::{Exponential, Failure, GiveUp, Policy};

use crate::{after, gave_up, ms, seconds};

/// A policy under which a call at attempt 3 fails every check that its failure is subject to.
const STRICT: Policy = Policy::exponential(ms(100), ms(400))
    .with_max_attempts(3)
    .with_doubtful_limit(0)
    .with_max_hint(seconds(1))
    .with_deadline(seconds(5));

const LONG_HINT: Duration = seconds(100);

#[test]
fn the_first_check_that_fails_is_the_reason() {
    let late = seconds(6);
    let attempts_left = STRICT.with_max_attempts(9);
    let cases = [
        // (policy, failure, reason); each failure also fails all checks further down
        (
            STRICT,
            Failure::permanent().with_retry_after(LONG_HINT),
            GiveUp::Permanent,
        ),
        (
            STRICT,
            Failure::doubtful().with_retry_after(LONG_HINT),
            GiveUp::Attempts,
        ),
        (
            attempts_left,
            Failure::doubtful().with_retry_after(LONG_HINT),
            GiveUp::Doubtful,
        ),
        (
            attempts_left,
            Failure::transient().with_retry_after(LONG_HINT),
            GiveUp::HintTooLong,
        ),
        (attempts_left, Failure::transient(), GiveUp::Deadline),
    ];
    for (policy, failure, reason) in cases {
        let mut retry = policy.start();
        for _ in 0..2 {
            let _ = retry.on_failure(seconds(0), Failure::transient(), 0);
        }
        assert_eq!(
            retry.on_failure(late, failure, 0),
            gave_up(reason),
            "{failure:?}"
        );
        assert_eq!(retry.attempt(), 3, "{reason}");
    }
}

#[test]
fn a_throttled_failure_takes_the_slower_schedule_at_the_common_count() {
    let policy = Policy::exponential(ms(100), seconds(60))
        .with_throttled_schedule(Exponential::new(seconds(1)));
    let mut retry = policy.start();
    let failures = [
        Failure::throttled(),
        Failure::transient(),
        Failure::throttled(),
    ];
    let expected = [seconds(1), ms(200), seconds(4)];
    for (failure, expected) in failures.into_iter().zip(expected) {
        assert_eq!(
            retry.on_failure(seconds(0), failure, u32::MAX),
            after(expected),
            "{failure:?}"
        );
    }
    let plain = Policy::exponential(ms(100), seconds(60));
    assert_eq!(
        plain
            .start()
            .on_failure(seconds(0), Failure::throttled(), u32::MAX),
        after(ms(100))
    );
}
