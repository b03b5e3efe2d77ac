//! What a budget costs that calls share: a pair of deposit and withdrawal, on one thread and on two that share it.
//!
//! A pair is a call that fails once and is retried with success: a withdrawal that the budget grants, and what the
//! success gives back. A first-try success finds the bucket full.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use backoff_bench::{By, Measure, Subject, ask};
use backoff_core::{
    Account, Budget, CallEnd, Failure, PlannedRetry, RatioBudget, ThrottleBudget, TokenBudget,
};
use tower::retry::budget::{Budget as _, TpsBudget};

fn main() {
    ask(&[(PAIR, PAIRS), (FULL, SUCCESSES), (SHARED, HAMMERED)]);
}

const PAIR: Measure = Measure {
    name: "a pair",
    less: (100_000, 0),
    more: (300_000, 0),
    per: 200_000,
    by: By::Both,
};
const FULL: Measure = Measure {
    name: "a success, bucket full",
    less: (100_000, 0),
    more: (300_000, 0),
    per: 200_000,
    by: By::Both,
};
/// The time in which each of two threads makes a pair.
const SHARED: Measure = Measure {
    name: "a pair on each of two threads",
    less: (100_000, 0),
    more: (300_000, 0),
    per: 200_000,
    by: By::Time,
};

const PAIRS: &[Subject] = &[
    Subject::new("TokenBudget", token_pairs),
    Subject::new("RatioBudget", ratio_pairs),
    Subject::new("ThrottleBudget", throttle_pairs),
    Subject::new("tower's TpsBudget", tower_pairs),
];
const SUCCESSES: &[Subject] = &[
    Subject::new("TokenBudget, success", token_successes),
    Subject::new("ThrottleBudget, success", throttle_successes),
    Subject::new("tower's TpsBudget, success", tower_successes),
];
const HAMMERED: &[Subject] = &[
    Subject::new("TokenBudget, shared", |n, _| hammer(n, token_pairs)),
    Subject::new("RatioBudget, shared", |n, _| hammer(n, ratio_pairs)),
    Subject::new("ThrottleBudget, shared", |n, _| hammer(n, throttle_pairs)),
    Subject::new("tower's TpsBudget, shared", |n, _| hammer(n, tower_pairs)),
];

static TOKENS: TokenBudget = TokenBudget::aws_2_1();
static RATIO: RatioBudget = RatioBudget::new(1, 1).with_reserve(1_000);
static THROTTLE: ThrottleBudget = ThrottleBudget::new(1_000, 1_000);
/// As many retries as calls, and some per second in any case.
static TOWER: LazyLock<TpsBudget> = LazyLock::new(|| TpsBudget::new(WINDOW, 1_000, 1.0));
const WINDOW: Duration = Duration::from_secs(10);

fn hammer(pairs: u32, run: fn(u32, u32)) {
    thread::scope(|scope| {
        scope.spawn(|| run(pairs, 0));
        run(pairs, 0);
    });
}

fn token_pairs(n: u32, _: u32) {
    pairs(n, &TOKENS);
}

fn ratio_pairs(n: u32, _: u32) {
    pairs(n, &RATIO);
}

fn throttle_pairs(n: u32, _: u32) {
    pairs(n, &THROTTLE);
}

/// Calls that are retried once, and then succeed.
fn pairs<B: Budget>(n: u32, budget: &B) {
    #[inline(never)]
    fn pair<B: Budget>(budget: &B) -> bool {
        let mut account = Account::new(budget);
        account.begin(NOW);
        let granted = account.withdraw(&PlannedRetry::new(
            NOW,
            Failure::transient(),
            Duration::ZERO,
        ));
        account.end(CallEnd::Succeeded);
        granted
    }
    for _ in 0..n {
        assert!(pair(std::hint::black_box(budget)), "the budget suffices");
    }
}

const NOW: Duration = Duration::from_secs(7);

fn tower_pairs(n: u32, _: u32) {
    #[inline(never)]
    fn pair(budget: &TpsBudget) -> bool {
        budget.deposit();
        budget.withdraw()
    }
    for _ in 0..n {
        assert!(pair(std::hint::black_box(&TOWER)), "the budget suffices");
    }
}

fn token_successes(n: u32, _: u32) {
    successes(n, &TOKENS);
}

fn throttle_successes(n: u32, _: u32) {
    successes(n, &THROTTLE);
}

/// Calls that succeed at once.
fn successes<B: Budget>(n: u32, budget: &B) {
    #[inline(never)]
    fn success<B: Budget>(budget: &B) {
        let mut account = Account::new(budget);
        account.begin(NOW);
        account.end(CallEnd::Succeeded);
    }
    for _ in 0..n {
        success(std::hint::black_box(budget));
    }
}

fn tower_successes(n: u32, _: u32) {
    #[inline(never)]
    fn success(budget: &TpsBudget) {
        budget.deposit();
    }
    for _ in 0..n {
        success(std::hint::black_box(&TOWER));
    }
}
