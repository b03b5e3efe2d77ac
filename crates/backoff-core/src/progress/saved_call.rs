//! A call in the middle of a wait, for memory that survives a reset.

use core::num::NonZeroU32;
use core::time::Duration;

use super::bytes::checksum;
use super::{Progress, ProgressError};
use crate::nanos;

/// The first byte of the encoded form. Neither erased RAM (0) nor erased flash (255) passes for it.
const MAGIC: u8 = 0xb0;

/// The second byte of the encoded form.
const VERSION: u8 = 1;

/// All that is needed to continue a call after a reset in the middle of a wait: its progress, its elapsed time and the
/// rest of its delay.
///
/// Save it when a delay begins, and erase it when the call ends. After a reset, wait for the [`delay`](Self::delay), and
/// continue with the [`progress`](Self::progress) and the [`elapsed`](Self::elapsed) time. A reset during the wait
/// then makes no attempt too early, and none is counted twice.
///
/// # Examples
///
/// ```
/// use backoff_core::{Decision, Failure, Policy, SavedCall};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let mut retry = POLICY.start();
/// let elapsed = Duration::from_secs(1); // measured by the caller
/// let Decision::Retry { after } = retry.on_failure(elapsed, Failure::transient(), u32::MAX) else {
///     panic!("the first of five attempts");
/// };
/// let flash = SavedCall::new(retry.progress(), elapsed, after).to_bytes();
///
/// // .. a reset later ..
/// let saved = SavedCall::from_bytes(&flash)?;
/// assert_eq!(saved.delay(), Duration::from_millis(100)); // wait for it again
/// let retry = POLICY.resume(saved.progress());
/// let elapsed = saved.elapsed() + saved.delay(); // and add the time from here on
/// assert_eq!((retry.attempt(), elapsed), (2, Duration::from_millis(1_100)));
/// # Ok::<(), backoff_core::ProgressError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct SavedCall {
    progress: Progress,
    /// From the start of the first attempt to when the call was saved, in nanoseconds.
    elapsed: u64,
    /// From when the call was saved to the next attempt, in nanoseconds.
    delay: u64,
}

impl SavedCall {
    /// The length of the encoded form, in bytes: nine words of 32 bits.
    pub const BYTES: usize = 36;

    /// Makes what is saved of a call that has lasted for `elapsed`, and whose next attempt follows after `delay`.
    ///
    /// Both saturate at 584 years.
    #[must_use]
    pub const fn new(progress: Progress, elapsed: Duration, delay: Duration) -> Self {
        Self {
            progress,
            elapsed: nanos::from_duration(elapsed),
            delay: nanos::from_duration(delay),
        }
    }

    /// Returns what [`Policy::resume`](crate::Policy::resume) continues from.
    #[must_use]
    pub const fn progress(self) -> Progress {
        self.progress
    }

    /// Returns the time from the start of the first attempt to when the call was saved.
    #[must_use]
    pub const fn elapsed(self) -> Duration {
        nanos::to_duration(self.elapsed)
    }

    /// Returns how long to wait before the next attempt, from when the call was saved.
    #[must_use]
    pub const fn delay(self) -> Duration {
        nanos::to_duration(self.delay)
    }

    /// Returns the same call as it is after `duration` more: it has lasted longer, and less of its delay is left.
    ///
    /// For a device with a clock that runs while the device is off or asleep. Without such a clock, wait for the whole
    /// delay again: late is better than early.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Progress, SavedCall};
    /// # use core::time::Duration;
    /// let [second, minute] = [1, 60].map(Duration::from_secs);
    /// let saved = SavedCall::new(Progress::at(3), second, minute);
    ///
    /// let woken = saved.after(45 * second); // the real-time clock says so
    /// assert_eq!((woken.elapsed(), woken.delay()), (46 * second, 15 * second));
    /// assert_eq!(saved.after(5 * minute).delay(), Duration::ZERO);
    /// ```
    #[must_use]
    pub const fn after(self, duration: Duration) -> Self {
        let duration = nanos::from_duration(duration);
        Self {
            progress: self.progress,
            elapsed: self.elapsed.saturating_add(duration),
            delay: self.delay.saturating_sub(duration),
        }
    }

    /// Encodes the call as two bytes that mark it, five integers in little-endian order, and a checksum.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let [body @ .., c0, c1] = &mut bytes;
        let rest = put(body, [MAGIC, VERSION]);
        let rest = put(rest, self.progress.previous.to_le_bytes());
        let rest = put(rest, self.progress.attempt().to_le_bytes());
        let rest = put(rest, self.progress.doubtful.to_le_bytes());
        let rest = put(rest, self.elapsed.to_le_bytes());
        put(rest, self.delay.to_le_bytes());
        [*c0, *c1] = checksum(body).to_le_bytes();
        bytes
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) encoded.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are no such encoding: erased or foreign memory, a record that was damaged or written in part,
    /// or one of another version. Start a new call then.
    pub const fn from_bytes(bytes: &[u8; Self::BYTES]) -> Result<Self, ProgressError> {
        let [body @ .., c0, c1] = bytes;
        let [MAGIC, VERSION, numbers @ ..] = body else {
            return Err(ProgressError::Version);
        };
        if checksum(body) != u16::from_le_bytes([*c0, *c1]) {
            return Err(ProgressError::Checksum);
        }
        let (previous, rest) = take(numbers);
        let (counts, rest) = take(rest);
        let (elapsed, rest) = take(rest);
        let (delay, _) = take(rest);
        let [a0, a1, a2, a3, d0, d1, d2, d3] = counts;
        let Some(attempt) = NonZeroU32::new(u32::from_le_bytes([a0, a1, a2, a3])) else {
            return Err(ProgressError::Attempt);
        };
        Ok(Self {
            progress: Progress {
                previous: u64::from_le_bytes(previous),
                attempt,
                doubtful: u32::from_le_bytes([d0, d1, d2, d3]),
            },
            elapsed: u64::from_le_bytes(elapsed),
            delay: u64::from_le_bytes(delay),
        })
    }
}

/// Writes to the first bytes, and returns the rest.
const fn put<const N: usize>(bytes: &mut [u8], value: [u8; N]) -> &mut [u8] {
    match bytes.split_first_chunk_mut() {
        Some((first, rest)) => {
            *first = value;
            rest
        }
        None => &mut [], // never: the lengths are constants
    }
}

/// Reads the first eight bytes, and returns the rest.
const fn take(bytes: &[u8]) -> ([u8; 8], &[u8]) {
    match bytes.split_first_chunk() {
        Some((first, rest)) => (*first, rest),
        None => ([0; 8], &[]), // never: the lengths are constants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(previous: u64, attempt: u32, doubtful: u32, elapsed: u64, delay: u64) -> SavedCall {
        let progress = Progress {
            previous,
            doubtful,
            ..Progress::at(attempt)
        };
        SavedCall {
            progress,
            elapsed,
            delay,
        }
    }

    fn some() -> SavedCall {
        saved(0x0123_4567_89ab_cdef, 7, 2, 3_000_000_001, 500_000_000)
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        let max = saved(u64::MAX, u32::MAX, u32::MAX, u64::MAX, u64::MAX);
        let zero = saved(0, 1, 0, 0, 0);
        for call in [zero, some(), max] {
            assert_eq!(SavedCall::from_bytes(&call.to_bytes()), Ok(call));
        }
    }

    /// What a device has written once, its next firmware must read.
    #[test]
    fn the_layout_is_this() {
        let bytes = some().to_bytes();
        let expected: [&[u8]; 6] = [
            &[0xb0, 1],
            &0x0123_4567_89ab_cdef_u64.to_le_bytes(),
            &[7, 0, 0, 0, 2, 0, 0, 0],
            &3_000_000_001_u64.to_le_bytes(),
            &500_000_000_u64.to_le_bytes(),
            &checksum(&bytes[..34]).to_le_bytes(),
        ];
        assert_eq!(bytes, *expected.concat());
    }

    #[test]
    fn erased_memory_and_every_flipped_bit_are_rejected() {
        for erased in [0, 0xff] {
            let decoded = SavedCall::from_bytes(&[erased; SavedCall::BYTES]);
            assert_eq!(decoded, Err(ProgressError::Version), "{erased}");
        }
        let bytes = some().to_bytes();
        for bit in 0..8 * SavedCall::BYTES {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(SavedCall::from_bytes(&damaged).is_err(), "bit {bit}");
        }
    }

    /// A reset while flash is being written: the words behind are still erased. Or RAM with an older call in it.
    #[test]
    fn a_record_that_was_written_in_part_is_rejected() {
        let bytes = some().to_bytes();
        let older = saved(1, 6, 2, 2_000_000_000, 400_000_000).to_bytes();
        for before in [[0xff; SavedCall::BYTES], [0; SavedCall::BYTES], older] {
            for words in 1..SavedCall::BYTES / 4 {
                let mut torn = before;
                torn[..4 * words].copy_from_slice(&bytes[..4 * words]);
                if torn != bytes {
                    assert!(SavedCall::from_bytes(&torn).is_err(), "{words} words");
                }
            }
        }
    }

    #[test]
    fn an_attempt_of_zero_is_rejected_even_with_a_valid_checksum() {
        let mut bytes = some().to_bytes();
        bytes[10..14].fill(0);
        let crc = checksum(&bytes[..34]).to_le_bytes();
        bytes[34..].copy_from_slice(&crc);
        assert_eq!(SavedCall::from_bytes(&bytes), Err(ProgressError::Attempt));
    }

    #[test]
    fn durations_saturate() {
        let long = SavedCall::new(Progress::START, Duration::MAX, Duration::MAX);
        assert_eq!(long, saved(0, 1, 0, u64::MAX, u64::MAX));
        let longer = long.after(Duration::from_nanos(1));
        assert_eq!((longer.elapsed, longer.delay), (u64::MAX, u64::MAX - 1));
        assert_eq!(longer.after(Duration::MAX).delay, 0);
    }
}
