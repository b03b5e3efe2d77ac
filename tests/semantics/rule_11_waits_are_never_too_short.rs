use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::{Duration, Instant};

use backoff_driver::AsyncIo;
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_std::{BlockingSleeper, Clock, Thread};
use backoff_tokio::{Sleeper, Tokio};

use crate::embassy;

/// Waits about which a runtime that truncates, or counts in milliseconds, is wrong.
const SHORT: [Duration; 7] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_nanos(999),
    Duration::from_micros(999),
    Duration::from_millis(1),
    Duration::from_nanos(1_000_001),
    Duration::from_micros(20_500),
];

/// Waits that no test lives to see the end of, around the ranges of clocks and counters.
const ENDLESS: [Duration; 8] = [
    Duration::from_secs(1 << 32),
    Duration::from_millis(1 << 53),
    Duration::from_micros(1 << 55),
    Duration::from_nanos(u64::MAX),
    Duration::from_millis(u64::MAX),
    Duration::from_secs(i64::MAX as u64),
    Duration::from_secs(u64::MAX),
    Duration::MAX,
];

/// In real time, by the operating system's clock and by the adapter's own.
async fn waits_are_never_early<R: Sleeper>(runtime: R) {
    for wait in SHORT {
        let (began, told) = (Instant::now(), runtime.now());
        runtime.sleep(wait).await;
        let (lasted, told) = (began.elapsed(), runtime.now().saturating_sub(told));
        assert!(lasted >= wait, "{wait:?} lasted {lasted:?}");
        assert!(told >= wait, "{wait:?} was told to have lasted {told:?}");
    }
    let mut waits = ENDLESS.map(|wait| (wait, Box::pin(runtime.sleep(wait))));
    // Twice, with time for the runtime's timers in between.
    for _ in 0..2 {
        let mut context = Context::from_waker(Waker::noop());
        for (wait, sleep) in &mut waits {
            assert!(sleep.as_mut().poll(&mut context).is_pending(), "{wait:?}");
        }
        runtime.sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn waits_are_long_enough_on_tokio() {
    waits_are_never_early(Tokio).await;
}

#[test]
fn waits_are_long_enough_on_async_std() {
    async_std::task::block_on(waits_are_never_early(AsyncIo));
}

#[test]
fn waits_are_long_enough_on_smol() {
    smol::block_on(waits_are_never_early(AsyncIo));
}

#[test]
fn waits_are_long_enough_on_a_thread() {
    for wait in SHORT {
        let (began, told) = (Instant::now(), Thread.now());
        Thread.block(wait);
        let (lasted, told) = (began.elapsed(), Thread.now().saturating_sub(told));
        assert!(lasted >= wait, "{wait:?} lasted {lasted:?}");
        assert!(told >= wait, "{wait:?} was told to have lasted {told:?}");
    }
    // These threads end with the process.
    let blocked = ENDLESS.map(|wait| (wait, thread::spawn(move || Thread.block(wait))));
    Thread.block(Duration::from_millis(20));
    for (wait, thread) in blocked {
        assert!(!thread.is_finished(), "{wait:?}");
    }
}

#[test]
fn embassy_rounds_up_to_its_tick_of_a_microsecond_and_saturates() {
    let embassy = Embassy::new(Xoshiro128PlusPlus::seed_from_u64(1));
    // Part of the tick under way may be over when a wait begins, so that there is one more. A wait of nothing lets
    // other tasks run once.
    let ticks = [1, 2, 2, 1_000, 1_001, 1_002, 20_501].map(Duration::from_micros);
    for (wait, expected) in SHORT.into_iter().zip(ticks) {
        let lasted = embassy::block_on(embassy_time::Duration::from_ticks(1), async {
            let began = embassy.now();
            embassy.sleep(wait).await;
            embassy.now().saturating_sub(began)
        });
        assert_eq!(lasted, expected, "{wait:?}");
    }
    for wait in ENDLESS {
        let century = embassy_time::Duration::from_secs(100 * 365 * 24 * 3_600);
        let pending = embassy::block_on(century, async {
            let mut sleep = pin!(embassy.sleep(wait));
            let mut context = Context::from_waker(Waker::noop());
            let before = sleep.as_mut().poll(&mut context).is_pending();
            embassy.sleep(Duration::from_secs(1)).await;
            before && sleep.as_mut().poll(&mut context).is_pending()
        });
        assert!(pending, "{wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn tokio_saturates_at_its_range() {
    let endless = Tokio.sleep(Duration::MAX);
    let year = Duration::from_secs(365 * 24 * 3_600);
    assert!(tokio::time::timeout(year, endless).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn tokio_measures_its_own_time() {
    let before = Tokio.now();
    Tokio.sleep(Duration::from_secs(5)).await;
    assert_eq!(Tokio.now().saturating_sub(before), Duration::from_secs(5));
}

#[test]
fn paused_clocks_of_tokio_do_not_hold_up_each_other() {
    let paused = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime")
    };
    let (behind, ahead) = (paused(), paused());
    ahead.block_on(async {
        tokio::time::advance(Duration::from_secs(3_600)).await;
        let _ = Tokio.now();
    });
    let lasted = behind.block_on(async {
        let began = Tokio.now();
        Tokio.sleep(Duration::from_secs(1)).await;
        Tokio.now().saturating_sub(began)
    });
    assert_eq!(lasted, Duration::from_secs(1));
}
