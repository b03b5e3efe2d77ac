//! Random numbers that take no space in a call.

use core::cell::RefCell;
use core::convert::Infallible;
use core::hash::BuildHasher;
use std::hash::RandomState;
use std::thread_local;

use rand_core::{Rng, SeedableRng, TryRng};
use rand_xoshiro::Xoshiro128PlusPlus;

/// The generator of the current thread, seeded by the operating system when the thread first retries.
///
/// All calls of a thread share it, so no two of them draw the same numbers. After a `fork` the child seeds its own. It is
/// not for secrets.
///
/// It does not exist on targets whose standard library has no randomness to seed it from: `wasm32-unknown-unknown`, Xous
/// and the VEX V5. There, take a generator from the caller ([`WithRandom`](crate::WithRandom)).
///
/// # Examples
///
/// ```
/// use backoff_driver::ThreadRandom;
/// use rand_core::Rng;
///
/// assert_ne!(ThreadRandom.next_u64(), ThreadRandom.next_u64());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct ThreadRandom;

thread_local! {
    static GENERATOR: RefCell<Seeded> = RefCell::new(Seeded::new(process()));
}

/// A generator, and the process that seeded it: a child of that process has a copy.
struct Seeded {
    generator: Xoshiro128PlusPlus,
    process: u32,
}

impl Seeded {
    fn new(process: u32) -> Self {
        Self {
            generator: Xoshiro128PlusPlus::from_seed(seed(process)),
            process,
        }
    }
}

fn draw<T>(draw: impl FnOnce(&mut Xoshiro128PlusPlus) -> T) -> T {
    GENERATOR.with_borrow_mut(|seeded| {
        let process = process();
        if seeded.process != process {
            *seeded = Seeded::new(process);
        }
        draw(&mut seeded.generator)
    })
}

#[cfg(unix)]
fn process() -> u32 {
    std::process::id()
}

/// Only Unix forks.
#[cfg(not(unix))]
const fn process() -> u32 {
    0
}

/// The standard library keys its hash maps from the operating system once for every thread, and counts the maps from
/// there. Hashing with such keys gives a seed without another dependency; the process tells a child from its parent.
fn seed(process: u32) -> [u8; 16] {
    let keys = RandomState::new();
    let words = [keys.hash_one((process, 0)), keys.hash_one((process, 1))];
    let mut seed = [0; 16];
    for (byte, word) in seed
        .iter_mut()
        .zip(words.iter().flat_map(|word| word.to_le_bytes()))
    {
        *byte = word;
    }
    seed
}

impl TryRng for ThreadRandom {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(draw(Rng::next_u32))
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(draw(Rng::next_u64))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        draw(|generator| generator.fill_bytes(bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;
    use std::vec::Vec;

    use super::*;

    fn draw_four() -> [u32; 4] {
        [0; 4].map(|_| ThreadRandom.next_u32())
    }

    #[test]
    fn rule_8_no_two_threads_and_no_two_calls_share_a_sequence() {
        let threads: Vec<_> = (0..32)
            .map(|_| thread::spawn(|| [draw_four(), draw_four()]))
            .collect();
        let drawn: HashSet<_> = threads
            .into_iter()
            .flat_map(|t| t.join().expect("joined"))
            .collect();
        assert_eq!(drawn.len(), 64);
    }

    #[test]
    fn rule_8_a_generator_that_another_process_seeded_is_replaced() {
        let (mut ours, theirs) = (
            Xoshiro128PlusPlus::from_seed([7; 16]),
            process().wrapping_add(1),
        );
        GENERATOR.set(Seeded {
            generator: ours.clone(),
            process: theirs,
        });
        assert_ne!(draw_four(), [0; 4].map(|_| ours.next_u32()));
    }
}
