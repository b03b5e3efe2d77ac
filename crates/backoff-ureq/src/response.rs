//! Bodies of responses that were read before the caller gets them.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Cursor, Read};
use std::time::Instant;

use http::Response;
use ureq::{Body, Error, Timeout};

/// How much of the body of a failed response is kept, in bytes. What explains a failure is short. The value is the size
/// of an HTTP/2 frame that every peer accepts (RFC 9113, section 4.2).
const KEPT: usize = 16_384;

/// Until when a body is read: the end of its attempt, or `None` for an attempt without an end.
pub(crate) type Until = Option<Instant>;

/// Reads a whole body of at most `limit` bytes, so that it holds no connection any more.
///
/// If it breaks off or is too long, the error comes beside the response with what was read of it.
pub(crate) fn read(
    response: Response<Body>,
    limit: u64,
    until: Until,
) -> (Response<Body>, Option<Error>) {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let beginning = Beginning::read(response, most, until);
    match beginning.end {
        End::Whole => (beginning.into_response(), None),
        End::Error(_) => {
            let (response, error) = beginning.cut();
            (response, error.map(Error::from))
        }
        End::Late(_) => {
            let (response, _) = beginning.cut();
            (response, Some(Error::Timeout(Timeout::RecvBody)))
        }
        End::More(_) => {
            let (response, _) = beginning.cut();
            (response, Some(Error::BodyExceedsLimit(limit)))
        }
    }
}

/// Reads the beginning of a body, at most `limit` bytes, and returns it beside the response, whose body is the same as before.
pub(crate) fn peek(
    response: Response<Body>,
    limit: usize,
    until: Until,
) -> (Response<Body>, Vec<u8>) {
    let beginning = Beginning::read(response, limit, until);
    let read = beginning.data.clone();
    (beginning.into_response(), read)
}

/// Gives the connection of a failed response back, and keeps the beginning of its body. A longer body ends with an error.
pub(crate) fn keep(response: Response<Body>, until: Until) -> Response<Body> {
    Beginning::read(response, KEPT, until).cut().0
}

/// A response, and the beginning of its body.
struct Beginning {
    response: Response<Body>,
    data: Vec<u8>,
    end: End,
}

/// What follows the beginning.
enum End {
    Error(io::Error),
    /// The time was over.
    Late(Box<dyn Read + Send + Sync>),
    More(Box<dyn Read + Send + Sync>),
    Whole,
}

/// Bytes that are read at once: what a packet brings on most networks, and so a short wait.
const CHUNK: usize = 1_024;

impl Beginning {
    fn read(response: Response<Body>, limit: usize, until: Until) -> Self {
        let (head, body) = response.into_parts();
        let mime_type = body.mime_type().map(ToOwned::to_owned);
        let (mut reader, mut data) = (body.into_reader(), Vec::new());
        let end = loop {
            if data.len() > limit {
                let rest = Cursor::new(data.split_off(limit)).chain(reader);
                break End::More(Box::new(rest));
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                break End::Late(Box::new(reader));
            }
            match read_some(&mut reader, &mut data) {
                Ok(0) => break End::Whole,
                Ok(_) => {}
                Err(error) => break End::Error(error),
            }
        };
        // What a reader of ureq yields is decoded, and text is UTF-8.
        let mut empty = Body::builder().charset("utf-8");
        if let Some(mime_type) = mime_type {
            empty = empty.mime_type(mime_type);
        }
        let response = Response::from_parts(head, empty.data(Vec::new()));
        Self {
            response,
            data,
            end,
        }
    }

    /// The response as it was.
    fn into_response(self) -> Response<Body> {
        let Self {
            response,
            data,
            end,
        } = self;
        match end {
            End::Whole => with_body(response, Cursor::new(data)),
            End::Late(rest) | End::More(rest) => with_body(response, Cursor::new(data).chain(rest)),
            End::Error(error) => with_body(response, Cursor::new(data).chain(Failing(Some(error)))),
        }
    }

    /// The response without the rest of its body, in whose place is an error; and the error that ended the body.
    fn cut(self) -> (Response<Body>, Option<io::Error>) {
        let Self {
            response,
            data,
            end,
        } = self;
        let data = Cursor::new(data);
        match end {
            End::Whole => (with_body(response, data), None),
            End::Late(_) | End::More(_) => (with_body(response, data.chain(Failing::cut())), None),
            End::Error(error) => (with_body(response, data.chain(Failing::cut())), Some(error)),
        }
    }
}

fn with_body(
    response: Response<Body>,
    reader: impl Read + Send + Sync + 'static,
) -> Response<Body> {
    response.map(|empty| {
        let mut body = Body::builder().charset("utf-8");
        if let Some(mime_type) = empty.mime_type() {
            body = body.mime_type(mime_type);
        }
        body.reader(reader)
    })
}

/// Reads what is there, at most a [`CHUNK`], and returns how much that was.
fn read_some(reader: &mut impl Read, data: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; CHUNK];
    loop {
        match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(read) => {
                data.extend_from_slice(chunk.get(..read).unwrap_or(&chunk));
                return Ok(read);
            }
        }
    }
}

/// Ends a body with an error.
struct Failing(Option<io::Error>);

impl Failing {
    fn cut() -> Self {
        Self(Some(io::Error::other(Cut)))
    }
}

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(self.0.take().unwrap_or_else(|| io::Error::other(Cut)))
    }
}

/// The rest of a body was not read, because another attempt followed.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rest of the body was not read, because another attempt followed")
    }
}

impl StdError for Cut {}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(body: impl Read + Send + Sync + 'static) -> Response<Body> {
        let body = Body::builder().mime_type("text/plain").reader(body);
        Response::builder()
            .status(503)
            .body(body)
            .expect("a legal response")
    }

    fn bytes(length: usize) -> Cursor<Vec<u8>> {
        Cursor::new(vec![b'7'; length])
    }

    #[test]
    fn a_body_that_was_looked_at_is_handed_on_unharmed() {
        for (length, limit) in [(0, 0), (0, 4), (3, 4), (4, 4), (5, 4), (70_000, 4)] {
            let (mut response, read) = peek(response(bytes(length)), limit, None);
            assert_eq!(read.len(), length.min(limit), "{length} {limit}");
            assert_eq!(response.body().mime_type(), Some("text/plain"));
            let whole = response.body_mut().read_to_vec().expect("whole");
            assert_eq!(whole.len(), length, "{length} {limit}");
        }
        let (mut broken, read) = peek(response(bytes(3).chain(Failing::cut())), 9, None);
        assert_eq!(read.len(), 3);
        assert!(broken.body_mut().read_to_vec().is_err());
    }

    #[test]
    fn a_body_that_is_too_long_is_cut_and_says_so() {
        for (length, is_whole) in [(0, true), (KEPT, true), (KEPT + 1, false)] {
            let mut kept = keep(response(bytes(length)), None);
            let read = kept.body_mut().read_to_vec();
            assert_eq!(read.is_ok(), is_whole, "{length}");
        }
    }

    #[test]
    fn a_body_over_its_limit_is_an_error_and_so_is_one_that_breaks_off() {
        let (_, error) = read(response(bytes(4)), 4, None);
        assert!(error.is_none());
        let (_, error) = read(response(bytes(5)), 4, None);
        assert!(matches!(error, Some(Error::BodyExceedsLimit(4))));
        let (mut kept, error) = read(response(bytes(3).chain(Failing::cut())), 4, None);
        assert!(matches!(error, Some(Error::Io(_))), "{error:?}");
        let mut beginning = [0; 3];
        let mut reader = kept.body_mut().as_reader();
        assert!(reader.read_exact(&mut beginning).is_ok());
    }

    #[test]
    fn a_body_whose_time_is_over_is_read_no_further_and_handed_on_whole() {
        let over = Some(Instant::now());
        let (mut late, seen) = peek(response(bytes(3)), 9, over);
        assert_eq!(seen.len(), 0);
        let whole = late.body_mut().read_to_vec().expect("whole");
        assert_eq!(whole.len(), 3);
        let (_, error) = read(response(bytes(3)), 9, over);
        assert!(matches!(error, Some(Error::Timeout(_))), "{error:?}");
        assert!(
            keep(response(bytes(3)), over)
                .body_mut()
                .read_to_vec()
                .is_err()
        );
    }
}
