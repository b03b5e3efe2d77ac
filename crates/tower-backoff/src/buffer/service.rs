//! The service that reads bodies.

use std::mem;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Request;
use http_body::Body;
use tower_service::Service;

use super::buffered::Buffered;
use super::future::BufferFuture;
use super::reading::Reading;

/// A service that reads the bodies of its requests first. Made by [`BufferLayer`](crate::BufferLayer).
#[derive(Clone, Copy, Debug)]
pub struct Buffer<V> {
    service: V,
    limit: usize,
}

impl<V> Buffer<V> {
    pub(super) const fn new(service: V, limit: usize) -> Self {
        Self { service, limit }
    }
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
        BufferFuture::new(service, Reading::new(head, body, self.limit))
    }
}
