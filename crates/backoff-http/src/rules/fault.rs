//! Rules about faults of a connection.

use backoff_core::FailureKind;

use crate::evidence::{Evidence, Fault, Sent};

/// A line of a table that says what faults mean.
///
/// # Examples
///
/// ```
/// use backoff_http::{Evidence, Fault, FaultRule, Sent};
/// use backoff_core::FailureKind;
///
/// let rule = FaultRule::new(Fault::Timeout, FailureKind::Permanent).when(Sent::Maybe);
/// assert!(rule.covers(Evidence::of(Fault::Timeout)));
/// assert!(!rule.covers(Evidence::of(Fault::Timeout).with_sent(Sent::Never)));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct FaultRule {
    fault: Fault,
    sent: Option<Sent>,
    kind: FailureKind,
}

impl FaultRule {
    /// Says what a fault means, however far the request got.
    #[must_use]
    pub const fn new(fault: Fault, kind: FailureKind) -> Self {
        Self {
            fault,
            sent: None,
            kind,
        }
    }

    /// Restricts the rule to requests that got this far.
    #[must_use]
    pub const fn when(mut self, sent: Sent) -> Self {
        self.sent = Some(sent);
        self
    }

    /// Returns whether the rule covers this evidence.
    #[must_use]
    pub fn covers(&self, evidence: Evidence) -> bool {
        self.fault == evidence.fault() && self.sent.is_none_or(|sent| sent == evidence.sent())
    }

    /// Returns the kind of failure that the fault means.
    #[must_use]
    pub const fn kind(&self) -> FailureKind {
        self.kind
    }
}

/// The table at [`Fault`]. A fault that is missing here is permanent.
pub(crate) const BY_DEFAULT: &[FaultRule] = &[
    FaultRule::new(Fault::Connect, FailureKind::Transient),
    FaultRule::new(Fault::Dns, FailureKind::Transient),
    FaultRule::new(Fault::EnhanceYourCalm, FailureKind::Throttled),
    FaultRule::new(Fault::Other, FailureKind::Doubtful),
    FaultRule::new(Fault::Overflow, FailureKind::Transient),
    FaultRule::new(Fault::Protocol, FailureKind::Doubtful),
    FaultRule::new(Fault::Refused, FailureKind::Transient),
    FaultRule::new(Fault::RefusedStream, FailureKind::Transient),
    FaultRule::new(Fault::Reset, FailureKind::Transient),
    FaultRule::new(Fault::Timeout, FailureKind::Transient),
    FaultRule::new(Fault::TlsAlert, FailureKind::Transient),
];
