//! A call that can be watched: a span, a line for every retry, and counters for an exporter of metrics.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::future::ready;
use std::time::Duration;

use backoff_tokio::{Counters, Failure, GiveUp, Policy, Tracing};
use tracing::{Instrument, info};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(1));

/// Counts all calls of this process.
static COUNTERS: Counters = Counters::new();

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .init();

    fetch("fetch user", [Err("connection reset"), Err("busy"), Ok(7)]).await;
    fetch(
        "fetch order",
        [Err("connection reset"), Err("access denied"), Ok(7)],
    )
    .await;
    fetch("fetch price", [Ok(7); 3]).await;

    // With the feature `metrics-0-24`, `COUNTERS.export("fetch")` hands all of this to the recorder of `metrics`.
    println!();
    println!("calls_succeeded_total {}", COUNTERS.successes());
    println!("retries_total {}", COUNTERS.retries());
    println!("hints_honoured_total {}", COUNTERS.hints());
    println!(
        "waiting_milliseconds_total {}",
        COUNTERS.slept().as_millis()
    );
    for reason in GiveUp::ALL {
        println!(
            "give_ups_total{{reason=\"{reason:?}\"}} {}",
            COUNTERS.give_ups(*reason)
        );
    }
}

/// Makes a call whose attempts have these outcomes.
async fn fetch(operation: &'static str, outcomes: [Result<u32, &'static str>; 3]) {
    let mut outcomes = outcomes.into_iter();
    let tracing = Tracing::new(operation);
    let span = tracing.span().clone();
    let outcome = backoff_tokio::retry(&POLICY, || {
        info!("connecting"); // within the span of the call
        ready(outcomes.next().unwrap_or(Err("no more outcomes")))
    })
    .when(classify)
    .on_timeout(|_| Err("timed out"))
    .with_observer(tracing)
    .with_observer(&COUNTERS)
    .instrument(span)
    .await;
    info!(?outcome, "{operation} is over");
}

fn classify(error: &&str) -> Failure {
    match *error {
        "busy" => Failure::throttled().with_retry_after(Duration::from_millis(100)),
        "access denied" => Failure::permanent(),
        _ => Failure::transient(),
    }
}
