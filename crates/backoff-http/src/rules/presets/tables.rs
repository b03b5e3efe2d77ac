//! The tables that several systems share.

use backoff_core::FailureKind;

use crate::evidence::Fault;
use crate::rules::fault::FaultRule;
use crate::rules::status_class::StatusClass;
use crate::rules::status_rule::StatusRule;

/// Every status below 400 is accepted.
pub(crate) const ACCEPTED: StatusRule = StatusRule::range(100, 399, StatusClass::Accepted);

/// For systems that do not distinguish connection errors. A fault of the request itself is not one of them.
pub(crate) const EVERY_FAULT: &[FaultRule] = &[
    FaultRule::new(Fault::Certificate, FailureKind::Transient),
    FaultRule::new(Fault::Connect, FailureKind::Transient),
    FaultRule::new(Fault::Dns, FailureKind::Transient),
    FaultRule::new(Fault::EnhanceYourCalm, FailureKind::Throttled),
    FaultRule::new(Fault::Other, FailureKind::Transient),
    FaultRule::new(Fault::Protocol, FailureKind::Transient),
    FaultRule::new(Fault::ProxyRefused, FailureKind::Transient),
    FaultRule::new(Fault::Refused, FailureKind::Transient),
    FaultRule::new(Fault::RefusedStream, FailureKind::Transient),
    FaultRule::new(Fault::Reset, FailureKind::Transient),
    FaultRule::new(Fault::Timeout, FailureKind::Transient),
    FaultRule::new(Fault::TlsAlert, FailureKind::Transient),
];
