//! The layer that reads bodies.

use tower_layer::Layer;

use super::service::Buffer;

/// Reads the bodies of requests up to a limit, for an inner [`RetryLayer`](crate::RetryLayer) that copies them by
/// [`Buffered::try_clone`](crate::Buffered::try_clone).
///
/// For bodies that cannot be cloned, such as tonic's. Not for calls that stream: a request is sent when its body has
/// ended, or has passed the limit.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Empty, combinators::BoxBody};
/// use std::convert::Infallible;
/// use tower::{ServiceBuilder, ServiceExt};
/// use tower_backoff::{BufferLayer, Buffered, Policy, RetryLayer};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tower_backoff::BoxError> {
/// let service = ServiceBuilder::new()
///     .layer(BufferLayer::new(65_536))
///     .layer(RetryLayer::new(Policy::DEFAULT).with_replay(Buffered::try_clone))
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
    /// Reads bodies of at most `limit` bytes to their end. A longer one is read up to the limit, its rest is streamed, and
    /// its request is not retried.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit }
    }
}

impl<V> Layer<V> for BufferLayer {
    type Service = Buffer<V>;

    fn layer(&self, service: V) -> Buffer<V> {
        Buffer::new(service, self.limit)
    }
}
