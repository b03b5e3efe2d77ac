//! Bodies that are read before they are sent, so that they can be sent again.

use std::fmt;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{HeaderMap, Request};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

/// Reads the bodies of requests up to a limit, for a [`RetryLayer`](crate::RetryLayer) within that copies them by
/// [`Buffered::try_clone`].
///
/// For bodies that cannot be cloned, such as tonic's. Not for calls that stream: a request is sent when its body
/// has ended, or has passed the limit.
///
/// # Examples
///
/// ```
/// use tower_backoff::{Buffered, BufferLayer, Policy, RetryLayer};
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Empty, combinators::BoxBody};
/// use bytes::Bytes;
/// use std::convert::Infallible;
/// use tower::{ServiceBuilder, ServiceExt};
///
/// static POLICY: Policy = Policy::DEFAULT;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tower_backoff::BoxError> {
/// let service = ServiceBuilder::new()
///     .layer(BufferLayer::new(65_536))
///     .layer(RetryLayer::new(&POLICY).with_replay(Buffered::try_clone))
///     .service_fn(|request: Request<Buffered<BoxBody<Bytes, Infallible>>>| async move {
///         Ok::<_, Infallible>(Response::new(request.into_body()))
///     });
/// let response = service.oneshot(Request::new(BoxBody::new(Empty::new()))).await?;
/// # drop(response);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BufferLayer {
    limit: usize,
}

impl BufferLayer {
    /// Reads bodies of at most so many bytes to their end. Of a longer one, the rest is streamed, and its request
    /// is not retried.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit }
    }
}

impl<V> Layer<V> for BufferLayer {
    type Service = Buffer<V>;

    fn layer(&self, service: V) -> Buffer<V> {
        Buffer {
            service,
            limit: self.limit,
        }
    }
}

/// A service that reads the bodies of its requests first. Made by [`BufferLayer`].
#[derive(Clone, Copy, Debug)]
pub struct Buffer<V> {
    service: V,
    limit: usize,
}

impl<V, Q> Service<Request<Q>> for Buffer<V>
where
    V: Service<Request<Buffered<Q>>> + Clone,
    Q: Body<Data = Bytes> + Unpin,
{
    type Response = V::Response;
    type Error = V::Error;
    type Future = BufferFuture<V, Q>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), V::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> BufferFuture<V, Q> {
        let next = self.service.clone();
        let service = mem::replace(&mut self.service, next); // the one that is ready
        let (head, body) = request.into_parts();
        BufferFuture::Reading {
            service,
            reading: Some(Reading {
                head,
                body,
                data: BytesMut::new(),
                limit: self.limit,
            }),
        }
    }
}

pin_project! {
    /// A request whose body is read before it is sent. Made by [`Buffer`].
    #[project = BufferProjection]
    pub enum BufferFuture<V, Q>
    where
        V: Service<Request<Buffered<Q>>>,
        Q: Body,
    {
        #[doc(hidden)]
        Reading { service: V, reading: Option<Reading<Q>> },
        #[doc(hidden)]
        Calling { #[pin] future: V::Future },
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
                    match reading.take() {
                        Some(reading) => service.call(reading.finish(end)),
                        None => return Poll::Pending,
                    }
                }
            };
            self.set(Self::Calling { future });
        }
    }
}

/// A request whose body is being read.
#[doc(hidden)]
pub struct Reading<Q> {
    head: Parts,
    body: Q,
    data: BytesMut,
    limit: usize,
}

/// How the reading of a body ended.
enum End<E> {
    Body(Option<HeaderMap>),
    Error(E),
    Limit,
}

impl<Q: Body<Data = Bytes> + Unpin> Reading<Q> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End<Q::Error>> {
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

    fn finish(self, end: End<Q::Error>) -> Request<Buffered<Q>> {
        let (trailers, rest) = match end {
            End::Body(trailers) => (trailers, Rest::Nothing),
            End::Error(error) => (None, Rest::Error(error)),
            End::Limit => (None, Rest::Body(self.body)),
        };
        let body = Buffered {
            data: self.data.freeze(),
            trailers,
            rest,
        };
        Request::from_parts(self.head, body)
    }
}

/// A body that was read before it is sent. Made by [`BufferLayer`].
pub struct Buffered<Q: Body> {
    data: Bytes,
    trailers: Option<HeaderMap>,
    rest: Rest<Q>,
}

/// What follows after the data that was read.
enum Rest<Q: Body> {
    Body(Q),
    Error(Q::Error),
    Nothing,
}

impl<Q: Body> Buffered<Q> {
    /// A copy, where the whole body was read.
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

impl<V, Q> fmt::Debug for BufferFuture<V, Q>
where
    V: Service<Request<Buffered<Q>>>,
    Q: Body,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferFuture").finish_non_exhaustive()
    }
}

impl<Q> fmt::Debug for Reading<Q> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
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
