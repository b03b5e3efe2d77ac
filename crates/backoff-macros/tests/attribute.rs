//! The attribute works where a loop written by hand does.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use backoff_driver::Counters;
use backoff_tokio::{Failure, Policy, TimedOut, TokenBudget};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2));

#[derive(Debug, PartialEq)]
enum Error {
    Denied,
    Reset(&'static str),
    TimedOut,
}

impl From<&'static str> for Error {
    fn from(text: &'static str) -> Self {
        Self::Reset(text)
    }
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

#[derive(Default)]
struct Connection {
    calls: u32,
}

impl Connection {
    fn receive(&mut self) -> Result<u32, &'static str> {
        self.calls += 1;
        if self.calls < 3 {
            Err("reset")
        } else {
            Ok(self.calls)
        }
    }

    /// `&mut self`, a borrowed argument, a generic one, `?` with a conversion.
    #[backoff_tokio::retry(POLICY)]
    async fn ask<T: ToString>(&mut self, question: &str, suffix: &T) -> Result<String, Error> {
        tokio::task::yield_now().await;
        let answer = self.receive()?;
        Ok(format!("{question} {answer}{}", suffix.to_string()))
    }

    #[backoff_async_std::retry(POLICY, uninterrupted)]
    async fn ask_on_async_std(&mut self) -> Result<u32, &'static str> {
        self.receive()
    }

    #[backoff_smol::retry(POLICY, uninterrupted)]
    async fn ask_on_smol(&mut self) -> Result<u32, &'static str> {
        self.receive()
    }

    #[backoff_embassy::retry(POLICY, random = Xoshiro128PlusPlus::seed_from_u64(1), uninterrupted)]
    async fn ask_on_embassy(&mut self) -> Result<u32, &'static str> {
        self.receive()
    }

    #[backoff_std::retry(POLICY)]
    fn ask_now(&mut self, question: &str) -> Result<String, Error> {
        let answer = self.receive()?;
        if answer > 3 {
            return Err(Error::Denied);
        }
        Ok(format!("{question} {answer}"))
    }

    #[backoff_tokio::retry(POLICY, when = |error: &Error| *error != Error::Denied)]
    async fn be_denied(&mut self) -> Result<(), Error> {
        self.calls += 1;
        Err(Error::Denied)
    }

    #[backoff_tokio::retry(POLICY, budget = &BUDGET, observer = &COUNTERS)]
    async fn be_refused(&mut self) -> Result<(), Error> {
        self.calls += 1;
        Err(Error::Denied)
    }
}

/// Two attempts, of a second each at most.
static SHORT: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(1))
    .with_max_attempts(2)
    .with_attempt_timeout(Duration::from_secs(1));

/// The first attempt fails if `fails` says so; the others never end.
#[backoff_tokio::retry(policy, on_timeout = |cut| Err(cut.to_string()))]
async fn stall(policy: &Policy, fails: bool, calls: &mut u32) -> Result<(), String> {
    *calls += 1;
    if fails && *calls == 1 {
        Err("reset")?;
    }
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_function_makes_the_outcome_of_an_interrupted_attempt() {
    let deadline = SHORT.with_deadline(Duration::from_millis(500));
    let cases = [
        // (name, policy, whether the first attempt fails, outcome, attempts)
        ("a timeout", &SHORT, false, "timed out after 1s", 2),
        ("after a failure", &SHORT, true, "timed out after 1s", 2),
        ("the deadline, after a failure", &deadline, true, "reset", 2),
        (
            "the deadline",
            &deadline,
            false,
            "timed out at the deadline of 500ms",
            1,
        ),
    ];
    for (name, policy, fails, expected, attempts) in cases {
        let mut calls = 0;
        let outcome = stall(policy, fails, &mut calls).await;
        assert_eq!(outcome, Err(expected.to_owned()), "{name}");
        assert_eq!(calls, attempts, "{name}");
    }
}

#[backoff_tokio::retry(SHORT)]
async fn hang(calls: &mut u32) -> Result<(), Error> {
    *calls += 1;
    std::future::pending().await
}

/// Lasts for longer than an attempt and the whole call may.
#[backoff_tokio::retry(SHORT, uninterrupted)]
async fn take_an_hour() -> Result<&'static str, &'static str> {
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    Ok("done")
}

#[tokio::test(start_paused = true)]
async fn limits_hold_unless_it_is_uninterrupted() {
    let mut calls = 0;
    assert_eq!(hang(&mut calls).await, Err(Error::TimedOut));
    assert_eq!(calls, 2);
    assert_eq!(take_an_hour().await, Ok("done"));
}

/// A failed response, which holds the only connection.
struct Failed<'c>(&'c Cell<bool>);

impl Drop for Failed<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

#[backoff_tokio::retry(POLICY, uninterrupted)]
async fn connect(taken: &Cell<bool>) -> Result<(), Failed<'_>> {
    assert!(!taken.replace(true), "the connection is still held");
    Err(Failed(taken))
}

#[tokio::test(start_paused = true)]
async fn a_failed_outcome_is_dropped_before_the_next_attempt() {
    assert!(connect(&Cell::new(false)).await.is_err());
}

/// Pays for one retry.
static BUDGET: TokenBudget = TokenBudget::new(10, 6);
static COUNTERS: Counters = Counters::new();

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_borrows_mutably_and_is_spawned() {
    let task = tokio::spawn(async { Connection::default().ask("how many?", &'!').await });
    assert_eq!(task.await.expect("joined"), Ok("how many? 3!".to_owned()));
}

#[test]
fn it_retries_a_plain_function() {
    assert_eq!(
        Connection::default().ask_now("how many?"),
        Ok("how many? 3".to_owned())
    );
}

#[test]
fn it_takes_the_timer_of_its_adapter() {
    assert_eq!(smol::block_on(Connection::default().ask_on_smol()), Ok(3));
    assert_eq!(
        smol::block_on(Connection::default().ask_on_async_std()),
        Ok(3)
    );
}

#[test]
fn it_takes_a_generator_from_its_caller() {
    let mut connection = Connection::default();
    let mut call = pin!(connection.ask_on_embassy());
    let mut context = Context::from_waker(Waker::noop());
    let answer = loop {
        match call.as_mut().poll(&mut context) {
            Poll::Ready(answer) => break answer,
            Poll::Pending => {
                embassy_time::MockDriver::get().advance(embassy_time::Duration::from_millis(1));
            }
        }
    };
    assert_eq!(answer, Ok(3));
}

#[tokio::test]
async fn a_budget_ends_it_and_an_observer_hears() {
    let mut connection = Connection::default();
    assert_eq!(connection.be_refused().await, Err(Error::Denied));
    assert_eq!(connection.calls, 2);
    assert_eq!((COUNTERS.retries(), COUNTERS.successes()), (1, 0));
}

#[tokio::test]
async fn a_classifier_ends_it() {
    let mut connection = Connection::default();
    assert_eq!(connection.be_denied().await, Err(Error::Denied));
    assert_eq!(connection.calls, 1);
}

/// The policy may be any expression, and the outcome anything that the classifier takes.
#[backoff_tokio::retry(
    POLICY.with_max_attempts(limit),
    when = backoff_tokio::outcomes(|number: &u32| (*number < 9).then(Failure::transient)),
    uninterrupted,
)]
async fn count(limit: u32, calls: &mut u32) -> u32 {
    *calls += 1;
    *calls
}

#[tokio::test]
async fn the_policy_is_an_expression_and_the_outcome_any_type() {
    let mut calls = 0;
    assert_eq!(count(4, &mut calls).await, 4);
    assert_eq!(count(100, &mut calls).await, 9);
}

static SPREAD: Policy = POLICY.with_first_delay(Duration::from_secs(600));

#[backoff_tokio::retry(SPREAD)]
async fn ask_later(began: tokio::time::Instant) -> Result<Duration, Error> {
    Ok(began.elapsed())
}

#[backoff_std::retry(POLICY.with_first_delay(Duration::from_millis(20)))]
fn block_later(began: std::time::Instant) -> Result<Duration, Error> {
    Ok(began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_first_delay_is_waited_for() {
    let mut longest = Duration::ZERO;
    for _ in 0..8 {
        let waited = ask_later(tokio::time::Instant::now()).await;
        longest = longest.max(waited.expect("no failure"));
    }
    // All eight are shorter with a probability of 10^-8.
    assert!(longest > Duration::from_secs(60), "{longest:?}");
    // The clock has moved by less than 2 ms in all of 16 calls with a probability of 10^-16.
    let blocked = (0..16).map(|_| block_later(std::time::Instant::now()));
    let longest = blocked.map(Result::unwrap).max();
    assert!(longest > Some(Duration::from_millis(2)), "{longest:?}");
}
