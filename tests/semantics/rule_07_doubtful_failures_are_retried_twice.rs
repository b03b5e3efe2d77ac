use backoff_core::{Decision, Failure, GiveUp, Policy};
use backoff_http::{Fault, Method, RequestInfo, Rules};

use crate::{after, decide, gave_up, ms, seconds};

#[test]
fn two_retries_by_default_whatever_the_attempts() {
    let policy = Policy::exponential(ms(1), ms(1)).with_max_attempts(100);
    let mut retry = policy.start();
    for _ in 0..2 {
        assert!(matches!(
            decide(&mut retry, Failure::doubtful()),
            Decision::Retry { .. }
        ));
    }
    assert_eq!(
        decide(&mut retry, Failure::doubtful()),
        gave_up(GiveUp::Doubtful)
    );
    assert_eq!(retry.attempt(), 3);
}

#[test]
fn other_failures_in_between_do_not_reset_the_count() {
    let policy = Policy::exponential(ms(1), ms(1)).with_max_attempts(100);
    let mut retry = policy.start();
    for failure in [
        Failure::doubtful(),
        Failure::transient(),
        Failure::doubtful(),
        Failure::throttled(),
    ] {
        assert!(
            matches!(decide(&mut retry, failure), Decision::Retry { .. }),
            "{failure:?}"
        );
    }
    assert_eq!(
        decide(&mut retry, Failure::doubtful()),
        gave_up(GiveUp::Doubtful)
    );
    assert!(matches!(
        decide(&mut retry, Failure::transient()),
        Decision::Retry { .. }
    ));
}

#[test]
fn the_limit_is_the_policy_s() {
    for limit in [0, 1, 7] {
        let policy = Policy::exponential(ms(1), ms(1))
            .with_max_attempts(100)
            .with_doubtful_limit(limit);
        let mut retry = policy.start();
        for _ in 0..limit {
            assert!(
                matches!(
                    decide(&mut retry, Failure::doubtful()),
                    Decision::Retry { .. }
                ),
                "{limit}"
            );
        }
        assert_eq!(
            decide(&mut retry, Failure::doubtful()),
            gave_up(GiveUp::Doubtful),
            "{limit}"
        );
    }
}

#[test]
fn a_refused_connection_is_not_doubtful_and_waits_a_second_at_least() {
    let get = RequestInfo::new(Method::Get);
    let refused = Rules::DEFAULT.classify_error(get, Fault::Refused);
    let failure = refused.failure().expect("a failure");
    let policy = Policy::exponential(ms(1), ms(1)).with_max_attempts(9);
    let mut retry = policy.start();
    for attempt in 1..9 {
        let decision = retry.on_failure(ms(0), failure, 0);
        assert_eq!(decision, after(seconds(1)), "attempt {attempt}");
    }
    assert_eq!(decide(&mut retry, failure), gave_up(GiveUp::Attempts));
}
