use std::cell::Cell;
use std::future::Future;
use std::time::Duration;

use backoff_core::{Constant, DeadlineRule, GiveUp, Jitter, Policy, Progress};
use backoff_driver::test_util::{Script, VirtualClock, VirtualSleep};
use backoff_driver::{
    Attempts, Batch, BlockingSleeper, Clock, Completion, Pacing, Runtime, Sleeper, Slot, retry,
};

use crate::forms::in_each_form;
use crate::{Error, seconds};

/// Waits of 4 s.
static POLICY: Policy<Constant> = Policy::constant(Duration::from_secs(4))
    .with_jitter(Jitter::None)
    .with_deadline(Duration::from_secs(10));

/// A clock whose waits end 10 s late, as on a machine that is suspended.
struct Late(VirtualClock);

impl Clock for Late {
    fn now(&self) -> Duration {
        self.0.now()
    }
}

impl Runtime for Late {
    fn random(&mut self) -> u32 {
        self.0.random()
    }
}

impl Sleeper for Late {
    type Sleep = VirtualSleep;

    fn sleep(&self, duration: Duration) -> VirtualSleep {
        self.0.sleep(duration.saturating_add(seconds(10)))
    }
}

impl BlockingSleeper for Late {
    fn block(&self, duration: Duration) {
        self.0.block(duration.saturating_add(seconds(10)));
    }
}

/// An operation that counts the attempts that were started, and fails.
#[allow(
    clippy::needless_lifetimes,
    reason = "in the bound of a closure an elided lifetime is another"
)]
fn counting<'s>(
    started: &'s Cell<u32>,
) -> impl Fn(VirtualClock, u32) -> std::pin::Pin<Box<dyn Future<Output = Result<(), Error>> + 's>> {
    move |_clock, _attempt| {
        Box::pin(async move {
            started.set(started.get() + 1);
            Err(Error::Reset)
        })
    }
}

#[test]
fn after_a_wait_that_ended_late_the_call_ends() {
    let started = Cell::new(0);
    for (form, outcome, report) in in_each_form!(POLICY, Late, counting(&started)) {
        assert_eq!(report.elapsed(), seconds(14), "{form}");
        assert_eq!(report.slept(), seconds(4), "{form}: what was decided");
        if form == "limit" {
            // The loop gave the outcome of the first attempt away: the second one counts as interrupted.
            assert!(matches!(outcome, Err(Error::TimedOut(_))), "{outcome:?}");
            let interrupted = Some(Completion::Interrupted);
            assert_eq!((report.attempts(), report.completion()), (2, interrupted));
        } else {
            assert_eq!(outcome, Err(Error::Reset), "{form}");
            let late = Some(Completion::GaveUp(GiveUp::Deadline));
            assert_eq!(
                (report.attempts(), report.completion()),
                (1, late),
                "{form}"
            );
        }
    }
    assert_eq!(started.get(), 4, "one in each form");
}

#[test]
fn uninterrupted_calls_end_too() {
    let started = Cell::new(0);
    let forms = in_each_form!(POLICY, Late, counting(&started), .uninterrupted());
    for (form, outcome, report) in forms {
        assert_eq!(outcome, Err(Error::Reset), "{form}");
        // The loop has no outcome to return instead, unless it rechecks.
        let attempts = if form == "limit" { 2 } else { 1 };
        let late = Some(Completion::GaveUp(GiveUp::Deadline));
        assert_eq!(
            (report.attempts(), report.completion()),
            (attempts, late),
            "{form}"
        );
    }
}

#[test]
fn clamping_makes_the_one_last_attempt() {
    let policy = POLICY.with_deadline_rule(DeadlineRule::ClampToRemaining);
    let started = Cell::new(0);
    for (form, outcome, report) in in_each_form!(policy, Late, counting(&started)) {
        assert_eq!(outcome, Err(Error::Reset), "{form}");
        assert_eq!(report.attempts(), 2, "{form}");
        let late = Some(Completion::GaveUp(GiveUp::Deadline));
        assert_eq!(report.completion(), late, "{form}");
    }
    assert_eq!(started.get(), 4 * 2);
}

#[test]
fn on_a_thread_and_in_a_loop_that_rechecks() {
    for (rule, plays) in [
        (DeadlineRule::GiveUp, 1),
        (DeadlineRule::ClampToRemaining, 2),
    ] {
        let policy = POLICY.with_deadline_rule(rule);
        let script: Script<Result<(), _>> = Script::new([Err("reset")]);
        let mut attempts = Attempts::new(&policy, Late(VirtualClock::new()));
        assert_eq!(attempts.call(|| script.play()), Err("reset"));
        assert_eq!(script.plays(), plays, "{rule:?}");
        let late = Some(Completion::GaveUp(GiveUp::Deadline));
        assert_eq!(attempts.report().completion(), late, "{rule:?}");

        let (clock, script) = (VirtualClock::new(), Script::fails(9, "reset").then(()));
        let mut attempts = Attempts::new(&policy, Late(clock.clone()));
        clock.block_on(async {
            loop {
                let outcome = script.play_async().await;
                let Some(pause) = attempts.pause_after(&outcome) else {
                    break;
                };
                pause.await;
                if !attempts.recheck(&outcome) {
                    break;
                }
            }
        });
        assert_eq!(script.plays(), plays, "{rule:?}");
        assert_eq!(attempts.report().completion(), late, "{rule:?}");
    }
}

#[test]
fn a_call_that_is_resumed_too_late_makes_no_attempt() {
    let (started, clock) = (Cell::new(0), VirtualClock::new());
    let operation = || {
        started.set(started.get() + 1);
        std::future::ready(Err::<(), _>(Error::Reset))
    };
    let call = retry(&POLICY, clock.clone(), operation)
        .resume(Progress::START, seconds(11))
        .reported();
    let (outcome, report) = clock.block_on(call);
    assert!(matches!(outcome, Err(Error::TimedOut(cut)) if cut.is_deadline()));
    assert_eq!(report.completion(), Some(Completion::Interrupted));
    let mut attempts = Attempts::new(&POLICY, clock.clone()).resume(Progress::START, seconds(11));
    let outcome = clock.block_on(attempts.run(async || operation().await));
    assert!(matches!(outcome, Err(Error::TimedOut(cut)) if cut.is_deadline()));
    assert_eq!(started.get(), 0);
}

#[test]
fn an_item_that_waits_for_room_is_not_tried_after_its_deadline() {
    for pacing in [Pacing::Apart, Pacing::Together] {
        let clock = VirtualClock::new();
        let tried = Cell::new([0; 3]);
        let items = [0, 1, 2];
        let patient = POLICY.with_deadline(seconds(30));
        let policies = [&POLICY, &patient, &POLICY];
        let attempts = |policy| Attempts::new(policy, clock.clone());
        let mut slots = policies.map(attempts).map(Slot::new);
        let mut batch = Batch::new(&items, &mut slots).with_pacing(pacing);
        // One at a time: the first item fails at 1 s and is due again at 5 s, the second takes until 30 s.
        clock.block_on(batch.each(1, async |item: &usize| {
            let mut counts = tried.get();
            counts[*item] += 1;
            tried.set(counts);
            clock.sleep(seconds(if *item == 0 { 1 } else { 60 })).await;
            Err::<(), _>(Error::Reset)
        }));
        let outcomes = slots
            .each_ref()
            .map(|slot| *slot.outcome().expect("an outcome"));
        let completions = slots.map(|slot| slot.report().completion());
        assert_eq!(tried.get(), [1, 1, 0], "{pacing:?}");
        assert_eq!(outcomes[0], Err(Error::Reset), "{pacing:?}");
        assert!(
            outcomes[1..]
                .iter()
                .all(|outcome| matches!(outcome, Err(Error::TimedOut(_)))),
            "{pacing:?}: {outcomes:?}"
        );
        let late = Completion::GaveUp(GiveUp::Deadline);
        let expected = [late, Completion::Interrupted, Completion::Interrupted];
        assert_eq!(completions, expected.map(Some), "{pacing:?}");
    }
}
