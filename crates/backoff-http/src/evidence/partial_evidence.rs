//! What one error says, before its causes are asked.

use super::evidence::Evidence;
use super::fault::Fault;
use super::sent::Sent;

/// What an error says, or several errors that caused one another.
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

    pub(crate) const fn fault(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            sent: None,
        }
    }

    pub(crate) const fn sent(mut self, sent: Sent) -> Self {
        self.sent = Some(sent);
        self
    }

    /// What both an error and its cause say.
    pub(crate) fn with_cause(self, cause: Self) -> Self {
        let fault = match (self.fault, cause.fault) {
            (Some(Fault::Connect), Some(Fault::Protocol)) => Some(Fault::Certificate),
            // That there is no connection says less than whatever comes with it.
            (Some(known), None | Some(Fault::Connect)) => Some(known),
            (_, found) => found,
        };
        let sent = match (self.sent, cause.sent) {
            (None | Some(Sent::Maybe), Some(proved)) => Some(proved),
            (known, _) => known,
        };
        Self { fault, sent }
    }

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
    fn the_cause_counts_and_so_does_the_first_proof() {
        let connect = PartialEvidence::fault(Fault::Connect).sent(Sent::Never);
        let timeout = PartialEvidence::fault(Fault::Timeout).sent(Sent::Never);
        let canceled = PartialEvidence::fault(Fault::Reset).sent(Sent::Never);
        let parse = PartialEvidence::fault(Fault::Protocol).sent(Sent::ResponseBegun);
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
