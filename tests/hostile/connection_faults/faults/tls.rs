//! Faults of TLS.

use super::{Fault, Protocol, Then, fault};

pub(super) fn all() -> Vec<Fault> {
    let alert = |level: u8, what: u8| vec![0x15, 3, 3, 0, 2, level, what];
    let new = |name, bytes: Vec<u8>, then| fault(Protocol::Tls, name, bytes, then);
    vec![
        // The numbers of alerts: RFC 8446, section 6.
        new("alert: internal error", alert(2, 80), Then::Close),
        new("alert: handshake failure", alert(2, 40), Then::Close),
        new("alert: bad certificate", alert(2, 42), Then::Close),
        new(
            "alert: unrecognized name, a warning",
            alert(1, 112),
            Then::Stall,
        ),
        new("alerts for ever", Vec::new(), Then::Repeat(alert(1, 90))),
        new("closes during the handshake", Vec::new(), Then::Close),
        new("stalls during the handshake", Vec::new(), Then::Stall),
        new(
            "an answer in plain HTTP",
            b"HTTP/1.1 400 Bad\r\n\r\n".to_vec(),
            Then::Close,
        ),
        new(
            "a record of 64 KiB",
            vec![0x16, 3, 3, 0xff, 0xff],
            Then::Repeat(vec![0; 1_024]),
        ),
    ]
}
