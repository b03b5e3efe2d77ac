//! The reading of a body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Body;

use super::buffered::{Buffered, Rest};

/// A message whose body is being read, and its head.
#[doc(hidden)]
pub struct Reading<H, Q> {
    head: H,
    body: Q,
    data: BytesMut,
    limit: usize,
}

/// How the reading of a body ended.
pub(crate) enum End<E> {
    Body(Option<HeaderMap>),
    Error(E),
    Limit,
}

impl<H, Q> Reading<H, Q> {
    pub(crate) fn new(head: H, body: Q, limit: usize) -> Self {
        Self {
            head,
            body,
            data: BytesMut::new(),
            limit,
        }
    }
}

impl<H, Q: Body<Data = Bytes> + Unpin> Reading<H, Q> {
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End<Q::Error>> {
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

    pub(crate) fn finish(self, end: End<Q::Error>) -> (H, Buffered<Q>) {
        let (trailers, rest) = match end {
            End::Body(trailers) => (trailers, Rest::Nothing),
            End::Error(error) => (None, Rest::Error(error)),
            End::Limit => (None, Rest::Body(self.body)),
        };
        (self.head, Buffered::new(self.data.freeze(), trailers, rest))
    }
}

impl<H, Q> fmt::Debug for Reading<H, Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}
