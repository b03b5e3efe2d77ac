//! What holds for every schedule.

use core::num::NonZeroU32;
use core::time::Duration;

use super::constant::Constant;
use super::exponential::Exponential;
use super::fibonacci::Fibonacci;
use super::linear::Linear;
use super::schedule::Schedule;
use super::steps::Steps;

const MS: fn(u64) -> Duration = Duration::from_millis;

fn windows(schedule: &impl Schedule, retries: [u32; 5]) -> [Duration; 5] {
    retries.map(|retry| schedule.delay(NonZeroU32::new(retry).expect("a retry is not zero")))
}

#[test]
fn every_schedule_starts_at_its_base_and_grows_as_named() {
    let retries = [1, 2, 3, 4, 10];
    let table = [MS(1), MS(5), MS(9)];
    assert_eq!(windows(&Constant::new(MS(7)), retries), [7; 5].map(MS));
    assert_eq!(
        windows(&Exponential::new(MS(100)), retries),
        [100, 200, 400, 800, 51_200].map(MS)
    );
    assert_eq!(
        windows(&Fibonacci::new(MS(10)), retries),
        [10, 10, 20, 30, 550].map(MS)
    );
    assert_eq!(
        windows(&Linear::new(MS(7), MS(10)), retries),
        [7, 17, 27, 37, 97].map(MS)
    );
    assert_eq!(
        windows(&Steps::new(&table), retries),
        [1, 5, 9, 9, 9].map(MS)
    );
    assert_eq!(windows(&Steps::new(&[]), retries), [Duration::ZERO; 5]);
}

#[test]
fn rule_4_no_retry_number_wraps_or_falls_back_to_zero() {
    let retries = [63, 64, 65, 94, u32::MAX];
    let max = [Duration::MAX; 5];
    let second = Duration::from_secs(1);
    assert_eq!(windows(&Exponential::new(second), retries), max);
    assert_eq!(
        windows(&Exponential::new(second).with_ratio(3, 1), retries),
        max
    );
    assert_eq!(windows(&Linear::new(second, Duration::MAX), retries), max);
    assert_eq!(windows(&Constant::new(Duration::MAX), retries), max);
    assert_eq!(
        windows(&Fibonacci::new(second), [53, 54, 93, 94, u32::MAX])[1..],
        max[1..]
    );
    for schedule in [
        Exponential::new(Duration::ZERO),
        Exponential::new(Duration::ZERO).with_ratio(3, 1),
    ] {
        assert_eq!(windows(&schedule, retries), [Duration::ZERO; 5]);
    }
}

#[test]
fn a_cheap_answer_is_the_same_or_none() {
    let second = Duration::from_secs(1);
    let table = [second, second * 3];
    let schedules: [&dyn Schedule; 8] = [
        &Constant::new(second),
        &Exponential::new(second),
        &Exponential::new(second).with_ratio(3, 2),
        &Exponential::new(Duration::from_nanos(7)).with_ratio(11, 10),
        &Exponential::new(Duration::MAX).with_ratio(u32::MAX, 1),
        &Fibonacci::new(second),
        &Linear::new(second, second * 2),
        &Steps::new(&table),
    ];
    for (index, schedule) in schedules.into_iter().enumerate() {
        for retry in (1..=100).chain([u32::MAX]) {
            let retry = NonZeroU32::new(retry).expect("a retry");
            let nanos = schedule.nanos(retry);
            let cheap = schedule.cheap_nanos(retry);
            assert_eq!(cheap.unwrap_or(nanos), nanos, "{index}, retry {retry}");
        }
    }
}
