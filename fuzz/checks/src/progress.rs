//! Saved progress: arbitrary bytes are rejected, or are what the progress that they give is saved as.

use arbitrary::Arbitrary;
use backoff_core::{Progress, ProgressError};

use crate::Check;

/// Bytes from a memory that may hold anything.
#[derive(Arbitrary, Debug)]
pub struct Case {
    bytes: [u8; Progress::BYTES],
    /// Puts the right checksum in place, which hardly any bytes have.
    sealed: bool,
}

impl Check for Case {
    fn check(&self) {
        let mut bytes = self.bytes;
        if self.sealed {
            seal(&mut bytes);
        }
        let read = Progress::from_bytes(&bytes);
        assert_eq!(read.map(Progress::to_bytes), expected(bytes), "{bytes:?}");
        if let Ok(progress) = read {
            assert_ne!(progress.attempt(), 0);
            assert_eq!(progress.attempt().to_le_bytes(), bytes[9..13]);
            assert_eq!(progress.doubtful_retries().to_le_bytes(), bytes[13..17]);
        }
    }
}

/// The bytes themselves, or the first thing that is wrong with them.
fn expected(bytes: [u8; Progress::BYTES]) -> Result<[u8; Progress::BYTES], ProgressError> {
    let mut right = bytes;
    seal(&mut right);
    match bytes {
        _ if bytes[0] != 1 => Err(ProgressError::Version),
        _ if bytes != right => Err(ProgressError::Checksum),
        _ if bytes[9..13] == [0; 4] => Err(ProgressError::Attempt),
        _ => Ok(bytes),
    }
}

/// Puts the checksum at the end: the remainder of a division of polynomials, bit by bit (CRC-16/IBM-3740).
pub fn seal<const N: usize>(bytes: &mut [u8; N]) {
    let (body, sum) = bytes.split_at_mut(N - 2);
    let bits = body
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
    let remainder = bits.fold(0xffff, |crc: u16, bit| {
        let odd = (crc >> 15 == 1) != bit;
        crc << 1 ^ if odd { 0x1021 } else { 0 }
    });
    sum.copy_from_slice(&remainder.to_le_bytes());
}
