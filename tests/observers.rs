//! The observers that come with the driver.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backoff_core::{
    DelayOrigin, EveryError, Failure, GiveUp, Jitter, Policy, TokenBudget, Unlimited, values,
};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{
    Attempts, Counters, Event, History, Log, NoObserver, Observe, Sleeper, Tracing, retry,
};
use tracing::Instrument;
use tracing_subscriber::fmt::MakeWriter;

static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(8))
    .with_jitter(Jitter::None)
    .with_max_attempts(3);

/// What is written to it, for every clone to read.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut page = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        page.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Page {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What a subscriber writes about a call under a policy, whose operation says a word of its own.
fn traced(policy: &Policy, outcomes: [Result<u32, &'static str>; 3]) -> String {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(page.clone())
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .without_time()
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let clock = VirtualClock::new();
        let script = Script::new(outcomes);
        let observer = Tracing::new("fetch user");
        let span = observer.span().clone();
        let call = retry(policy, clock.clone(), || {
            tracing::info!(target: "client", "asking");
            script.play_async()
        })
        .when(|error: &&str| match *error {
            "busy" => Failure::throttled().with_retry_after(Duration::from_secs(2)),
            "denied" => Failure::permanent(),
            _ => Failure::transient(),
        })
        .with_observer(observer)
        .uninterrupted()
        .instrument(span);
        let _ = clock.block_on(call);
    });
    page.text()
}

#[test]
fn tracing_hears_of_every_retry_within_the_span_of_the_call() {
    let expected = r#" INFO call{operation="fetch user"}: client: asking
 WARN call{operation="fetch user"}: backoff: retrying attempt=1 elapsed=0.000ns kind="transient" delay=1.000s origin="schedule" error=reset
 INFO call{operation="fetch user"}: client: asking
 WARN call{operation="fetch user"}: backoff: retrying attempt=2 elapsed=1.000s kind="throttled" delay=2.000s origin="hint" error=busy
 INFO call{operation="fetch user"}: client: asking
 INFO call{operation="fetch user"}: backoff: succeeded attempt=3 elapsed=3.000s
"#;
    assert_eq!(
        traced(&POLICY, [Err("reset"), Err("busy"), Ok(42)]),
        expected
    );
    let gave_up = traced(&POLICY, [Err("denied"), Ok(1), Ok(1)]);
    assert!(
        gave_up.ends_with(
            "ERROR call{operation=\"fetch user\"}: backoff: gave up attempt=1 elapsed=0.000ns kind=\"permanent\" \
             reason=\"the failure is permanent\" error=denied\n"
        ),
        "{gave_up}"
    );
    let succeeded = traced(&POLICY, [Ok(1), Ok(1), Ok(1)]);
    assert!(
        succeeded.ends_with(
            "DEBUG call{operation=\"fetch user\"}: backoff: succeeded attempt=1 elapsed=0.000ns\n"
        ),
        "{succeeded}"
    );
}

#[test]
fn the_span_of_a_finished_call_tells_how_it_ended() {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(page.clone())
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .with_ansi(false)
        .without_time()
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let clock = VirtualClock::new();
        let script: Script<Result<(), &str>> = Script::new([Err("reset")]);
        let call = retry(&POLICY, clock.clone(), || script.play_async()).uninterrupted();
        let _ = clock.block_on(call.with_observer(Tracing::new("fetch user")));
    });
    let text = page.text();
    let fields = r#"call{operation="fetch user" attempts=3 elapsed=3.000s completion="all attempts are used up"}"#;
    let last = text.lines().last().unwrap_or_default();
    assert!(last.contains(fields) && last.contains("close"), "{text}");
}

/// What a subscriber that shows nothing below this level writes about a call.
fn traced_above(level: tracing::Level, call: impl FnOnce(&VirtualClock)) -> String {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(page.clone())
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .finish();
    tracing::subscriber::with_default(subscriber, || call(&VirtualClock::new()));
    page.text()
}

#[test]
fn a_subscriber_that_shows_an_event_shows_whose_it_is() {
    // The level that is shown, and how the lines of a call that fails three times begin.
    let cases = [
        (
            tracing::Level::WARN,
            vec![" WARN call{", " WARN call{", "ERROR call{"],
        ),
        (tracing::Level::ERROR, vec!["ERROR call{"]),
    ];
    for (level, expected) in cases {
        let text = traced_above(level, |clock| {
            let script: Script<Result<(), &str>> = Script::new([Err("reset")]);
            let call = retry(&POLICY, clock.clone(), || script.play_async()).uninterrupted();
            let _ = clock.block_on(call.with_observer(Tracing::new("fetch user")));
        });
        let begins: Vec<_> = text.lines().map(|line| &line[..11]).collect();
        assert_eq!(begins, expected, "{level}: {text}");
    }
}

#[test]
fn polling_is_no_warning() {
    for (outcome, level) in [(Ok("pending"), "DEBUG"), (Err("reset"), " WARN")] {
        let text = traced_above(tracing::Level::DEBUG, |clock| {
            let script = Script::new([outcome, outcome, Ok("done")]);
            let call = retry(&POLICY, clock.clone(), || script.play_async())
                .when(values(|value: &&str| *value == "pending").or(EveryError))
                .with_observer(Tracing::new("render"))
                .uninterrupted();
            assert_eq!(clock.block_on(call), Ok("done"));
        });
        let retries: Vec<_> = text.lines().map(|line| &line[..5]).collect();
        assert_eq!(retries, [level, level, " INFO"], "{text}");
    }
}

#[test]
fn the_causes_of_an_error_are_shown_where_they_are_asked_for() {
    /// Hides its cause, as most errors do.
    #[derive(Clone, Debug)]
    struct Fetching(Arc<io::Error>);

    impl std::fmt::Display for Fetching {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("cannot fetch")
        }
    }

    impl std::error::Error for Fetching {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    let text = traced_above(tracing::Level::WARN, |clock| {
        let reset = io::Error::from(io::ErrorKind::ConnectionReset);
        let script: Script<Result<(), _>> = Script::new([Err(Fetching(Arc::new(reset)))]);
        let call = retry(&POLICY, clock.clone(), || script.play_async()).uninterrupted();
        let tracing = Tracing::new("fetch user").with_causes();
        let _ = clock.block_on(call.with_observer(tracing));
    });
    let expected = "error=cannot fetch: connection reset";
    assert!(text.lines().all(|line| line.ends_with(expected)), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");
}

/// The one logger that a process may have.
struct Logger(Mutex<String>);

impl log::Log for Logger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "backoff"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(lines, "{} {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}

static LOGGER: Logger = Logger(Mutex::new(String::new()));

#[test]
fn log_has_a_line_for_every_event() {
    log::set_logger(&LOGGER).expect("the first logger");
    log::set_max_level(log::LevelFilter::Trace);
    let clock = VirtualClock::new();
    let scripts: [[Result<u32, &str>; 3]; 3] = [
        [Err("reset"), Err("reset"), Ok(42)],
        [Err("reset"); 3],
        [Ok(42); 3],
    ];
    for script in scripts.map(Script::new) {
        let mut attempts =
            Attempts::new(&POLICY, clock.clone()).with_observer(Log::new("fetch user"));
        let _ = attempts.call(|| script.play());
    }
    let lines = LOGGER.0.lock().unwrap_or_else(PoisonError::into_inner);
    let expected = "\
WARN fetch user: attempt 1 failed (transient) after 0.000ns: reset; retrying in 1.000s
WARN fetch user: attempt 2 failed (transient) after 1.000s: reset; retrying in 2.000s
INFO fetch user: attempt 3 succeeded after 3.000s
WARN fetch user: attempt 1 failed (transient) after 0.000ns: reset; retrying in 1.000s
WARN fetch user: attempt 2 failed (transient) after 1.000s: reset; retrying in 2.000s
ERROR fetch user: attempt 3 failed (transient) after 3.000s: reset; giving up: all attempts are used up
DEBUG fetch user: attempt 1 succeeded after 0.000ns
";
    assert_eq!(*lines, expected);
}

#[test]
fn counters_count_what_happened() {
    static COUNTERS: Counters = Counters::new();
    let clock = VirtualClock::new();
    let empty = TokenBudget::new(0, 1);
    let call = |script: Script<Result<u32, &'static str>>, budget: Option<&TokenBudget>| {
        let attempts = Attempts::new(&POLICY, clock.clone())
            .when(|error: &&str| match *error {
                "busy" => Failure::throttled().with_retry_after(Duration::from_millis(1_500)),
                "busy for long" => Failure::throttled().with_retry_after(Duration::from_secs(600)),
                _ => Failure::transient(),
            })
            .with_observer(&COUNTERS);
        match budget {
            Some(budget) => attempts.with_budget(budget).call(|| script.play()),
            None => attempts.with_budget(Unlimited).call(|| script.play()),
        }
    };
    let _ = call(Script::new([Err("reset"), Err("busy"), Ok(1)]), None);
    let _ = call(Script::new([Err("reset")]), None);
    let _ = call(Script::new([Err("reset")]), Some(&empty));
    let _ = call(Script::new([Err("busy for long")]), None);
    assert_eq!(
        (COUNTERS.successes(), COUNTERS.retries(), COUNTERS.hints()),
        (1, 4, 1)
    );
    assert_eq!(COUNTERS.retries_by(DelayOrigin::Schedule), 3);
    let give_ups: Vec<_> = GiveUp::ALL
        .iter()
        .map(|reason| COUNTERS.give_ups(*reason))
        .collect();
    assert_eq!(give_ups, [1, 1, 0, 0, 1, 0], "{:?}", GiveUp::ALL);
    assert_eq!(
        COUNTERS.slept(),
        Duration::from_millis(1_000 + 1_500 + 1_000 + 2_000)
    );
}

#[test]
fn counters_are_shared_between_threads() {
    let counters = Counters::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..250 {
                    let script = Script::fails(2, "reset").then(42);
                    let clock = VirtualClock::new();
                    let mut attempts = Attempts::new(&POLICY, clock).with_observer(&counters);
                    assert_eq!(attempts.call(|| script.play()), Ok(42));
                }
            });
        }
    });
    assert_eq!((counters.retries(), counters.successes()), (2_000, 1_000));
    assert_eq!(counters.slept(), Duration::from_secs(3_000));
}

#[test]
fn a_history_keeps_the_last_failures() {
    let clock = VirtualClock::new();
    let policy = POLICY.with_max_attempts(5);
    let script: Script<Result<(), _>> = Script::new([
        Err("dns"),
        Err("dns"),
        Err("reset"),
        Err("busy"),
        Err("reset"),
    ]);
    let mut history: History<&str, 3> = History::new();
    let call = retry(&policy, clock.clone(), || script.play_async()).uninterrupted();
    let _ = clock.block_on(call.with_observer(&mut history));
    let lines: Vec<_> = history.iter().map(ToString::to_string).collect();
    let expected = [
        "attempt 3 failed (transient) after 3.000s: reset",
        "attempt 4 failed (transient) after 7.000s: busy",
        "attempt 5 failed (transient) after 15.000s: reset",
    ];
    assert_eq!(lines, expected);
    history.clear();
    assert_eq!(history.iter().count(), 0);
}

#[test]
fn observers_add_up_and_a_closure_needs_no_type() {
    let told = std::cell::RefCell::new(Vec::new());
    let script = Script::fails(1, "reset").then(42);
    let counters = Counters::new();
    let outcome = Attempts::new(&POLICY, VirtualClock::new())
        .on_event(|event| told.borrow_mut().push(("first", event.attempt())))
        .with_observer(&counters)
        .on_event(|event| told.borrow_mut().push(("second", event.attempt())))
        .call(|| script.play());
    assert_eq!(outcome, Ok(42));
    let in_order = [("first", 1), ("second", 1), ("first", 2), ("second", 2)];
    assert_eq!(told.take(), in_order);
    assert_eq!((counters.retries(), counters.successes()), (1, 1));

    let (clock, script) = (VirtualClock::new(), Script::fails(1, "reset").then(42));
    let call = retry(&POLICY, clock.clone(), || script.play_async())
        .on_event(|event| told.borrow_mut().push(("first", event.attempt())))
        .with_observer(&counters)
        .on_event(|event| told.borrow_mut().push(("second", event.attempt())));
    assert_eq!(clock.block_on(call.uninterrupted()), Ok(42));
    assert_eq!(told.take(), in_order);
    assert_eq!((counters.retries(), counters.successes()), (2, 2));
}

#[test]
fn the_end_of_a_lasting_attempt_and_of_an_interrupted_one_are_told_of() {
    let (clock, counters) = (VirtualClock::new(), Counters::new());
    let mut lines = Vec::new();
    let mut attempts = Attempts::new(&POLICY, clock.clone())
        .stable_after(Duration::from_secs(10))
        .with_observer(&counters)
        .on_event(|event| lines.push(event.to_string()));
    let outcome = Err::<(), _>("closed");
    clock.advance(Duration::from_secs(25));
    let pause = attempts.pause_after(&outcome).expect("a retry");
    clock.block_on(pause);
    attempts.interrupt(&outcome);
    drop(attempts);
    let expected = [
        "attempt 1 lasted; a new call begins after 25.000s",
        "attempt 1 failed (transient) after 0.000ns; retrying in 1.000s",
        "attempt 2 was interrupted at the deadline, after 1.000s",
    ];
    assert_eq!(lines, expected);
    assert_eq!((counters.renewals(), counters.retries()), (1, 1));
    assert_eq!(counters.interruptions(), 1);
}

/// An observer that says nothing of itself.
struct Defaults;

impl<O> Observe<O> for Defaults {
    fn observe(&mut self, _event: &Event<'_, O>) {}
}

/// Whether it listens, and asks how long a success took.
fn listens<L: Observe<Result<(), ()>>>(_: &L) -> (bool, bool) {
    (L::LISTENS, L::TIMES_SUCCESS)
}

#[test]
fn a_pair_hears_both_ways_and_listens_if_one_does() {
    let (counters, clock) = (Counters::new(), VirtualClock::new());
    let mut history: History<&str, 4> = History::new();
    let mut lines = Vec::new();
    let script = Script::fails(1, "reset").then(42);
    let note = |event: &Event<'_, Result<u32, &str>>| lines.push(event.attempt());
    let mut attempts =
        Attempts::new(&POLICY, clock.clone()).with_observer(((&counters, &mut history), note));
    assert_eq!(attempts.call(|| script.play()), Ok(42));
    drop(attempts);
    assert_eq!(
        (counters.successes(), history.iter().count(), lines),
        (1, 1, vec![1, 2])
    );
    let cases = [
        (listens(&(NoObserver, NoObserver)), (false, false)),
        (listens(&(NoObserver, &counters)), (true, false)),
        (listens(&(&counters, NoObserver)), (true, false)),
        (listens(&(&counters, Defaults)), (true, true)),
    ];
    assert!(
        cases.iter().all(|(listens, expected)| listens == expected),
        "{cases:?}"
    );
}

#[test]
fn a_call_without_an_observer_is_no_larger_than_one_that_is_told_nothing() {
    let clock = VirtualClock::new();
    let call = || retry(&POLICY, clock.clone(), || clock.sleep(Duration::ZERO));
    let plain = size_of_val(&call());
    let silent = call().with_observer((NoObserver, NoObserver));
    assert_eq!(size_of_val(&silent), plain);
}
