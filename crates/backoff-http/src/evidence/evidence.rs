//! What the error of a client proves.

use core::fmt;

use super::fault::Fault;
use super::sent::Sent;

/// What the error of a client proves: the fault, and how far the request got.
///
/// # Examples
///
/// A request that timed out may have been sent, unless it timed out while connecting:
///
/// ```
/// use backoff_http::{Evidence, Fault, Sent};
///
/// let timeout = Evidence::of(Fault::Timeout);
/// assert_eq!(timeout.sent(), Sent::Maybe);
/// assert_eq!(timeout.with_sent(Sent::Never).to_string(), "timed out, never sent");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Evidence {
    fault: Fault,
    sent: Sent,
}

impl Evidence {
    /// Returns what a fault proves by itself, by the table at [`Fault`].
    #[must_use]
    pub const fn of(fault: Fault) -> Self {
        Self {
            fault,
            sent: fault.sent(),
        }
    }

    /// Says how far the request got.
    #[must_use]
    pub const fn with_sent(self, sent: Sent) -> Self {
        Self { sent, ..self }
    }

    /// Returns what went wrong.
    #[must_use]
    pub const fn fault(self) -> Fault {
        self.fault
    }

    /// Returns how far the request got.
    #[must_use]
    pub const fn sent(self) -> Sent {
        self.sent
    }
}

impl From<Fault> for Evidence {
    fn from(fault: Fault) -> Self {
        Self::of(fault)
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.fault, self.sent)
    }
}
