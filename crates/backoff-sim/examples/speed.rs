//! How fast the simulator is, and what memory it takes: `cargo run --release -p backoff-sim --example speed`.
//!
//! With `clients`, `million` or `growth` it runs one of the three questions, so that the peak of memory is that of one.
//! Times are those of the processor where the system tells them (Linux), so that other programs do not count.

// A measurement is printed, and its counts fit a float.
#![allow(clippy::cast_precision_loss, clippy::print_stdout)]

use std::sync::OnceLock;
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
        measure("1,000,000 clients, four attempts each", || {
            million(1_000_000)
        });
    }
    if asks("growth") {
        growth();
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

/// One run, on one core: calls that fail four times.
fn million(clients: u64) -> Record {
    let policy = Policy::DEFAULT.with_max_attempts(4);
    let dead = Faults::new(FixedLatency::new(Duration::ZERO)).with_probability(1.0);
    Simulation::new(&policy, dead)
        .with_fleet(Fleet::batch(clients))
        .with_network(network())
        .run(1)
}

fn measure(what: &str, run: impl Fn() -> Record) {
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

/// How the time of a run grows with its clients: as which power of them, by least squares.
fn growth() {
    let mut points = Vec::new();
    for power in 3..=7 {
        let clients = 10_u64.pow(power);
        let runs = (1_000_000 / clients).max(1);
        let (mut events, started) = (0, processor_time());
        for _ in 0..runs {
            events += million(clients).events;
        }
        let nanos = processor_time().saturating_sub(started).as_nanos() as f64;
        println!(
            "{clients:>9} clients: {:.0} ns per event",
            nanos / events as f64
        );
        points.push(((clients as f64).ln(), (nanos / runs as f64).ln()));
    }
    let mean =
        |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let slope = sum(&|point| (point.0 - x) * (point.1 - y)) / sum(&|point| (point.0 - x).powi(2));
    println!("the time grows as n^{slope:.3}{}", peak());
}

/// The time that this process has taken of its processors, or else the time of the day.
fn processor_time() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let of_the_day = START.get_or_init(Instant::now).elapsed();
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanos = text
        .split_whitespace()
        .next()
        .and_then(|nanos| nanos.parse().ok());
    nanos.map_or(of_the_day, Duration::from_nanos)
}

/// The peak of this process's memory, where the system tells it.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .map_or(String::new(), |kib| format!(", {} MiB", kib / 1024))
}
