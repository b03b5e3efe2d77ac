//! A budget of its own for each host.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backoff_tokio::{Budget, BudgetTable, CallEnd, KeyedBudget, PlannedRetry};

/// Gives each request its budget: one for all, or one for each host.
///
/// Every [`Budget`] is one for all requests; [`HostBudgets`] has one for each host.
pub trait Budgets: Send + Sync {
    /// The budget of one call. It is owned, because a call that borrows from a budget which is itself borrowed cannot be
    /// spawned: rustc cannot prove that the one outlives the other.
    type Budget: Budget<Held: Send> + Send;

    /// Whether the budget depends on the host.
    #[doc(hidden)]
    const BY_HOST: bool = false;

    /// Returns the budget of a call to a host, which is named with its port: `example.org:443`.
    fn of(self: &Arc<Self>, authority: &str) -> Self::Budget;
}

impl<B: Budget<Held: Send> + Send + Sync> Budgets for B {
    type Budget = Arc<B>;

    #[inline]
    fn of(self: &Arc<Self>, _authority: &str) -> Arc<B> {
        self.clone()
    }
}

/// A budget of its own for each host, in a table of at most `N` hosts: the trouble of one host does not use up the retries of
/// another.
///
/// A host is named with its port. If the table is full, the host that was called the longest ago makes room; see
/// [`BudgetTable`].
///
/// # Examples
///
/// ```
/// use backoff_reqwest::{Client, HostBudgets, Policy, TokenBudget};
///
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// let budgets: HostBudgets<TokenBudget> = HostBudgets::new(TokenBudget::aws_2_1);
/// let client = Client::builder(Policy::DEFAULT).with_budget(budgets).build()?;
/// # drop(client);
/// # Ok::<(), reqwest::Error>(())
/// ```
pub struct HostBudgets<B, const N: usize = 64> {
    table: Table<B, N>,
}

type Table<B, const N: usize> = Mutex<BudgetTable<Arc<str>, B, N>>;

impl<B, const N: usize> HostBudgets<B, N> {
    /// Calls `make` for the budget of each new host.
    #[must_use]
    pub const fn new(make: fn() -> B) -> Self {
        let table = Mutex::new(BudgetTable::new(make));
        Self { table }
    }
}

impl<B: Budget<Held: Send> + Send, const N: usize> Budgets for HostBudgets<B, N> {
    type Budget = HostCallBudget<Arc<Self>>;

    const BY_HOST: bool = true;

    fn of(self: &Arc<Self>, authority: &str) -> Self::Budget {
        HostCallBudget::new(self.clone(), authority)
    }
}

/// Several clients share the budgets.
impl<B: Budget<Held: Send> + Send, const N: usize> Budgets for &HostBudgets<B, N> {
    type Budget = HostCallBudget<Self>;

    const BY_HOST: bool = true;

    fn of(self: &Arc<Self>, authority: &str) -> Self::Budget {
        HostCallBudget::new(**self, authority)
    }
}

impl<B: fmt::Debug, const N: usize> fmt::Debug for HostBudgets<B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBudgets")
            .field("table", &self.table)
            .finish()
    }
}

/// The budget of one call, taken from [`HostBudgets`] by the host of the call.
#[derive(Debug)]
pub struct HostCallBudget<P> {
    budgets: P,
    authority: Arc<str>,
}

impl<P, B, const N: usize> HostCallBudget<P>
where
    P: Deref<Target = HostBudgets<B, N>>,
{
    fn new(budgets: P, authority: &str) -> Self {
        let authority = authority.into();
        Self { budgets, authority }
    }

    fn keyed(&self) -> KeyedBudget<'_, Arc<str>, Table<B, N>> {
        KeyedBudget::new(&self.budgets.table, self.authority.clone())
    }
}

impl<P, B, const N: usize> Budget for HostCallBudget<P>
where
    P: Deref<Target = HostBudgets<B, N>>,
    B: Budget,
{
    /// `None`: there was no room for the host, or the call has not begun.
    type Held = Option<B::Held>;

    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool {
        self.keyed().withdraw(held, retry)
    }

    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        self.keyed().refund(held, retry);
    }

    fn recheck(&self, held: &Self::Held) -> bool {
        self.keyed().recheck(held)
    }

    fn begin(&self, held: &mut Self::Held, now: Duration) {
        self.keyed().begin(held, now);
    }

    fn end(&self, held: Self::Held, end: CallEnd) {
        self.keyed().end(held, end);
    }
}
