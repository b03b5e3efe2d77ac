//! A call without a deadline goes on after an attempt of any length.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use backoff_core::{GiveUp, Policy};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Completion, Sleeper};
use futures_util::{StreamExt, stream};

use crate::{Error, hours};

static CONNECTION: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(60));

/// Makes attempts that last this long and fail, and one that succeeds. Returns how the call ended.
fn completion(policy: &Policy, attempts: &[Duration]) -> Option<Completion> {
    let clock = VirtualClock::new();
    let mut left = attempts.iter();
    let mut call = Attempts::new(policy, clock.clone()).uninterrupted();
    let outcome = clock.block_on(call.run(async || match left.next() {
        Some(lasts) => {
            clock.sleep(*lasts).await;
            Err(Error::Closed)
        }
        None => Ok(()),
    }));
    assert_eq!(
        outcome.is_ok(),
        call.report().completion() == Some(Completion::Accepted)
    );
    call.report().completion()
}

#[test]
fn a_deadline_ends_it_only_where_there_is_one() {
    let days = |days: u64| hours(24 * days);
    let deadline = Some(Completion::GaveUp(GiveUp::Deadline));
    let accepted = Some(Completion::Accepted);
    let forever = CONNECTION.retry_forever();
    let cases: [(Policy, &[Duration], _); 7] = [
        (forever, &[hours(2)], accepted),
        (forever, &[days(400), days(400)], accepted),
        (
            forever,
            &[Duration::ZERO, hours(2), Duration::ZERO, hours(3)],
            accepted,
        ),
        (CONNECTION.without_deadline(), &[hours(2); 4], accepted),
        (CONNECTION.with_deadline(hours(3)), &[hours(2)], accepted),
        (CONNECTION.with_deadline(hours(3)), &[hours(4)], deadline),
        (CONNECTION, &[hours(2)], deadline), // the default, 60 s
    ];
    for (policy, attempts, expected) in cases {
        assert_eq!(
            completion(&policy, attempts),
            expected,
            "{policy}, {attempts:?}"
        );
    }
    let limit = CONNECTION.without_deadline();
    let spent = Some(Completion::GaveUp(GiveUp::Attempts));
    assert_eq!(
        completion(&limit, &[hours(2); 5]),
        spent,
        "attempts count all the same"
    );
}

/// A connection under the default policy: its deadline limits outages, and not connections, once those are stable.
#[test]
fn a_connection_that_is_stable_survives_the_default_deadline() {
    let (clock, made) = (VirtualClock::new(), Cell::new(0));
    let connect = async || {
        made.set(made.get() + 1);
        let ends = if made.get() == 9 {
            Error::Refused
        } else {
            Error::Closed
        };
        let clock = clock.clone();
        Ok(stream::once(async move {
            clock.sleep(hours(2)).await;
            Err::<(), _>(ends)
        }))
    };
    let items = Attempts::new(&CONNECTION, clock.clone())
        .when(|error: &Error| *error == Error::Closed)
        .stable_after(Duration::from_secs(60))
        .reconnecting(connect);
    let last = clock.block_on(async { pin!(items).next().await });
    assert_eq!(
        last,
        Some(Err(Error::Refused)),
        "a permanent failure ends it"
    );
    assert_eq!(made.get(), 9);
}
