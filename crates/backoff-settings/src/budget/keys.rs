//! The keys of a budget.

use std::time::Duration;

use backoff_core::{
    ConcurrencyBudget, FailureKind, RatioBudget, RequestBudget, ThrottleBudget, TokenBudget,
    Unlimited,
};
use serde::{Deserialize, Serialize};

use super::any_budget::AnyBudget;
use crate::error::SettingsError;
use crate::value::{Range, Share, Text, duration_text};

/// The keys of a budget. A key that is missing has the default of the budget.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct BudgetKeys {
    /// The kind of budget; the default is `unlimited`.
    kind: BudgetKind,
    /// The share of the calls that may be retried.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<Share>,
    /// Calls that may retry in any case; the default is 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    min_retries: Option<Text<Range<0, { u32::MAX }>>>,
    /// Retries per second that are allowed in any case; the default is 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserve: Option<Text<Range<0, 65_535>>>,
    /// How long calls and retries count, from 1 s to 60 s; the default is 10 s.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Text<Duration>>,
    /// The number of retries of one request.
    #[serde(skip_serializing_if = "Option::is_none")]
    retries: Option<Text<Range<0, 1_023>>>,
    /// The time that one request may wait in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Text<Duration>>,
    /// The size of the bucket of a throttle budget, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<Text<Range<1, 1_000>>>,
    /// What a success returns, in thousandths of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    thousandths: Option<Text<Range<1, { u32::MAX }>>>,
    /// The size of the bucket of a token budget, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<Text<Range<0, { u32::MAX }>>>,
    /// The price of a retry, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Text<Range<0, { u32::MAX }>>>,
    /// The price after a doubtful failure; the default is the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    doubtful_cost: Option<Text<Range<0, { u32::MAX }>>>,
    /// The price after a throttled failure; the default is the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    throttled_cost: Option<Text<Range<0, { u32::MAX }>>>,
    /// The price after a transient failure; the default is the cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    transient_cost: Option<Text<Range<0, { u32::MAX }>>>,
    /// What a success at the first attempt returns, in tokens; the default is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    reward: Option<Text<Range<0, { u32::MAX }>>>,
}

/// A kind of budget.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum BudgetKind {
    Concurrency,
    Ratio,
    Request,
    Throttle,
    Token,
    #[default]
    Unlimited,
}

/// The range of the window of Finagle's retry budget.
const WINDOWS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// The most waiting that a `RequestBudget` counts.
const MAX_WAITING: Duration = Duration::from_millis(4_194_303);

impl BudgetKeys {
    /// The keys of gRPC's retry throttling.
    pub(super) fn throttle(max_tokens: u32, thousandths: u32) -> Self {
        Self {
            kind: BudgetKind::Throttle,
            max_tokens: Some(Text(Range(max_tokens))),
            thousandths: Some(Text(Range(thousandths))),
            ..Self::default()
        }
    }

    /// Fails if the kind lacks a key, or has no use for one, or if a duration is out of its range.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        for (key, is_set, kind, is_required) in self.uses() {
            if is_set && kind.iter().all(|kind| *kind != self.kind) {
                let message = format!("a budget of the kind {:?} has no such setting", self.kind);
                return Err(SettingsError::new(key, message.to_lowercase()));
            }
            if !is_set && is_required && kind.contains(&self.kind) {
                let message = format!("missing, and a budget of the kind {:?} needs it", self.kind);
                return Err(SettingsError::new(key, message.to_lowercase()));
            }
        }
        let [shortest, longest] = WINDOWS;
        in_range("window", self.window, shortest, longest)?;
        in_range("waiting", self.waiting, Duration::ZERO, MAX_WAITING)
    }

    /// Every key: whether it is set, the kinds that have it, and whether they need it.
    fn uses(&self) -> [(&'static str, bool, &'static [BudgetKind], bool); 14] {
        use BudgetKind::{Concurrency, Ratio, Request, Throttle, Token};
        [
            ("share", self.share.is_some(), &[Concurrency, Ratio], true),
            (
                "min_retries",
                self.min_retries.is_some(),
                &[Concurrency],
                false,
            ),
            ("reserve", self.reserve.is_some(), &[Ratio], false),
            ("window", self.window.is_some(), &[Ratio], false),
            ("retries", self.retries.is_some(), &[Request], true),
            ("waiting", self.waiting.is_some(), &[Request], true),
            ("max_tokens", self.max_tokens.is_some(), &[Throttle], true),
            ("thousandths", self.thousandths.is_some(), &[Throttle], true),
            ("capacity", self.capacity.is_some(), &[Token], true),
            ("cost", self.cost.is_some(), &[Token], true),
            (
                "doubtful_cost",
                self.doubtful_cost.is_some(),
                &[Token],
                false,
            ),
            (
                "throttled_cost",
                self.throttled_cost.is_some(),
                &[Token],
                false,
            ),
            (
                "transient_cost",
                self.transient_cost.is_some(),
                &[Token],
                false,
            ),
            ("reward", self.reward.is_some(), &[Token], false),
        ]
    }

    /// Makes the budget. A key that `check` would miss counts as zero.
    pub(super) fn budget(&self) -> AnyBudget {
        let (numerator, denominator) = self
            .share
            .map_or((0, 1), |share| (share.numerator, share.denominator));
        match self.kind {
            BudgetKind::Concurrency => {
                let budget = ConcurrencyBudget::new(numerator, denominator);
                AnyBudget::Concurrency(match self.min_retries {
                    None => budget,
                    Some(Text(Range(retries))) => budget.with_min_retries(retries),
                })
            }
            BudgetKind::Ratio => {
                let mut budget = RatioBudget::new(numerator, denominator);
                if let Some(Text(Range(reserve))) = self.reserve {
                    budget = budget.with_reserve(reserve.try_into().unwrap_or(u16::MAX));
                }
                AnyBudget::Ratio(match self.window {
                    None => budget,
                    Some(Text(window)) => budget.with_window(window),
                })
            }
            BudgetKind::Request => AnyBudget::Request(RequestBudget::new(
                number(self.retries),
                self.waiting.map_or(Duration::ZERO, |Text(waiting)| waiting),
            )),
            BudgetKind::Throttle => AnyBudget::Throttle(ThrottleBudget::new(
                number(self.max_tokens),
                number(self.thousandths),
            )),
            BudgetKind::Token => AnyBudget::Token(self.token_budget()),
            BudgetKind::Unlimited => AnyBudget::Unlimited(Unlimited),
        }
    }

    fn token_budget(&self) -> TokenBudget {
        let mut budget = TokenBudget::new(number(self.capacity), number(self.cost));
        let costs = [
            (FailureKind::Doubtful, self.doubtful_cost),
            (FailureKind::Throttled, self.throttled_cost),
            (FailureKind::Transient, self.transient_cost),
        ];
        for (kind, cost) in costs {
            if let Some(Text(Range(cost))) = cost {
                budget = budget.with_cost(kind, cost);
            }
        }
        match self.reward {
            None => budget,
            Some(Text(Range(reward))) => budget.with_reward(reward),
        }
    }
}

fn number<const MIN: u32, const MAX: u32>(value: Option<Text<Range<MIN, MAX>>>) -> u32 {
    value.map_or(MIN, |Text(Range(number))| number)
}

fn in_range(
    key: &str,
    value: Option<Text<Duration>>,
    shortest: Duration,
    longest: Duration,
) -> Result<(), SettingsError> {
    match value {
        Some(Text(value)) if value < shortest || value > longest => {
            let [value, shortest, longest] = [value, shortest, longest].map(duration_text);
            let message = format!("{value} is not from {shortest} to {longest}");
            Err(SettingsError::new(key, message))
        }
        _ => Ok(()),
    }
}
