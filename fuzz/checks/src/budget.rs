//! Budgets: any operations of several calls on any budget, each answer against a model that adds up everything
//! that ever happened, in integers that cannot overflow.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{
    Account, Budget, CallEnd, ConcurrencyBudget, Failure, FailureKind, GiveUp, PlannedRetry,
    RatioBudget, RequestBudget, ThrottleBudget, TokenBudget,
};

use crate::Check;
use crate::input;

mod concurrency;
mod ratio;
mod request;
mod throttle;
mod token;

use concurrency::Concurrency;
use ratio::Ratio;
use request::Request;
use throttle::Throttle;
use token::Token;

/// A budget, and what its calls do.
#[derive(Arbitrary, Debug)]
pub struct Case {
    budget: Kind,
    operations: Vec<Operation>,
}

/// A budget as it was asked for; the constructors have these names.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Concurrency {
        numerator: u16,
        denominator: u16,
        min_retries: u8,
    },
    Ratio {
        numerator: u16,
        denominator: u16,
        reserve_per_second: u16,
        #[arbitrary(with = input::duration)]
        window: Duration,
    },
    Request {
        #[arbitrary(with = input::sized)]
        retries: u32,
        #[arbitrary(with = input::duration)]
        waiting: Duration,
    },
    Throttle {
        #[arbitrary(with = input::sized)]
        max_tokens: u32,
        #[arbitrary(with = input::sized)]
        thousandths: u32,
    },
    Token {
        #[arbitrary(with = input::sized)]
        capacity: u32,
        #[arbitrary(with = input::sized)]
        tokens: u32,
        #[arbitrary(with = costs)]
        costs: [u32; 3],
        #[arbitrary(with = input::sized)]
        reward: u32,
    },
}

/// What one of the calls does.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Operation {
    /// Since the operation before, up to an hour and a bit.
    #[arbitrary(with = pause)]
    after: Duration,
    call: u8,
    what: What,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum What {
    Begin,
    Drop,
    GiveUp(Reason),
    Recheck,
    Succeed,
    Withdraw {
        #[arbitrary(with = input::failure)]
        failure: Failure,
        #[arbitrary(with = input::duration)]
        delay: Duration,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Reason {
    Attempts,
    Budget,
    Permanent,
}

fn costs(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<[u32; 3]> {
    Ok([input::sized(u)?, input::sized(u)?, input::sized(u)?])
}

fn pause(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Duration> {
    Ok(Duration::from_nanos(
        u.arbitrary::<u64>()? >> u.int_in_range(22..=63)?,
    ))
}

impl Check for Case {
    fn check(&self) {
        match self.budget {
            Kind::Concurrency {
                numerator,
                denominator,
                min_retries,
            } => {
                let budget = ConcurrencyBudget::new(numerator, denominator)
                    .with_min_retries(min_retries.into());
                let share = Share::of(numerator, denominator);
                self.replay(&budget, Concurrency::of(share, min_retries));
            }
            Kind::Ratio {
                numerator,
                denominator,
                reserve_per_second,
                window,
            } => {
                let budget = RatioBudget::new(numerator, denominator)
                    .with_reserve(reserve_per_second)
                    .with_window(window);
                let share = Share::of(numerator, denominator);
                self.replay(&budget, Ratio::of(share, reserve_per_second, window));
            }
            Kind::Request { retries, waiting } => {
                let budget = RequestBudget::new(retries, waiting);
                self.replay(&budget, Request::of(retries, waiting));
            }
            Kind::Throttle {
                max_tokens,
                thousandths,
            } => {
                let budget = ThrottleBudget::new(max_tokens, thousandths);
                self.replay(&budget, Throttle::of(max_tokens, thousandths));
            }
            Kind::Token {
                capacity,
                tokens,
                costs,
                reward,
            } => {
                let budget = TokenBudget::new(capacity, costs[0])
                    .with_cost(FailureKind::Doubtful, costs[1])
                    .with_cost(FailureKind::Throttled, costs[2])
                    .with_tokens(tokens)
                    .with_reward(reward);
                self.replay(&budget, Token::of(capacity, tokens, costs, reward));
            }
        }
    }
}

/// How many calls take part.
const CALLS: usize = 6;

impl Case {
    fn replay<B: Budget, M: Model<B>>(&self, budget: &B, mut model: M) {
        let mut accounts: [Account<&B>; CALLS] = core::array::from_fn(|_| Account::new(budget));
        let mut now = Duration::from_secs(1);
        for operation in &self.operations {
            now += operation.after;
            let call = usize::from(operation.call) % CALLS;
            let account = &mut accounts[call];
            match operation.what {
                What::Begin => {
                    account.begin(now);
                    model.end(call, CallEnd::Cancelled);
                    model.begin(call, now);
                }
                What::Drop => {
                    *account = Account::new(budget);
                    model.end(call, CallEnd::Cancelled);
                }
                What::GiveUp(reason) => {
                    let end = CallEnd::GaveUp(reason.into());
                    account.end(end);
                    model.end(call, end);
                }
                What::Recheck => assert_eq!(account.recheck(), model.recheck(call)),
                What::Succeed => {
                    account.end(CallEnd::Succeeded);
                    model.end(call, CallEnd::Succeeded);
                }
                What::Withdraw { failure, delay } => {
                    let retry = PlannedRetry::new(now, failure, delay);
                    let granted = account.withdraw(&retry);
                    model.withdraw(call, &retry, granted);
                }
            }
            model.agree(budget);
        }
    }
}

impl From<Reason> for GiveUp {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Attempts => Self::Attempts,
            Reason::Budget => Self::Budget,
            Reason::Permanent => Self::Permanent,
        }
    }
}

/// A budget as its documentation has it.
trait Model<B> {
    fn begin(&mut self, _call: usize, _now: Duration) {}

    /// Checks the answer, and takes it for granted.
    fn withdraw(&mut self, call: usize, retry: &PlannedRetry, granted: bool);

    fn recheck(&self, _call: usize) -> bool {
        true
    }

    fn end(&mut self, _call: usize, _end: CallEnd) {}

    /// Checks what the budget shows of itself.
    fn agree(&self, _budget: &B) {}
}

/// A share of calls that may be retried, normalised.
#[derive(Clone, Copy)]
struct Share {
    numerator: i128,
    denominator: i128,
}

impl Share {
    fn of(numerator: u16, denominator: u16) -> Self {
        let numerator = if denominator == 0 { 0 } else { numerator };
        Self {
            numerator: numerator.into(),
            denominator: denominator.max(1).into(),
        }
    }
}
