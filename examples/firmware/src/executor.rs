//! embassy's executor over WFI, which QEMU skips ahead of where it would only spin in WFE.

use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};

use embassy_executor::{Spawner, raw};
use static_cell::StaticCell;

/// Whether a task was woken since the last look.
static WOKEN: AtomicBool = AtomicBool::new(false);

// SAFETY: the name by which the executor calls its only pender.
#[unsafe(export_name = "__pender")]
fn pender(_: *mut ()) {
    WOKEN.store(true, Ordering::Release);
}

/// Runs tasks for ever.
///
/// # Panics
///
/// The second time.
pub fn run(start: impl FnOnce(Spawner)) -> ! {
    static EXECUTOR: StaticCell<raw::Executor> = StaticCell::new();
    let executor: &'static raw::Executor = EXECUTOR.init(raw::Executor::new(ptr::null_mut()));
    start(executor.spawner());
    loop {
        // SAFETY: the only call, and `EXECUTOR` was initialised only once.
        unsafe { executor.poll() };
        // Masked, so that nothing is woken between the look and the sleep: WFI ends all the same.
        cortex_m::interrupt::free(|_| {
            if !WOKEN.load(Ordering::Acquire) {
                cortex_m::asm::wfi();
            }
            WOKEN.store(false, Ordering::Release);
        });
    }
}
