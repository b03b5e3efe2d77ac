//! The service that reads bodies of responses.

use std::task::{Context, Poll};

use backoff_http::{RequestInfo, Rules};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_service::Service;

use super::future::PeekFuture;
use crate::buffer::Buffered;

/// A service that reads the beginning of the bodies of its responses. Made by [`PeekLayer`](crate::PeekLayer).
#[derive(Clone, Copy, Debug)]
pub struct Peek<'r, V> {
    service: V,
    rules: &'r Rules<'r>,
}

impl<'r, V> Peek<'r, V> {
    pub(super) const fn new(service: V, rules: &'r Rules<'r>) -> Self {
        Self { service, rules }
    }
}

impl<'r, V, Q, A> Service<Request<Q>> for Peek<'r, V>
where
    V: Service<Request<Q>, Response = Response<A>>,
    A: Body<Data = Bytes> + Unpin,
{
    type Response = Response<Buffered<A>>;
    type Error = V::Error;
    type Future = PeekFuture<'r, V::Future, A>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), V::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let info = RequestInfo::from(&request);
        PeekFuture::new(self.service.call(request), info, self.rules)
    }
}
