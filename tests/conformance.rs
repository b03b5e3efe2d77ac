//! One table of calls on every runtime: all must come to the same decisions at the same times.

mod embassy;

use std::time::Duration;

use backoff_async_std::AsyncStd;
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Clock, Sleeper};
use backoff_embassy::Embassy;
use backoff_smol::Smol;
use backoff_std::Thread;
use backoff_tests::scenario::{SCENARIOS, Scenario, assert_exact, assert_never_early};
use backoff_tokio::Tokio;

/// embassy where every wait begins with a tick, as it does by a clock that stands still: the tick by which a wait is
/// longer, for one that began earlier, is taken off.
struct OnTheTick;

impl Clock for OnTheTick {
    type Moment = embassy_time::Instant;

    fn read(&self) -> embassy_time::Instant {
        Embassy.read()
    }

    fn since_origin(&self, moment: embassy_time::Instant) -> Duration {
        Embassy.since_origin(moment)
    }
}

impl Sleeper for OnTheTick {
    type Sleep = embassy_time::Timer;

    fn sleep(&self, duration: Duration) -> embassy_time::Timer {
        Embassy.sleep(duration.saturating_sub(Duration::from_micros(1)))
    }
}

/// The calls that a real clock can make, which is sometimes late.
fn forgiving() -> impl Iterator<Item = &'static Scenario> {
    SCENARIOS.iter().filter(|scenario| !scenario.exact)
}

#[test]
fn the_core_alone_in_a_bare_loop() {
    for scenario in SCENARIOS {
        assert_exact("a bare loop", scenario, &scenario.play_bare());
    }
}

#[test]
fn the_virtual_clock() {
    for scenario in SCENARIOS {
        let clock = VirtualClock::new();
        let trace = clock.block_on(scenario.play(clock.clone()));
        assert_exact("the virtual clock", scenario, &trace);
    }
}

#[test]
fn the_virtual_clock_blocking() {
    for scenario in SCENARIOS {
        let trace = scenario.play_blocking(&VirtualClock::new());
        assert_exact("the virtual clock, blocking", scenario, &trace);
    }
}

#[tokio::test(start_paused = true)]
async fn tokio_with_its_clock_paused() {
    for scenario in SCENARIOS {
        assert_exact("tokio", scenario, &scenario.play(Tokio).await);
    }
}

#[test]
fn embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_millis(1);
    for scenario in SCENARIOS {
        let trace = embassy::block_on(tick, scenario.play(OnTheTick));
        assert_exact("embassy", scenario, &trace);
    }
    for scenario in forgiving() {
        let trace = embassy::block_on(tick, scenario.play(Embassy));
        assert_never_early("embassy", scenario, &trace);
    }
}

#[tokio::test]
async fn tokio_in_real_time() {
    for scenario in forgiving() {
        assert_never_early("tokio", scenario, &scenario.play(Tokio).await);
    }
}

#[test]
fn async_std_in_real_time() {
    for scenario in forgiving() {
        let trace = async_std::task::block_on(scenario.play(AsyncStd));
        assert_never_early("async-std", scenario, &trace);
    }
}

#[test]
fn smol_in_real_time() {
    for scenario in forgiving() {
        let trace = smol::block_on(scenario.play(Smol));
        assert_never_early("smol", scenario, &trace);
    }
}

#[test]
fn a_thread_in_real_time() {
    for scenario in forgiving() {
        let trace = scenario.play_blocking(&Thread);
        assert_never_early("a thread", scenario, &trace);
    }
}
