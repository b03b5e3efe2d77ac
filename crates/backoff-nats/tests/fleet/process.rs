//! A process of a fleet whose service is dead: every call fails, and would be retried four times.

use std::time::Duration;

use backoff_nats::{Account, Clock, Failure, FleetBudget, PlannedRetry, RatioBudget, Tokio};
use tokio::time::sleep;

pub(crate) type Fleet = FleetBudget<RatioBudget>;

/// A local limit that allows nothing.
pub(crate) const fn nothing() -> RatioBudget {
    RatioBudget::new(0, 1).with_reserve(0)
}

/// Makes this many calls, one each millisecond, and returns the number of retries.
pub(crate) async fn calls(budget: Fleet, calls: u32) -> u64 {
    let mut retries = 0;
    for _ in 0..calls {
        retries += call(&budget);
        sleep(Duration::from_millis(1)).await;
    }
    retries
}

/// Makes one call, and returns the number of retries.
pub(crate) fn call(budget: &Fleet) -> u64 {
    let mut account = Account::new(budget);
    account.begin(Tokio.now());
    let retry = PlannedRetry::new(Tokio.now(), Failure::transient(), Duration::ZERO);
    (0..4)
        .take_while(|_| account.withdraw(&retry))
        .map(|_| 1)
        .sum()
}
