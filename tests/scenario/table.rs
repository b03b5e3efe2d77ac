//! The table of calls.
//!
//! Random words, windows and attempts are chosen so that every moment is a whole millisecond, the tick of the
//! coarsest timer here: rounding up to a tick then changes nothing, and one trace holds for all.

use std::time::Duration;

use backoff_core::{DeadlineRule, Exponential, Failure, GiveUp, Jitter, Policy};

use super::{Decided, Outcome, Scenario};

/// Calls that are made in every form on every runtime.
pub static SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "success at once",
        outcomes: &[Ok(())],
        trace: &[(1, ms(0), Decided::Accept)],
        ..PLAIN
    },
    Scenario {
        name: "transient failures, then success",
        outcomes: &[TRANSIENT, TRANSIENT, TRANSIENT, Ok(())],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), again(24)),
            (4, ms(34), Decided::Accept),
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
            (3, ms(25), Decided::Accept),
        ],
        ..PLAIN
    },
    Scenario {
        name: "a permanent failure",
        outcomes: &[TRANSIENT, Err(Failure::permanent())],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), Decided::GiveUp(GiveUp::Permanent)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "throttled, with a hint",
        outcomes: &[Err(Failure::throttled().with_retry_after(ms(20))), Ok(())],
        trace: &[(1, ms(0), again(22)), (2, ms(22), Decided::Accept)],
        ..PLAIN
    },
    Scenario {
        name: "throttled, on a schedule of its own",
        policy: POLICY.with_throttled_schedule(Exponential::new(ms(80))),
        outcomes: &[Err(Failure::throttled()), TRANSIENT, Ok(())],
        trace: &[
            (1, ms(0), again(20)),
            (2, ms(20), again(8)),
            (3, ms(28), Decided::Accept),
        ],
        ..PLAIN
    },
    Scenario {
        name: "a hint that is too long",
        outcomes: &[Err(Failure::throttled().with_retry_after(ms(120_001)))],
        trace: &[(1, ms(0), Decided::GiveUp(GiveUp::HintTooLong))],
        ..PLAIN
    },
    Scenario {
        name: "a deadline in the middle of a wait",
        policy: POLICY.with_deadline(ms(30_000)),
        outcomes: &[
            TRANSIENT,
            Err(Failure::transient().with_retry_after(ms(29_997))),
        ],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), Decided::GiveUp(GiveUp::Deadline)),
        ],
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
            (3, ms(50), Decided::GiveUp(GiveUp::Deadline)),
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
            (3, ms(10), Decided::GiveUp(GiveUp::Attempts)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "doubtful failures",
        outcomes: &[Err(Failure::doubtful())],
        trace: &[
            (1, ms(0), again(2)),
            (2, ms(2), again(8)),
            (3, ms(10), Decided::GiveUp(GiveUp::Doubtful)),
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
            (3, ms(34), Decided::Accept),
        ],
        ..PLAIN
    },
    Scenario {
        name: "forever, until the caller loses patience",
        policy: POLICY.with_max_delay(ms(32_000)).retry_forever(),
        outcomes: &[TRANSIENT],
        interrupt: 16,
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
            (5, ms(1_040), Decided::GiveUp(GiveUp::Attempts)),
        ],
        ..PLAIN
    },
];

/// Calls whose attempts reach the policy's limits, in the forms that interrupt them.
pub static LIMITED: &[Scenario] = &[
    Scenario {
        name: "attempts that hang",
        policy: POLICY.with_attempt_timeout(ms(3)).with_max_attempts(3),
        took: ms(10_000),
        outcomes: &[Ok(())],
        trace: &[
            (1, ms(3), again(2)),
            (2, ms(8), again(8)),
            (3, ms(19), Decided::GiveUp(GiveUp::Attempts)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "an attempt that ends at its timeout",
        policy: POLICY.with_attempt_timeout(ms(5)),
        took: ms(5),
        outcomes: &[TRANSIENT, Ok(())],
        exact: true,
        trace: &[(1, ms(5), again(2)), (2, ms(12), Decided::Accept)],
        ..PLAIN
    },
    Scenario {
        name: "a deadline during the first attempt",
        policy: POLICY.with_deadline(ms(6)),
        took: ms(10_000),
        outcomes: &[Ok(())],
        trace: &[(1, ms(6), Decided::Interrupt)],
        ..PLAIN
    },
    Scenario {
        name: "a deadline during a later attempt",
        policy: POLICY.with_deadline(ms(20)),
        took: ms(8),
        outcomes: &[TRANSIENT],
        exact: true,
        trace: &[
            (1, ms(8), again(2)),
            (2, ms(18), Decided::GiveUp(GiveUp::Deadline)),
        ],
        ..PLAIN
    },
    Scenario {
        name: "a deadline before the timeout of an attempt",
        policy: POLICY.with_attempt_timeout(ms(8)).with_deadline(ms(15)),
        took: ms(10_000),
        outcomes: &[Ok(())],
        exact: true,
        trace: &[(1, ms(8), again(2)), (2, ms(15), Decided::Interrupt)],
        ..PLAIN
    },
];

/// Windows of 8, 16, 32, .. ms.
const POLICY: Policy = Policy::exponential(ms(8), ms(1_000));

const PLAIN: Scenario = Scenario {
    name: "",
    policy: POLICY,
    resumed: None,
    took: Duration::ZERO,
    outcomes: &[],
    interrupt: usize::MAX,
    exact: false,
    trace: &[],
};

const TRANSIENT: Outcome = Err(Failure::transient());

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn again(millis: u64) -> Decided {
    Decided::Retry(ms(millis))
}
