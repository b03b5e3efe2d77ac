use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use backoff_nats::{FleetBudget, FleetLimit, InMemory, LedgerStore, RatioBudget, Versioned};
use tokio::time::sleep;

use crate::process::call;

/// A store that can be out of reach.
#[derive(Clone)]
pub(crate) struct Gate {
    closed: Arc<AtomicBool>,
    store: InMemory,
}

impl Gate {
    pub(crate) fn new(store: InMemory) -> Self {
        Self {
            closed: Arc::default(),
            store,
        }
    }

    pub(crate) fn close(&self, closed: bool) {
        self.closed.store(closed, Ordering::Relaxed);
    }

    fn pass(&self) -> Result<(), &'static str> {
        if self.closed.load(Ordering::Relaxed) {
            return Err("out of reach");
        }
        Ok(())
    }
}

impl LedgerStore for Gate {
    type Error = &'static str;

    async fn load(&self) -> Result<Versioned, &'static str> {
        self.pass()?;
        self.store.load().await.map_err(|_| "never")
    }

    async fn replace(&self, version: u64, value: Vec<u8>) -> Result<bool, &'static str> {
        self.pass()?;
        self.store
            .replace(version, value)
            .await
            .map_err(|_| "never")
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_rest_of_the_lease_and_a_counter_says_so() {
    let limit = FleetLimit::ratio(1, 10, 1_000).with_reserve(100);
    let gate = Gate::new(InMemory::default());
    let local = RatioBudget::new(1, 100).with_reserve(0);
    let (budget, keeper) = FleetBudget::new(limit, local, gate.clone());
    tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(5)).await;
    assert_eq!(budget.tokens(), 10);

    gate.close(true);
    sleep(Duration::from_secs(2)).await;
    let retries: u64 = (0..20).map(|_| call(&budget)).sum();
    assert_eq!(
        (retries, budget.local_retries(), budget.is_local()),
        (10, 0, false)
    );

    sleep(Duration::from_secs(10)).await;
    let retries: u64 = (0..1_000).map(|_| call(&budget)).sum();
    // One for each 100 of the 1,000 calls.
    assert_eq!(
        (retries, budget.local_retries(), budget.is_local()),
        (10, 10, true)
    );

    gate.close(false);
    sleep(Duration::from_secs(2)).await;
    assert_eq!((budget.tokens(), budget.is_local()), (10, false));
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_be_read_is_left_alone() {
    let store = InMemory::default();
    let replaced = store.replace(0, b"no ledger".to_vec()).await;
    assert_eq!(replaced, Ok(true));
    let limit = FleetLimit::ratio(1, 10, 1_000).with_reserve(100);
    let local = RatioBudget::new(1, 1).with_reserve(0);
    let (budget, keeper) = FleetBudget::new(limit, local, store.clone());
    tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(5)).await;
    assert_eq!((call(&budget), budget.local_retries()), (1, 1));
    assert_eq!(
        store.load().await.map(|stored| stored.value),
        Ok(b"no ledger".to_vec())
    );
}
