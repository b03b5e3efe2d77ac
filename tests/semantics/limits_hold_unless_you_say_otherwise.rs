use std::cell::Cell;
use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use backoff_core::{Constant, FailureKind, GiveUp, Jitter, Policy};
use backoff_driver::test_util::{VirtualClock, VirtualSleep};
use backoff_driver::{Clock, Completion, Runtime, Sleeper, TimedOut};

use crate::forms::in_each_form;
use crate::{Error, seconds};

/// Waits of a second.
const POLICY: Policy<Constant> = Policy::constant(Duration::from_secs(1))
    .with_jitter(Jitter::None)
    .with_deadline(Duration::from_secs(20));

type Outcome = Result<u32, Error>;

fn itself(clock: VirtualClock) -> VirtualClock {
    clock
}

/// An attempt that never ends.
fn hangs(_clock: VirtualClock, _attempt: u32) -> impl Future<Output = Outcome> {
    pending()
}

#[test]
fn an_attempt_that_reaches_its_timeout_failed_like_any_other() {
    let policy = POLICY.with_attempt_timeout(seconds(3)).with_max_attempts(3);
    for (form, outcome, report) in in_each_form!(policy, itself, hangs) {
        let Err(Error::TimedOut(cut)) = outcome else {
            panic!("{form}: {outcome:?}");
        };
        assert_eq!(cut.to_string(), "timed out after 3s", "{form}");
        assert_eq!((cut.after(), cut.is_deadline()), (seconds(3), false));
        let all = Completion::GaveUp(GiveUp::Attempts);
        assert_eq!(report.completion(), Some(all), "{form}");
        assert_eq!(report.attempts(), 3, "{form}");
        // 3 s, a wait of 1 s, 3 s, a wait of 1 s, 3 s
        assert_eq!(report.elapsed(), seconds(11), "{form}");
    }
}

#[test]
fn what_is_made_of_an_interrupted_attempt_is_classified() {
    let policy = POLICY.with_attempt_timeout(seconds(3));
    let permanent = |error: &Error| match error {
        Error::TimedOut(_) => FailureKind::Permanent,
        _ => FailureKind::Transient,
    };
    for (form, outcome, report) in in_each_form!(policy, itself, hangs, .when(permanent)) {
        assert!(outcome.is_err(), "{form}");
        let permanent = Completion::GaveUp(GiveUp::Permanent);
        assert_eq!(report.completion(), Some(permanent), "{form}");
        assert_eq!((report.attempts(), report.elapsed()), (1, seconds(3)));
    }
}

#[test]
fn the_deadline_interrupts_an_attempt_and_ends_the_call() {
    for (form, outcome, report) in in_each_form!(POLICY, itself, hangs) {
        let Err(Error::TimedOut(cut)) = outcome else {
            panic!("{form}: {outcome:?}");
        };
        assert_eq!(
            cut.to_string(),
            "timed out at the deadline of 20s",
            "{form}"
        );
        assert_eq!((cut.after(), cut.is_deadline()), (seconds(20), true));
        let interrupted = Some(Completion::Interrupted);
        assert_eq!(report.completion(), interrupted, "{form}");
        assert_eq!((report.attempts(), report.elapsed()), (1, seconds(20)));
    }
}

#[test]
fn on_timeout_makes_the_outcome_of_an_error_that_cannot_be_made_from_timed_out() {
    let policy = POLICY.with_attempt_timeout(seconds(3)).with_max_attempts(1);
    let hangs = |_clock, _attempt| pending::<Result<u32, &str>>();
    let make_up = |cut: TimedOut| {
        if cut.after() == seconds(3) {
            Ok(3)
        } else {
            Err("late")
        }
    };
    for (form, outcome, report) in in_each_form!(policy, itself, hangs, .on_timeout(make_up)) {
        assert_eq!(
            outcome,
            Ok(3),
            "{form}: a value is an outcome like any other"
        );
        assert_eq!(report.completion(), Some(Completion::Accepted), "{form}");
    }
    for (form, outcome, _) in in_each_form!(POLICY, itself, hangs, .on_timeout(make_up)) {
        assert_eq!(outcome, Err("late"), "{form}");
    }
}

#[test]
fn uninterrupted_attempts_run_to_their_end_and_the_deadline_still_limits_retries() {
    let policy = POLICY.with_attempt_timeout(seconds(3));
    let slow = |clock: VirtualClock, attempt| async move {
        clock.sleep(seconds(9)).await;
        if attempt == 3 {
            Ok(attempt)
        } else {
            Err("reset")
        }
    };
    for (form, outcome, report) in in_each_form!(policy, itself, slow, .uninterrupted()) {
        // 9 s, a wait of 1 s, 9 s, and another wait would end at the deadline: it may. Then 9 s more.
        assert_eq!(outcome, Ok(3), "{form}");
        assert_eq!(report.elapsed(), seconds(29), "{form}");
    }
    let policy = policy.with_deadline(seconds(19));
    for (form, outcome, report) in in_each_form!(policy, itself, slow, .uninterrupted()) {
        assert_eq!(outcome, Err("reset"), "{form}");
        let late = Completion::GaveUp(GiveUp::Deadline);
        assert_eq!(report.completion(), Some(late), "{form}");
        assert_eq!(report.elapsed(), seconds(19), "{form}");
    }
}

#[test]
fn an_outcome_that_an_attempt_produced_wins_over_one_that_is_made_up() {
    let policy = POLICY.with_attempt_timeout(seconds(5));
    let hangs_later = |_clock, attempt| async move {
        if attempt > 1 {
            pending::<()>().await;
        }
        Err(Error::Reset)
    };
    let made_up = |attempts| policy.with_max_attempts(attempts);
    let cases = [
        // The second attempt is interrupted at 6 s, the third at 12 s and the fourth at 18 s. The fifth begins at 19 s.
        (policy, Completion::Interrupted, 5, 20, true),
        // A call that ends because attempts are used up ends with the outcome of the last one.
        (
            made_up(2),
            Completion::GaveUp(GiveUp::Attempts),
            2,
            6,
            false,
        ),
    ];
    for (policy, completion, attempts, elapsed, is_real) in cases {
        for (form, outcome, report) in in_each_form!(policy, itself, hangs_later) {
            let outcome: Outcome = outcome;
            // The loop gave the last outcome away.
            let is_real = is_real && form != "limit";
            assert_eq!(outcome == Err(Error::Reset), is_real, "{form}: {outcome:?}");
            assert_eq!(report.completion(), Some(completion), "{form}");
            assert_eq!(
                (report.attempts(), report.elapsed()),
                (attempts, seconds(elapsed))
            );
        }
    }
}

#[test]
fn a_loop_that_keeps_the_last_outcome_ends_with_it() {
    let clock = VirtualClock::new();
    let mut attempts = backoff_driver::Attempts::new(&POLICY, clock.clone());
    let (mut last, mut calls) = (Err(Error::Reset), 0_u32);
    let outcome = clock.block_on(async {
        loop {
            calls += 1;
            let attempt = async {
                if calls > 1 {
                    pending::<()>().await;
                }
                Err::<u32, _>(Error::Reset)
            };
            match attempts.timeout(attempt).await {
                Ok(outcome) => last = outcome,
                Err(cut) if cut.is_deadline() => {
                    attempts.interrupt(&last);
                    break last;
                }
                Err(cut) => last = Err(cut.into()),
            }
            let Some(pause) = attempts.pause_after(&last) else {
                break last;
            };
            pause.await;
        }
    });
    assert_eq!(outcome, Err(Error::Reset));
    let completion = attempts.report().completion();
    assert_eq!(completion, Some(Completion::Interrupted));
}

/// A clock that counts the timers that are registered.
struct Registering {
    clock: VirtualClock,
    timers: Rc<Cell<u32>>,
}

impl Clock for Registering {
    fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Runtime for Registering {
    fn random(&mut self) -> u32 {
        self.clock.random()
    }
}

impl Sleeper for Registering {
    type Sleep = Registered;

    fn sleep(&self, duration: Duration) -> Registered {
        Registered {
            sleep: self.clock.sleep(duration),
            timers: Some(Rc::clone(&self.timers)),
        }
    }
}

/// A timer is registered when it is polled.
struct Registered {
    sleep: VirtualSleep,
    timers: Option<Rc<Cell<u32>>>,
}

impl Future for Registered {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(timers) = self.timers.take() {
            timers.set(timers.get() + 1);
        }
        Pin::new(&mut self.sleep).poll(cx)
    }
}

#[test]
fn an_attempt_that_is_ready_at_once_registers_no_timer() {
    let policy = POLICY.with_attempt_timeout(seconds(3));
    let cases = [
        // (seconds that an attempt takes, timers: the two waits and the limits of three attempts)
        (0, 2),
        (1, 2 + 3),
    ];
    for (takes, expected) in cases {
        let timers = Rc::new(Cell::new(0));
        let registering = |clock| Registering {
            clock,
            timers: Rc::clone(&timers),
        };
        let third = |clock: VirtualClock, attempt| async move {
            if takes > 0 {
                clock.sleep(seconds(takes)).await;
            }
            if attempt == 3 {
                Ok(3)
            } else {
                Err(Error::Reset)
            }
        };
        let forms = in_each_form!(policy, registering, third);
        assert!(forms.iter().all(|(_, outcome, _)| *outcome == Ok(3)));
        assert_eq!(timers.get(), 4 * expected, "{takes} s, in four forms");
    }
}

#[test]
fn common_errors_are_made_from_timed_out() {
    type Boxed = Box<dyn std::error::Error + Send + Sync>;

    let policy = POLICY.with_max_attempts(1);
    let hangs = |_clock, _attempt| pending::<std::io::Result<u32>>();
    for (form, outcome, _) in in_each_form!(policy, itself, hangs) {
        let error = outcome.expect_err("it hangs");
        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut, "{form}");
        assert_eq!(error.to_string(), "timed out at the deadline of 20s");
    }
    let hangs = |_clock, _attempt| pending::<Result<u32, Boxed>>();
    for (form, outcome, _) in in_each_form!(policy, itself, hangs) {
        let error = outcome.expect_err("it hangs");
        assert!(error.is::<TimedOut>(), "{form}");
    }
    let never = |_clock, _attempt| ready(Ok::<_, TimedOut>(42));
    for (form, outcome, _) in in_each_form!(policy, itself, never) {
        assert_eq!(outcome, Ok(42), "{form}");
    }
}
