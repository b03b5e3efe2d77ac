//! The deadline of a call cuts off the attempt in flight, on every runtime.

mod embassy;

use std::cell::Cell;
use std::future::pending;
use std::time::Duration;

use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, Completion, Report, Sleeper, retry};
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_tokio::{Jitter, Policy, Tokio};

const DEADLINE: Duration = Duration::from_millis(20);
const TICK: Duration = Duration::from_millis(1);

static POLICY: Policy = Policy::exponential(Duration::from_millis(5), Duration::from_millis(5))
    .with_jitter(Jitter::None)
    .with_deadline(DEADLINE);

/// Counts the attempts that are dropped.
struct Attempt<'c>(&'c Cell<u32>);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

/// A call whose first attempt fails, and whose second never ends: its outcome, its report, the attempts dropped.
async fn stalled(runtime: impl Sleeper) -> (Result<(), &'static str>, Report, u32) {
    let (mut made, dropped) = (0, Cell::new(0));
    let call = retry(&POLICY, runtime, || {
        made += 1;
        let (stalls, attempt) = (made == 2, Attempt(&dropped));
        async move {
            if stalls {
                pending::<()>().await;
            }
            drop(attempt);
            Err("reset")
        }
    })
    .on_timeout(|_| Err("made up"))
    .reported();
    let (outcome, report) = call.await;
    (outcome, report, dropped.get())
}

/// The last real outcome, the attempt that was interrupted, and not before the deadline; how late is for the clock to say.
fn assert_cut_off(
    runtime: &str,
    (outcome, report, dropped): (Result<(), &'static str>, Report, u32),
) -> Duration {
    assert_eq!(outcome, Err("reset"), "{runtime}");
    assert_eq!(
        report.completion(),
        Some(Completion::Interrupted),
        "{runtime}"
    );
    assert_eq!((report.attempts(), dropped), (2, 2), "{runtime}");
    assert!(report.elapsed() >= DEADLINE, "{runtime}: {report}");
    report.elapsed()
}

#[test]
fn the_virtual_clock() {
    let clock = VirtualClock::new();
    let call = clock.block_on(stalled(clock.clone()));
    assert_eq!(assert_cut_off("the virtual clock", call), DEADLINE);
}

#[tokio::test(start_paused = true)]
async fn tokio_with_its_clock_paused() {
    let elapsed = assert_cut_off("tokio", stalled(Tokio).await);
    assert!(elapsed <= DEADLINE + TICK, "{elapsed:?}");
}

#[test]
fn embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_millis(1);
    let runtime = Embassy::new(Xoshiro128PlusPlus::seed_from_u64(1));
    let elapsed = assert_cut_off("embassy", embassy::block_on(tick, stalled(runtime)));
    assert!(elapsed <= DEADLINE + TICK, "{elapsed:?}");
}

#[test]
fn async_std_in_real_time() {
    assert_cut_off("async-std", async_std::task::block_on(stalled(AsyncIo)));
}

#[test]
fn smol_in_real_time() {
    assert_cut_off("smol", smol::block_on(stalled(AsyncIo)));
}
