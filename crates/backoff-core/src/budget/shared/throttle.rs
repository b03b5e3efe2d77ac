//! Retries while most calls succeed.

use super::bucket::Bucket;
use crate::budget::budget::Budget;
use crate::budget::call_end::CallEnd;
use crate::budget::planned_retry::PlannedRetry;
use crate::decision::GiveUp;

/// Takes a token for every failed attempt, and allows retries while more than half of the tokens are left: gRPC's
/// retry throttling (proposal A6, "Throttling Retry Attempts and Hedged RPCs").
///
/// | event | tokens |
/// |---|---|
/// | an attempt failed, whether or not it is retried | minus 1, down to zero |
/// | an attempt failed for good ([`GiveUp::Permanent`]) | no change |
/// | a call succeeded | plus the ratio, up to the maximum |
/// | a call was cancelled | no change |
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, Failure, PlannedRetry, ThrottleBudget};
/// use core::time::Duration;
///
/// static BUDGET: ThrottleBudget = ThrottleBudget::new(10, 100); // each success gives back a tenth of a token
///
/// let mut account = Account::new(&BUDGET);
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// let retries = (0..10).filter(|_| account.withdraw(&retry));
/// assert_eq!(retries.count(), 4); // with 9, 8, 7 and 6 tokens left
/// ```
#[derive(Debug)]
pub struct ThrottleBudget {
    /// In thousandths of a token, because gRPC uses three decimals of the ratio.
    bucket: Bucket,
    ratio: u32,
}

/// One token.
const TOKEN: u32 = 1_000;

/// The largest bucket of gRPC, in tokens.
const MOST: u32 = 1_000;

impl ThrottleBudget {
    /// Makes a full bucket of `max_tokens` tokens, to which each success returns `thousandths` of a token.
    ///
    /// The ranges are gRPC's: `max_tokens` from 1 to 1,000, `thousandths` from 1. A value outside counts as the
    /// nearest inside.
    #[must_use]
    pub const fn new(max_tokens: u32, thousandths: u32) -> Self {
        let max_tokens = match max_tokens {
            0 => 1,
            1..=MOST => max_tokens,
            _ => MOST,
        };
        Self {
            bucket: Bucket::full(max_tokens * TOKEN),
            ratio: if thousandths == 0 { 1 } else { thousandths },
        }
    }

    /// Returns the tokens that are left, in thousandths of a token.
    #[must_use]
    pub fn thousandths(&self) -> u32 {
        self.bucket.tokens()
    }

    const fn allows(&self, tokens: u32) -> bool {
        tokens > self.bucket.capacity() / 2
    }
}

impl Budget for ThrottleBudget {
    type Held = ();

    const BEGINS: bool = false;

    #[inline]
    fn withdraw(&self, _held: &mut (), _retry: &PlannedRetry) -> bool {
        self.allows(self.bucket.drain(TOKEN))
    }

    /// Checks that more than half of the tokens are still left after the wait.
    #[inline]
    fn recheck(&self, _held: &()) -> bool {
        self.allows(self.bucket.tokens())
    }

    #[inline]
    fn end(&self, _held: (), end: CallEnd) {
        match end {
            CallEnd::Succeeded => {
                self.bucket.put(self.ratio);
            }
            // A refused retry has paid for its failure already.
            CallEnd::Cancelled | CallEnd::GaveUp(GiveUp::Budget | GiveUp::Permanent) => {}
            CallEnd::GaveUp(_) => {
                self.bucket.drain(TOKEN);
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::failure::Failure;

    fn withdraw(budget: &ThrottleBudget) -> bool {
        budget.withdraw(
            &mut (),
            &PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO),
        )
    }

    #[test]
    fn retries_go_on_while_more_than_half_of_the_tokens_are_left() {
        let cases = [
            // (maximum, retries granted of a bucket that was full, thousandths left after one refusal)
            (0, 0, 0),
            (1, 0, 0),
            (2, 0, 1_000),
            (3, 1, 1_000),
            (4, 1, 2_000),
            (10, 4, 5_000),
            (1_000, 499, 500_000),
            (u32::MAX, 499, 500_000),
        ];
        for (max_tokens, granted, left) in cases {
            let budget = ThrottleBudget::new(max_tokens, 100);
            let count = (0..=granted).filter(|_| withdraw(&budget)).count();
            assert_eq!(
                (count, budget.thousandths()),
                (granted, left),
                "{max_tokens}"
            );
        }
    }

    #[test]
    fn every_failed_attempt_counts_once() {
        let cases = [
            // (end, thousandths after it, of 8,000)
            (CallEnd::Cancelled, 8_000),
            (CallEnd::GaveUp(GiveUp::Attempts), 7_000),
            (CallEnd::GaveUp(GiveUp::Budget), 8_000),
            (CallEnd::GaveUp(GiveUp::Deadline), 7_000),
            (CallEnd::GaveUp(GiveUp::HintTooLong), 7_000),
            (CallEnd::GaveUp(GiveUp::Permanent), 8_000),
            (CallEnd::Succeeded, 8_250),
        ];
        for (end, left) in cases {
            let budget = ThrottleBudget::new(10, 250);
            assert!(withdraw(&budget) && withdraw(&budget));
            budget.end((), end);
            assert_eq!(budget.thousandths(), left, "{end:?}");
        }
    }

    #[test]
    fn tokens_stay_between_zero_and_the_maximum() {
        let budget = ThrottleBudget::new(3, u32::MAX);
        budget.end((), CallEnd::Succeeded);
        assert_eq!(budget.thousandths(), 3_000);
        for _ in 0..5 {
            withdraw(&budget);
        }
        assert_eq!(budget.thousandths(), 0);
        budget.end((), CallEnd::Succeeded);
        assert_eq!(budget.thousandths(), 3_000);
    }

    #[test]
    fn a_wait_may_outlast_the_tokens() {
        let budget = ThrottleBudget::new(10, 100);
        assert!(withdraw(&budget) && budget.recheck(&()));
        while withdraw(&budget) {}
        assert!(!budget.recheck(&()));
    }
}
