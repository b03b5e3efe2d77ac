//! Calls whose every decision is known in advance, and how to make them on any runtime.

mod table;

use std::convert::Infallible;
use std::iter;
use std::time::Duration;

use backoff_core::{Decision, Failure, GiveUp, Policy, Progress};
use backoff_driver::{Attempts, BlockingSleeper, Event, Sleeper};
use rand_core::{TryRng, utils};
pub use table::SCENARIOS;

/// One call, and what must happen to it.
#[derive(Debug)]
pub struct Scenario {
    /// What it shows.
    pub name: &'static str,
    policy: Policy,
    /// The failures and the time of the call that this one continues.
    resumed: Option<(u32, Duration)>,
    /// How long every attempt takes.
    took: Duration,
    /// What the attempts come to; the last outcome repeats.
    outcomes: &'static [Outcome],
    /// After how many attempts the caller loses patience.
    interrupt: usize,
    /// Whether it needs a clock that is never late.
    pub exact: bool,
    /// What must happen.
    pub trace: &'static [Step],
}

/// What an attempt comes to: failures speak for themselves.
pub type Outcome = Result<(), Failure>;

/// The attempt, the time since the first one began, and what was decided.
pub type Step = (u32, Duration, Decided);

/// What was decided about an outcome.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Decided {
    /// It is what the caller wanted.
    Accept,
    /// It is a failure, and final.
    GiveUp(GiveUp),
    /// It is a failure; the next attempt begins after this wait.
    Retry(Duration),
}

impl From<Decision> for Decided {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::GiveUp(reason) => Self::GiveUp(reason),
            Decision::Retry { after } => Self::Retry(after),
        }
    }
}

impl Scenario {
    /// Makes the call on a runtime.
    pub async fn play<Z: Sleeper>(&self, sleeper: Z) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut attempts = Attempts::new(&self.policy, &sleeper, Quarters::default())
            .when(|failure: &Failure| *failure)
            .on_event(|event: &Event<'_, Outcome>| trace.push(step(event)))
            .resume(self.progress(), self.elapsed());
        for outcome in self.outcomes() {
            if !self.took.is_zero() {
                sleeper.sleep(self.took).await;
            }
            let Some(pause) = attempts.pause_after(outcome) else {
                break;
            };
            pause.await;
        }
        trace
    }

    /// Makes the call on this thread.
    pub fn play_blocking<Z: BlockingSleeper>(&self, sleeper: &Z) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut attempts = Attempts::new(&self.policy, sleeper, Quarters::default())
            .when(|failure: &Failure| *failure)
            .on_event(|event: &Event<'_, Outcome>| trace.push(step(event)))
            .resume(self.progress(), self.elapsed());
        for outcome in self.outcomes() {
            sleeper.block(self.took);
            let Some(delay) = attempts.delay_after(outcome) else {
                break;
            };
            sleeper.block(delay);
        }
        trace
    }

    /// Makes the call with the core alone, the time being a number.
    #[must_use]
    pub fn play_bare(&self) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut retry = self.policy.resume(self.progress());
        let (mut elapsed, mut random) = (self.elapsed(), Quarters::default());
        for outcome in self.outcomes() {
            elapsed += self.took;
            let attempt = retry.attempt();
            let decided = match *outcome {
                Ok(()) => Decided::Accept,
                Err(failure) => retry.on_failure(elapsed, failure, random.next()).into(),
            };
            trace.push((attempt, elapsed, decided));
            let Decided::Retry(after) = decided else {
                break;
            };
            elapsed += after;
        }
        trace
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        let last = self.outcomes.last().into_iter();
        self.outcomes
            .iter()
            .chain(last.cycle())
            .take(self.interrupt)
    }

    /// Where the call continues from, through the bytes that a device would keep.
    fn progress(&self) -> Progress {
        let failures = self.resumed.map_or(0, |(failures, _)| failures);
        let mut retry = self.policy.start();
        for _ in 0..failures {
            let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 0);
        }
        let saved = retry.progress().to_bytes();
        Progress::from_bytes(&saved).expect("what was just encoded")
    }

    fn elapsed(&self) -> Duration {
        self.resumed.map_or(Duration::ZERO, |(_, elapsed)| elapsed)
    }
}

fn step(event: &Event<'_, Outcome>) -> Step {
    match *event {
        Event::GaveUp {
            attempt,
            elapsed,
            reason,
            ..
        } => (attempt, elapsed, Decided::GiveUp(reason)),
        Event::Retrying {
            attempt,
            elapsed,
            delay,
            ..
        } => (attempt, elapsed, Decided::Retry(delay)),
        Event::Succeeded {
            attempt, elapsed, ..
        } => (attempt, elapsed, Decided::Accept),
        ref other => panic!("an event without a step: {other:?}"),
    }
}

/// Asserts that a trace is the expected one to the nanosecond.
///
/// # Panics
///
/// If it is not.
pub fn assert_exact(runtime: &str, scenario: &Scenario, trace: &[Step]) {
    assert_eq!(trace, scenario.trace, "{} on {runtime}", scenario.name);
}

/// Asserts that a trace is the expected one, on a clock that may be late and must not be early.
///
/// # Panics
///
/// If it is not.
pub fn assert_never_early(runtime: &str, scenario: &Scenario, trace: &[Step]) {
    let name = scenario.name;
    let decisions = |steps: &[Step]| -> Vec<_> {
        steps
            .iter()
            .map(|(attempt, _, decided)| (*attempt, *decided))
            .collect()
    };
    assert_eq!(
        decisions(trace),
        decisions(scenario.trace),
        "{name} on {runtime}"
    );
    for ((attempt, elapsed, _), (_, earliest, _)) in iter::zip(trace, scenario.trace) {
        assert!(
            elapsed >= earliest,
            "{name} on {runtime}: attempt {attempt} ended at {elapsed:?}"
        );
    }
}

/// A generator that draws a quarter, a half, three quarters of all that there is, and so on.
#[derive(Debug, Default)]
struct Quarters {
    drawn: u32,
}

impl Quarters {
    fn next(&mut self) -> u32 {
        self.drawn = self.drawn % 3 + 1;
        self.drawn << 30
    }
}

impl TryRng for Quarters {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}
