//! A refused connection is retried within the limits of the policy, because a server that restarts listens again soon.
#![cfg(feature = "std")]

use backoff_core::{Decision, Policy};
use backoff_http::{Evidence, Fault, Method, RequestInfo, Rules};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Connects to a port that begins to listen this long after the first attempt. The time is simulated.
///
/// Returns the attempts that were made and the time that they took, or `None` after the policy gave up.
fn connect(
    policy: Policy,
    method: Method,
    listens_after: Duration,
    random: u32,
) -> Option<(u32, Duration)> {
    let address = free_address();
    let mut listener = None;
    let (mut retry, mut elapsed) = (policy.start(), Duration::ZERO);
    loop {
        if elapsed >= listens_after && listener.is_none() {
            listener = Some(TcpListener::bind(address).expect("the port is free"));
        }
        let Err(error) = TcpStream::connect(address) else {
            return Some((retry.attempt(), elapsed));
        };
        match decide(&mut retry, method, &error, elapsed, random) {
            Decision::Retry { after } => {
                assert!(after >= SECOND, "{after:?}");
                elapsed += after;
            }
            Decision::GiveUp(_) => return None,
        }
    }
}

fn decide(
    retry: &mut backoff_core::RetryState<&Policy>,
    method: Method,
    error: &io::Error,
    elapsed: Duration,
    random: u32,
) -> Decision {
    let classification = Rules::DEFAULT.classify_error(RequestInfo::new(method), error);
    assert_eq!(Evidence::from(error).fault(), Fault::Refused);
    let failure = classification.failure().expect("a failure");
    retry.on_failure(elapsed, failure, random)
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

#[test]
fn a_server_that_listens_after_five_seconds_is_reached() {
    let policy = Policy::exponential(Duration::from_millis(200), 30 * SECOND)
        .with_max_attempts(20)
        .with_deadline(30 * SECOND);
    for method in [Method::Get, Method::Post] {
        for random in [0, 1 << 31, u32::MAX] {
            let reached = connect(policy, method, 5 * SECOND, random);
            let (attempts, elapsed) = reached.expect("a connection");
            assert!(
                attempts <= 20 && elapsed >= 5 * SECOND,
                "{attempts} {elapsed:?}"
            );
            assert!(elapsed < 30 * SECOND, "{elapsed:?}");
        }
    }
}

#[test]
fn the_limits_of_the_policy_hold_and_no_other() {
    let policy = Policy::exponential(SECOND, SECOND)
        .with_max_attempts(20)
        .with_deadline(30 * SECOND);
    assert!(connect(policy, Method::Get, 15 * SECOND, 0).is_some());
    assert_eq!(
        connect(policy, Method::Get, 25 * SECOND, 0),
        None,
        "20 attempts"
    );
    let early = policy.with_deadline(5 * SECOND);
    assert_eq!(
        connect(early, Method::Get, 8 * SECOND, 0),
        None,
        "the deadline"
    );
}

#[test]
fn a_rule_makes_it_doubtful_again() {
    use backoff_core::FailureKind::{Doubtful, Transient};
    use backoff_http::FaultRule;
    let line = [FaultRule::new(Fault::Refused, Doubtful)];
    for (rules, kind) in [
        (Rules::DEFAULT.with_faults(&line), Doubtful),
        (Rules::RFC_9110, Transient),
    ] {
        let failure = rules
            .classify_error(Method::Get.into(), Fault::Refused)
            .failure();
        let found = failure.map(|failure| (failure.kind(), failure.min_delay()));
        assert_eq!(found, Some((kind, SECOND)));
    }
}
