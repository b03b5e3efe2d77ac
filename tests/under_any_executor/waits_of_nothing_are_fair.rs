//! However a wait comes to last for no time, another task has its turn.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use backoff_core::{DeadlineRule, Failure, Jitter, Policy, Schedule};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, Attempts, Sleeper};
use backoff_tokio::Tokio;
use futures_util::future::join;
use futures_util::{StreamExt, stream};
use smol::future::yield_now;

use crate::{Error, embassy, on_embassy};

const ATTEMPTS: u32 = 100;

/// Makes as many connections that fail at once, beside a task that counts its turns.
async fn is_fair<R: Sleeper, S: Schedule + Copy>(
    runtime: R,
    policy: Policy<S>,
    failure: Failure,
    name: &str,
) {
    let (turns, made, is_over) = (Cell::new(0_u32), Cell::new(0), Cell::new(false));
    let connect = async || {
        made.set(made.get() + 1);
        let before = turns.get();
        if made.get() > 1 {
            assert!(
                before + 1 >= made.get(),
                "{name}: {before} turns by {}",
                made.get()
            );
        }
        if made.get() < ATTEMPTS {
            Err(Error::Refused)
        } else {
            Ok(stream::iter([Ok(7)]))
        }
    };
    let items = async {
        let attempts = Attempts::new(policy, runtime).when(move |_: &Error| failure);
        let mut items = pin!(attempts.reconnecting(connect));
        assert_eq!(items.next().await, Some(Ok(7)), "{name}");
        is_over.set(true);
    };
    let other = async {
        while !is_over.get() {
            turns.set(turns.get() + 1);
            yield_now().await;
        }
    };
    join(items, other).await;
    assert_eq!(made.get(), ATTEMPTS, "{name}");
}

async fn in_each_way<R: Sleeper>(runtime: impl Fn() -> R) {
    const ZERO: Duration = Duration::ZERO;
    let (transient, hinted) = (
        Failure::transient(),
        Failure::transient().with_retry_after(ZERO),
    );
    let exponential = Policy::exponential(ZERO, ZERO).retry_forever();
    is_fair(runtime(), exponential, transient, "windows of zero").await;
    is_fair(runtime(), exponential, hinted, "a hint of zero").await;
    let steps = Policy::steps(&[ZERO]).retry_forever();
    is_fair(runtime(), steps, transient, "a table of zero").await;
    let capped =
        Policy::exponential(Duration::from_secs(9), ZERO).with_jitter(Jitter::Decorrelated);
    is_fair(
        runtime(),
        capped.retry_forever(),
        transient,
        "a maximum of zero",
    )
    .await;
    let clamped = Policy::constant(ZERO)
        .without_attempt_limit()
        .with_deadline(Duration::from_secs(60));
    let clamped = clamped.with_deadline_rule(DeadlineRule::ClampToRemaining);
    is_fair(runtime(), clamped, transient, "under a deadline").await;
}

#[test]
fn on_the_virtual_clock() {
    let clock = VirtualClock::new();
    clock.block_on(in_each_way(|| clock.clone()));
}

#[tokio::test]
async fn on_tokio() {
    in_each_way(|| Tokio).await;
}

#[test]
fn on_smol() {
    smol::block_on(in_each_way(|| AsyncIo));
}

#[test]
fn on_embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_ticks(1);
    embassy::block_on(tick, in_each_way(on_embassy));
}
