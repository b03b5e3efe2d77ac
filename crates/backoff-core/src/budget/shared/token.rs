//! Retries that are paid in tokens.

use super::bucket::Bucket;
use crate::budget::budget::Budget;
use crate::budget::call_end::CallEnd;
use crate::budget::planned_retry::PlannedRetry;
use crate::failure::FailureKind;

/// Charges tokens for each retry, and gives the last charge back to a call that succeeds: the standard mode of the
/// AWS SDKs.
///
/// | event | tokens |
/// |---|---|
/// | a retry | minus the cost of the failure's kind; refused if fewer are left |
/// | a success after retries | plus the price of the last retry |
/// | a success at the first attempt | plus the [reward](Self::with_reward) |
/// | a failure, a cancelled call | no change |
///
/// While calls succeed the bucket is full, and a success only reads it.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, CallEnd, Failure, PlannedRetry, TokenBudget};
/// use core::time::Duration;
///
/// static BUDGET: TokenBudget = TokenBudget::aws_2_1();
///
/// let mut account = Account::new(&BUDGET);
/// account.begin(Duration::ZERO);
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::from_millis(50));
/// assert!(account.withdraw(&retry));
/// assert_eq!(BUDGET.tokens(), 486);
/// account.end(CallEnd::Succeeded);
/// assert_eq!(BUDGET.tokens(), 500);
/// ```
#[derive(Debug)]
pub struct TokenBudget {
    bucket: Bucket,
    doubtful: u32,
    throttled: u32,
    transient: u32,
    reward: u32,
}

/// What the last retry of a call paid to a [`TokenBudget`], in tokens.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Charge(u32);

/// The capacity of the bucket in both versions of the standard mode of the AWS SDKs.
const AWS_CAPACITY: u32 = 500;

impl TokenBudget {
    /// Makes a full bucket of `capacity` tokens. Every retry costs `cost`, and the reward is 1.
    #[must_use]
    pub const fn new(capacity: u32, cost: u32) -> Self {
        Self {
            bucket: Bucket::full(capacity),
            doubtful: cost,
            throttled: cost,
            transient: cost,
            reward: 1,
        }
    }

    /// Makes the bucket of version 2.0 of the standard mode: 500 tokens. A retry costs 5, and 10 after a transient
    /// failure such as a timeout.
    #[must_use]
    pub const fn aws_2_0() -> Self {
        Self::new(AWS_CAPACITY, 5).with_cost(FailureKind::Transient, 10)
    }

    /// Makes the bucket of version 2.1 of the standard mode: 500 tokens. A retry costs 14, and 5 after a throttled
    /// failure.
    #[must_use]
    pub const fn aws_2_1() -> Self {
        Self::new(AWS_CAPACITY, 14).with_cost(FailureKind::Throttled, 5)
    }

    /// Sets the price of a retry after a failure of this kind. Permanent failures are never retried and have none.
    ///
    /// A call whose last retry cost nothing earns the reward, as one without retries does.
    #[must_use]
    pub const fn with_cost(mut self, kind: FailureKind, cost: u32) -> Self {
        match kind {
            FailureKind::Doubtful => self.doubtful = cost,
            FailureKind::Permanent => {}
            FailureKind::Throttled => self.throttled = cost,
            FailureKind::Transient => self.transient = cost,
        }
        self
    }

    /// Sets how many tokens a success at the first attempt returns; the default is 1.
    #[must_use]
    pub const fn with_reward(mut self, tokens: u32) -> Self {
        self.reward = tokens;
        self
    }

    /// Sets how many tokens the bucket starts with, at most its capacity; the default is a full bucket.
    #[must_use]
    pub const fn with_tokens(mut self, tokens: u32) -> Self {
        self.bucket = self.bucket.with_tokens(tokens);
        self
    }

    /// Returns the number of tokens that are left, from zero to the capacity.
    #[must_use]
    pub fn tokens(&self) -> u32 {
        self.bucket.tokens()
    }

    /// Returns the largest number of tokens.
    #[must_use]
    pub const fn capacity(&self) -> u32 {
        self.bucket.capacity()
    }

    #[inline]
    const fn cost(&self, kind: FailureKind) -> u32 {
        match kind {
            FailureKind::Doubtful => self.doubtful,
            FailureKind::Throttled => self.throttled,
            FailureKind::Permanent | FailureKind::Transient => self.transient,
        }
    }
}

impl Budget for TokenBudget {
    type Held = Charge;

    const BEGINS: bool = false;

    #[inline]
    fn withdraw(&self, held: &mut Charge, retry: &PlannedRetry) -> bool {
        let cost = self.cost(retry.failure.kind());
        let paid = self.bucket.take(cost);
        if paid {
            held.0 = cost;
        }
        paid
    }

    #[inline]
    fn refund(&self, held: &mut Charge, _retry: &PlannedRetry) {
        self.bucket.put(core::mem::take(&mut held.0));
    }

    #[inline]
    fn end(&self, held: Charge, end: CallEnd) {
        if matches!(end, CallEnd::Succeeded) {
            let back = if held.0 == 0 { self.reward } else { held.0 };
            self.bucket.put(back);
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::budget::account::Account;
    use crate::decision::GiveUp;
    use crate::failure::Failure;

    const ENDS: [CallEnd; 3] = [
        CallEnd::Cancelled,
        CallEnd::GaveUp(GiveUp::Attempts),
        CallEnd::Succeeded,
    ];

    /// What failed, and whether it is retried.
    type Retry = (Failure, bool);

    /// The tokens after each of these retries and the end.
    fn replay(budget: &TokenBudget, retries: &[Retry], end: CallEnd) -> u32 {
        let mut account = Account::new(budget);
        account.begin(Duration::ZERO);
        for &(failure, granted) in retries {
            assert_eq!(
                account.withdraw(&PlannedRetry::new(Duration::ZERO, failure, Duration::ZERO)),
                granted
            );
        }
        account.end(end);
        budget.tokens()
    }

    #[test]
    fn a_success_gives_back_the_last_charge_and_nothing_else_does() {
        let (slow, busy) = (Failure::transient(), Failure::throttled());
        let cases: [(&[Retry], [u32; 3]); 4] = [
            // (retries, tokens after each of the ends)
            (&[], [100, 100, 101]),
            (&[(slow, true)], [86, 86, 100]),
            (&[(slow, true), (busy, true)], [81, 81, 86]),
            (&[(busy, true), (slow, true)], [81, 81, 95]),
        ];
        for (retries, tokens) in cases {
            let after =
                ENDS.map(|end| replay(&TokenBudget::aws_2_1().with_tokens(100), retries, end));
            assert_eq!(after, tokens, "{retries:?}");
        }
    }

    #[test]
    fn a_retry_that_cannot_be_paid_is_refused_and_costs_nothing() {
        let budget = TokenBudget::new(20, 14);
        let retries = [(Failure::transient(), true), (Failure::doubtful(), false)];
        assert_eq!(replay(&budget, &retries, ENDS[1]), 6);
    }

    #[test]
    fn tokens_stay_between_zero_and_the_capacity() {
        let full = TokenBudget::new(10, 3).with_reward(u32::MAX);
        assert_eq!(replay(&full, &[], CallEnd::Succeeded), 10);
        let low = TokenBudget::new(10, 3).with_tokens(2).with_reward(u32::MAX);
        assert_eq!(replay(&low, &[], CallEnd::Succeeded), 10);
        assert_eq!(TokenBudget::new(10, 3).with_tokens(11).tokens(), 10);
        let none = TokenBudget::new(0, 1);
        assert_eq!(replay(&none, &[(Failure::transient(), false)], ENDS[1]), 0);
    }

    #[test]
    fn each_kind_has_its_price() {
        let prices = |budget: TokenBudget| {
            let failures = [
                Failure::doubtful(),
                Failure::throttled(),
                Failure::transient(),
            ];
            failures.map(|failure| {
                let before = budget.tokens();
                assert!(budget.withdraw(
                    &mut Charge::default(),
                    &PlannedRetry::new(Duration::ZERO, failure, Duration::ZERO)
                ));
                before - budget.tokens()
            })
        };
        assert_eq!(prices(TokenBudget::aws_2_0()), [5, 5, 10]);
        assert_eq!(prices(TokenBudget::aws_2_1()), [14, 5, 14]);
        let mine = TokenBudget::new(99, 1)
            .with_cost(FailureKind::Doubtful, 2)
            .with_cost(FailureKind::Permanent, 7);
        assert_eq!((mine.capacity(), prices(mine)), (99, [2, 1, 1]));
    }
}
