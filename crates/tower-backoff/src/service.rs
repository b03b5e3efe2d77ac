//! The service that retries.

use std::task::{Context, Poll};

use backoff_core::{Budget, Exponential, Schedule, Unlimited};
use backoff_driver::{Attempts, NoObserver, Observe, Sleeper, ThreadRandom};
use backoff_http::{Classification, RequestInfo};
use backoff_tokio::Tokio;
use http::{Request, Response};
use tower_service::Service;

use crate::BoxError;
use crate::attempt::Attempt;
use crate::future::{Itself, ResponseFuture};
use crate::layer::RetryLayer;
use crate::replay::{Cloned, Replay};

/// A service whose requests are retried. Made by [`RetryLayer`].
///
/// An outcome that was retried in vain is marked, so that layers around this one leave it at that: a response by
/// [`RetryMark`](crate::RetryMark) among its extensions, an error as the source of [`RetriesExhausted`](crate::RetriesExhausted).
#[derive(Clone, Copy, Debug)]
pub struct Retry<V, S: 'static = Exponential, B = Unlimited, L = NoObserver, C = Cloned, Z = Tokio>
{
    service: V,
    layer: RetryLayer<S, B, L, C, Z>,
}

impl<V, S, B, L, C, Z> Retry<V, S, B, L, C, Z> {
    pub(crate) const fn new(service: V, layer: RetryLayer<S, B, L, C, Z>) -> Self {
        Self { service, layer }
    }

    /// The service within.
    #[must_use]
    pub const fn get_ref(&self) -> &V {
        &self.service
    }
}

impl<V, S, B, L, C, Z, Q, A> Service<Request<Q>> for Retry<V, S, B, L, C, Z>
where
    V: Service<Request<Q>, Response = Response<A>> + Clone,
    V::Error: Into<BoxError>,
    S: Schedule,
    B: Budget + Clone,
    L: Observe<Classification> + Clone,
    C: Replay<Q> + Clone,
    Z: Sleeper + Clone,
{
    type Response = Response<A>;
    type Error = BoxError;
    type Future = ResponseFuture<V, Q, S, B, L, C, Z>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let layer = &self.layer;
        let mut call = RequestInfo::from(&request);
        if (layer.idempotent)(request.uri()) {
            call = call.as_idempotent();
        }
        let attempts = Attempts::new(layer.policy, layer.clock.clone(), ThreadRandom)
            .with_budget(layer.budget.clone())
            .when(Itself)
            .on_event(layer.observer.clone());
        // What is ready is this service, and not a clone of it.
        let waiting = self.service.clone();
        ResponseFuture::start(layer, attempts, call, request, waiting, |request| {
            Attempt::calling(self.service.call(request))
        })
    }
}
