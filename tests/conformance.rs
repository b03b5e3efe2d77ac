//! One table of calls on every runtime: all must come to the same decisions at the same times.

mod embassy;

use std::thread;
use std::time::Duration;

use backoff_driver::test_util::VirtualClock;
use backoff_driver::{AsyncIo, BoxRuntime, Clock, Runtime, Sleeper};
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_std::Thread;
use backoff_tests::scenario::{
    BlockingForm, Form, LIMITED, SCENARIOS, Scenario, assert_exact, assert_never_early,
};
use backoff_tokio::Tokio;
use futures_util::future::join_all;

/// embassy where every wait begins with a tick, as it does by a clock that stands still: the tick by which a wait is
/// longer, for one that began earlier, is taken off.
struct OnTheTick(Embassy<Xoshiro128PlusPlus>);

impl Clock for OnTheTick {
    fn now(&self) -> Duration {
        self.0.now()
    }
}

impl Runtime for OnTheTick {
    fn random(&mut self) -> u32 {
        self.0.random()
    }
}

impl Sleeper for OnTheTick {
    type Sleep = <Embassy<Xoshiro128PlusPlus> as Sleeper>::Sleep;

    fn sleep(&self, duration: Duration) -> Self::Sleep {
        self.0
            .sleep(duration.saturating_sub(Duration::from_micros(1)))
    }
}

fn embassy() -> Embassy<Xoshiro128PlusPlus> {
    Embassy::new(Xoshiro128PlusPlus::seed_from_u64(1))
}

/// The forms in which each call may be made.
fn plays() -> impl Iterator<Item = (&'static Scenario, Form)> {
    let all = SCENARIOS.iter().map(|scenario| (scenario, &Form::ALL[..]));
    let limited = LIMITED.iter();
    let limited = limited.map(|scenario| (scenario, &Form::INTERRUPTING[..]));
    all.chain(limited)
        .flat_map(|(scenario, forms)| forms.iter().map(move |form| (scenario, *form)))
}

/// The calls that a real clock can make, which is sometimes late.
fn forgiving() -> impl Iterator<Item = (&'static Scenario, Form)> {
    plays().filter(|(scenario, _)| !scenario.exact)
}

fn blocking_plays() -> impl Iterator<Item = (&'static Scenario, BlockingForm)> {
    let forms = |scenario| BlockingForm::ALL.map(|form| (scenario, form));
    SCENARIOS.iter().flat_map(forms)
}

#[test]
fn the_core_alone_in_a_bare_loop() {
    for scenario in SCENARIOS {
        assert_exact("a bare loop", scenario, &scenario.play_bare());
    }
}

#[test]
fn the_virtual_clock() {
    for (scenario, form) in plays() {
        let clock = VirtualClock::new();
        let trace = clock.block_on(scenario.play(form, &clock));
        assert_exact(&format!("the virtual clock, {form:?}"), scenario, &trace);
    }
}

#[test]
fn the_virtual_clock_blocking() {
    for (scenario, form) in blocking_plays() {
        let trace = scenario.play_blocking(form, &VirtualClock::new());
        assert_exact(&format!("the virtual clock, {form:?}"), scenario, &trace);
    }
}

#[test]
fn a_runtime_whose_type_is_erased() {
    for (scenario, form) in plays() {
        let clock = VirtualClock::new();
        let boxed = BoxRuntime::new(clock.clone());
        let trace = clock.block_on(scenario.play(form, &boxed));
        assert_exact(&format!("a boxed runtime, {form:?}"), scenario, &trace);
    }
}

#[tokio::test(start_paused = true)]
async fn tokio_with_its_clock_paused() {
    for (scenario, form) in plays() {
        let trace = scenario.play(form, &Tokio).await;
        assert_exact(&format!("tokio, {form:?}"), scenario, &trace);
    }
}

#[test]
fn embassy_with_its_mock_driver() {
    let tick = embassy_time::Duration::from_millis(1);
    for (scenario, form) in plays() {
        let trace = embassy::block_on(tick, scenario.play(form, &OnTheTick(embassy())));
        assert_exact(&format!("embassy, {form:?}"), scenario, &trace);
    }
    for (scenario, form) in forgiving() {
        let trace = embassy::block_on(tick, scenario.play(form, &embassy()));
        assert_never_early(&format!("embassy, {form:?}"), scenario, &trace);
    }
}

/// Makes all forgiving calls at the same time.
async fn in_real_time(name: &str, runtime: &impl Sleeper) {
    let plays = forgiving().map(async |(scenario, form)| {
        let trace = scenario.play(form, runtime).await;
        assert_never_early(&format!("{name}, {form:?}"), scenario, &trace);
    });
    join_all(plays).await;
}

#[tokio::test]
async fn tokio_in_real_time() {
    in_real_time("tokio", &Tokio).await;
}

#[test]
fn async_std_in_real_time() {
    async_std::task::block_on(in_real_time("async-std", &AsyncIo));
}

#[test]
fn smol_in_real_time() {
    smol::block_on(in_real_time("smol", &AsyncIo));
}

#[test]
fn threads_in_real_time() {
    thread::scope(|scope| {
        for (scenario, form) in blocking_plays().filter(|(scenario, _)| !scenario.exact) {
            scope.spawn(move || {
                let trace = scenario.play_blocking(form, &Thread);
                assert_never_early(&format!("a thread, {form:?}"), scenario, &trace);
            });
        }
    });
}
