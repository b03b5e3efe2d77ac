//! The budgets of a scenario.

use std::time::Duration;

use backoff_core::budget::{Charge, InFlight};
use backoff_core::{
    Budget, CallEnd, ConcurrencyBudget, PlannedRetry, RatioBudget, ThrottleBudget, TokenBudget,
    Unlimited,
};
use serde::Deserialize;

use super::deposit_budget::DepositBudget;

/// The keys of `budget`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "kind")]
pub(super) enum BudgetKeys {
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

impl BudgetKeys {
    pub(super) fn budget(self) -> AnyBudget {
        match self {
            Self::Concurrency {
                share: [numerator, denominator],
                min_retries,
            } => {
                let budget = ConcurrencyBudget::new(numerator, denominator);
                AnyBudget::Concurrency(match min_retries {
                    None => budget,
                    Some(retries) => budget.with_min_retries(retries),
                })
            }
            Self::Deposit {
                tokens,
                thousandths,
            } => AnyBudget::Deposit(DepositBudget::new(tokens, thousandths)),
            Self::Ratio {
                share: [numerator, denominator],
                reserve,
            } => {
                let budget = RatioBudget::new(numerator, denominator);
                AnyBudget::Ratio(match reserve {
                    None => budget,
                    Some(reserve) => budget.with_reserve(reserve),
                })
            }
            Self::Throttle {
                max_tokens,
                thousandths,
            } => AnyBudget::Throttle(ThrottleBudget::new(max_tokens, thousandths)),
            Self::Token {
                capacity,
                cost,
                reward,
            } => {
                let budget = TokenBudget::new(capacity, cost);
                AnyBudget::Token(match reward {
                    None => budget,
                    Some(reward) => budget.with_reward(reward),
                })
            }
            Self::Unlimited => AnyBudget::Unlimited(Unlimited),
        }
    }
}

/// Any budget that a scenario can name.
#[derive(Debug)]
pub(super) enum AnyBudget {
    Concurrency(ConcurrencyBudget),
    Deposit(DepositBudget),
    Ratio(RatioBudget),
    Throttle(ThrottleBudget),
    Token(TokenBudget),
    Unlimited(Unlimited),
}

/// What a call holds of any of the budgets.
#[derive(Debug, Default)]
pub(super) struct AnyHeld {
    charge: Charge,
    in_flight: InFlight,
}

impl Budget for AnyBudget {
    type Held = AnyHeld;

    fn begin(&self, held: &mut AnyHeld, now: Duration) {
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
    fn withdraw(&self, held: &mut AnyHeld, retry: &PlannedRetry) -> bool {
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
    fn end(&self, held: AnyHeld, end: CallEnd) {
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
