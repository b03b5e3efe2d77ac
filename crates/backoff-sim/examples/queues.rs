//! Which queue of events is fastest: `cargo run --release -p backoff-sim --example queues`.
//!
//! It measures the hold model: remove the next event and add a later one, while a number of events is pending. Delays are
//! those of full jitter, from the first window of a call to its tenth.

// A measurement is printed, and its counts fit a float.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::print_stdout
)]

// The queue is private to the crate, so this example compiles its source.
#[allow(dead_code, reason = "only a run looks at the next events")]
#[path = "../src/simulation/event_queue.rs"]
mod event_queue;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Instant;

use backoff_sim::Random;

use event_queue::EventQueue;

fn main() {
    println!(
        "{:>10} {:>14} {:>14}",
        "pending", "radix heap", "BinaryHeap"
    );
    for pending in [200, 10_000, 1_000_000, 10_000_000] {
        let (mut queue, mut heap) = (EventQueue::new(), BinaryHeap::new());
        let radix = hold(pending, &mut queue, EventQueue::push, |queue| {
            queue.pop().unwrap_or_default()
        });
        let binary = hold(
            pending,
            &mut heap,
            |heap, time, event| heap.push(Reverse((time, event))),
            |heap| heap.pop().unwrap_or_default().0,
        );
        println!("{pending:>10} {radix:>11.0} ns {binary:>11.0} ns");
    }
}

/// Nanoseconds for one event out and one in.
fn hold<Q>(
    pending: u64,
    queue: &mut Q,
    push: impl Fn(&mut Q, u64, u64),
    pop: impl Fn(&mut Q) -> (u64, u64),
) -> f64 {
    let mut random = Random::new(1, 0);
    let mut delay = move || {
        let window = 10_000_000 << random.below(10);
        random.below(window)
    };
    for event in 0..pending {
        push(queue, delay(), event);
    }
    let turns = (2 * pending).max(3_000_000);
    let started = Instant::now();
    for _ in 0..turns {
        let (now, event) = pop(queue);
        push(queue, now + delay(), event);
    }
    started.elapsed().as_nanos() as f64 / turns as f64
}
