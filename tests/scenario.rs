//! Calls whose every decision is known in advance, and how to make them on any runtime.

mod form;
mod known;
mod table;

use std::iter;
use std::time::Duration;

use backoff_core::{Decision, Failure, GiveUp, Policy, Progress};
use backoff_driver::Event;

pub use form::{BlockingForm, Form};
use known::Quarters;
pub use table::{LIMITED, SCENARIOS};

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
    /// It was interrupted at the deadline, and the call ends.
    Interrupt,
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
    /// Makes the call with the core alone, the time being a number.
    #[must_use]
    pub fn play_bare(&self) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut retry = self.policy.resume(self.progress());
        let (mut elapsed, mut random) = (self.elapsed(), Quarters::default());
        for outcome in (0..).map_while(|earlier| self.outcome(earlier)) {
            elapsed += self.took;
            let attempt = retry.attempt();
            let decided = match outcome {
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

    /// The outcome of an attempt, of which so many were made before; `None` after the end of the caller's patience.
    fn outcome(&self, earlier: usize) -> Option<Outcome> {
        let outcome = self.outcomes.get(earlier).or(self.outcomes.last());
        outcome.copied().filter(|_| earlier < self.interrupt)
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
        Event::Interrupted {
            attempt, elapsed, ..
        } => (attempt, elapsed, Decided::Interrupt),
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
