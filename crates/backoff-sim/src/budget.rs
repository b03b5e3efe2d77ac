//! Budgets that a scenario names.

use std::cell::Cell;
use std::time::Duration;

use backoff_core::budget::{Charge, InFlight};
use backoff_core::{
    Budget, CallEnd, ConcurrencyBudget, PlannedRetry, RatioBudget, ThrottleBudget, TokenBudget,
    Unlimited,
};
use serde::Deserialize;

/// A bucket into which every success puts a part of a token, and from which every retry takes a whole one.
///
/// The rule of Marc Brooker, "Fixing retries with token buckets and circuit breakers", 2022, for comparing with
/// it. The budgets of `backoff-core` are those that SDKs and proxies have; this one shows how to write another.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, CallEnd, Failure, PlannedRetry};
/// use backoff_sim::DepositBudget;
/// use std::time::Duration;
///
/// let budget = DepositBudget::new(1, 100); // one token at most, and a tenth of it for each success
/// let planned = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// let retry = || Account::new(&budget).withdraw(&planned);
/// assert_eq!([retry(), retry()], [true, false]);
/// (0..10).for_each(|_| Account::new(&budget).end(CallEnd::Succeeded));
/// assert_eq!([retry(), retry()], [true, false]);
/// ```
#[derive(Clone, Debug)]
pub struct DepositBudget {
    /// In thousandths of a token.
    tokens: Cell<u32>,
    most: u32,
    deposit: u32,
}

const TOKEN: u32 = 1_000;

impl DepositBudget {
    /// Makes a full bucket of so many tokens, into which a success puts so many thousandths of one.
    #[must_use]
    pub const fn new(tokens: u32, thousandths: u32) -> Self {
        let most = tokens.saturating_mul(TOKEN);
        Self {
            tokens: Cell::new(most),
            most,
            deposit: thousandths,
        }
    }
}

impl Budget for DepositBudget {
    type Held = ();

    fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
        let left = self.tokens.get().checked_sub(TOKEN);
        if let Some(left) = left {
            self.tokens.set(left);
        }
        left.is_some()
    }

    fn refund(&self, _held: &mut (), _retry: &PlannedRetry) {
        self.tokens
            .set(self.tokens.get().saturating_add(TOKEN).min(self.most));
    }

    fn end(&self, _held: (), end: CallEnd) {
        if end == CallEnd::Succeeded {
            let tokens = self.tokens.get().saturating_add(self.deposit);
            self.tokens.set(tokens.min(self.most));
        }
    }
}

/// A budget as text.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub(crate) enum BudgetText {
    Concurrency {
        share: [u16; 2],
        min_retries: Option<u32>,
    },
    Deposit {
        tokens: u32,
        thousandths: u32,
    },
    Ratio {
        share: [u16; 2],
        reserve: Option<u16>,
    },
    Throttle {
        max_tokens: u32,
        thousandths: u32,
    },
    Token {
        capacity: u32,
        cost: u32,
        reward: Option<u32>,
    },
    #[default]
    Unlimited,
}

impl BudgetText {
    pub(crate) fn purse(self) -> Purse {
        match self {
            Self::Concurrency {
                share: [numerator, denominator],
                min_retries,
            } => {
                let budget = ConcurrencyBudget::new(numerator, denominator);
                Purse::Concurrency(match min_retries {
                    None => budget,
                    Some(retries) => budget.with_min_retries(retries),
                })
            }
            Self::Deposit {
                tokens,
                thousandths,
            } => Purse::Deposit(DepositBudget::new(tokens, thousandths)),
            Self::Ratio {
                share: [numerator, denominator],
                reserve,
            } => {
                let budget = RatioBudget::new(numerator, denominator);
                Purse::Ratio(match reserve {
                    None => budget,
                    Some(reserve) => budget.with_reserve(reserve),
                })
            }
            Self::Throttle {
                max_tokens,
                thousandths,
            } => Purse::Throttle(ThrottleBudget::new(max_tokens, thousandths)),
            Self::Token {
                capacity,
                cost,
                reward,
            } => {
                let budget = TokenBudget::new(capacity, cost);
                Purse::Token(match reward {
                    None => budget,
                    Some(reward) => budget.with_reward(reward),
                })
            }
            Self::Unlimited => Purse::Unlimited(Unlimited),
        }
    }
}

/// A budget that a scenario names.
#[derive(Debug)]
pub(crate) enum Purse {
    Concurrency(ConcurrencyBudget),
    Deposit(DepositBudget),
    Ratio(RatioBudget),
    Throttle(ThrottleBudget),
    Token(TokenBudget),
    Unlimited(Unlimited),
}

/// What a call holds, of whichever budget it is.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    charge: Charge,
    in_flight: InFlight,
}

impl Budget for Purse {
    type Held = Holding;

    fn begin(&self, held: &mut Holding, now: Duration) {
        match self {
            Self::Concurrency(budget) => budget.begin(&mut held.in_flight, now),
            Self::Deposit(budget) => budget.begin(&mut (), now),
            Self::Ratio(budget) => budget.begin(&mut (), now),
            Self::Throttle(budget) => budget.begin(&mut (), now),
            Self::Token(budget) => budget.begin(&mut held.charge, now),
            Self::Unlimited(budget) => budget.begin(&mut (), now),
        }
    }

    #[inline]
    fn withdraw(&self, held: &mut Holding, retry: &PlannedRetry) -> bool {
        match self {
            Self::Concurrency(budget) => budget.withdraw(&mut held.in_flight, retry),
            Self::Deposit(budget) => budget.withdraw(&mut (), retry),
            Self::Ratio(budget) => budget.withdraw(&mut (), retry),
            Self::Throttle(budget) => budget.withdraw(&mut (), retry),
            Self::Token(budget) => budget.withdraw(&mut held.charge, retry),
            Self::Unlimited(budget) => budget.withdraw(&mut (), retry),
        }
    }

    #[inline]
    fn end(&self, held: Holding, end: CallEnd) {
        match self {
            Self::Concurrency(budget) => budget.end(held.in_flight, end),
            Self::Deposit(budget) => budget.end((), end),
            Self::Ratio(budget) => budget.end((), end),
            Self::Throttle(budget) => budget.end((), end),
            Self::Token(budget) => budget.end(held.charge, end),
            Self::Unlimited(budget) => budget.end((), end),
        }
    }
}
