//! Counts for an exporter of metrics.

use core::time::Duration;

use backoff_core::{DelayOrigin, GiveUp};
#[cfg(not(feature = "portable-atomic-1"))]
use core::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "portable-atomic-1")]
use portable_atomic::{AtomicUsize, Ordering};

use super::{Event, Observe};

/// Counts what happens to many calls, for an exporter of metrics to read at any time.
///
/// Keep it in a `static`: calls, tasks and threads share it by reference. A retry changes two integers, the end of a call
/// one. The counts only grow. They wrap at the range of `usize`: on a 32-bit machine at 2^32, so that the time asleep wraps
/// after 49 days.
///
/// On targets without compare-and-swap it needs the feature `portable-atomic-1`.
///
/// # Examples
///
/// ```
/// use backoff_core::{GiveUp, Policy};
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{Counters, retry};
///
/// static COUNTERS: Counters = Counters::new();
///
/// # let clock = VirtualClock::new();
/// let policy = Policy::DEFAULT.with_max_attempts(3);
/// let script = Script::fails(9, "reset").then(42);
/// let call = retry(&policy, clock.clone(), || script.play_async())
///     .with_observer(&COUNTERS)
///     .uninterrupted();
/// assert_eq!(clock.block_on(call), Err("reset"));
///
/// for reason in GiveUp::ALL {
///     println!("give_ups_total{{reason=\"{reason:?}\"}} {}", COUNTERS.give_ups(*reason));
/// }
/// assert_eq!(COUNTERS.retries(), 2);
/// assert_eq!(COUNTERS.give_ups(GiveUp::Attempts), 1);
/// ```
#[derive(Debug)]
pub struct Counters {
    give_ups: [AtomicUsize; GiveUp::ALL.len()],
    interruptions: AtomicUsize,
    renewals: AtomicUsize,
    /// By the origin of the wait.
    retries: [AtomicUsize; DelayOrigin::ALL.len()],
    /// In milliseconds, each wait rounded up.
    slept: AtomicUsize,
    successes: AtomicUsize,
}

impl Counters {
    /// Makes counters that stand at zero.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            give_ups: [const { AtomicUsize::new(0) }; GiveUp::ALL.len()],
            interruptions: AtomicUsize::new(0),
            renewals: AtomicUsize::new(0),
            retries: [const { AtomicUsize::new(0) }; DelayOrigin::ALL.len()],
            slept: AtomicUsize::new(0),
            successes: AtomicUsize::new(0),
        }
    }

    /// Returns how many calls ended because the deadline interrupted an attempt.
    #[must_use]
    pub fn interruptions(&self) -> u64 {
        read(&self.interruptions)
    }

    /// Returns how many calls gave up for this reason; [`GiveUp::Budget`] counts those that a budget refused to retry.
    #[must_use]
    pub fn give_ups(&self, reason: GiveUp) -> u64 {
        place(&self.give_ups, GiveUp::ALL, reason).map_or(0, read)
    }

    /// Returns how many calls began anew because an attempt had lasted
    /// [long enough](crate::Attempts::stable_after).
    #[must_use]
    pub fn renewals(&self) -> u64 {
        read(&self.renewals)
    }

    /// Returns how many retries waited as long as a server asked.
    #[must_use]
    pub fn hints(&self) -> u64 {
        self.retries_by(DelayOrigin::Hint)
    }

    /// Returns how many retries there were.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries.iter().map(read).sum()
    }

    /// Returns how many retries had a wait of this origin.
    #[must_use]
    pub fn retries_by(&self, origin: DelayOrigin) -> u64 {
        place(&self.retries, DelayOrigin::ALL, origin).map_or(0, read)
    }

    /// Returns the sum of all waits, in whole milliseconds, each rounded up; a wait that began counts in full.
    #[must_use]
    pub fn slept(&self) -> Duration {
        Duration::from_millis(read(&self.slept))
    }

    /// Returns how many calls ended with an outcome that was accepted.
    #[must_use]
    pub fn successes(&self) -> u64 {
        read(&self.successes)
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self::new()
    }
}

impl<O: ?Sized> Observe<O> for &Counters {
    const TIMES_SUCCESS: bool = false;

    fn observe(&mut self, event: &Event<'_, O>) {
        match event {
            Event::Interrupted { .. } => count(&self.interruptions, 1),
            Event::GaveUp { reason, .. } => {
                if let Some(counter) = place(&self.give_ups, GiveUp::ALL, *reason) {
                    count(counter, 1);
                }
            }
            Event::Renewed { .. } => count(&self.renewals, 1),
            Event::Retrying { delay, origin, .. } => {
                if let Some(counter) = place(&self.retries, DelayOrigin::ALL, *origin) {
                    count(counter, 1);
                }
                count(&self.slept, millis(*delay));
            }
            Event::Succeeded { .. } => count(&self.successes, 1),
        }
    }
}

fn place<'c, T: Copy + PartialEq>(
    counters: &'c [AtomicUsize],
    all: &[T],
    one: T,
) -> Option<&'c AtomicUsize> {
    let mut pairs = counters.iter().zip(all);
    pairs
        .find(|(_, other)| **other == one)
        .map(|(counter, _)| counter)
}

/// Nothing else is published by a count, so no order is asked for.
fn count(counter: &AtomicUsize, by: usize) {
    counter.fetch_add(by, Ordering::Relaxed);
}

fn read(counter: &AtomicUsize) -> u64 {
    counter.load(Ordering::Relaxed) as u64
}

/// A wait that a count cannot hold never ends; it counts as zero.
fn millis(delay: Duration) -> usize {
    let nanos = delay.subsec_nanos();
    let millis = delay.as_secs().checked_mul(1_000);
    let millis = millis.and_then(|millis| millis.checked_add(nanos.div_ceil(1_000_000).into()));
    millis
        .and_then(|millis| millis.try_into().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use backoff_core::Failure;

    use super::*;

    #[test]
    fn each_event_has_its_count() {
        let counters = Counters::new();
        let (attempt, elapsed, failure) = (1, Duration::ZERO, Failure::transient());
        for origin in DelayOrigin::ALL.iter().copied() {
            (&counters).observe(&Event::Retrying {
                attempt,
                elapsed,
                failure,
                delay: Duration::from_micros(1_001),
                origin,
                outcome: "",
            });
            assert_eq!(counters.retries_by(origin), 1, "{origin:?}");
        }
        for reason in GiveUp::ALL.iter().copied() {
            (&counters).observe(&Event::GaveUp {
                attempt,
                elapsed,
                failure,
                reason,
                outcome: "",
            });
            assert_eq!(counters.give_ups(reason), 1, "{reason:?}");
        }
        assert_eq!((counters.retries(), counters.hints()), (3, 1));
        assert_eq!(counters.slept(), Duration::from_millis(6));
    }

    #[test]
    fn waits_are_rounded_up_to_milliseconds() {
        let cases = [
            // (seconds, nanoseconds, milliseconds)
            (0, 0, 0),
            (0, 1, 1),
            (0, 1_000_000, 1),
            (0, 999_000_001, 1_000),
            (3, 1, 3_001),
            (u64::MAX, 999_999_999, 0),
        ];
        for (seconds, nanos, expected) in cases {
            let delay = Duration::new(seconds, nanos);
            assert_eq!(millis(delay), expected, "{delay:?}");
        }
    }
}
