//! How fast the simulator is, and what memory it takes: `cargo run --release -p backoff-sim --example speed`.
//!
//! With `clients` or `million` it runs one of the two questions, so that the peak of memory is that of one.

// A measurement is printed, and its counts fit a float.
#![allow(clippy::cast_precision_loss, clippy::print_stdout)]

use std::time::{Duration, Instant};
use std::{env, fs, thread};

use backoff_core::Policy;
use backoff_sim::{
    Faults, FixedLatency, Fleet, Network, OptimisticRow, Random, Record, Simulation,
};

const RUNS: u64 = 1_000;

fn main() {
    let question = env::args().nth(1);
    let asks = |name| question.as_deref().is_none_or(|question| question == name);
    if asks("clients") {
        measure("200 clients and a row, 1,000 runs", clients);
    }
    if asks("million") {
        measure("1,000,000 clients, four attempts each", million);
    }
}

fn network() -> Network {
    Network::normal(Duration::from_millis(10), Duration::from_millis(2))
}

/// The runs of different seeds, on all cores.
fn clients() -> Record {
    let policy =
        Policy::exponential(Duration::from_millis(10), Duration::from_secs(2)).retry_forever();
    let row = Simulation::new(&policy, OptimisticRow::new())
        .with_fleet(Fleet::batch(200))
        .with_network(network());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let sum_of = |first: usize| {
        let mut sum = row.run_with(Random::new(1, first as u64));
        let others = (first as u64..RUNS).step_by(cores).skip(1);
        others.for_each(|run| sum.add(&row.run_with(Random::new(1, run))));
        sum
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..cores)
            .map(|first| scope.spawn(move || sum_of(first)))
            .collect();
        let mut sum = sum_of(0);
        for other in others {
            sum.add(&other.join().expect("a run that does not panic"));
        }
        sum
    })
}

/// One run, on one core.
fn million() -> Record {
    let policy = Policy::DEFAULT.with_max_attempts(4);
    let dead = Faults::new(FixedLatency::new(Duration::ZERO)).with_probability(1.0);
    Simulation::new(&policy, dead)
        .with_fleet(Fleet::batch(1_000_000))
        .with_network(network())
        .run(1)
}

fn measure(what: &str, run: fn() -> Record) {
    let started = Instant::now();
    let record = run();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{what}: {} calls, {} attempts, {} events in {seconds:.2} s, {:.1} million events per second{}",
        record.calls,
        record.attempts,
        record.events,
        record.events as f64 / seconds / 1e6,
        peak(),
    );
}

/// The peak of this process's memory, where the system tells it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map_or(String::new(), |kib| format!(", {} MiB", kib / 1024))
}
