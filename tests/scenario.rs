//! Calls whose every decision is known in advance, and how to make them on any runtime.
//!
//! Random words, windows and attempts are chosen so that every moment is a whole millisecond, the tick of the
//! coarsest timer here: rounding up to a tick then changes nothing, and one trace holds for all.

use std::convert::Infallible;
use std::iter;
use std::time::Duration;

use backoff_core::{
    DeadlineRule, Decision, Exponential, Failure, GiveUp, Jitter, Policy, Progress,
};
use backoff_driver::{Attempts, BlockingSleeper, Event, Sleeper};
use rand_core::{TryRng, utils};

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
    cut_off: usize,
    /// Whether it needs a clock that is never late.
    pub exact: bool,
    /// What must happen.
    pub trace: &'static [Step],
}

/// What an attempt comes to: failures speak for themselves.
pub type Outcome = Result<(), Failure>;

/// The attempt, the time since the first one began, and what was decided; `None` accepts the outcome.
pub type Step = (u32, Duration, Option<Decision>);

/// Windows of 8, 16, 32, .. ms.
const POLICY: Policy = Policy::exponential(ms(8), ms(1_000));

const PLAIN: Scenario = Scenario {
    name: "",
    policy: POLICY,
    resumed: None,
    took: Duration::ZERO,
    outcomes: &[],
    cut_off: usize::MAX,
    exact: false,
    trace: &[],
};

const TRANSIENT: Outcome = Err(Failure::transient());
const ACCEPTED: Option<Decision> = None;

/// Every call that is made on every runtime.
pub static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "success at once",
        outcomes: &[Ok(())],
        trace: &[(1, ms(0), ACCEPTED)],
        ..PLAIN
    },
    Scenario {
        name: "transient failures, then success",
        outcomes: &[TRANSIENT, TRANSIENT, TRANSIENT, Ok(())],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), again(24)),
            (4, ms(34), ACCEPTED),
        ],
        ..PLAIN
    },
    Scenario {
        name: "attempts that take time",
        took: ms(5),
        outcomes: &[TRANSIENT, TRANSIENT, Ok(())],
        trace: &[
            (1, ms(5), again(2)),
            (2, ms(12), again(8)),
            (3, ms(25), ACCEPTED),
        ],
        ..PLAIN
    },
    Scenario {
        name: "a permanent failure",
        outcomes: &[TRANSIENT, Err(Failure::permanent())],
        trace: &[(1, ms(0), again(2)), (2, ms(2), gave_up(GiveUp::Permanent))],
        ..PLAIN
    },
    Scenario {
        name: "throttled, with a hint",
        outcomes: &[Err(Failure::throttled().with_retry_after(ms(20))), Ok(())],
        trace: &[(1, ms(0), again(22)), (2, ms(22), ACCEPTED)],
        ..PLAIN
    },
    Scenario {
        name: "throttled, on a schedule of its own",
        policy: POLICY.with_throttled_schedule(Exponential::new(ms(80))),
        outcomes: &[Err(Failure::throttled()), TRANSIENT, Ok(())],
        trace: &[
            (1, ms(0), again(20)),
            (2, ms(20), again(8)),
            (3, ms(28), ACCEPTED),
        ],
        ..PLAIN
    },
    Scenario {
        name: "a hint that is too long",
        outcomes: &[Err(Failure::throttled().with_retry_after(ms(120_001)))],
        trace: &[(1, ms(0), gave_up(GiveUp::HintTooLong))],
        ..PLAIN
    },
    Scenario {
        name: "a deadline in the middle of a wait",
        policy: POLICY.with_deadline(ms(30_000)),
        outcomes: &[
            TRANSIENT,
            Err(Failure::transient().with_retry_after(ms(29_997))),
        ],
        trace: &[(1, ms(0), again(2)), (2, ms(2), gave_up(GiveUp::Deadline))],
        ..PLAIN
    },
    Scenario {
        name: "a deadline that cuts the wait short",
        policy: POLICY
            .with_deadline(ms(50))
            .with_deadline_rule(DeadlineRule::ClampToRemaining),
        outcomes: &[
            TRANSIENT,
            Err(Failure::transient().with_retry_after(ms(60))),
            TRANSIENT,
        ],
        exact: true,
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(48)),
            (3, ms(50), gave_up(GiveUp::Deadline)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "all attempts used up",
        policy: POLICY.with_max_attempts(3),
        outcomes: &[TRANSIENT],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), gave_up(GiveUp::Attempts)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "doubtful failures",
        outcomes: &[Err(Failure::doubtful())],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), gave_up(GiveUp::Doubtful)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "decorrelated jitter",
        policy: POLICY.with_jitter(Jitter::Decorrelated),
        outcomes: &[TRANSIENT, TRANSIENT, Ok(())],
        trace: &[
            (1, ms(0), again(12)),
            (2, ms(12), again(22)),
            (3, ms(34), ACCEPTED),
        ],
        ..PLAIN
    },
    Scenario {
        name: "forever, until the caller loses patience",
        policy: POLICY
            .with_max_delay(ms(32_000))
            .retry_forever()
            .without_deadline(),
        outcomes: &[TRANSIENT],
        cut_off: 16,
        exact: true,
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), again(24)),
            (4, ms(34), again(16)),
            (5, ms(50), again(64)),
            (6, ms(114), again(192)),
            (7, ms(306), again(128)),
            (8, ms(434), again(512)),
            (9, ms(946), again(1_536)),
            (10, ms(2_482), again(1_024)),
            (11, ms(3_506), again(4_096)),
            (12, ms(7_602), again(12_288)),
            (13, ms(19_890), again(8_000)),
            (14, ms(27_890), again(16_000)),
            (15, ms(43_890), again(24_000)),
            (16, ms(67_890), again(8_000)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "resumed from saved progress",
        resumed: Some((2, ms(1_000))),
        outcomes: &[TRANSIENT],
        trace: &[
            (3, ms(1_000), again(8)),
            (4, ms(1_008), again(32)),
            (5, ms(1_040), gave_up(GiveUp::Attempts)),
        ],
        ..PLAIN
    },
];

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
        drop(attempts);
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
        drop(attempts);
        trace
    }

    /// Makes the call with the core alone, the time being a number.
    pub fn play_bare(&self) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut retry = self.policy.resume(self.progress());
        let (mut elapsed, mut random) = (self.elapsed(), Quarters::default());
        for outcome in self.outcomes() {
            elapsed += self.took;
            let attempt = retry.attempt();
            let decision = outcome
                .err()
                .map(|failure| retry.on_failure(elapsed, failure, random.next()));
            trace.push((attempt, elapsed, decision));
            let Some(Decision::Retry { after }) = decision else {
                break;
            };
            elapsed += after;
        }
        trace
    }

    fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        let last = self.outcomes.last().into_iter();
        self.outcomes.iter().chain(last.cycle()).take(self.cut_off)
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
        } => (attempt, elapsed, gave_up(reason)),
        Event::Retrying {
            attempt,
            elapsed,
            delay: after,
            ..
        } => (attempt, elapsed, Some(Decision::Retry { after })),
        Event::Succeeded {
            attempt, elapsed, ..
        } => (attempt, elapsed, ACCEPTED),
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
            .map(|(attempt, _, decision)| (*attempt, *decision))
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

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn again(millis: u64) -> Option<Decision> {
    Some(Decision::Retry { after: ms(millis) })
}

const fn gave_up(reason: GiveUp) -> Option<Decision> {
    Some(Decision::GiveUp(reason))
}
