//! Durations as ticks of a clock, and back, in saturating integers.
//!
//! The rate is a constant parameter, so that firmware pays for its own rate alone. Neither direction divides if the rate
//! divides 10^9 or is a power of two, such as 1 kHz, 32,768 Hz and 1 MHz.

use core::time::Duration;

use backoff_driver::prelude::nanos;

const NANOS_PER_SEC: u64 = 1_000_000_000;

/// The ticks from now on that last at least as long as a duration: the current tick is partly over, so it does not count.
#[inline]
pub(crate) const fn of_wait<const HZ: u64>(duration: Duration) -> u64 {
    let ticks = from_duration::<HZ>(duration);
    ticks.saturating_add((ticks != 0) as u64)
}

/// The smallest number of ticks that lasts at least as long as a duration; `u64::MAX` if none does.
#[inline]
const fn from_duration<const HZ: u64>(duration: Duration) -> u64 {
    let whole = duration.as_secs().saturating_mul(HZ);
    // Nanoseconds times the rate are ticks times 10^9. The core's conversion divides by that number without a division
    // instruction, and every image that retries contains it.
    let part = nanos::to_duration((duration.subsec_nanos() as u64).saturating_mul(HZ));
    whole
        .saturating_add(part.as_secs())
        .saturating_add((part.subsec_nanos() != 0) as u64)
}

/// The time that a number of ticks takes, rounded down to the nanosecond; 584 years and more saturate to
/// [`Duration::MAX`].
#[inline]
pub(crate) const fn to_duration<const HZ: u64>(ticks: u64) -> Duration {
    let numerator = const { NANOS_PER_SEC / common_divisor(NANOS_PER_SEC, HZ) };
    let denominator = const { HZ / common_divisor(NANOS_PER_SEC, HZ) };
    let whole = (ticks / denominator).saturating_mul(numerator);
    let part = (ticks % denominator).saturating_mul(numerator) / denominator;
    nanos::to_duration(whole.saturating_add(part))
}

/// The greatest common divisor, by Euclid's algorithm. The compiler evaluates it.
const fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILOHERTZ: u64 = 1_000;
    const CRYSTAL: u64 = 32_768;
    const MEGAHERTZ: u64 = 1_000_000;

    const fn ticks_at_each_rate(duration: Duration) -> [u64; 3] {
        [
            from_duration::<KILOHERTZ>(duration),
            from_duration::<CRYSTAL>(duration),
            from_duration::<MEGAHERTZ>(duration),
        ]
    }

    const fn durations_at_each_rate(ticks: u64) -> [Duration; 3] {
        [
            to_duration::<KILOHERTZ>(ticks),
            to_duration::<CRYSTAL>(ticks),
            to_duration::<MEGAHERTZ>(ticks),
        ]
    }

    #[test]
    fn rule_11_a_duration_rounds_up_to_the_tick_and_saturates() {
        let cases = [
            // (duration, ticks at 1 kHz, 32,768 Hz and 1 MHz)
            (Duration::ZERO, [0, 0, 0]),
            (Duration::from_nanos(1), [1, 1, 1]),
            (Duration::from_micros(1), [1, 1, 1]),
            (Duration::from_nanos(30_517), [1, 1, 31]),
            (Duration::from_nanos(30_518), [1, 2, 31]),
            (Duration::from_micros(999), [1, 33, 999]),
            (Duration::from_millis(1), [1, 33, 1_000]),
            (Duration::from_nanos(1_000_001), [2, 33, 1_001]),
            (Duration::from_millis(250), [250, 8_192, 250_000]),
            (Duration::new(0, 999_999_999), [1_000, 32_768, 1_000_000]),
            (Duration::new(1, 0), [1_000, 32_768, 1_000_000]),
            (Duration::new(1, 1), [1_001, 32_769, 1_000_001]),
            (
                Duration::from_secs(u64::from(u32::MAX)),
                [
                    4_294_967_295_000,
                    140_737_488_322_560,
                    4_294_967_295_000_000,
                ],
            ),
            // embassy's own conversions give no ticks here.
            (
                Duration::from_nanos(u64::MAX),
                [
                    18_446_744_073_710,
                    604_462_909_807_315,
                    18_446_744_073_709_552,
                ],
            ),
            (
                Duration::from_micros(1 << 55),
                [36_028_797_018_964, 1_180_591_620_717_412, 1 << 55],
            ),
            (
                Duration::from_secs(u64::MAX / MEGAHERTZ + 1),
                [18_446_744_073_710_000, 604_462_909_807_329_280, u64::MAX],
            ),
            (Duration::MAX, [u64::MAX; 3]),
        ];
        for (duration, expected) in cases {
            assert_eq!(ticks_at_each_rate(duration), expected, "{duration:?}");
        }
    }

    #[test]
    fn rule_11_a_wait_counts_from_the_next_tick_and_saturates() {
        let cases = [
            // (duration, ticks at 1 kHz)
            (Duration::ZERO, 0),
            (Duration::from_nanos(1), 2),
            (Duration::from_millis(1), 2),
            (Duration::from_millis(250), 251),
            (Duration::MAX, u64::MAX),
        ];
        for (duration, expected) in cases {
            assert_eq!(of_wait::<KILOHERTZ>(duration), expected, "{duration:?}");
        }
    }

    #[test]
    fn ticks_round_down_to_the_nanosecond_and_saturate() {
        let cases = [
            // (ticks, durations at 1 kHz, 32,768 Hz and 1 MHz)
            (0, [0; 3].map(Duration::from_nanos)),
            (1, [1_000_000, 30_517, 1_000].map(Duration::from_nanos)),
            (
                32_768,
                [32_768_000_000, 1_000_000_000, 32_768_000].map(Duration::from_nanos),
            ),
            (
                10_000_000_001,
                [
                    Duration::from_millis(10_000_000_001),
                    Duration::new(305_175, 781_280_517),
                    Duration::from_micros(10_000_000_001),
                ],
            ),
            (u64::MAX, [Duration::MAX; 3]),
        ];
        for (ticks, expected) in cases {
            assert_eq!(durations_at_each_rate(ticks), expected, "{ticks} ticks");
        }
    }

    #[test]
    fn converting_agrees_with_wide_integers_at_every_rate_of_embassy() {
        const PRIME: u64 = 1_000_003;
        const FASTEST: u64 = 5_242_880_000;
        let words =
            (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, 3 << bit >> 1, u64::MAX >> bit]);
        for word in words {
            agrees::<1>(word);
            agrees::<3>(word);
            agrees::<KILOHERTZ>(word);
            agrees::<CRYSTAL>(word);
            agrees::<MEGAHERTZ>(word);
            agrees::<PRIME>(word);
            agrees::<FASTEST>(word);
        }
    }

    fn agrees<const HZ: u64>(word: u64) {
        let (hertz, second) = (u128::from(HZ), u128::from(NANOS_PER_SEC));

        let duration = Duration::from_nanos(word);
        let ticks = (u128::from(word) * hertz).div_ceil(second);
        let expected = u64::try_from(ticks).unwrap_or(u64::MAX);
        assert_eq!(
            from_duration::<HZ>(duration),
            expected,
            "{duration:?} at {HZ} Hz"
        );

        let expected = match u64::try_from(u128::from(word) * second / hertz) {
            Err(_) | Ok(u64::MAX) => Duration::MAX,
            Ok(nanos) => Duration::from_nanos(nanos),
        };
        assert_eq!(to_duration::<HZ>(word), expected, "{word} ticks at {HZ} Hz");
    }
}
