//! How far a call has come, as data that survives a reboot.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use crate::nanos;

/// How far a call has come: all that a policy remembers between two decisions.
///
/// Plain data. [`Policy::resume`](crate::Policy::resume) continues from it exactly as if nothing had happened
/// in between, so a device that sleeps or reboots between two attempts carries it through flash or RTC memory:
/// as [bytes](Self::to_bytes) with a version and a checksum, or through serde with the feature `serde`.
///
/// Time is not part of it, since only the caller knows how long the device was off.
///
/// # Examples
///
/// ```
/// use backoff_core::{Failure, Policy, Progress};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// let mut retry = POLICY.start();
/// let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
/// let saved = retry.progress().to_bytes();
///
/// // .. a reboot later ..
/// let progress = Progress::from_bytes(&saved).unwrap_or_default();
/// assert_eq!(POLICY.resume(progress).attempt(), 2);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Progress {
    /// The last delay of decorrelated jitter, in nanoseconds; zero before the first.
    pub(crate) previous: u64,
    /// The attempt under way.
    pub(crate) attempt: NonZeroU32,
    /// The doubtful failures retried so far.
    pub(crate) doubtful: u32,
}

const _: () = assert!(size_of::<Progress>() <= 24);

/// The first byte of the encoded form; neither erased RAM (0) nor erased flash (255) passes for it.
const VERSION: u8 = 1;

impl Progress {
    /// The length of the encoded form, in bytes.
    pub const BYTES: usize = 19;

    /// A call whose first attempt is under way.
    pub const START: Self = Self {
        previous: 0,
        attempt: NonZeroU32::MIN,
        doubtful: 0,
    };

    /// Makes the progress of a call whose attempt of this number is under way; 0 counts as 1.
    ///
    /// For engines that keep nothing but a count of deliveries. Doubtful failures and the previous delay are
    /// unknown then: the former count from zero, and decorrelated jitter starts at its base.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_core::{Decision, Failure, GiveUp, Policy, Progress};
    /// # use core::time::Duration;
    /// let deliveries = 5; // as the message says
    /// let mut retry = Policy::DEFAULT.resume(Progress::at(deliveries));
    /// let decision = retry.on_failure(Duration::ZERO, Failure::transient(), 7);
    /// assert_eq!(decision, Decision::GiveUp(GiveUp::Attempts)); // the default is 5 attempts
    /// ```
    #[must_use]
    pub const fn at(attempt: u32) -> Self {
        let attempt = match NonZeroU32::new(attempt) {
            Some(attempt) => attempt,
            None => NonZeroU32::MIN,
        };
        Self {
            attempt,
            ..Self::START
        }
    }

    /// The attempt under way; the first is 1.
    #[must_use]
    pub const fn attempt(self) -> u32 {
        self.attempt.get()
    }

    /// How many doubtful failures have been retried.
    #[must_use]
    pub const fn doubtful_retries(self) -> u32 {
        self.doubtful
    }

    /// The previous delay, which decorrelated jitter builds on; zero with any other jitter.
    #[must_use]
    pub const fn previous_delay(self) -> Duration {
        nanos::to_duration(self.previous)
    }

    /// Encodes the progress: a version, three integers in little-endian order, a checksum.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::BYTES] {
        let [p0, p1, p2, p3, p4, p5, p6, p7] = self.previous.to_le_bytes();
        let [a0, a1, a2, a3] = self.attempt.get().to_le_bytes();
        let [d0, d1, d2, d3] = self.doubtful.to_le_bytes();
        let body = [
            VERSION, p0, p1, p2, p3, p4, p5, p6, p7, a0, a1, a2, a3, d0, d1, d2, d3,
        ];
        let [c0, c1] = checksum(&body).to_le_bytes();
        let [version, ..] = body;
        [
            version, p0, p1, p2, p3, p4, p5, p6, p7, a0, a1, a2, a3, d0, d1, d2, d3, c0, c1,
        ]
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) made.
    ///
    /// # Errors
    ///
    /// Fails where the bytes are not such an encoding: erased or foreign memory, a damaged record, or the
    /// record of another version. Start anew then.
    pub const fn from_bytes(bytes: &[u8; Self::BYTES]) -> Result<Self, ProgressError> {
        let [body @ .., c0, c1] = bytes;
        let &[
            version,
            p0,
            p1,
            p2,
            p3,
            p4,
            p5,
            p6,
            p7,
            a0,
            a1,
            a2,
            a3,
            d0,
            d1,
            d2,
            d3,
        ] = body;
        if version != VERSION {
            return Err(ProgressError::Version);
        }
        if checksum(body) != u16::from_le_bytes([*c0, *c1]) {
            return Err(ProgressError::Checksum);
        }
        let Some(attempt) = NonZeroU32::new(u32::from_le_bytes([a0, a1, a2, a3])) else {
            return Err(ProgressError::Attempt);
        };
        Ok(Self {
            previous: u64::from_le_bytes([p0, p1, p2, p3, p4, p5, p6, p7]),
            attempt,
            doubtful: u32::from_le_bytes([d0, d1, d2, d3]),
        })
    }
}

/// The start of a call.
impl Default for Progress {
    fn default() -> Self {
        Self::START
    }
}

/// Why bytes are not the progress of a call.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum ProgressError {
    /// The attempt is 0, which no call is at.
    Attempt,
    /// The record is damaged.
    Checksum,
    /// The memory holds no record, or one of another version.
    Version,
}

impl fmt::Display for ProgressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attempt => "saved progress names attempt 0",
            Self::Checksum => "saved progress is damaged: its checksum does not match",
            Self::Version => "no saved progress, or one of another version",
        })
    }
}

impl core::error::Error for ProgressError {}

/// CRC-16/IBM-3740 (polynomial 0x1021, start 0xffff), bit by bit: it finds every error burst of up to 16 bits.
const fn checksum(mut bytes: &[u8]) -> u16 {
    let mut crc = 0xffff_u16;
    while let [byte, rest @ ..] = bytes {
        crc ^= (*byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            let carry = crc & 0x8000 != 0;
            crc <<= 1;
            if carry {
                crc ^= 0x1021;
            }
            bit += 1;
        }
        bytes = rest;
    }
    crc
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn some() -> Progress {
        Progress {
            previous: 0x0123_4567_89ab_cdef,
            attempt: NonZeroU32::new(7).expect("7"),
            doubtful: 2,
        }
    }

    #[test]
    fn encoding_is_undone_by_decoding() {
        let last = Progress {
            previous: u64::MAX,
            attempt: NonZeroU32::MAX,
            doubtful: u32::MAX,
        };
        for progress in [Progress::START, some(), last] {
            assert_eq!(Progress::from_bytes(&progress.to_bytes()), Ok(progress));
        }
    }

    #[test]
    fn erased_memory_and_every_flipped_bit_are_rejected() {
        assert_eq!(Progress::from_bytes(&[0; 19]), Err(ProgressError::Version));
        assert_eq!(
            Progress::from_bytes(&[255; 19]),
            Err(ProgressError::Version)
        );
        let bytes = some().to_bytes();
        for bit in 0..8 * Progress::BYTES {
            let mut damaged = bytes;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Progress::from_bytes(&damaged).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn an_attempt_of_zero_is_rejected_even_with_a_valid_checksum() {
        let mut bytes = Progress::START.to_bytes();
        bytes[9..13].fill(0);
        let crc = checksum(&bytes[..17]).to_le_bytes();
        bytes[17..].copy_from_slice(&crc);
        assert_eq!(Progress::from_bytes(&bytes), Err(ProgressError::Attempt));
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(checksum(b"123456789"), 0x29b1); // the check value of CRC-16/IBM-3740
    }

    #[test]
    fn every_error_has_its_words_and_the_default_is_the_start() {
        let cases = [
            (ProgressError::Attempt, "saved progress names attempt 0"),
            (
                ProgressError::Checksum,
                "saved progress is damaged: its checksum does not match",
            ),
            (
                ProgressError::Version,
                "no saved progress, or one of another version",
            ),
        ];
        for (error, words) in cases {
            assert_eq!(error.to_string(), words);
        }
        assert_eq!(Progress::default(), Progress::START);
    }

    #[test]
    fn what_was_saved_can_be_looked_at() {
        assert_eq!((some().attempt(), some().doubtful_retries()), (7, 2));
        assert_eq!(
            some().previous_delay(),
            Duration::from_nanos(0x0123_4567_89ab_cdef)
        );
    }
}
