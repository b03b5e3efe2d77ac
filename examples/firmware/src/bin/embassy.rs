//! embassy: operations are retried over a real timer, and the time that passes is checked against the policy.

#![no_std]
#![no_main]

use core::future::{pending, ready};
use core::time::Duration;

use backoff_embassy::{
    Completion, FailureKind, GiveUp, Jitter, Policy, SeedableRng, Steps, TimedOut,
    Xoshiro128PlusPlus,
};
use cortex_m_rt::entry;
use embassy_time::{Instant, TICK_HZ};
use firmware::{clock, executor};
use semihosting::{println, process};

/// This board has no number of its own; one that has seeds as the image `bare` does.
const SEED: u64 = 7;

/// Rounding takes up to two ticks of a microsecond, and the code between two looks at the clock some thousand
/// instructions, which last a nanosecond each in the emulator.
const LATEST: Duration = Duration::from_micros(10);

#[entry]
fn main() -> ! {
    clock::start();
    executor::run(|spawner| spawner.spawn(show().expect("the first task")))
}

#[embassy_executor::task]
async fn show() {
    println!("embassy: {TICK_HZ} ticks a second");
    let mut random = Xoshiro128PlusPlus::seed_from_u64(SEED);
    flaky_link(&mut random).await;
    silent_link(&mut random).await;
    dead_link(&mut random).await;
    slow_day(&mut random).await;
    process::exit(0);
}

#[derive(Debug, PartialEq)]
enum Error {
    Busy,
    Lost,
    TimedOut,
}

/// What an attempt that is interrupted fails with.
impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

fn classify(error: &Error) -> FailureKind {
    match error {
        Error::Busy => FailureKind::Throttled,
        Error::Lost | Error::TimedOut => FailureKind::Transient,
    }
}

/// The loop: every wait lies inside its window, and is as long as was decided.
async fn flaky_link(random: &mut Xoshiro128PlusPlus) {
    const MS: fn(u64) -> Duration = Duration::from_millis;
    static POLICY: Policy =
        Policy::exponential(Duration::from_millis(100), Duration::from_millis(500));
    println!("a flaky link:");
    let mut answers = [
        (Err(Error::Lost), MS(100)),
        (Err(Error::Busy), MS(200)),
        (Err(Error::Lost), MS(400)),
        (Err(Error::Busy), MS(500)),
        (Ok(21), MS(0)),
    ]
    .into_iter();

    let mut attempts = backoff_embassy::attempts(&POLICY, random).when(classify);
    let outcome = loop {
        let (outcome, window) = answers.next().expect("the link answers the fifth time");
        let (attempt, slept) = (attempts.attempt(), attempts.report().slept());
        let start = Instant::now();
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
        let waited = since(start);
        let decided = attempts.report().slept() - slept;
        println!(
            "  attempt {attempt}: {outcome:?}; decided {decided:?} of {window:?}, waited {waited:?}"
        );
        assert!(decided <= window, "outside of the window");
        assert!(waited >= decided, "woke too early");
        assert!(waited <= decided + LATEST, "woke too late");
    };
    assert_eq!(outcome, Ok(21));
    println!("  {}", attempts.report());
}

/// Attempts that never end are interrupted, each after three seconds.
async fn silent_link(random: &mut Xoshiro128PlusPlus) {
    static POLICY: Policy =
        Policy::exponential(Duration::from_millis(100), Duration::from_millis(500))
            .with_attempt_timeout(Duration::from_secs(3))
            .with_max_attempts(3);
    println!("a silent link:");
    let start = Instant::now();
    let mut attempts = backoff_embassy::attempts(&POLICY, random).when(classify);
    let outcome = loop {
        let outcome = attempts.limit(pending::<Result<u32, Error>>()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    };
    let report = attempts.report();
    println!("  {report}");
    assert_eq!(outcome, Err(Error::TimedOut));
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Attempts))
    );
    let expected = 3 * Duration::from_secs(3) + report.slept();
    assert!(
        since(start) >= expected,
        "an attempt was interrupted too early"
    );
    assert!(since(start) <= expected + 5 * LATEST, "too late");
}

/// The closure form, up to a deadline: the call ends before a wait would pass it.
async fn dead_link(random: &mut Xoshiro128PlusPlus) {
    static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2))
        .without_attempt_limit()
        .with_deadline(Duration::from_secs(5));
    println!("a dead link:");
    let call = backoff_embassy::retry(&POLICY, random, async || Err::<u32, _>(Error::Lost))
        .when(classify)
        .on_event(|event| println!("  {event}"))
        .reported();
    let (outcome, report) = call.await;
    assert_eq!(outcome, Err(Error::Lost));
    assert_eq!(
        report.completion(),
        Some(Completion::GaveUp(GiveUp::Deadline))
    );
    assert!(
        report.elapsed() <= Duration::from_secs(5),
        "the deadline was passed"
    );
}

/// Waits of hours, which the emulator skips: the 32-bit counter behind the clock wraps five hundred times.
async fn slow_day(random: &mut Xoshiro128PlusPlus) {
    const HOUR: Duration = Duration::from_secs(3_600);
    static STEPS: [Duration; 3] = [HOUR, HOUR.saturating_mul(8), HOUR.saturating_mul(15)];
    static POLICY: Policy<Steps<'static>> = Policy::steps(&STEPS)
        .with_jitter(Jitter::None)
        .without_deadline();
    println!("a slow day:");
    let start = Instant::now();
    let mut answers = [Err(Error::Busy), Err(Error::Busy), Err(Error::Busy), Ok(21)].into_iter();
    let flaky = || ready(answers.next().expect("the fourth answer is the last"));
    let call = backoff_embassy::retry(&POLICY, random, flaky);
    let (outcome, report) = call.when(classify).reported().await;
    println!("  {report}");
    assert_eq!(outcome, Ok(21));
    assert!(since(start) >= 24 * HOUR, "a wait was too short");
    assert!(
        since(start) <= 24 * HOUR + 4 * LATEST,
        "a wait was too long"
    );
}

fn since(start: Instant) -> Duration {
    Duration::from_micros((Instant::now() - start).as_micros())
}
