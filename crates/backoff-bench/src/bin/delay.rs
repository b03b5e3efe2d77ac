//! What one delay costs: the third window of a doubling schedule or thereabouts, jittered, and its generator.
//!
//! Every subject doubles from 100 ms up to 20 s, without a limit on attempts, and jitters in its own way. One
//! round makes the state of a call, one turn asks it for a delay; the asking is not inlined.

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::{Decision, Failure, FailureKind, Policy, Progress, RetryState};
use backoff_driver::ThreadRandom;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

const BASE: Duration = Duration::from_millis(100);
const MAX: Duration = Duration::from_secs(20);

fn main() {
    ask(&[(START, SUBJECTS), (DELAY, SUBJECTS), (LATE, SUBJECTS)]);
}

const START: Measure = Measure {
    name: "start",
    less: (1_000, 0),
    more: (2_000, 0),
    per: 1_000,
    by: By::Both,
};
const DELAY: Measure = Measure {
    name: "one delay",
    less: (1_000, 0),
    more: (1_000, 8),
    per: 8_000,
    by: By::Both,
};
const LATE: Measure = Measure {
    name: "delay 1,000,000",
    less: (1, 1_000_000),
    more: (1, 1_001_000),
    per: 1_000,
    by: By::Instructions,
};

const SUBJECTS: &[Subject] = &[
    Subject::new("hand-written", hand_written),
    Subject::new("an empty function", empty),
    Subject::new("backoff-core, one delay", core_delay),
    Subject::new("backoff-core, a whole decision", core_decision),
    Subject::new("backoff-core, policy chosen at run time", core_dynamic),
    Subject::new("backoff-core, thread's generator", core_thread),
    Subject::new("backon", backon),
    Subject::new("backoff 0.4", backoff_0_4),
    Subject::new("exponential-backoff", exponential_backoff),
    Subject::new("google-cloud-gax", gax),
    Subject::new("retry", retry_crate),
    Subject::new("retry-policies", retry_policies),
    Subject::new("tokio-retry", tokio_retry),
    Subject::new("tokio-retry2", tokio_retry2),
];

fn seeded() -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(black_box(7))
}

/// Rounds of turns: `state` makes what a call holds, `turn` asks it for a delay.
#[inline]
fn rounds<T, O>(rounds: u32, turns: u32, mut state: impl FnMut() -> T, turn: fn(&mut T) -> O) {
    for _ in 0..rounds {
        let mut state = state();
        for _ in 0..turns {
            let _ = black_box(turn(&mut state));
        }
        black_box(&mut state);
    }
}

fn empty(n: u32, turns: u32) {
    #[inline(never)]
    fn turn(state: &mut u64) -> Option<Duration> {
        black_box(state);
        None
    }
    rounds(n, turns, || 0, turn);
}

fn hand_written(n: u32, turns: u32) {
    struct State {
        retry: u32,
        random: Xoshiro128PlusPlus,
    }
    #[inline(never)]
    fn turn(state: &mut State) -> Duration {
        let window = BASE.saturating_mul(1 << state.retry.min(31)).min(MAX);
        state.retry += 1;
        let nanos = window.as_nanos() as u64;
        let random = u64::from(state.random.next_u32());
        Duration::from_nanos(((u128::from(nanos) * u128::from(random)) >> 32) as u64)
    }
    let random = seeded();
    rounds(
        n,
        turns,
        || State {
            retry: 0,
            random: random.clone(),
        },
        turn,
    );
}

fn core_delay(n: u32, turns: u32) {
    static POLICY: Policy = Policy::exponential(BASE, MAX).retry_forever();
    #[inline(never)]
    fn turn((progress, random): &mut (Progress, Xoshiro128PlusPlus)) -> Option<Duration> {
        let mut retry = POLICY.resume(*progress);
        let decision = retry.on_failure(Duration::ZERO, Failure::transient(), random.next_u32());
        *progress = retry.progress();
        match decision {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
    let random = seeded();
    rounds(n, turns, || (Progress::START, random.clone()), turn);
}

fn core_decision(n: u32, turns: u32) {
    struct State<'p> {
        retry: RetryState<&'p Policy>,
        elapsed: Duration,
        failure: Failure,
        random: Xoshiro128PlusPlus,
    }
    #[inline(never)]
    fn turn(state: &mut State<'_>) -> Option<Duration> {
        match state
            .retry
            .on_failure(state.elapsed, state.failure, state.random.next_u32())
        {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
    let random = seeded();
    let policy = black_box(Policy::exponential(BASE, MAX).with_max_attempts(u32::MAX));
    let state = || State {
        retry: policy.start(),
        elapsed: black_box(Duration::ZERO),
        failure: Failure::new(black_box(FailureKind::Transient)),
        random: random.clone(),
    };
    rounds(n, turns, state, turn);
}

fn core_dynamic(n: u32, turns: u32) {
    #[inline(never)]
    fn turn((retry, random): &mut (RetryState<&Policy>, Xoshiro128PlusPlus)) -> Option<Duration> {
        match retry.on_failure(Duration::ZERO, Failure::transient(), random.next_u32()) {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
    let random = seeded();
    let policy = black_box(Policy::exponential(BASE, MAX).with_max_attempts(u32::MAX));
    rounds(n, turns, || (policy.start(), random.clone()), turn);
}

fn core_thread(n: u32, turns: u32) {
    static POLICY: Policy = Policy::exponential(BASE, MAX).with_max_attempts(u32::MAX);
    type State = RetryState<&'static Policy>;
    #[inline(never)]
    fn turn(retry: &mut State) -> Option<Duration> {
        match retry.on_failure(
            Duration::ZERO,
            Failure::transient(),
            ThreadRandom.next_u32(),
        ) {
            Decision::Retry { after } => Some(after),
            Decision::GiveUp(_) => None,
        }
    }
    rounds(n, turns, || POLICY.start(), turn);
}

fn backon(n: u32, turns: u32) {
    use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
    #[inline(never)]
    fn turn(state: &mut ExponentialBackoff) -> Option<Duration> {
        state.next()
    }
    let builder = ExponentialBuilder::new()
        .with_min_delay(BASE)
        .with_max_delay(MAX)
        .without_max_times()
        .with_jitter();
    rounds(n, turns, || builder.build(), turn);
}

fn backoff_0_4(n: u32, turns: u32) {
    use backoff::backoff::Backoff;
    use backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
    #[inline(never)]
    fn turn(state: &mut ExponentialBackoff) -> Option<Duration> {
        state.next_backoff()
    }
    rounds(
        n,
        turns,
        || {
            ExponentialBackoffBuilder::new()
                .with_initial_interval(BASE)
                .with_multiplier(2.0)
                .with_max_interval(MAX)
                .with_max_elapsed_time(None)
                .build()
        },
        turn,
    );
}

fn exponential_backoff(n: u32, turns: u32) {
    use exponential_backoff::{Backoff, IntoIter};
    #[inline(never)]
    fn turn(state: &mut IntoIter) -> Option<Duration> {
        state.next().flatten()
    }
    let backoff = Backoff::new(u32::MAX, BASE, MAX);
    rounds(n, turns, || backoff.iter(), turn);
}

fn gax(n: u32, turns: u32) {
    use google_cloud_gax::backoff_policy::BackoffPolicy;
    use google_cloud_gax::exponential_backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
    use google_cloud_gax::retry_state::RetryState;
    struct State<'p> {
        policy: &'p ExponentialBackoff,
        state: RetryState,
    }
    #[inline(never)]
    fn turn(state: &mut State<'_>) -> Duration {
        state.state.attempt_count += 1;
        state.policy.on_failure(&state.state)
    }
    let policy = ExponentialBackoffBuilder::new()
        .with_initial_delay(BASE)
        .with_maximum_delay(MAX)
        .build();
    let policy = policy.expect("a policy");
    rounds(
        n,
        turns,
        || State {
            policy: &policy,
            state: RetryState::new(true),
        },
        turn,
    );
}

fn retry_crate(n: u32, turns: u32) {
    use retry::delay::{Exponential, jitter};
    #[inline(never)]
    fn turn(state: &mut Exponential) -> Option<Duration> {
        state.next().map(|delay| delay.min(MAX)).map(jitter)
    }
    rounds(
        n,
        turns,
        || Exponential::from_millis_with_factor(100, 2.0),
        turn,
    );
}

fn retry_policies(n: u32, turns: u32) {
    use retry_policies::policies::ExponentialBackoff;
    use retry_policies::{Jitter, RetryDecision, RetryPolicy};
    struct State {
        policy: ExponentialBackoff,
        retries: u32,
    }
    #[inline(never)]
    fn turn(state: &mut State) -> RetryDecision {
        let retries = state.retries;
        state.retries += 1;
        state.policy.should_retry(SystemTime::UNIX_EPOCH, retries)
    }
    rounds(
        n,
        turns,
        || State {
            policy: ExponentialBackoff::builder()
                .retry_bounds(BASE, MAX)
                .jitter(Jitter::Full)
                .build_with_max_retries(u32::MAX),
            retries: 0,
        },
        turn,
    );
}

fn tokio_retry(n: u32, turns: u32) {
    use tokio_retry::strategy::{ExponentialBackoff, jitter};
    #[inline(never)]
    fn turn(state: &mut ExponentialBackoff) -> Option<Duration> {
        state.next().map(jitter)
    }
    rounds(
        n,
        turns,
        || ExponentialBackoff::from_millis(2).factor(50).max_delay(MAX),
        turn,
    );
}

fn tokio_retry2(n: u32, turns: u32) {
    use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter};
    #[inline(never)]
    fn turn(state: &mut ExponentialFactorBackoff) -> Option<Duration> {
        state.next().map(jitter)
    }
    rounds(
        n,
        turns,
        || ExponentialFactorBackoff::from_millis(100, 2.0).max_delay(MAX),
        turn,
    );
}
