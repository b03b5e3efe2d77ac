//! What is known about a request that got no whole response.

use core::fmt;

use super::fault::Fault;
use super::sent::Sent;

/// What an error of a client proves: the fault, and how far the request came.
///
/// # Examples
///
/// A timeout may have hit a request that was already under way; the timeout of a connection cannot.
///
/// ```
/// # use backoff_http::{Evidence, Fault, Sent};
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
    /// What a fault proves by itself; the table is at [`Fault`].
    #[must_use]
    pub const fn of(fault: Fault) -> Self {
        Self {
            fault,
            sent: fault.sent(),
        }
    }

    /// The same fault, where it is known how far the request came.
    #[must_use]
    pub const fn with_sent(self, sent: Sent) -> Self {
        Self { sent, ..self }
    }

    /// What went wrong.
    #[must_use]
    pub const fn fault(self) -> Fault {
        self.fault
    }

    /// How far the request came.
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
