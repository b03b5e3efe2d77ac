//! A call that goes on after a reset in the middle of a wait.
//!
//! Boot 1 finds no record and starts; boots 2 and 3 continue with the attempts they had reached; boot 4 finds a
//! damaged record, rejects it and starts anew.

#![no_std]
#![no_main]

use core::time::Duration;

use backoff_core::{Decision, Failure, Jitter, Policy, Progress, ProgressError};
use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use firmware::microbit::{Board, generator};
use rand_xoshiro::rand_core::Rng;
use semihosting::{println, process};

/// Decorrelated, because that builds on the previous delay: a call that forgot it would be found out.
static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(5))
    .with_jitter(Jitter::Decorrelated)
    .with_max_attempts(10);

#[entry]
fn main() -> ! {
    let mut board = Board::take();
    let record = Record::from_words(board.flash.load());
    let boot = record.boot + 1;
    println!("reset: boot {boot}");

    let progress = Progress::from_bytes(&record.progress);
    let expected = match boot {
        1 => Err(ProgressError::Version),
        2 | 3 => Ok(undisturbed(board.id, boot)),
        _ => Err(ProgressError::Checksum),
    };
    assert_eq!(progress, expected);

    let (mut retry, before) = match progress {
        Ok(progress) => {
            println!(
                "  resuming: attempt {} follows in {:?}",
                progress.attempt(),
                record.wait
            );
            // In full: no clock ran during the reset, and late is better than early.
            board.ticks.wait(record.wait);
            (POLICY.resume(progress), record.elapsed)
        }
        Err(error) => {
            println!("  starting anew: {error}");
            (POLICY.start(), Duration::ZERO)
        }
    };
    if boot == 4 {
        println!("  attempt {}: done", retry.attempt());
        process::exit(0);
    }

    let attempt = retry.attempt();
    let elapsed = before + board.ticks.now();
    let random = generator(board.id, boot).next_u32();
    let Decision::Retry { after } = retry.on_failure(elapsed, Failure::transient(), random) else {
        panic!("attempt {attempt} is not the last");
    };
    let mut record = Record {
        boot,
        elapsed,
        progress: retry.progress().to_bytes(),
        wait: after,
    };
    board.flash.store(record.to_words());
    println!("  attempt {attempt}: failed; {after:?} to wait");
    board.ticks.wait(after / 2);
    if boot == 3 {
        println!("  damaging the record");
        record.progress[4] = 0;
        board.flash.program(record.to_words());
    }
    println!("  resetting in the middle of the wait");
    SCB::sys_reset();
}

/// Where the call would be at this boot, had no reset disturbed it.
fn undisturbed(id: u64, boot: u32) -> Progress {
    let mut retry = POLICY.start();
    for boot in 1..boot {
        let random = generator(id, boot).next_u32();
        let _ = retry.on_failure(Duration::ZERO, Failure::transient(), random);
    }
    retry.progress()
}

/// What is kept in flash.
struct Record {
    boot: u32,
    /// From the start of the call to the last decision, in whole milliseconds.
    elapsed: Duration,
    progress: [u8; Progress::BYTES],
    /// What was decided, in whole milliseconds, rounded up.
    wait: Duration,
}

impl Record {
    /// Marks a page that this image wrote.
    const MAGIC: u32 = 0x7265_7374;

    /// The record, or one of boot 0 where the page holds anything else.
    fn from_words(words: [u32; 9]) -> Self {
        let [magic, boot, elapsed, wait, bytes @ ..] = words;
        let mut progress = [0; Progress::BYTES];
        for (byte, from) in progress
            .iter_mut()
            .zip(bytes.iter().flat_map(|word| word.to_le_bytes()))
        {
            *byte = from;
        }
        Self {
            boot: if magic == Self::MAGIC { boot } else { 0 },
            elapsed: Duration::from_millis(elapsed.into()),
            progress,
            wait: Duration::from_millis(wait.into()),
        }
    }

    fn to_words(&self) -> [u32; 9] {
        let milliseconds = |duration: Duration| duration.as_nanos().div_ceil(1_000_000) as u32;
        let mut bytes = self.progress.into_iter();
        let mut word = || u32::from_le_bytes(core::array::from_fn(|_| bytes.next().unwrap_or(0)));
        let [p0, p1, p2, p3, p4] = core::array::from_fn(|_| word());
        let (elapsed, wait) = (milliseconds(self.elapsed), milliseconds(self.wait));
        [Self::MAGIC, self.boot, elapsed, wait, p0, p1, p2, p3, p4]
    }
}
