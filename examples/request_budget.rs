//! Three calls that serve one request share its retries, so that the request does not wait for three times as long.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use backoff_tokio::{Policy, RequestBudget};

static POLICY: Policy = Policy::exponential(Duration::from_millis(20), Duration::from_secs(1));

/// A service that fails a number of times.
struct Service {
    name: &'static str,
    failures: AtomicU32,
}

impl Service {
    const fn new(name: &'static str, failures: u32) -> Self {
        Self {
            name,
            failures: AtomicU32::new(failures),
        }
    }

    async fn ask(&self) -> io::Result<&'static str> {
        tokio::task::yield_now().await;
        let fail = |left: u32| left.checked_sub(1);
        match self
            .failures
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fail)
        {
            Ok(_) => Err(io::ErrorKind::ConnectionReset.into()),
            Err(_) => Ok("an answer"),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for down in [0, 1, 9] {
        println!("each of three services fails {down} times:");
        serve([
            Service::new("users", down),
            Service::new("orders", down),
            Service::new("prices", down),
        ])
        .await;
    }
}

/// Serves a request: at most four retries, and a second of waiting, for all of its calls.
async fn serve([users, orders, prices]: [Service; 3]) {
    let budget = RequestBudget::new(4, Duration::from_secs(1));
    tokio::join!(
        call(&users, &budget),
        call(&orders, &budget),
        call(&prices, &budget)
    );
    println!("  retries left: {}\n", budget.retries());
}

async fn call(service: &Service, budget: &RequestBudget) {
    let call = backoff_tokio::retry(&POLICY, || service.ask());
    let (outcome, report) = call.with_budget(budget).reported().await;
    println!("  {}: {outcome:?}, {report}", service.name);
}
