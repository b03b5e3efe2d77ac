//! The clock, the timer and the random numbers of a JavaScript engine.

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use backoff_driver::{Clock, Runtime, Sleeper};
use gloo_timers::future::TimeoutFuture;
use js_sys::Math;
use web_time::Instant;

/// The runtime of a browser, a worker or Node: `performance.now()`, `setTimeout()` and `Math.random()`.
///
/// The clock is monotonic. Whether it counts the time that a computer sleeps differs between browsers. Engines seed
/// `Math.random()` from the operating system; it is not for secrets.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Web;

/// The first time that was read.
static FIRST: OnceLock<Instant> = OnceLock::new();

/// 2^32, the number of values of a `u32`.
const WORDS: f64 = 4_294_967_296.0;

impl Clock for Web {
    #[inline]
    fn now(&self) -> Duration {
        FIRST.get_or_init(Instant::now).elapsed()
    }
}

impl Runtime for Web {
    #[inline]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the product is at least 0 and below 2^32, and the cast drops its fraction"
    )]
    fn random(&mut self) -> u32 {
        (Math::random() * WORDS) as u32
    }
}

impl Sleeper for Web {
    type Sleep = WebSleep;

    fn sleep(&self, duration: Duration) -> WebSleep {
        WebSleep {
            until: self.now().saturating_add(duration),
            timer: TimeoutFuture::new(timeout_millis(duration)),
        }
    }
}

/// A wait of [`Web`].
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct WebSleep {
    until: Duration,
    timer: TimeoutFuture,
}

impl Future for WebSleep {
    type Output = ();

    /// Asks the clock when the timer fires, because engines fire up to a millisecond early, and a long wait takes several
    /// timers.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(Pin::new(&mut self.timer).poll(cx));
            let left = self.until.saturating_sub(Web.now());
            if left.is_zero() {
                return Poll::Ready(());
            }
            self.timer = TimeoutFuture::new(timeout_millis(left));
        }
    }
}

/// The longest delay of `setTimeout`, which fires at once if a delay does not fit 31 bits (HTML Living Standard, 8.7
/// "Timers": the delay is a `long`).
const LONGEST: u32 = i32::MAX as u32;

/// The milliseconds of one timer: rounded up, and at most what one timer can wait.
fn timeout_millis(duration: Duration) -> u32 {
    let millis = duration.as_nanos().div_ceil(1_000_000);
    u32::try_from(millis).map_or(LONGEST, |millis| millis.min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rule_11_a_timer_rounds_up_to_the_millisecond_and_stays_in_range() {
        let cases = [
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 1),
            (Duration::from_millis(1), 1),
            (Duration::from_nanos(1_000_001), 2),
            (Duration::from_millis(2_147_483_647), 2_147_483_647),
            (Duration::from_millis(2_147_483_648), 2_147_483_647),
            (Duration::from_millis(1 << 32), 2_147_483_647),
            (Duration::MAX, 2_147_483_647),
        ];
        for (duration, expected) in cases {
            assert_eq!(timeout_millis(duration), expected, "{duration:?}");
        }
    }
}
