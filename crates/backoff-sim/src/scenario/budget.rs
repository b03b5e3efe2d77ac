//! The budgets of a scenario.

use std::time::Duration;

use backoff_core::{Budget, CallEnd, PlannedRetry};
use backoff_settings::{AnyBudget, AnyHeld, BudgetSettings};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use toml::Table;

use super::deposit_budget::DepositBudget;

/// The keys of `budget`: those of [`BudgetSettings`], and a kind of budget that only the simulator has.
#[derive(Clone, Copy, Debug)]
pub(super) enum BudgetKeys {
    Deposit(DepositKeys),
    Settings(BudgetSettings),
}

/// The keys of a budget of the kind `deposit`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepositKeys {
    tokens: u32,
    thousandths: u32,
}

impl<'de> Deserialize<'de> for BudgetKeys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut table = Table::deserialize(from)?;
        let is_deposit = table.get("kind").and_then(|kind| kind.as_str()) == Some("deposit");
        if is_deposit {
            table.remove("kind");
        }
        let keys = if is_deposit {
            backoff_settings::read(table).map(Self::Deposit)
        } else {
            backoff_settings::read(table).map(Self::Settings)
        };
        keys.map_err(Error::custom)
    }
}

impl Default for BudgetKeys {
    fn default() -> Self {
        Self::Settings(BudgetSettings::default())
    }
}

impl BudgetKeys {
    pub(super) fn budget(self) -> ScenarioBudget {
        match self {
            Self::Deposit(keys) => {
                ScenarioBudget::Deposit(DepositBudget::new(keys.tokens, keys.thousandths))
            }
            Self::Settings(settings) => ScenarioBudget::Settings(settings.budget()),
        }
    }
}

/// Any budget that a scenario can name.
#[derive(Debug)]
pub(super) enum ScenarioBudget {
    Deposit(DepositBudget),
    Settings(AnyBudget),
}

impl Budget for ScenarioBudget {
    type Held = AnyHeld;

    fn begin(&self, held: &mut AnyHeld, now: Duration) {
        match self {
            Self::Deposit(budget) => budget.begin(&mut (), now),
            Self::Settings(budget) => budget.begin(held, now),
        }
    }

    #[inline]
    fn withdraw(&self, held: &mut AnyHeld, retry: &PlannedRetry) -> bool {
        match self {
            Self::Deposit(budget) => budget.withdraw(&mut (), retry),
            Self::Settings(budget) => budget.withdraw(held, retry),
        }
    }

    #[inline]
    fn end(&self, held: AnyHeld, end: CallEnd) {
        match self {
            Self::Deposit(budget) => budget.end((), end),
            Self::Settings(budget) => budget.end(held, end),
        }
    }
}
