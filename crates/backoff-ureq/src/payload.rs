//! The body of a request.

use std::fmt;
use std::io::{self, Read};

use bytes::Bytes;
use ureq::SendBody;

/// The body of a request: bytes, which can be sent again, or a reader, which can be sent only once.
///
/// # Examples
///
/// ```
/// use backoff_ureq::Payload;
/// use std::io;
///
/// let text = Payload::from("order");
/// let stream = Payload::reader(io::empty());
/// assert!(text.can_repeat() && !stream.can_repeat());
/// ```
#[derive(Default)]
pub struct Payload(Content);

#[derive(Default)]
enum Content {
    Bytes(Bytes),
    #[default]
    Nothing,
    /// `None` once it was sent.
    Reader(Option<Box<dyn Read + Send>>),
}

impl Payload {
    /// Sends what a reader yields, in chunks. Such a request is never retried.
    pub fn reader(reader: impl Read + Send + 'static) -> Self {
        Self(Content::Reader(Some(Box::new(reader))))
    }

    /// Returns whether the body can be sent again.
    #[must_use]
    pub const fn can_repeat(&self) -> bool {
        !matches!(self.0, Content::Reader(_))
    }

    pub(crate) const fn is_nothing(&self) -> bool {
        matches!(self.0, Content::Nothing)
    }

    /// The number of bytes, if it is known.
    pub(crate) fn length(&self) -> Option<usize> {
        match &self.0 {
            Content::Bytes(bytes) => Some(bytes.len()),
            Content::Nothing => Some(0),
            Content::Reader(_) => None,
        }
    }

    /// Begins to send the body.
    pub(crate) fn start(&mut self) -> Watched<'_> {
        let source = match &mut self.0 {
            Content::Bytes(bytes) => Source::Bytes(bytes),
            Content::Nothing => Source::Bytes(&[]),
            Content::Reader(reader) => reader.take().map_or(Source::Bytes(&[]), Source::Reader),
        };
        Watched {
            source,
            is_read: false,
        }
    }
}

impl<T: Into<Bytes>> From<T> for Payload {
    fn from(bytes: T) -> Self {
        Self(Content::Bytes(bytes.into()))
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("length", &self.length())
            .finish()
    }
}

/// A body that is being sent, and whether anything of it was.
///
/// ureq reads a body when it has a connection and has sent the headers. A server cannot have processed a request whose body
/// it did not get.
pub(crate) struct Watched<'p> {
    source: Source<'p>,
    is_read: bool,
}

enum Source<'p> {
    Bytes(&'p [u8]),
    Reader(Box<dyn Read + Send>),
}

impl Watched<'_> {
    pub(crate) fn as_body(&mut self) -> SendBody<'_> {
        SendBody::from_reader(self)
    }

    pub(crate) const fn is_read(&self) -> bool {
        self.is_read
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_read = true;
        match &mut self.source {
            Source::Bytes(bytes) => bytes.read(buffer),
            Source::Reader(reader) => reader.read(buffer),
        }
    }
}
