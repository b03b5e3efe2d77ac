use std::fmt;
use std::time::Duration;

use backoff_core::{
    Budget, CallEnd, Exponential, FailureKind, GiveUp, Jitter, PlannedRetry, Policy,
};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{
    AsyncIo, Attempts, BlockingSleeper, Clock, Completion, Event, Report, Sleeper, retry,
};
use backoff_std::Thread;
use backoff_tokio::Tokio;

use crate::{ms, seconds};

/// Waits of 1 s, 2 s, 4 s, ..
const POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(60))
    .with_jitter(Jitter::None)
    .retry_forever();

const STABLE: Duration = seconds(60);

type Outcome = Result<(), &'static str>;

/// What happened, and its time since the start of the call at that time, in seconds.
type Line = (&'static str, u32, u64);

fn line<O: fmt::Debug>(event: &Event<'_, O>) -> Line {
    let what = match event {
        Event::GaveUp { .. } => "gave up",
        Event::Interrupted { .. } => "interrupted",
        Event::Renewed { .. } => "renewed",
        Event::Retrying { .. } => "retrying",
        Event::Succeeded { .. } => "succeeded",
        other => panic!("an event without a line: {other:?}"),
    };
    (what, event.attempt(), event.elapsed().as_secs())
}

/// What is told of connections that last so many seconds, the last of which ends well.
fn serve(policy: &Policy, connections: &[u64]) -> (Vec<Line>, Report, Duration) {
    let (clock, mut lines) = (VirtualClock::new(), Vec::new());
    let mut next = connections.iter();
    let call = retry(policy, clock.clone(), || {
        let lasts = next.next().copied();
        let (clock, is_last) = (clock.clone(), next.len() == 0);
        async move {
            clock.sleep(seconds(lasts.unwrap_or_default())).await;
            if is_last { Ok(()) } else { Err("closed") }
        }
    })
    .when(|error: &&str| *error == "closed")
    .stable_after(STABLE)
    .uninterrupted()
    .on_event(|event| lines.push(line(event)))
    .reported();
    let (_, report) = clock.block_on(call);
    (lines, report, clock.now())
}

#[test]
fn the_schedule_and_the_attempts_start_anew_after_an_attempt_that_lasted() {
    let (lines, report, now) = serve(&POLICY, &[0, 0, 0, 100, 0, 0]);
    let expected = [
        ("retrying", 1, 0),
        ("retrying", 2, 1),
        ("retrying", 3, 3),
        // The fourth connection begins at 7 s and lasts.
        ("renewed", 4, 107),
        ("retrying", 1, 0),
        ("retrying", 2, 1),
        ("succeeded", 3, 3),
    ];
    assert_eq!(lines, expected);
    assert_eq!(now, seconds(107 + 3), "the waits are of 1 s and 2 s again");
    assert_eq!((report.attempts(), report.elapsed()), (3, seconds(3)));
    assert_eq!(report.slept(), seconds(3), "the report starts anew too");
}

#[test]
fn an_attempt_that_fails_sooner_counts_however_it_ended() {
    let policy = POLICY.with_max_attempts(3);
    let cases: [(&[u64], &[Line]); 3] = [
        // A server that accepts and closes is not hammered.
        (
            &[59, 59, 59, 0],
            &[
                ("retrying", 1, 59),
                ("retrying", 2, 119),
                ("gave up", 3, 180),
            ],
        ),
        // The wait before an attempt is no part of it.
        (
            &[0, 58, 59, 0],
            &[("retrying", 1, 0), ("retrying", 2, 59), ("gave up", 3, 120)],
        ),
        (
            &[60, 0, 0, 0],
            &[
                ("renewed", 1, 60),
                ("retrying", 1, 0),
                ("retrying", 2, 1),
                ("gave up", 3, 3),
            ],
        ),
    ];
    for (connections, expected) in cases {
        let (lines, report, _) = serve(&policy, connections);
        assert_eq!(lines, expected, "{connections:?}");
        let completion = report.completion();
        let used_up = Some(Completion::GaveUp(GiveUp::Attempts));
        assert_eq!(completion, used_up, "{connections:?}");
    }
}

#[test]
fn the_deadline_starts_anew() {
    let policy = POLICY.with_deadline(seconds(70));
    let (lines, report, now) = serve(&policy, &[65, 65, 0, 65, 65, 3, 70]);
    let expected = [
        ("renewed", 1, 65),
        ("retrying", 1, 0),
        ("renewed", 2, 66),
        ("retrying", 1, 0),
        ("retrying", 2, 1),
        ("renewed", 3, 68),
        ("retrying", 1, 0),
        ("renewed", 2, 66),
        ("retrying", 1, 0),
        ("retrying", 2, 4),
        ("succeeded", 3, 76),
    ];
    assert_eq!(lines, expected);
    assert_eq!(report.elapsed(), seconds(76));
    assert_eq!(now, seconds(65 + 66 + 68 + 66 + 76));
}

#[test]
fn a_permanent_failure_ends_a_call_that_lasted() {
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .when(|_: &&str| FailureKind::Permanent)
        .stable_after(STABLE);
    clock.advance(2 * STABLE);
    let outcome: Outcome = Err("denied");
    assert_eq!(attempts.delay_after(&outcome), None);
    let report = attempts.report();
    let permanent = Some(Completion::GaveUp(GiveUp::Permanent));
    assert_eq!((report.attempts(), report.completion()), (1, permanent));
    assert_eq!(report.elapsed(), 2 * STABLE);
}

/// A budget that writes down what it is told.
#[derive(Debug, Default)]
struct Notes(std::cell::RefCell<Vec<String>>);

impl Budget for Notes {
    type Held = bool;

    const BEGINS: bool = true;

    fn begin(&self, held: &mut bool, now: Duration) {
        *held = true;
        self.0.borrow_mut().push(format!("begins at {now:?}"));
    }

    fn withdraw(&self, _held: &mut bool, retry: &PlannedRetry) -> bool {
        self.0
            .borrow_mut()
            .push(format!("retry at {:?}", retry.now));
        true
    }

    fn end(&self, held: bool, end: CallEnd) {
        if held {
            self.0.borrow_mut().push(format!("{end:?}"));
        }
    }
}

#[test]
fn a_budget_is_told_of_a_success_and_of_a_new_call() {
    let (clock, notes) = (VirtualClock::new(), Notes::default());
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .with_budget(&notes)
        .stable_after(STABLE);
    let outcome: Outcome = Err("closed");
    let delay = attempts.delay_after(&outcome).expect("for ever");
    clock.advance(delay + STABLE);
    let _ = attempts.delay_after(&outcome);
    drop(attempts);
    let expected = [
        "begins at 0ns",
        "retry at 0ns",
        "Succeeded",
        "begins at 61s",
        "retry at 61s",
        "Cancelled",
    ];
    assert_eq!(notes.0.into_inner(), expected);
}

#[test]
fn a_wait_that_ends_late_is_no_part_of_an_attempt() {
    let policy = POLICY.with_max_attempts(3);
    let outcome: Outcome = Err("closed");
    let clock = VirtualClock::new();
    let mut attempts = Attempts::new(&policy, clock.clone())
        .stable_after(STABLE)
        .uninterrupted();
    for attempt in 1..3 {
        assert_eq!(attempts.attempt(), attempt);
        let outcome = clock.block_on(attempts.limit(std::future::ready(outcome)));
        assert!(attempts.delay_after(&outcome).is_some());
        clock.advance(10 * STABLE); // the machine was suspended
    }
    assert_eq!(attempts.attempt(), 3);
}

#[test]
fn a_call_that_is_resumed_lasts_from_then() {
    let outcome: Outcome = Err("closed");
    let progress = Policy::DEFAULT.start().progress();
    let clock = VirtualClock::new();
    clock.advance(seconds(1_000));
    let attempts = || Attempts::new(&POLICY, clock.clone());
    let mut before = attempts().stable_after(STABLE).resume(progress, 2 * STABLE);
    let mut after = attempts().resume(progress, 2 * STABLE).stable_after(STABLE);
    for (order, attempts) in [("before", &mut before), ("after", &mut after)] {
        assert!(attempts.delay_after(&outcome).is_some());
        assert_eq!(attempts.elapsed(), 2 * STABLE, "{order}: no new call");
    }
}

/// How long a connection is stable after in real time; the others fail at once.
const LASTS: Duration = ms(50);

/// Waits that no connection is stable after.
const SHORT: Policy<Exponential> = Policy::exponential(ms(1), ms(4)).with_jitter(Jitter::None);

/// Which of the connections last.
const LASTING: [bool; 5] = [false, false, true, false, false];

const NUMBERS: [(&str, u32); 6] = [
    ("retrying", 1),
    ("retrying", 2),
    ("renewed", 3),
    ("retrying", 1),
    ("retrying", 2),
    ("gave up", 3),
];

async fn serve_on<R: Sleeper + Clone>(runtime: R) -> [Vec<(&'static str, u32)>; 2] {
    let policy = SHORT.with_max_attempts(3);
    let connection = |lasts: Option<&bool>| {
        let pause = lasts
            .is_some_and(|lasts| *lasts)
            .then(|| runtime.sleep(LASTS));
        async move {
            if let Some(pause) = pause {
                pause.await;
            }
            Err::<(), _>("closed")
        }
    };
    let (mut closure, mut run) = (Vec::new(), Vec::new());
    let mut next = LASTING.iter();
    let call = retry(&policy, runtime.clone(), || connection(next.next()))
        .stable_after(LASTS)
        .uninterrupted()
        .on_event(|event| closure.push(line(event)));
    assert!(call.await.is_err());
    let mut next = LASTING.iter();
    let outcome = Attempts::new(&policy, runtime.clone())
        .stable_after(LASTS)
        .uninterrupted()
        .on_event(|event: &Event<'_, Outcome>| run.push(line(event)))
        .run(|| connection(next.next()))
        .await;
    assert!(outcome.is_err());
    [closure, run].map(numbers)
}

fn serve_on_a_thread() -> Vec<(&'static str, u32)> {
    let policy = SHORT.with_max_attempts(3);
    let (mut lines, mut next) = (Vec::new(), LASTING.iter());
    let outcome = backoff_std::attempts(&policy)
        .stable_after(LASTS)
        .on_event(|event: &Event<'_, Outcome>| lines.push(line(event)))
        .call(|| {
            if next.next() == Some(&true) {
                Thread.block(LASTS);
            }
            Err("closed")
        });
    assert!(outcome.is_err());
    numbers(lines)
}

fn numbers(lines: Vec<Line>) -> Vec<(&'static str, u32)> {
    let lines = lines.into_iter();
    lines.map(|(what, attempt, _)| (what, attempt)).collect()
}

#[test]
fn it_is_so_on_every_runtime() {
    let paused = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let clock = VirtualClock::new();
    let runtimes = [
        ("the virtual clock", clock.block_on(serve_on(clock.clone()))),
        ("tokio, paused", paused.block_on(serve_on(Tokio))),
        ("smol", smol::block_on(serve_on(AsyncIo))),
        ("async-std", async_std::task::block_on(serve_on(AsyncIo))),
    ];
    for (runtime, [closure, run]) in runtimes {
        assert_eq!(closure, NUMBERS, "retry on {runtime}");
        assert_eq!(run, NUMBERS, "run on {runtime}");
    }
    assert_eq!(serve_on_a_thread(), NUMBERS, "a thread");
}
