//! Reproducible random numbers.

use rand_core::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Generates the random numbers of one run. The same seed and run give the same numbers.
///
/// # Examples
///
/// ```
/// use backoff_sim::Random;
/// assert_eq!(Random::new(1, 0).word(), Random::new(1, 0).word());
/// assert_ne!(Random::new(1, 0).word(), Random::new(1, 1).word());
/// ```
#[derive(Clone, Debug)]
pub struct Random(Xoshiro256PlusPlus);

/// The distance between the seeds of two runs. `SplitMix64`, which seeds the generator, advances by a different number
/// per word (2^64 divided by the golden ratio), so no run begins within the words of another.
///
/// This is a multiplier of Steele and Vigna, "Computationally easy, spectrally good multipliers for congruential pseudorandom
/// number generators", 2022.
const STRIDE: u64 = 0xd134_2543_de82_ef95;

impl Random {
    /// Creates the generator of one of many runs with the same seed.
    #[must_use]
    pub fn new(seed: u64, run: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed_of(seed, run)))
    }

    /// Draws a word, uniform over all of `u32`, for `backoff-core`.
    #[inline]
    pub fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Draws a whole number below `end`, or 0 if `end` is 0. It is uniform to one part in 2^32 for an `end` up to 2^32.
    #[inline]
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(end);
        (wide >> 64) as u64
    }

    /// Returns `true` with this probability, from 0 to 1.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        // The upper 53 bits are a fraction that a float holds exactly.
        ((self.0.next_u64() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }

    /// Draws a number of nanoseconds from a normal distribution, without its sign.
    #[inline]
    pub fn normal(&mut self, mean: f64, deviation: f64) -> u64 {
        let standard: f64 = StandardNormal.sample(&mut self.0);
        (mean + deviation * standard).abs() as u64
    }

    /// Draws a number of nanoseconds from an exponential distribution.
    #[inline]
    pub fn exponential(&mut self, mean: f64) -> u64 {
        let standard: f64 = Exp1.sample(&mut self.0);
        (mean * standard) as u64
    }
}

fn seed_of(seed: u64, run: u64) -> u64 {
    seed.wrapping_add(run.wrapping_mul(STRIDE))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rand_xoshiro::SplitMix64;

    use super::*;

    #[test]
    fn the_distributions_have_the_moments_that_they_name() {
        const DRAWS: u32 = 200_000;
        let mut random = Random::new(1, 0);
        let mut mean = |draw: &mut dyn FnMut(&mut Random) -> f64| {
            (0..DRAWS).map(|_| draw(&mut random)).sum::<f64>() / f64::from(DRAWS)
        };
        // (what, its mean, the expected mean, five standard errors)
        let cases = [
            (
                "chance",
                mean(&mut |r| f64::from(u8::from(r.chance(0.3)))),
                0.3,
                0.0052,
            ),
            ("below", mean(&mut |r| r.below(1_001) as f64), 500.0, 3.3),
            (
                "normal",
                mean(&mut |r| r.normal(1e7, 2e6) as f64),
                1e7,
                2.3e4,
            ),
            (
                "exponential",
                mean(&mut |r| r.exponential(1e6) as f64),
                1e6,
                1.2e4,
            ),
        ];
        for (what, mean, expected, tolerance) in cases {
            assert!((mean - expected).abs() < tolerance, "{what}: {mean}");
        }
    }

    #[test]
    fn no_two_runs_are_seeded_by_the_same_word() {
        let words: HashSet<u64> = (0..10_000)
            .flat_map(|run| {
                let mut words = SplitMix64::seed_from_u64(seed_of(2015, run));
                [(); 4].map(|()| words.next_u64())
            })
            .collect();
        assert_eq!(words.len(), 40_000);
    }

    #[test]
    fn certain_and_impossible_chances_are_so() {
        let mut random = Random::new(1, 0);
        assert!((0..1_000).all(|_| random.chance(1.0) && !random.chance(0.0)));
    }
}
