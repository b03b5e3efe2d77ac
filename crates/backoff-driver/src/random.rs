//! Randomness that needs no state in the call.

use core::cell::RefCell;
use core::convert::Infallible;
use core::hash::BuildHasher;
use std::hash::RandomState;
use std::thread_local;

use rand_core::{Rng, SeedableRng, TryRng};
use rand_xoshiro::Xoshiro128PlusPlus;

/// The generator of the current thread, seeded by the operating system when the thread first retries.
///
/// It takes no space in a call, and all calls of a thread share it, so that no two draw the same numbers. Not
/// for secrets.
///
/// Not on targets whose standard library has no randomness to seed it from: `wasm32-unknown-unknown`, Xous and the
/// VEX V5, where code that names it does not compile. Take the generator from the caller there.
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
    static GENERATOR: RefCell<Xoshiro128PlusPlus> = RefCell::new(Xoshiro128PlusPlus::from_seed(seed()));
}

/// The standard library keys its hash maps from the operating system, anew for every thread: hashing with such
/// keys gives a seed without another dependency.
fn seed() -> [u8; 16] {
    let keys = RandomState::new();
    let words = [keys.hash_one(0), keys.hash_one(1)];
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
        Ok(GENERATOR.with_borrow_mut(Rng::next_u32))
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(GENERATOR.with_borrow_mut(Rng::next_u64))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        GENERATOR.with_borrow_mut(|generator| generator.fill_bytes(bytes));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;
    use std::vec::Vec;

    use super::*;

    fn draw() -> [u32; 4] {
        [0; 4].map(|_| ThreadRandom.next_u32())
    }

    #[test]
    fn rule_8_no_two_threads_and_no_two_calls_share_a_sequence() {
        let threads: Vec<_> = (0..32)
            .map(|_| thread::spawn(|| [draw(), draw()]))
            .collect();
        let drawn: HashSet<_> = threads
            .into_iter()
            .flat_map(|t| t.join().expect("joined"))
            .collect();
        assert_eq!(drawn.len(), 64);
    }
}
