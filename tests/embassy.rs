//! embassy without an executor: its clock for tests stands still until it is moved.

use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use embassy_time::{Duration, MockDriver};

/// There is one clock for all threads.
static CLOCK: Mutex<()> = Mutex::new(());

/// Runs a future to its end, moving the clock by `tick` whenever it waits.
pub(crate) fn block_on<F: Future>(tick: Duration, future: F) -> F::Output {
    let _alone = CLOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        MockDriver::get().advance(tick);
    }
}
