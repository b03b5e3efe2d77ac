//! A call that goes on after a reset, wherever that comes.
//!
//! A call of four attempts is made again and again. Each time a reset comes one step later: before an attempt, after it, at
//! each word that is written, in the middle of a wait. First with the call in flash, then in RAM that is retained.

#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use backoff_core::{Decision, Failure, Jitter, Policy, Progress, SavedCall};
use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use firmware::microbit::{Board, generator};
use firmware::retained::Retained;
use firmware::saved::{Memory, Saved};
use firmware::ticks::Ticks;
use rand_xoshiro::rand_core::Rng;
use semihosting::{println, process};

/// Decorrelated, because that builds on the previous delay: a call that forgot it would be found out.
static POLICY: Policy = Policy::exponential(Duration::from_millis(5), Duration::from_millis(100))
    .with_jitter(Jitter::Decorrelated)
    .with_max_attempts(10);

/// The attempt that succeeds.
const LAST: u32 = 4;

#[entry]
fn main() -> ! {
    let board = Board::take();
    if !is(&MAGIC, 0x7265_7374) {
        MAGIC.store(0x7265_7374, Ordering::Relaxed);
        IN_RAM.store(0, Ordering::Relaxed);
        begin_trials();
        println!("reset: a call of {LAST} attempts, with a reset at each of its steps");
    }
    let device = Device {
        id: board.id,
        ticks: board.ticks,
    };
    if is(&IN_RAM, 0) {
        device.run("flash", Stepwise(board.flash));
        IN_RAM.store(1, Ordering::Relaxed);
        begin_trials();
    }
    device.run("retained RAM", Stepwise(Retained));
    reject_what_is_damaged();
    process::exit(0);
}

struct Device {
    id: u64,
    ticks: Ticks,
}

impl Device {
    /// Makes the call until it ended without a reset: then there was one at every step.
    fn run<M: Memory>(&self, name: &str, memory: Stepwise<M>) {
        let mut saved = Saved::new(memory);
        loop {
            self.call(&mut saved);
            assert!(saved.load().is_none(), "a call that has ended is kept");
            let made =
                [1, 2, 3, 4].map(|attempt: u32| MADE[attempt as usize].load(Ordering::Relaxed));
            let repeated: u32 = made.iter().map(|times| times - 1).sum();
            let has_reset = is(&LEFT, 0);
            assert!(repeated <= u32::from(has_reset), "attempts made: {made:?}");
            if !has_reset {
                break;
            }
            begin_trial();
        }
        let resets = RESETS.load(Ordering::Relaxed);
        println!("  {name}: {resets} resets; none skipped an attempt or repeated more than one");
        assert!(resets > 4 * 10, "a reset at each word of each record");
    }

    /// The call, from wherever it was. This is the part to take over.
    fn call(&self, saved: &mut Saved<impl Memory>) {
        let begins = self.ticks.now();
        let (mut retry, before) = match saved.load() {
            Some(call) => {
                assert_eq!(call.delay(), self.undisturbed(call.progress().attempt()).1);
                // In full: no clock ran during the reset, and late is better than early.
                self.ticks.wait(call.delay());
                (POLICY.resume(call.progress()), call.elapsed())
            }
            None => (POLICY.start(), Duration::ZERO),
        };
        loop {
            if self.attempt(retry.progress()) {
                break saved.erase();
            }
            let elapsed = before + (self.ticks.now() - begins);
            let random = self.random(retry.attempt());
            let Decision::Retry { after } = retry.on_failure(elapsed, Failure::transient(), random)
            else {
                break saved.erase();
            };
            saved.save(SavedCall::new(retry.progress(), elapsed, after));
            self.ticks.wait(after / 2);
            step();
            self.ticks.wait(after - after / 2);
        }
    }

    /// One attempt: the last one succeeds.
    fn attempt(&self, progress: Progress) -> bool {
        step();
        let attempt = progress.attempt();
        assert_eq!(progress, self.undisturbed(attempt).0);
        let made = &MADE[attempt as usize];
        made.store(made.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        step();
        attempt == LAST
    }

    fn random(&self, attempt: u32) -> u32 {
        generator(self.id, attempt).next_u32()
    }

    /// Where the call is at this attempt, and how long it waited before, without a reset.
    fn undisturbed(&self, attempt: u32) -> (Progress, Duration) {
        let (mut retry, mut delay) = (POLICY.start(), Duration::ZERO);
        for earlier in 1..attempt {
            let random = self.random(earlier);
            let decision = retry.on_failure(Duration::ZERO, Failure::transient(), random);
            if let Decision::Retry { after } = decision {
                delay = after;
            }
        }
        (retry.progress(), delay)
    }
}

/// Checks that a record is rejected once a bit of each word has changed.
fn reject_what_is_damaged() {
    let mut saved = Saved::new(Retained);
    let second = Duration::from_secs(1);
    saved.save(SavedCall::new(Progress::at(2), second, second));
    assert!(saved.load().is_some());
    for word in 0..Retained::PAGES * Retained::WORDS {
        let value = Retained.read(word);
        Retained.write(word, value ^ 1 << 7);
    }
    assert!(saved.load().is_none());
    println!("  a damaged record is rejected");
}

/// Memory that takes a step with each word.
struct Stepwise<M>(M);

impl<M: Memory> Memory for Stepwise<M> {
    const ERASED: u32 = M::ERASED;
    const PAGES: usize = M::PAGES;
    const WORDS: usize = M::WORDS;

    fn read(&self, word: usize) -> u32 {
        self.0.read(word)
    }

    fn write(&mut self, word: usize, value: u32) {
        step();
        self.0.write(word, value);
    }

    fn erase(&mut self, page: usize) {
        step();
        self.0.erase(page);
    }
}

// What the trial itself remembers across resets.
#[unsafe(link_section = ".uninit.magic")]
static MAGIC: AtomicU32 = AtomicU32::new(0);
#[unsafe(link_section = ".uninit.in_ram")]
static IN_RAM: AtomicU32 = AtomicU32::new(0);
#[unsafe(link_section = ".uninit.trial")]
static TRIAL: AtomicU32 = AtomicU32::new(0);
/// Steps until the reset; zero once it has come.
#[unsafe(link_section = ".uninit.left")]
static LEFT: AtomicU32 = AtomicU32::new(0);
#[unsafe(link_section = ".uninit.resets")]
static RESETS: AtomicU32 = AtomicU32::new(0);
/// How often each attempt was made.
#[unsafe(link_section = ".uninit.made")]
static MADE: [AtomicU32; LAST as usize + 1] = [const { AtomicU32::new(0) }; LAST as usize + 1];

fn is(word: &AtomicU32, value: u32) -> bool {
    word.load(Ordering::Relaxed) == value
}

fn begin_trials() {
    TRIAL.store(0, Ordering::Relaxed);
    RESETS.store(0, Ordering::Relaxed);
    begin_trial();
}

/// The next call, which is reset a step later than the last one.
fn begin_trial() {
    let trial = TRIAL.load(Ordering::Relaxed) + 1;
    TRIAL.store(trial, Ordering::Relaxed);
    LEFT.store(trial, Ordering::Relaxed);
    for made in &MADE {
        made.store(0, Ordering::Relaxed);
    }
}

/// A step of the call: the reset may come here.
fn step() {
    match LEFT.load(Ordering::Relaxed) {
        0 => {}
        1 => {
            LEFT.store(0, Ordering::Relaxed);
            RESETS.store(RESETS.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            SCB::sys_reset();
        }
        left => LEFT.store(left - 1, Ordering::Relaxed),
    }
}
