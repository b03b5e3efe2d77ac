//! Time without an executor: the timer that every Cortex-M has, at a thousand ticks a second.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

/// Ticks since the start. 32 bits last for 49 days; a device that stays up for longer counts the overflows too.
static TICKS: AtomicU32 = AtomicU32::new(0);

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

    /// Time since the start, in whole ticks.
    pub fn now(&self) -> Duration {
        Duration::from_millis(u64::from(TICKS.load(Ordering::Relaxed)))
    }

    /// Sleeps for at least `duration`, and for less than two ticks more.
    pub fn wait(&self, duration: Duration) {
        // One more, since part of the tick under way is over.
        let ticks = duration.as_nanos().div_ceil(1_000_000) + 1;
        let ticks = u32::try_from(ticks).unwrap_or(u32::MAX);
        let start = TICKS.load(Ordering::Relaxed);
        while TICKS.load(Ordering::Relaxed).wrapping_sub(start) < ticks {
            cortex_m::asm::wfi();
        }
    }
}

#[exception]
fn SysTick() {
    // Not a read-modify-write, which a Cortex-M0 lacks; nothing else writes.
    TICKS.store(
        TICKS.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}
