//! Progress as bytes, for memory that survives a reset.

use core::num::NonZeroU32;

use super::Progress;
use super::error::ProgressError;

/// The first byte of the encoded form. Neither erased RAM (0) nor erased flash (255) passes for it.
const VERSION: u8 = 1;

impl Progress {
    /// The length of the encoded form, in bytes.
    pub const BYTES: usize = 19;

    /// Encodes the progress as a version, three integers in little-endian order, and a checksum.
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

    /// Decodes what [`to_bytes`](Self::to_bytes) encoded.
    ///
    /// # Errors
    ///
    /// Fails if the bytes are no such encoding: erased or foreign memory, a damaged record, or a record of another
    /// version. Start a new call then.
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

/// Computes CRC-16/IBM-3740 (polynomial 0x1021, start 0xffff) bit by bit. It finds every error burst of up to 16
/// bits.
pub(super) const fn checksum(mut bytes: &[u8]) -> u16 {
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
}
