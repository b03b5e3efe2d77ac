//! A body that was read, in part or whole.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

/// A body that was read in part, or whole: of a request by [`BufferLayer`](crate::BufferLayer), or of a response by
/// [`PeekLayer`](crate::PeekLayer). It yields what was read, and then the rest.
pub struct Buffered<Q: Body> {
    data: Bytes,
    trailers: Option<HeaderMap>,
    rest: Rest<Q>,
}

/// What follows after the data that was read.
pub(super) enum Rest<Q: Body> {
    Body(Q),
    Error(Q::Error),
    Nothing,
}

impl<Q: Body> Buffered<Q> {
    pub(super) const fn new(data: Bytes, trailers: Option<HeaderMap>, rest: Rest<Q>) -> Self {
        Self {
            data,
            trailers,
            rest,
        }
    }

    /// A body of which nothing was read.
    pub(crate) const fn unread(body: Q) -> Self {
        Self::new(Bytes::new(), None, Rest::Body(body))
    }

    /// The data that was read.
    pub(crate) fn read(&self) -> Bytes {
        self.data.clone()
    }

    /// Returns a copy, if the whole body was read.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        matches!(self.rest, Rest::Nothing).then(|| Self {
            data: self.data.clone(),
            trailers: self.trailers.clone(),
            rest: Rest::Nothing,
        })
    }
}

impl<Q: Body<Data = Bytes> + Unpin> Body for Buffered<Q>
where
    Q::Error: Unpin,
{
    type Data = Bytes;
    type Error = Q::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Q::Error>>> {
        if !self.data.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(mem::take(&mut self.data)))));
        }
        if let Rest::Body(body) = &mut self.rest {
            return Pin::new(body).poll_frame(cx);
        }
        let trailers = self
            .trailers
            .take()
            .map(|trailers| Ok(Frame::trailers(trailers)));
        match mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Error(error) => Poll::Ready(Some(Err(error))),
            _ => Poll::Ready(trailers),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_empty()
            && self.trailers.is_none()
            && match &self.rest {
                Rest::Body(body) => body.is_end_stream(),
                Rest::Error(_) => false,
                Rest::Nothing => true,
            }
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.data.len() as u64;
        let Rest::Body(body) = &self.rest else {
            return SizeHint::with_exact(read);
        };
        let rest = body.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            hint.set_upper(upper);
        }
        hint
    }
}

impl<Q: Body> fmt::Debug for Buffered<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffered")
            .field("read", &self.data.len())
            .field("is_whole", &matches!(self.rest, Rest::Nothing))
            .finish_non_exhaustive()
    }
}
