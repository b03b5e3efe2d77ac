//! How fast the simulator is: `cargo run --release -p backoff-sim --example speed`.

// A measurement is printed, and its counts fit a float.
#![allow(clippy::cast_precision_loss, clippy::print_stdout)]

use std::time::{Duration, Instant};

use backoff_core::Policy;
use backoff_sim::{Faults, Fleet, Network, Random, Record, Row, Simulation, Steady};

fn main() {
    let network = Network::normal(Duration::from_millis(10), Duration::from_millis(2));
    let retrying = Policy::exponential(Duration::from_millis(10), Duration::from_secs(2))
        .retry_forever()
        .without_deadline();
    let row = Simulation::new(&retrying, Row::new())
        .with_fleet(Fleet::batch(200))
        .with_network(network);
    measure("200 clients and a row, 1,000 runs", || {
        let mut sum = row.run(1);
        (1..1_000).for_each(|run| sum.add(&row.run_with(Random::new(1, run))));
        sum
    });

    let patient = Policy::DEFAULT.with_max_attempts(4);
    let dead = Faults::new(Steady::new(Duration::ZERO)).with_probability(1.0);
    let million = Simulation::new(&patient, dead)
        .with_fleet(Fleet::batch(1_000_000))
        .with_network(network);
    measure("1,000,000 clients, four attempts each", || million.run(1));
}

fn measure(what: &str, run: impl FnOnce() -> Record) {
    let started = Instant::now();
    let record = run();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {} calls, {} attempts, {} events in {seconds:.2} s, {:.1} million events per second on one core",
        record.calls,
        record.attempts,
        record.events,
        record.events as f64 / seconds / 1e6,
    );
}
