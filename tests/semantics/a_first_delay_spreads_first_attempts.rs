//! A policy's wait before the first attempt holds in every form of a call.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use backoff_core::{Jitter, Policy, Progress};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Batch, Clock, Completion, Sleeper, Slot, TimedOut, retry};
use futures_util::{StreamExt, stream};

const SECOND: Duration = Duration::from_secs(1);

const HOUR: Duration = Duration::from_secs(3600);

/// Waits for up to an hour, and then fails at once, twice.
static POLICY: Policy = Policy::DEFAULT
    .with_first_delay(HOUR)
    .with_jitter(Jitter::None)
    .with_max_attempts(2)
    .with_deadline(SECOND);

/// Runs a form of a call on a clock, with an operation that fails.
type Form = fn(&VirtualClock, &Policy, &mut dyn FnMut());

const FAILED: Result<(), TimedOutOr> = Err(TimedOutOr::Failed);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum TimedOutOr {
    Failed,
    TimedOut,
}

impl From<TimedOut> for TimedOutOr {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

const FORMS: [(&str, Form); 10] = [
    ("retry", |clock, policy, attempt| {
        let call = retry(policy, clock.clone(), || {
            attempt();
            async { FAILED }
        });
        assert_eq!(clock.block_on(call), FAILED);
    }),
    ("retry, reported", |clock, policy, attempt| {
        let call = retry(policy, clock.clone(), || {
            attempt();
            async { FAILED }
        });
        let (_, report) = clock.block_on(call.stable_after(SECOND).reported());
        assert_eq!(report.attempts(), 2);
    }),
    ("run", |clock, policy, attempt| {
        let mut attempts = Attempts::new(policy, clock.clone()).stable_after(SECOND);
        let outcome = clock.block_on(attempts.run(async || {
            attempt();
            FAILED
        }));
        assert_eq!(outcome, FAILED);
        assert_eq!(attempts.report().attempts(), 2);
        assert!(attempts.report().elapsed() < SECOND);
    }),
    ("run after the pause", |clock, policy, attempt| {
        let mut attempts = Attempts::new(policy, clock.clone());
        clock.block_on(async {
            attempts.first_pause().await;
            let before = clock.now();
            attempts.first_pause().await;
            let mut is_first = true;
            let run = attempts.run(async || {
                assert!(!is_first || clock.now() == before, "no second wait");
                is_first = false;
                attempt();
                FAILED
            });
            assert_eq!(run.await, FAILED);
        });
    }),
    ("call", |clock, policy, attempt| {
        let mut attempts = Attempts::new(policy, clock.clone());
        let outcome = attempts.call(|| {
            attempt();
            FAILED
        });
        assert_eq!(outcome, FAILED);
    }),
    ("limit", |clock, policy, attempt| {
        let mut attempts = Attempts::new(policy, clock.clone());
        clock.block_on(async {
            attempts.first_pause().await;
            loop {
                attempt();
                let outcome = attempts.limit(async { FAILED }).await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break;
                };
                pause.await;
            }
        });
    }),
    ("reconnecting", |clock, policy, attempt| {
        let attempts = Attempts::new(policy, clock.clone());
        let stream = attempts.reconnecting(|| {
            attempt();
            async { FAILED.map(|()| stream::empty::<Result<(), TimedOutOr>>()) }
        });
        assert_eq!(
            clock.block_on(stream.collect::<Vec<_>>()),
            [Err(TimedOutOr::Failed)]
        );
    }),
    ("each", |clock, policy, attempt| {
        let mut slots = [Slot::new(Attempts::new(policy, clock.clone()))];
        let mut batch = Batch::new(&[()], &mut slots);
        clock.block_on(batch.each(1, |()| {
            attempt();
            async { FAILED }
        }));
        assert_eq!(slots.map(Slot::into_outcome), [Some(FAILED)]);
    }),
    ("each_of", |clock, policy, attempt| {
        let mut slots = [Slot::new(Attempts::new(policy, clock.clone()))];
        let mut batch = Batch::new(&[()], &mut slots);
        clock.block_on(batch.each_of::<1, _, _>(|()| {
            attempt();
            async { FAILED }
        }));
        assert_eq!(slots.map(Slot::into_outcome), [Some(FAILED)]);
    }),
    ("rounds", |clock, policy, attempt| {
        let mut slots = [Slot::new(Attempts::new(policy, clock.clone()))];
        let mut batch = Batch::new(&[()], &mut slots);
        clock.block_on(async {
            batch.first_pause().await;
            while let Some(round) = batch.round() {
                attempt();
                if let Some(pause) = round.pause_after(|()| FAILED) {
                    pause.await;
                }
            }
        });
    }),
];

/// The times of the attempts of a call, from when it was made.
fn times(form: Form, clock: &VirtualClock, policy: &Policy) -> Vec<Duration> {
    let made = clock.now();
    let times = RefCell::new(Vec::new());
    form(clock, policy, &mut || {
        times.borrow_mut().push(clock.now().saturating_sub(made));
    });
    times.into_inner()
}

#[test]
fn the_first_attempt_of_every_form_is_spread_and_the_deadline_counts_from_it() {
    for (name, form) in FORMS {
        let clock = VirtualClock::new();
        let firsts: Vec<_> = (0..8)
            .map(|_| {
                let times = times(form, &clock, &POLICY);
                let [first, second] = times[..] else {
                    panic!("{name}: {times:?}");
                };
                let delay = second.saturating_sub(first);
                assert_eq!(delay, Duration::from_millis(100), "{name}");
                first
            })
            .collect();
        let (least, most) = (firsts.iter().min(), firsts.iter().max());
        assert!(most <= Some(&HOUR), "{name}: {firsts:?}");
        assert!(most > Some(&(HOUR / 4)), "{name}: {firsts:?}");
        assert!(least < Some(&(HOUR / 4 * 3)), "{name}: {firsts:?}");
        assert_ne!(least, most, "{name}");
    }
}

#[test]
fn without_the_setting_the_first_attempt_of_every_form_starts_at_once() {
    let policy = POLICY.with_first_delay(Duration::ZERO);
    for (name, form) in FORMS {
        let times = times(form, &VirtualClock::new(), &policy);
        assert_eq!(
            times,
            [Duration::ZERO, Duration::from_millis(100)],
            "{name}"
        );
    }
}

#[test]
fn a_first_attempt_that_was_waited_for_does_not_count_as_stable() {
    // Each of two attempts fails at once, after an hour at most: a wait that counted as part of the attempt would renew the call.
    let policy = POLICY.with_max_attempts(2);
    let clock = VirtualClock::new();
    for _ in 0..8 {
        let mut attempts = Attempts::new(&policy, clock.clone()).stable_after(SECOND);
        clock.block_on(attempts.first_pause());
        assert!(attempts.delay_after(&FAILED).is_some());
        assert_eq!(attempts.attempt(), 2);
        assert!(attempts.delay_after(&FAILED).is_none());
    }
}

#[test]
fn a_call_that_was_resumed_does_not_wait() {
    for progress in [Progress::START, Progress::at(2)] {
        let clock = VirtualClock::new();
        let began = clock.now();
        let call = retry(&POLICY, clock.clone(), || async { Ok::<_, TimedOutOr>(()) });
        assert_eq!(
            clock.block_on(call.resume(progress, Duration::ZERO)),
            Ok(())
        );
        let attempts = Attempts::new(&POLICY, clock.clone());
        let mut attempts = attempts.resume(progress, Duration::ZERO);
        let run = attempts.run(async || Ok::<_, TimedOutOr>(()));
        assert_eq!(clock.block_on(run), Ok(()));
        assert_eq!(clock.now(), began, "{progress:?}");
    }
}

#[test]
fn dropping_a_call_cancels_the_wait() {
    let clock = VirtualClock::new();
    let mut is_tried = false;
    let mut attempts = Attempts::new(&POLICY, clock.clone());
    clock.block_on(async {
        let mut run = pin!(attempts.run(async || {
            is_tried = true;
            FAILED
        }));
        poll_fn(|cx| {
            assert!(run.as_mut().poll(cx).is_pending());
            Poll::Ready(())
        })
        .await;
    });
    let report = attempts.cancel();
    assert!(!is_tried);
    assert_eq!(report.attempts(), 0);
    assert_eq!(report.completion(), Some(Completion::Cancelled));
    clock.block_on(clock.sleep(SECOND));
    assert_eq!(clock.now(), SECOND, "no timer was left behind");
    // A call that has ended waits for nothing.
    clock.block_on(attempts.first_pause());
    assert_eq!(clock.now(), SECOND);
}
