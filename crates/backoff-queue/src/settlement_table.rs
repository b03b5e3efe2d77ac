//! The settlements that every adapter must make: a table for its tests.
//!
//! A [`Case`] is a message that fails in a given way at each of its deliveries. Publish one message per case, settle
//! each delivery with the failure of its [`Step`], and check that the settlement is the [`Expected`] one and that the
//! queue does as it says: no redelivery sooner than decided, and none after the last step. Waits take three
//! seconds at most, so that a test against a real server takes a few.
//!
//! # Examples
//!
//! A queue that is only a loop:
//!
//! ```
//! use backoff_queue::settlement_table::CASES;
//! use backoff_queue::{Delivery, Progress, Settlement};
//! use core::time::Duration;
//!
//! for case in CASES {
//!     let mut delivery = Delivery::new(Progress::START, Duration::ZERO);
//!     for step in case.steps {
//!         let settlement = delivery.settle(case.policy, step.failure, 7);
//!         assert!(step.expected.allows(settlement), "{}: {settlement}", case.name);
//!         if let Settlement::Redeliver { after, progress } = settlement {
//!             delivery = Delivery::new(progress, delivery.age() + after);
//!         }
//!     }
//! }
//! ```

use core::time::Duration;

use backoff_core::{DeadlineRule, Exponential, Failure, GiveUp, HintRule, Jitter, Policy};

use crate::settlement::Settlement;

/// A message, its policy, and what happens at each of its deliveries.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// What the case is about, as a clause.
    pub name: &'static str,
    /// The policy of the message.
    pub policy: Policy,
    /// Whether the case needs a queue that carries progress. Leave it out for one that only counts deliveries.
    pub needs_progress: bool,
    /// The deliveries, in their order.
    pub steps: &'static [Step],
}

/// One delivery: how its attempt ends, and what is decided.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The failure of the attempt, or `None` if it succeeds.
    pub failure: Option<Failure>,
    /// The settlement.
    pub expected: Expected,
}

/// What a settlement must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// [`Settlement::Acknowledge`].
    Acknowledged,
    /// [`Settlement::DeadLetter`] for this reason.
    DeadLettered(GiveUp),
    /// [`Settlement::Redeliver`] after a delay in this range, in milliseconds, both ends included.
    Redelivered(u64, u64),
}

impl Expected {
    /// Returns whether a settlement is as expected.
    #[must_use]
    pub fn allows(self, settlement: Settlement) -> bool {
        match (self, settlement) {
            (Self::Acknowledged, Settlement::Acknowledge) => true,
            (Self::DeadLettered(expected), Settlement::DeadLetter(reason)) => expected == reason,
            (Self::Redelivered(from, to), Settlement::Redeliver { after, .. }) => {
                (Duration::from_millis(from)..=Duration::from_millis(to)).contains(&after)
            }
            _ => false,
        }
    }
}

const POLICY: Policy = Policy::exponential(Duration::from_millis(40), Duration::from_millis(200))
    .with_max_attempts(4)
    .with_deadline(Duration::from_secs(600));

/// A loaded machine takes its time between the publication and the first settlement.
const DEADLINE: Duration = Duration::from_secs(3);

const fn hint(millis: u64) -> Failure {
    Failure::throttled().with_retry_after(Duration::from_millis(millis))
}

const fn failed(failure: Failure, expected: Expected) -> Step {
    Step {
        failure: Some(failure),
        expected,
    }
}

const fn case(name: &'static str, policy: Policy, steps: &'static [Step]) -> Case {
    Case {
        name,
        policy,
        needs_progress: false,
        steps,
    }
}

const fn carried(name: &'static str, policy: Policy, steps: &'static [Step]) -> Case {
    Case {
        needs_progress: true,
        ..case(name, policy, steps)
    }
}

const DONE: Step = Step {
    failure: None,
    expected: Expected::Acknowledged,
};

const TRANSIENT: Failure = Failure::transient();

/// The cases. Each ends with an acknowledgement or a dead letter.
pub const CASES: &[Case] = &[
    case("a success at the first attempt", POLICY, &[DONE]),
    case(
        "a success after a transient failure",
        POLICY,
        &[failed(TRANSIENT, Expected::Redelivered(0, 40)), DONE],
    ),
    case(
        "all attempts fail",
        POLICY.with_jitter(Jitter::Equal),
        &[
            failed(TRANSIENT, Expected::Redelivered(20, 40)),
            failed(TRANSIENT, Expected::Redelivered(40, 80)),
            failed(TRANSIENT, Expected::Redelivered(80, 160)),
            failed(TRANSIENT, Expected::DeadLettered(GiveUp::Attempts)),
        ],
    ),
    case(
        "a single attempt is allowed",
        POLICY.with_max_attempts(1),
        &[failed(TRANSIENT, Expected::DeadLettered(GiveUp::Attempts))],
    ),
    case(
        "a permanent failure",
        POLICY,
        &[failed(
            Failure::permanent(),
            Expected::DeadLettered(GiveUp::Permanent),
        )],
    ),
    case(
        "a permanent failure at the last attempt",
        POLICY.with_max_attempts(2),
        &[
            failed(TRANSIENT, Expected::Redelivered(0, 40)),
            failed(
                Failure::permanent(),
                Expected::DeadLettered(GiveUp::Permanent),
            ),
        ],
    ),
    carried(
        "doubtful failures are retried as often as the policy says",
        POLICY.with_doubtful_limit(1),
        &[
            failed(Failure::doubtful(), Expected::Redelivered(0, 40)),
            failed(TRANSIENT, Expected::Redelivered(0, 80)),
            failed(
                Failure::doubtful(),
                Expected::DeadLettered(GiveUp::Doubtful),
            ),
        ],
    ),
    case(
        "doubtful failures are not retried at all",
        POLICY.with_doubtful_limit(0),
        &[failed(
            Failure::doubtful(),
            Expected::DeadLettered(GiveUp::Doubtful),
        )],
    ),
    case(
        "a hint is obeyed, and the window is added to it",
        POLICY,
        &[failed(hint(300), Expected::Redelivered(300, 340)), DONE],
    ),
    case(
        "a hint is exact without jitter",
        POLICY.with_jitter(Jitter::None),
        &[failed(hint(250), Expected::Redelivered(250, 250)), DONE],
    ),
    case(
        "a hint of zero leaves the schedule in charge",
        POLICY.with_jitter(Jitter::None),
        &[failed(hint(0), Expected::Redelivered(40, 40)), DONE],
    ),
    case(
        "a hint is too long",
        POLICY,
        &[failed(
            hint(121_000),
            Expected::DeadLettered(GiveUp::HintTooLong),
        )],
    ),
    case(
        "a hint is clamped",
        POLICY
            .with_max_hint(Duration::from_millis(100))
            .with_hint_rule(HintRule::Clamp),
        &[failed(hint(5_000), Expected::Redelivered(100, 140)), DONE],
    ),
    case(
        "a failure has a minimum delay of its own",
        POLICY,
        &[
            failed(
                TRANSIENT.with_min_delay(Duration::from_millis(300)),
                Expected::Redelivered(300, 340),
            ),
            DONE,
        ],
    ),
    case(
        "a throttled failure has a slower schedule",
        POLICY
            .with_throttled_schedule(Exponential::new(Duration::from_millis(160)))
            .with_jitter(Jitter::None),
        &[
            failed(Failure::throttled(), Expected::Redelivered(160, 160)),
            failed(TRANSIENT, Expected::Redelivered(80, 80)),
            DONE,
        ],
    ),
    case(
        "the wait would pass the deadline, which counts from the publication",
        Policy::exponential(Duration::from_secs(2), DEADLINE)
            .with_jitter(Jitter::None)
            .with_deadline(DEADLINE),
        &[
            failed(TRANSIENT, Expected::Redelivered(2_000, 2_000)),
            failed(TRANSIENT, Expected::DeadLettered(GiveUp::Deadline)),
        ],
    ),
    case(
        "the last wait is clamped to the deadline",
        Policy::exponential(Duration::from_secs(5), Duration::from_secs(5))
            .with_jitter(Jitter::None)
            .with_deadline(DEADLINE)
            .with_deadline_rule(DeadlineRule::ClampToRemaining),
        &[
            failed(TRANSIENT, Expected::Redelivered(1, 3_000)),
            failed(TRANSIENT, Expected::DeadLettered(GiveUp::Deadline)),
        ],
    ),
    carried(
        "decorrelated jitter grows from the previous delay",
        // The first window is the maximum, so that both delays are known.
        Policy::exponential(Duration::from_millis(200), Duration::from_millis(200))
            .with_jitter(Jitter::Decorrelated),
        &[
            failed(TRANSIENT, Expected::Redelivered(200, 200)),
            failed(TRANSIENT, Expected::Redelivered(200, 200)),
            DONE,
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Delivery;
    use backoff_core::Progress;

    #[test]
    fn every_case_holds_whatever_is_drawn_and_a_wrong_settlement_fails_it() {
        for case in CASES {
            for random in [0, 1, 1 << 31, u32::MAX] {
                let mut carrying = Delivery::new(Progress::START, Duration::ZERO);
                for (step, deliveries) in case.steps.iter().zip(1..) {
                    let counting = Delivery::counted(deliveries, carrying.age());
                    let [carried, counted] =
                        [carrying, counting].map(|it| it.settle(case.policy, step.failure, random));
                    assert!(step.expected.allows(carried), "{}: {carried}", case.name);
                    assert!(
                        case.needs_progress || step.expected.allows(counted),
                        "{}: {counted}",
                        case.name
                    );
                    assert!(!step.expected.allows(Settlement::DeadLetter(GiveUp::Budget)));
                    if let Settlement::Redeliver { after, progress } = carried {
                        carrying = Delivery::new(progress, carrying.age() + after);
                    }
                }
                let last = case.steps.last().expect("a step").expected;
                assert!(!matches!(last, Expected::Redelivered(..)), "{}", case.name);
            }
        }
    }
}
