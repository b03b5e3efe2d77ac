//! The service that retries.

use std::task::{Context, Poll};

use backoff_core::{Budget, Policy, PolicyRef, Unlimited};
use backoff_driver::{NoObserver, Observe, Sleeper};
use backoff_tokio::Tokio;
use tower_service::Service;

use crate::future::ResponseFuture;
use crate::http_request::Http;
use crate::protocol::{Outcome, Protocol};
use crate::settings::Settings;

/// A service that retries its requests. Made by [`RetryLayer`](crate::RetryLayer).
///
/// The outcome of an HTTP call that exhausted its retries is marked, so that outer layers do not retry it again: a response
/// by [`RetryMark`](crate::RetryMark) in its extensions, an error as the source of
/// [`RetriesExhausted`](crate::RetriesExhausted). The outcome of [any other request](crate::RetryLayer::when) is the last
/// one of the inner service, as it was.
#[derive(Clone, Copy, Debug)]
pub struct Retry<
    V,
    P = &'static Policy,
    B = Unlimited,
    O = NoObserver,
    H = Http<'static>,
    R = Tokio,
> {
    service: V,
    settings: Settings<P, B, O, H, R>,
}

impl<V, P, B, O, H, R> Retry<V, P, B, O, H, R> {
    pub(crate) const fn new(service: V, settings: Settings<P, B, O, H, R>) -> Self {
        Self { service, settings }
    }

    /// Returns the inner service.
    #[must_use]
    pub const fn get_ref(&self) -> &V {
        &self.service
    }
}

impl<V, P, B, O, H, R, Q> Service<Q> for Retry<V, P, B, O, H, R>
where
    V: Service<Q> + Clone,
    V::Error: Into<<H::Outcome as Outcome>::Error>,
    P: PolicyRef + Clone,
    B: Budget + Clone,
    O: for<'t> Observe<<H::Outcome as Outcome>::Observed<'t>> + Clone,
    H: Protocol<Q, V::Response, V::Error> + Clone,
    R: Sleeper + Clone,
{
    type Response = V::Response;
    type Error = <H::Outcome as Outcome>::Error;
    type Future = ResponseFuture<V, Q, P, B, O, H, R>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx).map_err(Into::into)
    }

    #[inline]
    fn call(&mut self, request: Q) -> Self::Future {
        // This service is ready, and not its clone.
        let clone = self.service.clone();
        ResponseFuture::begin(&self.settings, request, &mut self.service, clone)
    }
}
