//! The budget that calls are charged to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use backoff_tokio::{Budget, CallEnd, PlannedRetry};

use super::keeper::Keeper;
use super::lease::{Lease, Payment};
use super::limit::FleetLimit;
use super::store::LedgerStore;

/// A budget that the processes of a fleet share.
///
/// A process leases retries from a ledger in a shared store, by a background task, and spends them locally, without
/// waiting: it is a [`Budget`] like any other.
///
/// - **Bound.** The retries of the fleet are at most its budget. A process that dies adds at most its lease, because
///   nothing is known of what it spent of it.
/// - **Store out of reach.** The process spends the rest of its lease. When the lease ends, it turns to its local limit,
///   and [`local_retries`](Self::local_retries) counts.
/// - **Clocks.** No time is written down. Each process measures on its own monotonic clock, so clocks need not agree.
///
/// Its clones share one lease. The calls must take their times from tokio's clock, as those of `backoff-tokio` do.
///
/// # Examples
///
/// ```
/// use backoff_nats::{FleetBudget, FleetLimit, InMemory, Policy, RatioBudget};
/// use std::{io, time::Duration};
///
/// static LIMIT: FleetLimit = FleetLimit::ratio(1, 10, 1_000).with_reserve(100);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> io::Result<()> {
/// let local = RatioBudget::new(1, 100); // while the store is out of reach
/// let (budget, keeper) = FleetBudget::new(LIMIT, local, InMemory::default()); // or `KeyValue` of NATS
/// let keeper = tokio::spawn(keeper.run(std::future::pending()));
/// # tokio::time::sleep(Duration::from_millis(20)).await;
///
/// let mut failures = 1;
/// let ask = || {
///     let fails = std::mem::take(&mut failures) > 0;
///     async move { if fails { Err(io::Error::other("reset")) } else { Ok(42) } }
/// };
/// let answer = backoff_nats::retry(&Policy::DEFAULT, ask).with_budget(budget.clone()).await?;
/// assert_eq!(answer, 42);
/// assert_eq!((budget.tokens(), budget.local_retries()), (9, 0)); // 10 were leased
/// # keeper.abort();
/// # Ok(())
/// # }
/// ```
pub struct FleetBudget<L> {
    shared: Arc<Shared<L>>,
}

struct Shared<L> {
    lease: Arc<Lease>,
    limit: FleetLimit,
    local: L,
}

impl<L: Budget> FleetBudget<L> {
    /// Makes the budget of this process, and the task that leases retries for it. Run or spawn
    /// [`Keeper::run`].
    ///
    /// Until the first lease, and while the store is out of reach, `local` is asked.
    pub fn new<S: LedgerStore>(limit: FleetLimit, local: L, store: S) -> (Self, Keeper<S>) {
        let lease = Arc::new(Lease::default());
        let keeper = Keeper::new(limit, store, Arc::clone(&lease));
        let shared = Shared {
            lease,
            limit,
            local,
        };
        let shared = Arc::new(shared);
        (Self { shared }, keeper)
    }

    /// Returns how many leased retries are left.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.shared.lease.tokens()
    }

    /// Returns whether the last retry that was asked for met no valid lease, so that the local limit applies.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.shared.lease.is_local()
    }

    /// Returns how many retries the local limit allowed.
    #[must_use]
    pub fn local_retries(&self) -> u64 {
        self.shared.lease.local_retries()
    }

    /// Returns how many retries were refused, by either limit.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.shared.lease.refusals()
    }
}

impl<L: Budget> Budget for FleetBudget<L> {
    type Held = FleetHeld<L::Held>;

    fn begin(&self, held: &mut Self::Held, now: Duration) {
        self.shared.lease.count_call();
        self.shared.local.begin(&mut held.local, now);
    }

    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool {
        let Shared {
            lease,
            limit,
            local,
        } = &*self.shared;
        let payment = lease.pay(retry.now, limit.lease / 2);
        held.leased = payment == Payment::Paid;
        match payment {
            Payment::Paid => true,
            Payment::Refused => false,
            Payment::Ended => {
                let granted = local.withdraw(&mut held.local, retry);
                if granted {
                    lease.count_local_retry();
                } else {
                    lease.count_refusal();
                }
                granted
            }
        }
    }

    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        if std::mem::take(&mut held.leased) {
            self.shared.lease.give_back();
        } else {
            self.shared.local.refund(&mut held.local, retry);
        }
    }

    fn end(&self, held: Self::Held, end: CallEnd) {
        self.shared.local.end(held.local, end);
    }
}

/// What one call holds of a [`FleetBudget`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FleetHeld<H> {
    local: H,
    /// Whether the last retry was paid from the lease.
    leased: bool,
}

impl<L> Clone for FleetBudget<L> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<L> fmt::Debug for FleetBudget<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetBudget")
            .field("limit", &self.shared.limit)
            .field("lease", &self.shared.lease)
            .finish_non_exhaustive()
    }
}
