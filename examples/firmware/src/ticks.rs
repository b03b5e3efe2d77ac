//! Time without an executor: the timer that every Cortex-M has, at a thousand ticks a second.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

/// The counter of ticks, in two halves: 32 bits wrap after 49 days, and a Cortex-M0 has no wider atomic integer.
static LOW: AtomicU32 = AtomicU32::new(FIRST);
static HIGH: AtomicU32 = AtomicU32::new(0);

/// Where the lower half starts: 300 ms before it wraps, so that a fault in the carry shows in every run and not after 49
/// days. Linux does so too (`INITIAL_JIFFIES` in `include/linux/jiffies.h`).
const FIRST: u32 = 300_u32.wrapping_neg();

/// The SysTick timer, one tick a millisecond.
pub struct Ticks(());

impl Ticks {
    /// Starts the timer of a core with this clock.
    pub fn start(mut timer: SYST, core_hz: u32) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(core_hz / 1_000 - 1);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        Self(())
    }

    /// Returns the time since the start, in whole ticks.
    pub fn now(&self) -> Duration {
        Duration::from_millis(ticks())
    }

    /// Sleeps for at least `duration`, and for less than two ticks more.
    pub fn wait(&self, duration: Duration) {
        // One more, because the current tick is partly over.
        let wait = duration.as_nanos().div_ceil(1_000_000) + 1;
        let wait = u64::try_from(wait).unwrap_or(u64::MAX);
        let start = ticks();
        while ticks() - start < wait {
            cortex_m::asm::wfi();
        }
    }
}

/// The ticks since the start.
fn ticks() -> u64 {
    loop {
        let high = HIGH.load(Ordering::Acquire);
        let low = LOW.load(Ordering::Acquire);
        // An interrupt between the two loads may have carried into the upper half: then read both again.
        if HIGH.load(Ordering::Acquire) == high {
            return (u64::from(high) << 32 | u64::from(low)) - u64::from(FIRST);
        }
    }
}

#[exception]
fn SysTick() {
    // Not a read-modify-write, which a Cortex-M0 lacks; nothing else writes.
    let next = LOW.load(Ordering::Relaxed).wrapping_add(1);
    LOW.store(next, Ordering::Release);
    if next == 0 {
        HIGH.store(
            HIGH.load(Ordering::Relaxed).wrapping_add(1),
            Ordering::Release,
        );
    }
}
