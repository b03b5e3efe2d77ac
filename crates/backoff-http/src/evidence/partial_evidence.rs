//! What a part of an error chain proves.

use super::evidence::Evidence;
use super::fault::Fault;
use super::sent::Sent;

/// What an error proves, alone or with some of its causes. An unknown part is `None`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartialEvidence {
    fault: Option<Fault>,
    sent: Option<Sent>,
}

impl PartialEvidence {
    pub(crate) const NONE: Self = Self {
        fault: None,
        sent: None,
    };

    pub(crate) const fn of_fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            sent: None,
        }
    }

    pub(crate) const fn with_sent(mut self, sent: Sent) -> Self {
        self.sent = Some(sent);
        self
    }

    /// Adds what the cause of the error proves.
    pub(crate) fn with_cause(self, cause: Self) -> Self {
        let fault = match (self.fault, cause.fault) {
            (Some(Fault::Connect), Some(Fault::Protocol)) => Some(Fault::Certificate),
            // `Connect` says less than any other fault.
            (Some(known), None | Some(Fault::Connect)) => Some(known),
            (_, found) => found,
        };
        let sent = match (self.sent, cause.sent) {
            (None | Some(Sent::Maybe), Some(proved)) => Some(proved),
            (known, _) => known,
        };
        Self { fault, sent }
    }

    /// Returns the evidence, with the defaults of [`Fault`] for what is unknown.
    pub(crate) fn evidence(self) -> Evidence {
        let evidence = Evidence::of(self.fault.unwrap_or(Fault::Other));
        self.sent.map_or(evidence, |sent| evidence.with_sent(sent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn the_fault_is_that_of_the_cause_and_the_first_proof_of_what_was_sent_counts() {
        let connect = PartialEvidence::of_fault(Fault::Connect).with_sent(Sent::Never);
        let timeout = PartialEvidence::of_fault(Fault::Timeout).with_sent(Sent::Never);
        let canceled = PartialEvidence::of_fault(Fault::Reset).with_sent(Sent::Never);
        let parse = PartialEvidence::of_fault(Fault::Protocol).with_sent(Sent::ResponseBegun);
        let cases = [
            (
                connect,
                PartialEvidence::of_io(ErrorKind::ConnectionRefused),
                Fault::Refused,
                Sent::Never,
            ),
            (
                connect,
                PartialEvidence::of_io(ErrorKind::ConnectionReset),
                Fault::Reset,
                Sent::Never,
            ),
            (
                connect,
                PartialEvidence::of_io(ErrorKind::InvalidData),
                Fault::Certificate,
                Sent::Never,
            ),
            (connect, PartialEvidence::NONE, Fault::Connect, Sent::Never),
            (timeout, connect, Fault::Timeout, Sent::Never),
            (canceled, parse, Fault::Protocol, Sent::Never),
            (
                parse,
                PartialEvidence::of_io(ErrorKind::ConnectionReset),
                Fault::Reset,
                Sent::ResponseBegun,
            ),
            (
                PartialEvidence::NONE,
                PartialEvidence::NONE,
                Fault::Other,
                Sent::Maybe,
            ),
        ];
        for (error, cause, fault, sent) in cases {
            let evidence = error.with_cause(cause).evidence();
            assert_eq!(
                (evidence.fault(), evidence.sent()),
                (fault, sent),
                "{error:?}, {cause:?}"
            );
        }
    }
}
