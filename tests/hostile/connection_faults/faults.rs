//! Ways in which a server misbehaves.

mod http1;
mod http2;
mod tls;

/// A way in which a server misbehaves.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) protocol: Protocol,
    /// What is written before the request is read, in HTTP/2.
    pub(super) greeting: Vec<u8>,
    /// What is written after the request was read.
    pub(super) bytes: Vec<u8>,
    /// Bytes that are written at once, with a pause after them.
    pub(super) chunk: usize,
    pub(super) then: Then,
    /// A body that the bytes make.
    pub(super) body: Option<&'static str>,
    /// It says that the request was not processed, or asks for it elsewhere, so that any method may be repeated.
    pub(super) refuses: bool,
    /// It does not read the request.
    pub(super) before_the_request: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Protocol {
    Http1,
    Http2,
    Tls,
}

/// What follows the bytes.
#[derive(Clone, Debug)]
pub(super) enum Then {
    Close,
    /// The same bytes for ever, as fast as they are read.
    Repeat(Vec<u8>),
    Reset,
    /// Nothing.
    Stall,
    /// The same bytes for ever, slowly.
    Trickle(Vec<u8>),
}

impl Protocol {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::Tls => "TLS",
        }
    }
}

pub(super) fn all() -> Vec<Fault> {
    [http1::all(), http2::all(), tls::all()].concat()
}

fn fault(protocol: Protocol, name: &'static str, bytes: impl AsRef<[u8]>, then: Then) -> Fault {
    let bytes = bytes.as_ref().to_vec();
    Fault {
        name,
        protocol,
        greeting: Vec::new(),
        chunk: bytes.len(),
        bytes,
        then,
        body: None,
        refuses: false,
        before_the_request: false,
    }
}
