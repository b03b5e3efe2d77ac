//! The service that retries.

use std::task::{Context, Poll};

use backoff_core::{Budget, Policy, PolicyRef, Unlimited};
use backoff_driver::{NoObserver, Observe, Sleeper};
use backoff_http::Classification;
use backoff_tokio::Tokio;
use http::{Request, Response};
use tower_service::Service;

use crate::attempt::Attempt;
use crate::box_error::BoxError;
use crate::call::Call;
use crate::future::ResponseFuture;
use crate::replay::{Cloned, Replay};
use crate::settings::Settings;

/// A service that retries its requests. Made by [`RetryLayer`](crate::RetryLayer).
///
/// The outcome of a call that exhausted its retries is marked, so that outer layers do not retry it again: a response by
/// [`RetryMark`](crate::RetryMark) in its extensions, an error as the source of
/// [`RetriesExhausted`](crate::RetriesExhausted).
#[derive(Clone, Copy, Debug)]
pub struct Retry<V, P = &'static Policy, B = Unlimited, O = NoObserver, C = Cloned, R = Tokio> {
    service: V,
    settings: Settings<P, B, O, C, R>,
}

impl<V, P, B, O, C, R> Retry<V, P, B, O, C, R> {
    pub(crate) const fn new(service: V, settings: Settings<P, B, O, C, R>) -> Self {
        Self { service, settings }
    }

    /// Returns the inner service.
    #[must_use]
    pub const fn get_ref(&self) -> &V {
        &self.service
    }
}

impl<V, P, B, O, C, R, Q, A> Service<Request<Q>> for Retry<V, P, B, O, C, R>
where
    V: Service<Request<Q>, Response = Response<A>> + Clone,
    V::Error: Into<BoxError>,
    P: PolicyRef + Clone,
    B: Budget + Clone,
    O: Observe<Classification> + Clone,
    C: Replay<Q> + Clone,
    R: Sleeper + Clone,
{
    type Response = Response<A>;
    type Error = BoxError;
    type Future = ResponseFuture<V, Q, P, B, O, C, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let mut call = Call::new(&self.settings, &request);
        let request = call.prepare(request);
        // This service is ready, and not its clone.
        let clone = self.service.clone();
        let first = Attempt::calling(self.service.call(request));
        ResponseFuture::new(call, first, clone)
    }
}
