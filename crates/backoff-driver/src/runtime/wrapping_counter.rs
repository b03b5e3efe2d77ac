//! A counter of 32 bits that wraps, as a clock needs it.

use core::sync::atomic::AtomicU32;
use core::sync::atomic::Ordering::{Acquire, Release};

/// Extends a counter of 32 bits that wraps to 64 bits that do not.
///
/// Read it at least once in 2^31 ticks, which are 24.8 days at 1 kHz and 35 minutes at 1 MHz; one that is read less often
/// misses wraps. Tasks, interrupts and cores may read it at the same time. It needs no compare-and-swap, so it works on a
/// Cortex-M0.
///
/// # Examples
///
/// ```
/// use backoff_driver::{Clock, WrappingCounter};
/// use core::sync::atomic::{AtomicU32, Ordering};
/// use core::time::Duration;
///
/// static MILLIS: AtomicU32 = AtomicU32::new(u32::MAX); // counted by an interrupt
/// static UPTIME: WrappingCounter = WrappingCounter::new();
///
/// struct Uptime;
///
/// impl Clock for Uptime {
///     fn now(&self) -> Duration {
///         Duration::from_millis(UPTIME.extend(|| MILLIS.load(Ordering::Relaxed)))
///     }
/// }
///
/// let before = Uptime.now();
/// MILLIS.store(1, Ordering::Relaxed); // it has wrapped
/// assert_eq!(Uptime.now() - before, Duration::from_millis(2));
/// ```
#[derive(Debug, Default)]
pub struct WrappingCounter {
    /// How often half of the range has gone by. Its lowest bit is the highest of the counter when it was last read.
    halves: AtomicU32,
}

impl WrappingCounter {
    /// Makes a counter that has not wrapped yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            halves: AtomicU32::new(0),
        }
    }

    /// Reads the counter by `read`, and returns its value as if it had 64 bits.
    pub fn extend(&self, read: impl FnOnce() -> u32) -> u64 {
        // In this order: a half that another reader counted is one that the counter has passed.
        let counted = self.halves.load(Acquire);
        let low = read();
        let halves = counted.wrapping_add((counted ^ (low >> 31)) & 1);
        if halves != counted {
            // Another reader stores the same.
            self.halves.store(halves, Release);
        }
        u64::from(halves >> 1) << 32 | u64::from(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_that_wraps_goes_on() {
        let counter = WrappingCounter::new();
        let half = 1 << 31;
        let reads = [
            // (counter, extended)
            (0, 0),
            (half - 1, half - 1),
            (half, half),
            (u32::MAX.into(), u32::MAX.into()),
            (0, 1 << 32),
            (7, (1 << 32) + 7),
            (half, (1 << 32) + half),
            (half - 1, (2 << 32) + half - 1),
            (u32::MAX.into(), (2 << 32) + u64::from(u32::MAX)),
            (0, 3 << 32),
        ];
        for (low, extended) in reads {
            let read = counter.extend(|| low.try_into().expect("32 bits"));
            assert_eq!(read, extended, "{low:#x}");
        }
    }

    #[test]
    fn an_interrupt_between_the_two_reads_counts_the_same_half() {
        let counter = WrappingCounter::new();
        let _ = counter.extend(|| u32::MAX);
        let read = counter.extend(|| {
            let interrupt = counter.extend(|| 3);
            assert_eq!(interrupt, (1 << 32) + 3);
            4
        });
        assert_eq!(read, (1 << 32) + 4);
        assert_eq!(counter.extend(|| 5), (1 << 32) + 5);
    }

    #[test]
    fn a_counter_that_starts_in_its_upper_half_has_not_wrapped() {
        let counter = WrappingCounter::new();
        assert_eq!(counter.extend(|| u32::MAX), u64::from(u32::MAX));
        assert_eq!(counter.extend(|| 0), 1 << 32);
    }
}
