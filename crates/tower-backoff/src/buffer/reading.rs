//! The reading of a body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, Request};
use http_body::Body;

use super::buffered::{Buffered, Rest};

/// A request whose body is being read.
#[doc(hidden)]
pub struct Reading<Q> {
    head: Parts,
    body: Q,
    data: BytesMut,
    limit: usize,
}

/// How the reading of a body ended.
pub(super) enum End<E> {
    Body(Option<HeaderMap>),
    Error(E),
    Limit,
}

impl<Q> Reading<Q> {
    pub(super) fn new(request: Request<Q>, limit: usize) -> Self {
        let (head, body) = request.into_parts();
        Self {
            head,
            body,
            data: BytesMut::new(),
            limit,
        }
    }
}

impl<Q: Body<Data = Bytes> + Unpin> Reading<Q> {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End<Q::Error>> {
        while self.data.len() <= self.limit {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                None => return Poll::Ready(End::Body(None)),
                Some(Err(error)) => return Poll::Ready(End::Error(error)),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.data.extend_from_slice(&data),
                    Err(frame) => return Poll::Ready(End::Body(frame.into_trailers().ok())),
                },
            }
        }
        Poll::Ready(End::Limit)
    }

    pub(super) fn finish(self, end: End<Q::Error>) -> Request<Buffered<Q>> {
        let (trailers, rest) = match end {
            End::Body(trailers) => (trailers, Rest::Nothing),
            End::Error(error) => (None, Rest::Error(error)),
            End::Limit => (None, Rest::Body(self.body)),
        };
        let body = Buffered::new(self.data.freeze(), trailers, rest);
        Request::from_parts(self.head, body)
    }
}

impl<Q> fmt::Debug for Reading<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}
