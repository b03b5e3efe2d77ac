use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use backoff_nats::{FleetBudget, FleetLimit, InMemory, LedgerStore, Versioned};
use futures_util::future::join_all;

use crate::process::{calls, nothing};

/// A store whose answer to a replacement is lost two times of three, before or after it was made.
#[derive(Clone, Default)]
struct Lossy {
    requests: Arc<AtomicU32>,
    store: InMemory,
}

impl LedgerStore for Lossy {
    type Error = &'static str;

    async fn load(&self) -> Result<Versioned, &'static str> {
        self.store.load().await.map_err(|_| "never")
    }

    async fn replace(&self, version: u64, value: Vec<u8>) -> Result<bool, &'static str> {
        let request = self.requests.fetch_add(1, Ordering::Relaxed) % 3;
        if request == 0 {
            return Err("lost on the way there");
        }
        let replaced = self
            .store
            .replace(version, value)
            .await
            .map_err(|_| "never");
        if request == 1 {
            Err("lost on the way back")
        } else {
            replaced
        }
    }
}

#[tokio::test(start_paused = true)]
async fn neither_calls_nor_retries() {
    let limit = FleetLimit::ratio(1, 10, 1_000_000).with_lease(100);
    let store = Lossy::default();
    let processes = (0..4).map(|_| {
        let (budget, keeper) = FleetBudget::new(limit, nothing(), store.clone());
        tokio::spawn(keeper.run(pending()));
        calls(budget, 25_000)
    });
    let retries: u64 = join_all(processes).await.into_iter().sum();
    assert!((8_000..=10_000).contains(&retries), "{retries}");
}
