//! embassy's clock on the MPS2 board (AN385, a Cortex-M3): two timers, one for the time and one for the alarm.

use core::cell::RefCell;
use core::task::Waker;

use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::NVIC;
use cortex_m_rt::exception;
use critical_section::{CriticalSection, Mutex};
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

use crate::register::Register;

/// Cycles of the 25 MHz clock in a tick of a microsecond.
const CYCLES: u64 = 25_000_000 / embassy_time_driver::TICK_HZ;

/// Cycles until the next alarm at the latest: the counter must be read once before it comes round.
const LONGEST: u64 = 1 << 31;

/// A timer that counts down. Bit 0 of `control` starts it, bit 3 lets it interrupt.
struct Timer {
    control: Register,
    value: Register,
    reload: Register,
    clear: Register,
}

impl Timer {
    /// # Safety
    ///
    /// A CMSDK timer is at the address, and nobody else uses it.
    const unsafe fn at(address: usize) -> Self {
        // SAFETY: the registers of that timer.
        unsafe {
            Self {
                control: Register::at(address),
                value: Register::at(address + 4),
                reload: Register::at(address + 8),
                clear: Register::at(address + 12),
            }
        }
    }
}

// SAFETY: the board's first two timers (Application Note AN385), used here alone.
static COUNTER: Timer = unsafe { Timer::at(0x4000_0000) };
// SAFETY: as above.
static ALARM: Timer = unsafe { Timer::at(0x4000_1000) };

/// The interrupt of the second timer.
#[derive(Clone, Copy)]
struct Alarm;

// SAFETY: interrupt 9 is that of the second timer (Application Note AN385).
unsafe impl InterruptNumber for Alarm {
    fn number(self) -> u16 {
        9
    }
}

struct Clock(Mutex<RefCell<State>>);

struct State {
    /// How often the counter came round, and where it was last.
    rounds: u32,
    last: u32,
    queue: Queue,
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock(Mutex::new(RefCell::new(State {
    rounds: 0,
    last: 0,
    queue: Queue::new(),
}))));

/// Starts the clock, at zero.
pub fn start() {
    COUNTER.reload.write(u32::MAX);
    COUNTER.value.write(u32::MAX);
    COUNTER.control.write(1);
    // Once only: a timer without a reload value stops at zero.
    ALARM.reload.write(0);
    critical_section::with(|section| CLOCK.set_alarm(section));
    ALARM.control.write(1 | 1 << 3);
    // SAFETY: the handler below shares its state through a critical section.
    unsafe { NVIC::unmask(Alarm) };
}

impl Driver for Clock {
    fn now(&self) -> u64 {
        critical_section::with(|section| self.0.borrow_ref_mut(section).cycles() / CYCLES)
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        critical_section::with(|section| {
            if self
                .0
                .borrow_ref_mut(section)
                .queue
                .schedule_wake(at, waker)
            {
                self.set_alarm(section);
            }
        });
    }
}

impl Clock {
    /// Wakes what is due, and sets the alarm for what comes next.
    fn set_alarm(&self, section: CriticalSection<'_>) {
        let mut state = self.0.borrow_ref_mut(section);
        loop {
            let now = state.cycles();
            let next = state.queue.next_expiration(now / CYCLES);
            if let left @ 1.. = next.saturating_mul(CYCLES).saturating_sub(now) {
                ALARM.value.write(left.min(LONGEST) as u32);
                return;
            }
        }
    }
}

impl State {
    /// Cycles since the start.
    fn cycles(&mut self) -> u64 {
        let count = !COUNTER.value.read();
        if count < self.last {
            self.rounds += 1;
        }
        self.last = count;
        u64::from(self.rounds) << 32 | u64::from(count)
    }
}

/// Every interrupt of the board: only the alarm is unmasked.
// SAFETY: `exception` asks for it, since this handler may interrupt anything; state is shared by a critical section.
#[exception]
unsafe fn DefaultHandler(_: i16) {
    ALARM.clear.write(1);
    critical_section::with(|section| CLOCK.set_alarm(section));
}
