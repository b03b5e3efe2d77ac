//! In Node, through `wasm-bindgen-test-runner`: the scenarios of every runtime, and the waits of this one.

#![cfg(target_arch = "wasm32")]

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use backoff_tests::scenario::{Form, SCENARIOS, assert_never_early};
use backoff_wasm::{Clock, Policy, Runtime, Sleeper, TimedOut, Web};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_decisions_are_those_of_every_runtime() {
    for scenario in SCENARIOS.iter().filter(|scenario| !scenario.exact) {
        for form in Form::ALL {
            let trace = scenario.play(form, &Web).await;
            assert_never_early(&format!("node, {form:?}"), scenario, &trace);
        }
    }
}

#[wasm_bindgen_test]
async fn rule_11_waits_are_never_early() {
    for micros in [0, 1, 999, 1_000, 1_001, 2_500, 20_500].repeat(10) {
        let wait = Duration::from_micros(micros);
        let began = js_sys::Date::now();
        let told = Web.now();
        Web.sleep(wait).await;
        let told = Web.now().saturating_sub(told);
        assert!(told >= wait, "{wait:?} lasted {told:?}");
        // The other clock counts whole milliseconds.
        let lasted = js_sys::Date::now() - began;
        assert!(
            lasted + 1.0 >= wait.as_secs_f64() * 1e3,
            "{wait:?} lasted {lasted} ms"
        );
    }
}

#[wasm_bindgen_test]
async fn rule_11_waits_beyond_the_range_of_a_timer_go_on() {
    let waits = [
        Duration::from_millis(1 << 31),
        Duration::from_millis(1 << 32),
        Duration::from_nanos(u64::MAX),
        Duration::MAX,
    ];
    let mut context = Context::from_waker(Waker::noop());
    for wait in waits {
        let mut sleep = pin!(Web.sleep(wait));
        assert!(sleep.as_mut().poll(&mut context).is_pending(), "{wait:?}");
        Web.sleep(Duration::from_millis(5)).await;
        assert!(sleep.as_mut().poll(&mut context).is_pending(), "{wait:?}");
    }
}

#[wasm_bindgen_test]
fn rule_8_the_generator_covers_its_words() {
    let drawn: HashSet<u32> = (0..1_000).map(|_| Web.random()).collect();
    assert!(drawn.len() > 990, "{} of 1000 words differ", drawn.len());
    assert!(drawn.iter().any(|word| word >> 28 == 0));
    assert!(drawn.iter().any(|word| word >> 28 == 15));
}

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2));

#[backoff_wasm::retry(POLICY)]
async fn third_time_lucky(calls: &mut u32) -> Result<u32, Error> {
    *calls += 1;
    if *calls < 3 {
        Err(Error::Reset)
    } else {
        Ok(*calls)
    }
}

#[derive(Debug, PartialEq)]
enum Error {
    Reset,
    TimedOut,
}

impl From<TimedOut> for Error {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

#[wasm_bindgen_test]
async fn the_attribute_waits_on_the_timer_of_the_web() {
    assert_eq!(third_time_lucky(&mut 0).await, Ok(3));
}

static SHORT: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2))
    .with_attempt_timeout(Duration::from_millis(20))
    .with_max_attempts(2);

#[wasm_bindgen_test]
async fn limits_interrupt_attempts() {
    let call = backoff_wasm::retry(&SHORT, std::future::pending::<Result<(), Error>>);
    assert_eq!(call.await, Err(Error::TimedOut));
}
