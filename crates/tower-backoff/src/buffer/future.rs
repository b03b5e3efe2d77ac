//! A request whose body is read before it is sent.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use http_body::Body;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::buffered::Buffered;
use super::reading::Reading;

pin_project! {
    /// A request whose body is read before it is sent. Made by [`Buffer`](crate::Buffer).
    #[project = BufferProjection]
    pub enum BufferFuture<V, Q>
    where
        V: Service<Request<Buffered<Q>>>,
        Q: Body,
    {
        #[doc(hidden)]
        Reading { service: V, reading: Option<Reading<Parts, Q>> },
        #[doc(hidden)]
        Calling { #[pin] future: V::Future },
    }
}

impl<V, Q> BufferFuture<V, Q>
where
    V: Service<Request<Buffered<Q>>>,
    Q: Body,
{
    pub(super) const fn new(service: V, reading: Reading<Parts, Q>) -> Self {
        Self::Reading {
            service,
            reading: Some(reading),
        }
    }
}

impl<V, Q> Future for BufferFuture<V, Q>
where
    V: Service<Request<Buffered<Q>>>,
    Q: Body<Data = Bytes> + Unpin,
{
    type Output = Result<V::Response, V::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project() {
                BufferProjection::Calling { future } => return future.poll(cx),
                BufferProjection::Reading { service, reading } => {
                    let Some(read) = reading.as_mut() else {
                        return Poll::Pending; // the call is made at once when the body is read
                    };
                    let end = ready!(read.poll(cx));
                    let Some(reading) = reading.take() else {
                        return Poll::Pending;
                    };
                    let (head, body) = reading.finish(end);
                    service.call(Request::from_parts(head, body))
                }
            };
            self.set(Self::Calling { future });
        }
    }
}

impl<V, Q> fmt::Debug for BufferFuture<V, Q>
where
    V: Service<Request<Buffered<Q>>>,
    Q: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferFuture").finish_non_exhaustive()
    }
}
