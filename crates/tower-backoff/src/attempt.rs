//! One attempt: from waiting until the service is ready to its outcome.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Request;
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// A service that is not yet called, and then its future.
    ///
    /// The service is asked whether it is ready as a part of the attempt. So an attempt holds the permit that readiness
    /// may stand for, and a wait between two attempts holds none.
    #[project = AttemptProjection]
    pub(crate) enum Attempt<V, Q>
    where
        V: Service<Request<Q>>,
    {
        Readying { service: V, request: Option<Request<Q>> },
        Calling { #[pin] future: V::Future },
    }
}

impl<V: Service<Request<Q>>, Q> Attempt<V, Q> {
    pub(crate) const fn new(service: V, request: Request<Q>) -> Self {
        Self::Readying {
            service,
            request: Some(request),
        }
    }

    pub(crate) const fn calling(future: V::Future) -> Self {
        Self::Calling { future }
    }
}

impl<V: Service<Request<Q>>, Q> Future for Attempt<V, Q> {
    type Output = Result<V::Response, V::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project() {
                AttemptProjection::Calling { future } => return future.poll(cx),
                AttemptProjection::Readying { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    let Some(request) = request.take() else {
                        return Poll::Pending; // polled after an error
                    };
                    service.call(request)
                }
            };
            self.set(Self::Calling { future });
        }
    }
}
