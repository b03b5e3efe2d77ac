//! One attempt: from waiting until the service is ready to its outcome.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// A service that is not yet called, and then its future.
    ///
    /// The service is asked whether it is ready as a part of the attempt. So an attempt holds the permit that readiness
    /// may stand for, and a wait between two attempts holds none.
    #[project = AttemptProjection]
    pub(crate) enum Attempt<V, F> {
        Readying { service: V },
        Calling { #[pin] future: F },
    }
}

impl<V, F> Attempt<V, F> {
    /// Polls the attempt. `request` is asked for once, when the service is ready.
    #[inline]
    pub(crate) fn poll<Q>(
        mut self: Pin<&mut Self>,
        request: impl FnOnce() -> Option<Q>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<V::Response, V::Error>>
    where
        V: Service<Q, Future = F>,
        F: Future<Output = Result<V::Response, V::Error>>,
    {
        let future = match self.as_mut().project() {
            AttemptProjection::Calling { future } => return future.poll(cx),
            AttemptProjection::Readying { service } => {
                ready!(service.poll_ready(cx))?;
                let Some(request) = request() else {
                    return Poll::Pending; // polled after an error
                };
                service.call(request)
            }
        };
        self.set(Self::Calling { future });
        match self.project() {
            AttemptProjection::Calling { future } => future.poll(cx),
            AttemptProjection::Readying { .. } => Poll::Pending,
        }
    }
}
