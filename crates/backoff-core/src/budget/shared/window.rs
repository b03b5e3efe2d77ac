//! A sum over the last seconds.

use core::time::Duration;

use super::atomic::{AtomicU32, Ordering};
use crate::nanos;

/// A sum over the last seconds, in ten steps. Threads add to it without a lock.
#[derive(Debug)]
pub(super) struct Window {
    /// All that was ever added, wrapping.
    total: AtomicU32,
    /// The total at the start of the window. The difference is what is at hand.
    floor: AtomicU32,
    /// The start of the current step of the window, in ticks.
    began: AtomicU32,
    /// Not zero while a thread moves the window on. Only that thread uses the marks.
    turning: AtomicU32,
    /// The total at the start of each step, the oldest first.
    marks: [AtomicU32; STEPS],
    /// The length of a step, in ticks.
    step: u32,
}

/// As many as in Finagle's `WindowedAdder`; fewer for the model checker.
const STEPS: usize = if cfg!(all(loom, test)) { 2 } else { 10 };

/// A tick is 2^24 ns, 17 ms: no division, and a `u32` of them is two years.
const TICK_BITS: u32 = 24;

/// A time this close to the largest distance (18 minutes) lies before the current step: the call read the clock
/// before another one moved the window on.
const EARLIER: u32 = u32::MAX - (1 << 16);

/// Stands for zero at hand. The sum may be negative, because payments age before the retries that they paid for:
/// half of the range lies below.
pub(super) const NOTHING: u32 = 1 << 31;

impl Window {
    /// Makes an empty window without a length.
    pub(super) const fn new() -> Self {
        Self {
            total: AtomicU32::new(0),
            floor: AtomicU32::new(0),
            began: AtomicU32::new(0),
            turning: AtomicU32::new(0),
            marks: [const { AtomicU32::new(0) }; STEPS],
            step: 0,
        }
    }

    /// Sets the length. Each step is rounded up by a tick at most.
    pub(super) const fn with_length(mut self, millis: u32) -> Self {
        let nanos = nanos::from_duration(Duration::from_millis(millis as u64));
        self.step = ((nanos / STEPS as u64) >> TICK_BITS) as u32 + 1;
        self
    }

    /// Adds to the total if `allows` returns `true` for what is at hand, where [`NOTHING`] stands for zero.
    #[inline]
    pub(super) fn add(&self, amount: u32, allows: impl Fn(u32) -> bool) -> bool {
        loop {
            // In this order: a total older than the floor would look overdrawn. If the window moves on between the
            // two reads, it is longer for this call by the time between them.
            let floor = self.floor.load(Ordering::Acquire);
            let total = self.total.load(Ordering::Relaxed);
            if !allows(total.wrapping_sub(floor).wrapping_add(NOTHING)) {
                return false;
            }
            let swapped = self.total.compare_exchange_weak(
                total,
                total.wrapping_add(amount),
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
            if swapped.is_ok() {
                return true;
            }
        }
    }

    /// Moves the window on to `now`.
    ///
    /// No call waits: if another one is moving the window, this one uses it as it is.
    #[inline]
    pub(super) fn turn(&self, now: Duration) {
        let now = (nanos::from_duration(now) >> TICK_BITS) as u32;
        let began = self.began.load(Ordering::Acquire);
        if self.is_over(began, now) {
            self.turn_from(began, now);
        }
    }

    #[cold]
    fn turn_from(&self, mut began: u32, now: u32) {
        // Read before others can see that the window turns: what they pay in while they see it is not part of this
        // total, and so belongs to the new step.
        let total = self.total.load(Ordering::Relaxed);
        if self.turning.swap(1, Ordering::AcqRel) != 0 {
            return;
        }
        if self.began.load(Ordering::Relaxed) == began {
            let mut turns = 0;
            while turns < STEPS && self.is_over(began, now) {
                self.shift(total);
                began = began.wrapping_add(self.step);
                turns += 1;
            }
            if self.is_over(began, now) {
                began = now;
            }
            let [oldest, ..] = &self.marks;
            self.floor
                .store(oldest.load(Ordering::Relaxed), Ordering::Release);
            self.began.store(began, Ordering::Release);
        }
        self.turning.store(0, Ordering::Release);
    }

    /// Forgets the oldest mark and adds one.
    fn shift(&self, total: u32) {
        let [marks @ .., newest] = &self.marks;
        let younger = self.marks.iter().skip(1);
        for (mark, next) in marks.iter().zip(younger) {
            mark.store(next.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        newest.store(total, Ordering::Relaxed);
    }

    #[inline]
    const fn is_over(&self, began: u32, now: u32) -> bool {
        let since = now.wrapping_sub(began);
        since >= self.step && since < EARLIER
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_over_until_the_clock_would_have_gone_back() {
        let window = Window::new().with_length(10_000);
        let cases = [
            (window.step - 1, false),
            (window.step, true),
            (EARLIER - 1, true),
            (EARLIER, false),
        ];
        for (since, is_over) in cases {
            let began = u32::MAX - 3;
            let now = began.wrapping_add(since);
            assert_eq!(window.is_over(began, now), is_over, "{since}");
        }
    }
}
