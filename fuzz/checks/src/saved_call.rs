//! Saved calls: arbitrary bytes are rejected, or are what the call that they give is saved as; and time goes by.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{ProgressError, SavedCall};

use crate::{Check, progress::seal};

/// Bytes from a memory that may hold anything, and how long the device was off.
#[derive(Arbitrary, Debug)]
pub struct Case {
    bytes: [u8; SavedCall::BYTES],
    off: Duration,
    /// Puts the right mark and the right checksum in place, which hardly any bytes have.
    sealed: bool,
}

impl Check for Case {
    fn check(&self) {
        let mut bytes = self.bytes;
        if self.sealed {
            bytes[..2].copy_from_slice(&[0xb0, 1]);
            seal(&mut bytes);
        }
        let read = SavedCall::from_bytes(&bytes);
        assert_eq!(read.map(SavedCall::to_bytes), expected(bytes), "{bytes:?}");
        let Ok(call) = read else {
            return;
        };
        assert_eq!(call.progress().attempt().to_le_bytes(), bytes[10..14]);
        let rebuilt = SavedCall::new(call.progress(), call.elapsed(), call.delay());
        assert_eq!(rebuilt, call);

        let later = call.after(self.off);
        assert_eq!(later.progress(), call.progress());
        assert_eq!(
            later.delay(),
            shown(exact(call.delay()).saturating_sub(exact(self.off)))
        );
        assert_eq!(
            later.elapsed(),
            shown(exact(call.elapsed()).saturating_add(exact(self.off)))
        );
    }
}

/// Nanoseconds as a call keeps them: what is longer than 584 years is endless.
fn exact(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn shown(nanos: u64) -> Duration {
    if nanos == u64::MAX {
        Duration::MAX
    } else {
        Duration::from_nanos(nanos)
    }
}

/// The bytes themselves, or the first thing that is wrong with them.
fn expected(bytes: [u8; SavedCall::BYTES]) -> Result<[u8; SavedCall::BYTES], ProgressError> {
    let mut right = bytes;
    seal(&mut right);
    match bytes {
        _ if bytes[..2] != [0xb0, 1] => Err(ProgressError::Version),
        _ if bytes != right => Err(ProgressError::Checksum),
        _ if bytes[10..14] == [0; 4] => Err(ProgressError::Attempt),
        _ => Ok(bytes),
    }
}
