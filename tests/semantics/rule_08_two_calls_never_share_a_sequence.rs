use std::collections::HashSet;
use std::thread;

use backoff_core::Policy;
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Event};

/// The delays of one call that fails throughout.
fn delays() -> Vec<u128> {
    let mut delays = Vec::new();
    let outcome = Attempts::new(&Policy::DEFAULT, VirtualClock::new())
        .on_event(|event: &Event<'_, Result<(), &str>>| {
            if let Event::Retrying { delay, .. } = event {
                delays.push(delay.as_nanos());
            }
        })
        .call(|| Err("reset"));
    assert_eq!(outcome, Err("reset"));
    delays
}

#[test]
fn calls_of_one_thread_and_of_many_draw_different_delays() {
    let threads: Vec<_> = (0..8)
        .map(|_| thread::spawn(|| [delays(), delays(), delays()]))
        .collect();
    let sequences: HashSet<_> = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("joined"))
        .collect();
    assert_eq!(sequences.len(), 24);
}
