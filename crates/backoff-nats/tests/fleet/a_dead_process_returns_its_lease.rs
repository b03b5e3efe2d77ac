use std::future::pending;
use std::time::Duration;

use backoff_nats::{FleetBudget, FleetLimit, InMemory};
use tokio::time::sleep;

use crate::process::{call, nothing};

const LIMIT: FleetLimit = FleetLimit::ratio(0, 1, 10).with_reserve(10);

#[tokio::test(start_paused = true)]
async fn after_its_time_and_no_sooner() {
    let store = InMemory::default();
    let (first, keeper) = FleetBudget::new(LIMIT, nothing(), store.clone());
    let dies = tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(first.tokens(), 10);
    dies.abort();
    let (second, keeper) = FleetBudget::new(LIMIT, nothing(), store);
    tokio::spawn(keeper.run(pending()));
    let mut returned = None;
    for second_passed in 1..30 {
        sleep(Duration::from_secs(1)).await;
        if second.tokens() > 0 {
            returned = returned.or(Some(second_passed));
            // The first one has stopped to spend it by then, although its calls go on.
            assert_eq!(call(&first), 0);
            assert!(first.is_local());
        }
    }
    // A lifetime of 10 s, an interval of 1 s, and up to 1 s until the next report.
    assert!(matches!(returned, Some(11..=13)), "{returned:?}");
    assert_eq!(second.tokens(), 10);
}

#[tokio::test(start_paused = true)]
async fn at_once_if_it_stops() {
    let store = InMemory::default();
    let (first, keeper) = FleetBudget::new(LIMIT, nothing(), store.clone());
    let stops = tokio::spawn(keeper.run(sleep(Duration::from_secs(3))));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(call(&first), 4);
    stops.await.expect("stopped");
    assert_eq!((call(&first), first.tokens()), (0, 0));
    let (second, keeper) = FleetBudget::new(LIMIT, nothing(), store);
    tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(second.tokens(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_suspended_starts_anew() {
    let store = InMemory::default();
    let (first, keeper) = FleetBudget::new(LIMIT, nothing(), store.clone());
    let gate = Gate::new(store.clone());
    let (suspended, gated) = FleetBudget::new(LIMIT, nothing(), gate.clone());
    tokio::spawn(gated.run(pending()));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(call(&suspended), 4);
    gate.close(true);
    tokio::spawn(keeper.run(pending()));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(first.tokens(), 10, "the whole lease was reclaimed");
    gate.close(false);
    sleep(Duration::from_secs(5)).await;
    // The tokens that it had left are not spent a second time.
    assert_eq!((suspended.tokens(), call(&suspended)), (0, 0));
}

use crate::a_store_out_of_reach_leaves_the_local_limit::Gate;
