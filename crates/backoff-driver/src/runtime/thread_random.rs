//! Random numbers that take no space in a call.

use core::cell::Cell;
use core::convert::Infallible;
use core::hash::BuildHasher;
use std::hash::RandomState;
use std::thread_local;
use std::time::Instant;

use rand_core::{TryRng, utils::fill_bytes_via_next_word};

/// The generator of the current thread, keyed by the operating system when the thread first retries.
///
/// All calls of a thread share it, so no two of them draw the same numbers. After a `fork` the child draws its own. It is
/// not for secrets.
///
/// It does not exist on targets whose standard library has no randomness to key it from: `wasm32-unknown-unknown`, Xous
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

/// The hash of a counter under a secret key.
///
/// The standard library keys its hash maps from the operating system, each map differently. Their hash is a pseudorandom
/// function: `SipHash`, of Aumasson and Bernstein, INDOCRYPT 2012. The hashes of a counter are its numbers. So no program
/// needs another generator for its retries.
struct Counting {
    key: RandomState,
    count: Cell<u64>,
}

thread_local! {
    static GENERATOR: Counting = Counting {
        key: RandomState::new(),
        count: Cell::new(0),
    };
}

impl Counting {
    /// Draws the next number. The clock makes it another one in a process that was forked, whose key and count are copies:
    /// asking for the number of the process instead takes a system call.
    fn draw(&self, now: Instant) -> u64 {
        self.count.set(self.count.get().wrapping_add(1));
        self.key.hash_one((self.count.get(), now))
    }
}

impl TryRng for ThreadRandom {
    type Error = Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(GENERATOR.with(|generator| generator.draw(Instant::now())))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        fill_bytes_via_next_word(bytes, || self.try_next_u64())
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::collections::HashSet;
    use std::thread;
    use std::vec::Vec;

    use rand_core::Rng;

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
    fn rule_8_a_copy_of_a_generator_draws_other_numbers_at_another_time_and_each_only_once() {
        let parent = Counting {
            key: RandomState::new(),
            count: Cell::new(u64::MAX),
        };
        let child = Counting {
            key: parent.key.clone(),
            count: parent.count.clone(),
        };
        let now = Instant::now();
        let drawn = [
            parent.draw(now),
            parent.draw(now),
            child.draw(now + Duration::from_nanos(1)),
            child.draw(now + Duration::from_nanos(1)),
        ];
        assert_eq!(HashSet::from(drawn).len(), 4);
    }

    #[test]
    fn every_bit_is_set_in_about_half_of_the_numbers() {
        let mut set = [0; 32];
        for _ in 0..4_096 {
            let word = ThreadRandom.next_u32();
            for (bit, set) in set.iter_mut().enumerate() {
                *set += word >> bit & 1;
            }
        }
        // 2,048 each, with a standard deviation of 32: within ten of them, which fails once in 10^21 runs.
        assert!(set.iter().all(|set| set.abs_diff(2_048) < 320), "{set:?}");
    }

    #[test]
    fn bytes_are_filled_to_the_last() {
        let filled = (0..64).any(|_| {
            let mut bytes = [0; 13];
            ThreadRandom.fill_bytes(&mut bytes);
            bytes.last() != Some(&0)
        });
        assert!(filled);
    }
}
