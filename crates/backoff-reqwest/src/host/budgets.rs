//! A budget of its own for each host.

use std::fmt;
use std::sync::Mutex;

use backoff_tokio::{Budget, BudgetTable, KeyedBudget};

/// Gives each request its budget: one for all, or one for each host.
///
/// Every [`Budget`] is one for all requests; [`HostBudgets`] has one for each host.
pub trait Budgets: Send + Sync {
    /// What a call holds of its budget.
    type Held: Default + Send;

    /// The budget of one call.
    type Budget<'b>: Budget<Held = Self::Held> + Send
    where
        Self: 'b;

    /// Whether the budget depends on the host.
    #[doc(hidden)]
    const BY_HOST: bool = false;

    /// Returns the budget of a call to a host, which is named with its port: `example.org:443`.
    fn of(&self, authority: &str) -> Self::Budget<'_>;
}

impl<B: Budget<Held: Send> + Send + Sync> Budgets for B {
    type Held = B::Held;
    type Budget<'b>
        = &'b B
    where
        B: 'b;

    #[inline]
    fn of(&self, _authority: &str) -> &B {
        self
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
    table: Mutex<BudgetTable<String, B, N>>,
}

impl<B, const N: usize> HostBudgets<B, N> {
    /// Calls `make` for the budget of each new host.
    #[must_use]
    pub const fn new(make: fn() -> B) -> Self {
        let table = Mutex::new(BudgetTable::new(make));
        Self { table }
    }
}

impl<B: Budget<Held: Send> + Send, const N: usize> Budgets for HostBudgets<B, N> {
    type Held = Option<B::Held>;
    type Budget<'b>
        = KeyedBudget<'b, String, Mutex<BudgetTable<String, B, N>>>
    where
        B: 'b;

    const BY_HOST: bool = true;

    fn of(&self, authority: &str) -> Self::Budget<'_> {
        KeyedBudget::new(&self.table, authority.to_owned())
    }
}

impl<B: fmt::Debug, const N: usize> fmt::Debug for HostBudgets<B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostBudgets")
            .field("table", &self.table)
            .finish()
    }
}
