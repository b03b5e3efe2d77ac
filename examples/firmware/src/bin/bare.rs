//! No executor and no allocator: the core in a loop over a hardware timer.
//!
//! Boots twice, and shows that one device does not jitter alike after a reset.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Failure, GiveUp, Policy};
use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use firmware::microbit::{Board, generator};
use firmware::saved::Memory;
use firmware::ticks::Ticks;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::Rng;
use semihosting::{println, process};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(2))
    .with_max_attempts(6)
    .with_deadline(Duration::from_secs(10));

/// What the sensor asks for when it is busy.
const HINT: Duration = Duration::from_millis(300);

/// One tick because a wait rounds up, one because it starts within a tick.
const LATEST: Duration = Duration::from_millis(2);

/// Marks a page that this image wrote.
const MAGIC: u32 = 0x6261_7265;

#[entry]
fn main() -> ! {
    let mut board = Board::take();
    let [magic, last_boot, last_slept] = [0, 1, 2].map(|word| board.flash.read(word));
    let boot = if magic == MAGIC { last_boot + 1 } else { 1 };
    println!("bare: device {:016x}, boot {boot}", board.id);
    let mut random = generator(board.id, boot);

    let mut sensor = [
        Err(Failure::transient()),
        Err(Failure::throttled().with_retry_after(HINT)),
        Err(Failure::doubtful()),
        Ok(21),
    ]
    .into_iter();
    let (outcome, slept) = call(&board.ticks, &mut random, || {
        sensor.next().expect("the sensor answers the fourth time")
    });
    assert_eq!(outcome, Ok(21));
    assert!(slept >= HINT, "the hint was not obeyed");

    let (outcome, _) = call::<()>(&board.ticks, &mut random, || Err(Failure::transient()));
    assert_eq!(outcome, Err(GiveUp::Attempts));
    let (outcome, _) = call::<()>(&board.ticks, &mut random, || Err(Failure::permanent()));
    assert_eq!(outcome, Err(GiveUp::Permanent));

    let slept = slept.as_nanos() as u32;
    board.flash.erase(0);
    for (word, value) in [MAGIC, boot, slept].into_iter().enumerate() {
        board.flash.write(word, value);
    }
    if boot == 1 {
        println!("bare: resetting");
        SCB::sys_reset();
    }
    assert_ne!(slept, last_slept, "both boots jittered alike");
    println!("bare: the waits of this boot differ from those of the last");
    process::exit(0);
}

/// Retries until the operation succeeds or the policy gives up; says how long the decided waits were.
fn call<T>(
    ticks: &Ticks,
    random: &mut Xoshiro128PlusPlus,
    mut operation: impl FnMut() -> Result<T, Failure>,
) -> (Result<T, GiveUp>, Duration) {
    let mut retry = POLICY.start();
    let mut slept = Duration::ZERO;
    let start = ticks.now();
    loop {
        let failure = match operation() {
            Ok(value) => {
                println!("  attempt {}: done", retry.attempt());
                return (Ok(value), slept);
            }
            Err(failure) => failure,
        };
        let attempt = retry.attempt();
        let now = ticks.now();
        match retry.on_failure(now - start, failure, random.next_u32()) {
            Decision::GiveUp(reason) => {
                println!("  attempt {attempt}: {}; gave up: {reason}", failure.kind());
                return (Err(reason), slept);
            }
            Decision::Retry { after } => {
                ticks.wait(after);
                let waited = ticks.now() - now;
                println!(
                    "  attempt {attempt}: {}; decided {after:?}, waited {waited:?}",
                    failure.kind()
                );
                assert!(waited >= after, "woke too early");
                assert!(waited <= after + LATEST, "woke too late");
                slept += after;
            }
        }
    }
}
