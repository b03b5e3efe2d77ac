//! Calls without a retry, and retries in a loop written by hand.

use std::time::Duration;

use backoff_driver::ThreadRandom;
use rand_core::Rng;

use crate::operation::{Operation, drive, now, random, rounds, sleep};
use crate::{BASE, DEADLINE, MAX};

pub fn bare(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        drive(Operation::failing(failures).send())
    });
}

pub fn hand_written_clockless(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let mut window = BASE;
            for _ in 1..5 {
                if let Ok(value) = operation.send().await {
                    return Ok(value);
                }
                sleep(jittered(window, &mut ThreadRandom)).await;
                window = (window * 2).min(MAX);
            }
            operation.send().await
        })
    });
}

pub fn hand_written(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let mut random = random();
        drive(async {
            let began = now();
            let mut window = BASE;
            for _ in 1..5 {
                match operation.send().await {
                    Ok(value) => return Ok(value),
                    Err(error) => {
                        let delay = jittered(window, &mut random);
                        if now().saturating_sub(began) + delay > DEADLINE {
                            return Err(error);
                        }
                        sleep(delay).await;
                        window = (window * 2).min(MAX);
                    }
                }
            }
            operation.send().await
        })
    });
}

#[inline]
pub fn jittered(window: Duration, random: &mut impl Rng) -> Duration {
    let nanos = window.as_nanos() as u64;
    Duration::from_nanos(((u128::from(nanos) * u128::from(random.next_u32())) >> 32) as u64)
}

pub fn hand_written_tokio(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        drive(async {
            let began = tokio::time::Instant::now();
            let mut window = BASE;
            for _ in 1..5 {
                match operation.send().await {
                    Ok(value) => return Ok(value),
                    Err(error) => {
                        let delay = jittered(window, &mut ThreadRandom);
                        if began.elapsed() + delay > DEADLINE {
                            return Err(error);
                        }
                        tokio::time::sleep(delay).await;
                        window = (window * 2).min(MAX);
                    }
                }
            }
            operation.send().await
        })
    });
}

pub fn bare_blocking(n: u32, turns: u32) {
    rounds(n, turns, |failures| Operation::failing(failures).call());
}

pub fn hand_written_std(n: u32, turns: u32) {
    rounds(n, turns, |failures| {
        let operation = Operation::failing(failures);
        let began = std::time::Instant::now();
        let mut window = BASE;
        for _ in 1..5 {
            match operation.call() {
                Ok(value) => return Ok(value),
                Err(error) => {
                    let delay = jittered(window, &mut ThreadRandom);
                    if began.elapsed() + delay > DEADLINE {
                        return Err(error);
                    }
                    std::thread::sleep(delay);
                    window = (window * 2).min(MAX);
                }
            }
        }
        operation.call()
    });
}
