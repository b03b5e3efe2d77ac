use std::future::pending;
use std::time::Duration;

use backoff_nats::{FleetBudget, FleetLimit, InMemory};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::process::{call, calls, nothing};

#[tokio::test(start_paused = true)]
async fn eight_processes_make_a_tenth_of_their_calls_again() {
    for lease in [1, 10, 100] {
        let limit = FleetLimit::ratio(1, 10, 1_000_000).with_lease(lease);
        let store = InMemory::default();
        let processes = (0..8).map(|_| {
            let (budget, keeper) = FleetBudget::new(limit, nothing(), store.clone());
            tokio::spawn(keeper.run(pending()));
            calls(budget, 12_500)
        });
        let retries: u64 = join_all(processes).await.into_iter().sum();
        // No process died, so there is nothing on top. What was not spent was credited late.
        assert!(retries <= 10_000, "{retries} with leases of {lease}");
        assert!(
            lease == 1 || retries >= 8_000,
            "{retries} with leases of {lease}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn what_one_process_does_not_need_serves_another() {
    let limit = FleetLimit::ratio(1, 10, 1_000);
    let store = InMemory::default();
    let (calm, keeper) = FleetBudget::new(limit, nothing(), store.clone());
    tokio::spawn(keeper.run(pending()));
    for _ in 0..1_000 {
        let mut account = backoff_nats::Account::new(&calm);
        account.begin(Duration::ZERO);
        account.end(backoff_nats::CallEnd::Succeeded);
    }
    sleep(Duration::from_secs(2)).await;
    let (failing, keeper) = FleetBudget::new(limit, nothing(), store);
    tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(1)).await;
    let mut retries = 0;
    for _ in 0..100 {
        retries += call(&failing);
        sleep(Duration::from_millis(100)).await;
    }
    // 100 for the calls of the first, of which it holds 10, and 10 for its own; the last is not credited yet.
    assert!((98..=100).contains(&retries), "{retries}");
    assert_eq!(calm.tokens(), 10);
    assert!(failing.refusals() > 0 && !failing.is_local());
}
